# SPDX-License-Identifier: BSD-3-Clause
"""The softmax objective over given rows, in scaled columns."""

import numpy as np

from skpulsar._kernels import _core


class SoftmaxObjective:
    """``F(U) = sum of s_i l(U a_i, y_i) / total + sum of penalty_j u_kj^2 / 2``, with l
    the softmax cross-entropy.

    A point is the matrix U of shape (n_classes, n_columns + 1), flat: row after row.
    The minimum has rows whose sum is 0, and so has every gradient at such points.

    Parameters
    ----------
    rows : RowSource
        The rows; targets are the numbers of their classes.

    scaling : Scaling
        The coordinates.

    total : float
        What the sums are divided by.

    loss : Softmax
        The loss of a row.

    places : ndarray of shape (n_rows,), or None
        Which rows of a larger objective these are; None: all of them.

    discarded : DiscardedTerms or None
        What the rows that a stream has discarded add to F.

    Attributes
    ----------
    residual : ndarray of shape (n_classes, n_rows)
        ``|p_k - [k = y]|`` at the point of the last `read`.

    n_read : int
        Rows read so far.
    """

    def __init__(self, rows, scaling, total, loss, places=None, discarded=None):
        self.rows, self.scaling, self.total = rows, scaling, total
        self.loss, self.places, self.discarded = loss, places, discarded
        self.weight = rows.sample_weight()
        self.shape = loss.n_classes, len(scaling.scale)
        self.residual = np.empty((loss.n_classes, rows.n_rows))
        self.dataset = rows.dataset(scaling.centre, scaling.fit_intercept, loss)
        self.n_read = 0

    def sums(self, point, diagonal=False):
        """The sums of the weighted losses and of their gradient, by unscaled columns;
        and of the diagonal of the curvature, or None."""
        self.n_read += self.rows.n_rows
        weights = point.reshape(self.shape) * self.scaling.scale
        return self.dataset.objective(weights, self.residual, diagonal)

    def read(self, point, diagonal=False):
        """F and its gradient; and the diagonal of the curvature, or None."""
        U, scale = point.reshape(self.shape), self.scaling.scale
        loss, gradient, squares = self.sums(point, diagonal)
        slope = (self.scaling.penalty * U).ravel()
        value = loss / self.total + _core.dot(slope, point) / 2
        gradient = (gradient * scale / self.total).ravel() + slope
        if diagonal:
            squares = squares * scale * scale / self.total + self.scaling.penalty
        if self.discarded is not None:
            more, slope = self.discarded.read(point)
            value, gradient = value + more, gradient + slope
            if diagonal:
                squares = squares + self.discarded.diagonal()
        return value, gradient, squares

    def separated(self):
        """Whether every row is on its side, at the point of the last `read`."""
        targets = self.rows.targets().astype(np.intp)
        return self.residual[targets, np.arange(self.rows.n_rows)].max() < 0.5

    def probabilities(self):
        """Of every class and row, at the point of the last `read`."""
        p, targets = self.residual.copy(), self.rows.targets().astype(np.intp)
        places = np.arange(self.rows.n_rows)
        p[targets, places] = 1 - p[targets, places]
        return p

    def weighted(self, h):
        """What rows of curvature h add to the second derivative of F."""
        h = h / self.total
        return h if self.weight is None else h * self.weight

    def curvature(self, h):
        """``sum of h a a'`` of the mean loss: the lower half, zeros elsewhere."""
        return self.dataset.curvature(self.weighted(h), self.scaling.scale)

    def joint_curvature(self):
        """The curvature of the mean loss and of discarded rows, at the point of the
        last `read`, by the points of all classes but the last. The array of shape
        (n_classes - 1, n_columns + 1, n_classes - 1, n_columns + 1) has the blocks
        ``sum of s p_k ([k = l] - p_l) a a'``; only the lower half of the whole counts.
        """
        (n_classes, size), p = self.shape, self.probabilities()
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
        weights = step.reshape(self.shape) * self.scaling.scale
        for row in weights:
            row[-1] -= _core.dot(row[:-1], self.scaling.centre)
        return np.ascontiguousarray(self.rows.logits(weights).T)

    def curvature_along(self, step, moved):
        """``step . H step``, H being the curvature at the point of the last `read`;
        `moved` is what the step adds to the logits."""
        U, p = step.reshape(self.shape), self.probabilities()
        mean, square = np.zeros(self.rows.n_rows), np.zeros(self.rows.n_rows)
        for share, by in zip(p, moved, strict=True):
            mean += share * by
        for share, by in zip(p, moved, strict=True):
            square += share * (by - mean) ** 2
        bent = (self.scaling.penalty * U).ravel()
        if self.discarded is not None:
            bent += self.discarded.bent(step)
        return _core.total(self.weighted(square)) + _core.dot(bent, step)
