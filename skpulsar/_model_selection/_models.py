# SPDX-License-Identifier: BSD-3-Clause
"""The models of a grid, trained, and the estimator of each."""

from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from skpulsar._solvers._protocol import SolverState
from skpulsar._training._history import Epoch, History


@dataclass(frozen=True)
class TrainedModels:
    """Models of V weightings of the classes, by K folds left out and none, by A alphas.

    Parameters
    ----------
    candidates : list of SLPClassifier
        Of every weighting the parameters; not fitted.

    alphas : ndarray of shape (A,)

    starts : list of list of LinearClassifierFitResult
        By weighting and fold left out: what the rows trained with tell of the classes.

    weights : ndarray of shape (V, K + 1, A, n_outputs, n_columns + 1)
        As trained, before prior correction; the intercepts are last.

    loss, gap : ndarray of shape (V, K + 1, A)
        The objectives, and estimates of how far these are above their minima.

    converged : ndarray of bool of shape (V, K + 1, A)
        Whether these gaps are within what was asked for.

    n_iter : int
        How many full passes it took.
    """

    candidates: list
    alphas: np.ndarray
    starts: list
    weights: np.ndarray
    loss: np.ndarray
    gap: np.ndarray
    converged: np.ndarray
    n_iter: int

    def shown(self, v, k):
        """Weights after prior correction, of shape (A, n_outputs, n_columns + 1)."""
        weights = self.weights[v, k].copy()
        weights[..., -1] -= self.starts[v][k].prior_shift
        return weights

    def all_shown(self):
        """The same of all models."""
        n_weightings, n_folds = self.loss.shape[:2]
        return np.stack(
            [[self.shown(v, k) for k in range(n_folds)] for v in range(n_weightings)]
        )

    def estimator(self, v, k, a):
        """The SLPClassifier of one model, whose history is one record."""
        start, weights = self.starts[v][k], self.weights[v, k, a]
        made = copy(self.candidates[v]).set_params(alpha=float(self.alphas[a]))
        visits = start.seen.n_rows[0] if start.multilabel else start.seen.n_rows
        n_rows = int(visits.sum())
        record = Epoch(
            loss=self.loss[v, k, a],
            penalty=made._penalty(start).of(weights),
            learning_rate=1.0,
            n_rows=n_rows,
            seconds=0.0,
            objective_gap=self.gap[v, k, a],
        )
        result = replace(
            start,
            weights=weights,
            state=SolverState(seed=start.state.seed).after_epoch(1, n_rows, visits),
            history=History().after(record, {}),
            objective_gap=float(self.gap[v, k, a]),
        )
        vars(made).update(result.attributes(), n_features_in_=weights.shape[1] - 1)
        return made
