# SPDX-License-Identifier: BSD-3-Clause
"""The objective over the rows of any source, in scaled columns."""

import numpy as np

from skpulsar._kernels import _core


class Objective:
    """``F(u) = sum of s_i l(a_i . u, z_i) / total + sum of penalty_j u_j^2 / 2``.

    It reads rows in passes, and holds nothing as long as they are.

    Parameters
    ----------
    rows : RowSource
        The rows.

    scaling : Scaling
        The coordinates.

    total : float
        What the sums are divided by.

    loss : Logistic
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
        self.passes = rows.full_pass(scaling.centre, scaling.fit_intercept, loss)
        self.n_read = 0

    def sums(self, point, diagonal=False):
        """The sums of the weighted losses and of their gradient, by unscaled columns;
        and of the diagonal of the curvature, or None."""
        self.n_read += self.rows.n_rows
        return self.passes.objective(point * self.scaling.scale, diagonal)

    def read(self, point, diagonal=False):
        """F and its gradient; and the diagonal of the curvature, or None."""
        return self.of_sums(point, *self.sums(point, diagonal))

    def of_sums(self, point, loss, gradient, squares):
        """The same, from what `sums` returns."""
        scale = self.scaling.scale
        slope = self.scaling.penalty * point
        value = loss / self.total + _core.dot(slope, point) / 2
        gradient = gradient * scale / self.total + slope
        if squares is not None:
            squares = squares * scale * scale / self.total + self.scaling.penalty
        return value, gradient, squares

    def curvature_along(self, step):
        """``step . H step``, H being the curvature at the point of the last `read`."""
        of_losses = self.passes.curvature_along(self.uncentred(step), self.total)
        return of_losses + _core.dot(self.bent(step), step)

    def bent(self, step):
        """What H without the losses of the rows makes of a step."""
        return self.scaling.penalty * step

    def margin_gains(self, step):
        """The least and the largest increase of a margin by a step."""
        return self.passes.margin_gains(self.uncentred(step))

    def uncentred(self, step):
        """The weights of rows as they are by which a step moves their logits."""
        weights = step * self.scaling.scale
        weights[-1] -= _core.dot(weights[:-1], self.scaling.centre)
        return weights

    def gap_bound(self, gradient):
        """What can be gained at most, by the curvature of the penalty alone and, of the
        intercept, of the mean row; inf without a penalty."""
        scaling, slope = self.scaling, gradient[:-1]
        live = scaling.scale[:-1] > 0
        if scaling.fit_intercept:
            slope = slope - scaling.mean * gradient[-1]
        slope, penalty = slope[live], scaling.penalty[:-1][live]
        if not penalty.all():
            return np.inf
        of_columns = _core.dot(slope, slope / penalty)
        return (of_columns + gradient[-1] ** 2 * scaling.fit_intercept) / 2
