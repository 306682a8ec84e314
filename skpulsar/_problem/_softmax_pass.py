# SPDX-License-Identifier: BSD-3-Clause
"""Full passes over rows in memory for the softmax."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._full_pass import FullPass
from skpulsar._problem._saturated_classes import SaturatedClasses


class SoftmaxPass(FullPass):
    """The same for outputs that share the loss of a row; targets are class numbers.

    Attributes
    ----------
    residual : ndarray of shape (n_classes, n_rows), or None
        ``|p_k - [k = y]|`` at the point of the last pass.
    """

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._null_sizes = None  # until the first pass

    def objective(self, weights, diagonal=False):
        self._null_sizes = None
        return super().objective(weights, diagonal)

    def predict_mean(self, mean):
        share = mean[self.target.astype(np.intp)]
        square = sum(p * p for p in mean.tolist())
        self._null_sizes = np.sqrt(np.maximum(1 - 2 * share + square, 0))

    def sizes(self):
        if self._null_sizes is not None:
            return self._null_sizes
        return np.sqrt(sum(each * each for each in self.residual))

    def separated(self):
        return self.residual[self.own_classes()].max() < 0.5

    def saturated_classes(self):
        """Classes of rows that may be left out, none at first: `SaturatedClasses`."""
        return SaturatedClasses(self)

    def own_classes(self):
        """What picks the own class of every row of an array as long as they are."""
        return self.target.astype(np.intp), np.arange(self.rows.n_rows)

    def probabilities(self):
        """Of every class and row, at the point of the last pass, as an array."""
        p, own = self.residual.copy(), self.own_classes()
        p[own] = 1 - p[own]
        return p

    def curvature_along(self, weights, total):
        p, n_rows = self.probabilities(), self.rows.n_rows
        moved = np.ascontiguousarray(self.rows.logits(weights).T)
        mean, square = np.zeros(n_rows), np.zeros(n_rows)
        for share, by in zip(p, moved, strict=True):
            mean += share * by
        for share, by in zip(p, moved, strict=True):
            square += share * (by - mean) ** 2
        return _core.total(self.weighted(square, total))

    def weighted(self, h, total):
        """What rows of curvature h add to the second derivative, as an array."""
        h = h / total
        return h if self.weight is None else h * self.weight
