# SPDX-License-Identifier: BSD-3-Clause
"""The rows that a fold holds out, and scores of models there."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._model_selection._ranking import Ranking
from skpulsar._model_selection._scoring import BEST_F1, LOG_LOSS, OF_RANKS
from skpulsar._problem._distinct import distinct
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._memory import Rows
from skpulsar._problem._models import Linear

TOGETHER = 24  # Logits of so many models are held at a time,
FEW = 500_000  # if these are few; else of so many as add a number a row of X.


class HeldOut:
    """Rows held out, without a copy of X.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n_samples, n_features)
        All rows.

    target : ndarray of shape (n_samples,), or (n_labels, n_samples)
        Numbers of the classes of all rows, or 0 and 1 for every label.

    weight : ndarray of shape (n_samples,), or None
        Weights of all rows, whose sums are finite; None stands for ones.

    rows : ndarray of int
        The rows held out, whose weights are positive.

    loss : Logistic or Softmax
        The loss of a row.
    """

    def __init__(self, X, target, weight, rows, loss):
        if target.ndim == 1:  # Those of class 1 come first, as `ranking` wants them.
            positive = target[rows] == 1
            self.n_positive = np.count_nonzero(positive)
            rows = np.concatenate([rows[positive], rows[~positive]])
        self.X, self.rows, self.loss = X, np.asarray(rows, np.int64), loss
        self._held_out = Rows(kernel_matrix(X), target, weight, self.rows)
        self._unit = np.ones(X.shape[1] + 1)
        self._passes = self._held_out.full_pass(np.zeros(X.shape[1]), True, loss)
        self.target, self.weight = self._passes.target, self._passes.weight

    def logits(self, weights):
        """Logits of some models; of one alone, where one may become a cut-off, with the
        bits of its `decision_function`.

        Parameters
        ----------
        weights : ndarray of shape (n_models, n_outputs, n_columns + 1)

        Returns
        -------
        logits : ndarray of shape (n_models, n_outputs, n_rows)
        """
        outputs = weights.reshape(-1, weights.shape[-1])
        if len(outputs) == 1:
            logits = self._held_out.logits(outputs).T
        else:
            models = np.ascontiguousarray(outputs.T)
            logits = self._passes.dataset.grid_logits(models, self._unit)
        overflowed = np.flatnonzero(~np.isfinite(logits).all(axis=0))
        if len(overflowed):
            part = np.ascontiguousarray(logits[:, overflowed].T)
            rows = kernel_matrix(self.X[self.rows[overflowed]])
            Linear(outputs).saturate(part, rows)
            logits[:, overflowed] = part.T
        return logits.reshape(*weights.shape[:2], -1)

    def scores(self, kinds, weights):
        """Scores of some models.

        Parameters
        ----------
        kinds : list of str
            Of `OF_LOGITS`.

        weights : ndarray of shape (n_models, n_outputs, n_columns + 1)

        Returns
        -------
        scores : dict of ndarray of shape (n_models,)
        """
        first, place = distinct(weights.reshape(len(weights), -1).T)
        weights = weights[first]  # Models of small alphas may share theirs.
        scores = {kind: np.empty(len(weights)) for kind in kinds}
        if LOG_LOSS in kinds and self.loss.binary and self.target.ndim == 1:
            scores[LOG_LOSS] = -self.log_losses(weights[:, 0])
            if np.isfinite(scores[LOG_LOSS]).all():  # No sum of a row overflowed.
                kinds = [kind for kind in kinds if kind != LOG_LOSS]
        room = max(self.X.shape[0], FEW) // (len(self.rows) * weights.shape[1])
        together = min(max(room, 1), TOGETHER)
        for start in range(0, len(weights) if kinds else 0, together):
            some = slice(start, start + together)
            for kind, values in self._scores(kinds, self.logits(weights[some])):
                scores[kind][some] = values
        return {kind: values[place] for kind, values in scores.items()}

    def log_losses(self, weights):
        """Mean losses of some models of one output, from one reading."""
        ends, models = np.array([0, len(self.rows)]), np.ascontiguousarray(weights.T)
        sums, _ = self._passes.dataset.grid(models, self._unit, ends, sums="losses")
        return sums[0] / self._held_out.total()

    def _scores(self, kinds, logits):
        """Yield the scores of some models, by their logits."""
        # The kernel sums log losses of two classes, from sums that do not overflow. All
        # others, of more classes and of several labels, are those of every row here.
        if LOG_LOSS in kinds:
            losses = (self.loss.evaluate(each, self.target) for each in logits)
            yield LOG_LOSS, [-self.mean(each) for each in losses]
        if "f1" in kinds:
            yield "f1", [self.f1(each) for each in logits[:, 0]]
        if not {*kinds}.isdisjoint(OF_RANKS):
            ranking = self.ranking(logits[:, 0])
            for kind in {*kinds} & {*OF_RANKS}:
                if kind == BEST_F1:
                    yield kind, ranking.best_f1()[0]
                else:
                    yield kind, getattr(ranking, kind)()

    def mean(self, values):
        """The weighted mean of something of every row."""
        if self.weight is None:
            return _core.total(values) / len(values)
        return _core.dot(self.weight, values) / _core.total(self.weight)

    def f1(self, logits):
        """F1 of two classes where the logit is greater than 0."""
        weight = 1.0 if self.weight is None else self.weight
        chosen = weight * (logits > 0)
        found, all_positive = _core.total(self.target * chosen), self.target * weight
        return 2 * found / (_core.total(chosen) + _core.total(all_positive))

    def ranking(self, logits):
        """The rows of two classes by their logits."""
        return Ranking(*self.by_class(logits), *self.by_class(self.weight))

    def by_class(self, values):
        """Values of the rows of class 1 and of class 0; None where there are none."""
        if values is None:
            return None, None
        return values[..., : self.n_positive], values[..., self.n_positive :]
