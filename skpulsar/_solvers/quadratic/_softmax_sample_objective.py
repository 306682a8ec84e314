# SPDX-License-Identifier: BSD-3-Clause
"""The softmax objective over rows in memory: its curvature."""

import numpy as np

from skpulsar._solvers.quadratic._softmax_objective import SoftmaxObjective


class SoftmaxSampleObjective(SoftmaxObjective):
    """The softmax objective over rows in memory, whose residuals may be looked at.

    Parameters
    ----------
    rows : Sample
        The rows; targets are the numbers of their classes.

    scaling, total, loss
        See `SoftmaxObjective`.

    places : ndarray of shape (n_rows,), or None
        Which rows of a larger objective these are; None: all of them.

    discarded : DiscardedTerms or None
        What the rows that a stream has discarded add to F.
    """

    def __init__(self, rows, scaling, total, loss, places=None, discarded=None):
        super().__init__(rows, scaling, total, loss)
        self.places, self.discarded = places, discarded
        self.weight = rows.sample_weight()

    @property
    def residual(self):
        """``|p_k - [k = y]|`` of every class and row at the point of the last
        `read`."""
        return self.passes.residual

    @residual.setter
    def residual(self, residual):
        self.passes.residual = residual

    def read(self, point, diagonal=False):
        value, gradient, squares = super().read(point, diagonal)
        if self.discarded is not None:
            more, slope = self.discarded.read(point)
            value, gradient = value + more, gradient + slope
            if diagonal:
                squares = squares + self.discarded.diagonal()
        return value, gradient, squares

    def row_curvatures(self):
        """What every row adds to the second derivative of F by each of its logits, at
        the point of the last `read`: of shape (n_classes, n_rows)."""
        each = self.passes.probabilities()
        return np.array([self.weighted(p * (1 - p)) for p in each])

    def weighted(self, h):
        """What rows of curvature h add to the second derivative of F."""
        return self.passes.weighted(h, self.total)

    def curvature(self, h):
        """``sum of h a a'`` of the mean loss: the lower half, zeros elsewhere."""
        return self.passes.gram(self.weighted(h), self.scaling.scale)

    def joint_curvature(self):
        """The curvature of the mean loss and of discarded rows, at the point of the
        last `read`, by the points of all classes but the last. The array of shape
        (n_classes - 1, n_columns + 1, n_classes - 1, n_columns + 1) has the blocks
        ``sum of s p_k ([k = l] - p_l) a a'``; only the lower half of the whole counts.
        """
        (n_classes, size), p = self.shape, self.passes.probabilities()
        H = np.zeros((n_classes - 1, size, n_classes - 1, size))
        for k in range(n_classes - 1):
            for other in range(k):
                half = self.curvature(p[k] * p[other])
                block = half + half.T
                np.fill_diagonal(block, half.diagonal())
                np.negative(block, out=H[k, :, other])
            H[k, :, k] = self.curvature(p[k] * (1 - p[k]))
        return H if self.discarded is None else H + self.discarded.joint()

    def moved(self, step):
        """What a step adds to the logits of the rows, of shape (n_classes, n_rows)."""
        return np.ascontiguousarray(self.rows.logits(self.uncentred(step)).T)

    def bent(self, step):
        bent = super().bent(step)
        return bent if self.discarded is None else bent + self.discarded.bent(step)
