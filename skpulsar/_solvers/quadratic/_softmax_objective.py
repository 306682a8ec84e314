# SPDX-License-Identifier: BSD-3-Clause
"""The softmax objective over the rows of any source, in scaled columns."""

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

    Attributes
    ----------
    passes : Passes
        What reads the rows; it keeps the residuals of the last `read`.

    n_read : int
        Rows read so far.
    """

    def __init__(self, rows, scaling, total, loss):
        self.rows, self.scaling, self.total, self.loss = rows, scaling, total, loss
        self.shape = loss.n_classes, len(scaling.scale)
        self.passes = rows.full_pass(scaling.centre, scaling.fit_intercept, loss)
        self.n_read = 0

    def sums(self, point, diagonal=False):
        """The sums of the weighted losses and of their gradient, by unscaled columns;
        and of the diagonal of the curvature, or None."""
        self.n_read += self.rows.n_rows
        weights = point.reshape(self.shape) * self.scaling.scale
        return self.passes.objective(weights, diagonal)

    def read(self, point, diagonal=False):
        """F and its gradient; and the diagonal of the curvature, or None."""
        U, scale = point.reshape(self.shape), self.scaling.scale
        loss, gradient, squares = self.sums(point, diagonal)
        slope = (self.scaling.penalty * U).ravel()
        value = loss / self.total + _core.dot(slope, point) / 2
        gradient = (gradient * scale / self.total).ravel() + slope
        if diagonal:
            squares = squares * scale * scale / self.total + self.scaling.penalty
        return value, gradient, squares

    def curvature_along(self, step):
        """``step . H step``, H being the curvature at the point of the last `read`."""
        of_losses = self.passes.curvature_along(self.uncentred(step), self.total)
        return of_losses + _core.dot(self.bent(step), step)

    def bent(self, step):
        """What H without the losses of the rows makes of a step."""
        return (self.scaling.penalty * step.reshape(self.shape)).ravel()

    def uncentred(self, step):
        """The weights of rows as they are by which a step moves their logits."""
        weights = step.reshape(self.shape) * self.scaling.scale
        for row in weights:
            row[-1] -= _core.dot(row[:-1], self.scaling.centre)
        return weights
