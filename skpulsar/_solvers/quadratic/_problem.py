# SPDX-License-Identifier: BSD-3-Clause
"""The objective over given rows, in scaled columns."""

from dataclasses import dataclass, field

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.quadratic._preconditioners import CholeskyPreconditioner
from skpulsar._solvers.quadratic._saturation import conjugate_step

MIN_CURVATURE = 1e-100  # A curvature counts as this at least: its inverse is finite.
NEWTON_STEPS = 300  # So often Newton's method evaluates a subsample at most.


@dataclass(frozen=True)
class Minimum:
    """Where a search ended.

    Parameters
    ----------
    point : ndarray of shape (n_columns + 1,)
        The best point.

    preconditioner : object with methods `solve` and `scaled`, or None
        The curvature that the last step was made with; None if it was not finite. Then
        the point is the start.

    gradient, step : ndarray of shape (n_columns + 1,), or None
        The gradient at the point, and the step that would be the next.

    pairs : list
        The pairs of an `LBFGS`.
    """

    point: np.ndarray
    preconditioner: object | None
    gradient: np.ndarray
    step: np.ndarray | None
    pairs: list = field(default_factory=list)


class Objective:
    """``F(u) = sum of s_i l(a_i . u, z_i) / total + sum of penalty_j u_j^2 / 2``.

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

    places : ndarray of shape (n_rows,), or None
        Which rows of a larger objective these are; None: all of them.

    discarded : DiscardedTerms or None
        What the rows that a stream has discarded add to F.

    Attributes
    ----------
    residual : ndarray of shape (n_rows,)
        ``|p_i - z_i|`` at the point of the last `read`. The curvature of a row's loss
        is ``residual (1 - residual)``.

    n_read : int
        Rows read so far.
    """

    def __init__(self, rows, scaling, total, loss, places=None, discarded=None):
        self.rows = rows
        self.loss, self.places = loss, places
        self.discarded = discarded
        self.scaling = scaling
        self.total = total
        self.target, self.weight = rows.targets(), rows.sample_weight()
        self.residual = np.empty(rows.n_rows)
        self.dataset = rows.dataset(scaling.centre, scaling.fit_intercept, loss)
        self.n_read = 0

    def sums(self, point, diagonal=False):
        """The sums of the weighted losses and of their gradient, by unscaled columns;
        and of the diagonal of the curvature, or None."""
        self.n_read += self.rows.n_rows
        weights = point * self.scaling.scale
        return self.dataset.objective(weights, self.residual, diagonal)

    def read(self, point, diagonal=False):
        """F and its gradient; and the diagonal of the curvature, or None."""
        return self.of_sums(point, *self.sums(point, diagonal))

    def of_sums(self, point, loss, gradient, squares):
        """The same, from what `sums` returns."""
        scale, diagonal = self.scaling.scale, squares is not None
        slope = self.scaling.penalty * point
        value = loss / self.total + _core.dot(slope, point) / 2
        gradient = gradient * scale / self.total + slope
        if diagonal:
            squares = squares * scale * scale / self.total + self.scaling.penalty
        if self.discarded is not None:
            more, slope = self.discarded.read(point)
            value, gradient = value + more, gradient + slope
            if diagonal:
                squares = squares + self.discarded.diagonal()[0]
        return value, gradient, squares

    @property
    def stands_alone(self):
        """Whether these rows are all that there are."""
        return self.places is None and self.discarded is None

    def separated(self):
        """Whether every row is on its side, at the point of the last `read`."""
        return self.residual.max() < 0.5

    def moved(self, step):
        """What a step adds to the logits of the rows."""
        weights = step * self.scaling.scale
        weights[-1] -= _core.dot(weights[:-1], self.scaling.centre)
        return self.rows.logits(weights)

    def curvature_along(self, step, moved, residual):
        """``step . H step``, H being the curvature at given residuals; `moved` is what
        the step adds to the logits."""
        bent = self.scaling.penalty * step
        if self.discarded is not None:
            bent += self.discarded.bent(step)
        return self.loss_curvature(moved, residual) + _core.dot(bent, step)

    def loss_curvature(self, moved, residual):
        """The curvature of the mean loss alone, along a step that adds `moved` to the
        logits."""
        return _core.dot(self._row_curvature(residual) * moved, moved)

    def curvature_times(self, step, residual):
        """H step, H being the curvature at given residuals.

        It is summed row by row: a matrix would round away what distinguishes columns
        that nearly equal each other.
        """
        scaling = self.scaling
        curvature = self._row_curvature(residual) * self.moved(step)
        sums, _ = self.rows.column_sums(scaling.centre, curvature)
        sums = np.append(sums, _core.total(curvature)) * scaling.scale
        bent = sums + scaling.penalty * step
        return bent if self.discarded is None else bent + self.discarded.bent(step)

    def column_gains(self, gradient, residual):
        """What every column alone can gain by the curvature at given residuals, the
        intercept moving along: a lower bound on what all columns can gain."""
        scaling = self.scaling
        scale, curvature = scaling.scale[:-1], self._row_curvature(residual)
        sums, squares = self.rows.column_sums(scaling.centre, curvature)
        slope, bend = gradient[:-1], squares * scale * scale + scaling.penalty[:-1]
        if self.discarded is not None:
            bend = bend + self.discarded.diagonal()[0, :-1]
        elif scaling.fit_intercept and (total := _core.total(curvature)) > 0:
            across = sums * scale
            slope = slope - across / total * gradient[-1]
            bend = np.maximum(bend - across * across / total, EPSILON * bend)
        return slope * slope / np.maximum(bend, MIN_CURVATURE) / 2

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

    def rounding(self, point):
        """What squared error gains at least by the rounding of an intercept that makes
        up for columns far from 0."""
        moved = np.abs((point * self.scaling.scale)[:-1] * self.scaling.centre)
        return (EPSILON * _core.total(moved)) ** 2 / 2

    def _row_curvature(self, residual):
        """What every row adds to the second derivative of F by its logit."""
        curvature = self.loss.curvature(residual) / self.total
        return curvature if self.weight is None else curvature * self.weight

    def part_of_gradient(self, places, point):
        """What some of the rows add to the gradient."""
        part = self.rows.at(places)
        part = Objective(part, self.scaling, self.total, loss=self.loss)
        gradient = part.sums(point)[1]
        return gradient * self.scaling.scale / self.total

    def curvature(self, residual=None):
        """The lower half of the curvature of the mean loss and of discarded rows, at
        given residuals or at those of the last `read`."""
        residual = self.residual if residual is None else residual
        h = self._row_curvature(residual)
        G = self.dataset.curvature(h, self.scaling.scale)
        return G if self.discarded is None else G + self.discarded.block(0)

    def preconditioner(self, residual=None):
        """That curvature and the penalty, factorised; None if it is not finite."""
        factored = _core.factorise(self.curvature(residual), self.scaling.penalty)
        if factored is None:
            return None
        return CholeskyPreconditioner(factored, self.scaling.tie)

    def newton(self, point, share, tolerance, anchor=None):
        """Minimise by damped Newton steps until the decrement is at most `share` of the
        first, or `tolerance` of F.

        With an `anchor`, F is given the linear part that makes its gradient at the
        starting point the anchor. Returns a `Minimum`.
        """
        scaling = self.scaling
        point, _, gradient, *_, factored, self.residual, n_passes = self.dataset.newton(
            scaling.packed, point, total=self.total, share=share,
            tolerance=tolerance, most=NEWTON_STEPS, anchor=anchor,
        )  # fmt: skip
        self.n_read += n_passes * self.rows.n_rows
        if factored is None:
            return Minimum(point, None, gradient, None)
        preconditioner = CholeskyPreconditioner(factored, scaling.tie)
        return Minimum(point, preconditioner, gradient, preconditioner.solve(gradient))

    def solve(self, point, anchor=None):
        """Minimise where the curvature is the same everywhere: by one Newton step from
        a point, by its own gradient or that which an `anchor` gives; or by conjugate
        gradients, where the products of the columns hide directions. Returns a
        `Minimum`."""
        gradient = self.read(point)[1] if anchor is None else anchor
        preconditioner = self.preconditioner()
        if preconditioner is None:
            return Minimum(point, None, gradient, None)
        if preconditioner.singular:
            step, _ = conjugate_step(self, self.residual, gradient, preconditioner)
        else:
            step = preconditioner.solve(gradient)
        minimum = point - step
        if (tie := self.scaling.tie) is not None:
            minimum[-1] = _core.dot(tie[:-1], minimum[:-1])
        left = np.zeros_like(gradient)
        return Minimum(minimum, preconditioner, left, left)
