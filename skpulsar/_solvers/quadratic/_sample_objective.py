# SPDX-License-Identifier: BSD-3-Clause
"""The objective over rows in memory: its curvature, and its minimum."""

from dataclasses import dataclass, field

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.quadratic._objective import Objective
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


class SampleObjective(Objective):
    """The objective over rows in memory, whose residuals may be looked at one by one.

    Parameters
    ----------
    rows : Sample
        The rows.

    scaling, total, loss
        See `Objective`.

    places : ndarray of shape (n_rows,), or None
        Which rows of a larger objective these are; None: all of them.

    discarded : DiscardedTerms or None
        What the rows that a stream has discarded add to F.
    """

    def __init__(self, rows, scaling, total, loss, places=None, discarded=None):
        super().__init__(rows, scaling, total, loss)
        self.places, self.discarded = places, discarded
        self.dataset = self.passes.dataset
        self.target, self.weight = rows.targets(), rows.sample_weight()

    @property
    def residual(self):
        """``|p_i - z_i|`` of every row at the point of the last `read`. The curvature
        of a row's loss is ``residual (1 - residual)``."""
        return self.passes.residual

    @residual.setter
    def residual(self, residual):
        self.passes.residual = residual

    def of_sums(self, point, loss, gradient, squares):
        value, gradient, squares = super().of_sums(point, loss, gradient, squares)
        if self.discarded is not None:
            more, slope = self.discarded.read(point)
            value, gradient = value + more, gradient + slope
            if squares is not None:
                squares = squares + self.discarded.diagonal()[0]
        return value, gradient, squares

    @property
    def stands_alone(self):
        """Whether these rows are all that there are."""
        return self.places is None and self.discarded is None

    def moved(self, step):
        """What a step adds to the logits of the rows."""
        return self.rows.logits(self.uncentred(step))

    def curvature_at(self, residual, step, moved):
        """``step . H step``, H being the curvature at given residuals; `moved` is what
        the step adds to the logits."""
        return self.loss_curvature(moved, residual) + _core.dot(self.bent(step), step)

    def bent(self, step):
        bent = super().bent(step)
        return bent if self.discarded is None else bent + self.discarded.bent(step)

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

    def row_curvatures(self):
        """What every row adds to the second derivative of F by each of its logits, at
        the point of the last `read`: of shape (1, n_rows)."""
        return self._row_curvature(self.residual)[np.newaxis]

    def _row_curvature(self, residual):
        """What every row adds to the second derivative of F by its logit."""
        return self.passes.curvatures(residual, self.total)

    def part_of_gradient(self, places, point):
        """What some of the rows add to the gradient."""
        part = self.rows.at(places)
        part = SampleObjective(part, self.scaling, self.total, self.loss)
        gradient = part.sums(point)[1]
        return gradient * self.scaling.scale / self.total

    def curvature(self, residual=None):
        """The lower half of the curvature of the mean loss and of discarded rows, at
        given residuals or at those of the last `read`."""
        residual = self.residual if residual is None else residual
        h = self._row_curvature(residual)
        G = self.passes.gram(h, self.scaling.scale)
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
        residual = self.target  # Any would do, and with an anchor none was read.
        preconditioner = self.preconditioner(residual)
        if preconditioner is None:
            return Minimum(point, None, gradient, None)
        if preconditioner.singular:
            step, _ = conjugate_step(self, residual, gradient, preconditioner)
        else:
            step = preconditioner.solve(gradient)
        minimum = point - step
        if (tie := self.scaling.tie) is not None:
            minimum[-1] = _core.dot(tie[:-1], minimum[:-1])
        left = np.zeros_like(gradient)
        return Minimum(minimum, preconditioner, left, left)
