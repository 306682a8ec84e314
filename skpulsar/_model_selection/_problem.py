# SPDX-License-Identifier: BSD-3-Clause
"""What is to be trained: rows, folds, and a grid of models."""

from dataclasses import dataclass

import numpy as np

from skpulsar._model_selection._folds import Folds
from skpulsar._model_selection._held_out import HeldOut


@dataclass(frozen=True)
class Problem:
    """Rows, folds and the models of a grid.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n_samples, n_features)
        Validated, without repeated entries.

    labels : ndarray of shape (n_samples,) or (n_samples, n_labels)
        The classes of the rows, or an indicator matrix.

    target : ndarray of shape (n_samples,) or (n_labels, n_samples)
        The same for the loss.

    sample_weight : ndarray of shape (n_samples,), or None

    start : LinearClassifierFitResult
        What is known of the classes before training.

    loss : Logistic or Softmax

    folds : Folds

    candidates : list of SLPClassifier
        One of every weighting of the classes; not fitted.

    alphas : ndarray of shape (n_alphas,)

    verbose : int
        Whether a line is printed for the models of every fold.
    """

    X: object
    labels: np.ndarray
    target: np.ndarray
    sample_weight: np.ndarray | None
    start: object
    loss: object
    folds: Folds
    candidates: list
    alphas: np.ndarray
    verbose: int

    @property
    def shape(self):
        """Weightings of the classes, folds left out and none, alphas."""
        return len(self.candidates), len(self.folds) + 1, len(self.alphas)

    def weight(self, k):
        """Sample weights that leave out what fold k does not train with, and count what
        it draws twice; for the number after the last fold those of all rows."""
        if k == len(self.folds):
            return self.sample_weight
        times = np.bincount(self.folds.train(k), minlength=self.folds.n_rows)
        return times * (1.0 if self.sample_weight is None else self.sample_weight)

    def held_out(self, k):
        """The rows that fold k holds out."""
        weight = self.sample_weight
        if weight is not None:
            weight = weight / weight.max()  # Sums of huge weights overflow.
        return HeldOut(self.X, self.target, weight, self.folds.test[k], self.loss)

    def name(self, k):
        """How messages name what is left out."""
        return "all rows" if k == len(self.folds) else f"fold {k}"
