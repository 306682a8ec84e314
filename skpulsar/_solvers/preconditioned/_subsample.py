# SPDX-License-Identifier: BSD-3-Clause
"""Subsamples that stand for all rows: their minima, and checks of steps by them."""

from functools import partial
from typing import NamedTuple

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._importance_sampling import draw_key
from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.preconditioned._row_span import RowSpan
from skpulsar._solvers.quadratic._lbfgs import RISE_TOLERANCE
from skpulsar._solvers.quadratic._minimise import descend
from skpulsar._solvers.quadratic._sample_objective import NEWTON_STEPS, SampleObjective
from skpulsar._solvers.quadratic._saturation import (
    EXCESS,
    MAX_ESCAPES,
    SPARED,
    conjugate_step,
    decrement_at,
    endless,
    step_past,
)

NOISE_SHARE = 0.1  # A minimum keeps this share of D / m of what its first step gains.
ESCAPE_RATIO = 10  # An escape has to gain this many times the decrement.
ESCAPE_TOL = 0.01  # An escape has to gain this share of tol F.


class StepCheck(NamedTuple):
    """What a step is worth by the curvature at the very point where it begins.

    Parameters
    ----------
    decrement : float
        What can be gained.

    escapes : bool
        Whether more can be gained by a step past rows that saturate.

    step : ndarray of shape (n_columns + 1,), or None
        Another step, which gains the decrement where the step itself does not.
    """

    decrement: float
    escapes: bool = False
    step: np.ndarray | None = None


class Subsampler:
    """Subsamples of the rows; or, of more columns than rows, the span of the rows.

    Parameters
    ----------
    full : Objective
        The objective of all rows; draws are by the residuals that its passes keep, at
        the point that was evaluated last.

    statistics, cost : ColumnStatistics, CostModel
        Of the rows.

    tol : float
        The share of the objective that need not be gained.

    seed : int
        That of the draws.

    Attributes
    ----------
    m : int
        Rows of the next subsample.

    n_sampled : int
        Rows read so far, apart from full passes.

    is_ill_conditioned : bool
        Whether rows that saturate, or a curvature that is singular, were met. From then
        on decrements are not trusted, and every minimum is checked for escapes.

    curvature_is_singular : bool
        Whether the curvature of the last check was singular to rounding.
    """

    def __init__(self, full, statistics, cost, tol, seed):
        self.full, self.statistics, self.cost = full, statistics, cost
        self.tol, self.seed = tol, seed
        self.m, self.n_draws, self.n_sampled = cost.m, 0, 0
        self.span = None  # the problem in the span of the rows, once it is worth while
        self.drawn = None  # a subsample that was drawn and not minimised yet
        self.last = None  # the problem that was minimised last
        self.is_ill_conditioned = self.curvature_is_singular = False

    @property
    def exact(self):
        """Whether the last minimum was sought over all rows, by Newton's method."""
        if self.span is not None:
            return True
        whole = self.last is not None and self.last.places is None
        return (self.cost.refactor or self.full.loss.quadratic) and whole

    def grow(self):
        """Twice as many rows from now on."""
        self.m = min(self.full.rows.n_rows, 2 * self.m)

    def enter_span(self):
        """Seek minima in the span of the rows from now on."""
        self.span = RowSpan(self._all_rows())

    def first(self, point):
        """The minimum of an initial subsample, or that in the span of the rows."""
        if self.span is not None:
            return self.minimum(point, None)
        return self._minimise(self.draw(), point)

    def minimum(self, point, gradient):
        """The minimum of a subsample whose gradient is made exact at a point that was
        evaluated; or that in the span of the rows, which needs no correction."""
        if self.span is not None:
            return self.span.minimum(self._minimise, point)
        while True:
            batch, self.drawn = self.drawn or self.draw(), None
            found = self._minimise(batch, point, gradient, 0.05 * self.tol)
            if batch.places is None or not np.array_equal(found.point, point):
                return found
            self.grow()

    def check_step(self, lbfgs):
        """A `StepCheck` of an L-BFGS step, by the rows of the last problem."""
        if self.full.loss.quadratic and self.exact and not self.is_ill_conditioned:
            return StepCheck(lbfgs.decrement)  # The curvature is the same everywhere.
        batch, residual = self.last, self._last_residual()
        point, gradient, step = lbfgs.point, lbfgs.gradient, lbfgs.step
        if self.span is not None:
            point, step = self.span.to_span(point), self.span.to_span(step)
            gradient = self.span.gradient(gradient)
        current = self.exact and not lbfgs.pairs
        decrement = decrement_at(batch, residual, gradient, step, self.tol, current)
        if decrement is not None and not self.is_ill_conditioned:
            return StepCheck(decrement)
        spared = max(self.tol, SPARED) * lbfgs.value
        preconditioner, newton, _, escape, self.curvature_is_singular = step_past(
            batch, residual, point, gradient, spared
        )
        better = None
        if self.is_ill_conditioned and preconditioner is not None:
            solved, gain = conjugate_step(batch, residual, gradient, preconditioner)
            if gain > EXCESS * newton and self.span is None:
                better = solved
            newton = max(newton, gain)
        escapes = escape > max(EXCESS * newton, ESCAPE_TOL * self.tol * lbfgs.value)
        exceeds = newton > EXCESS * _core.dot(gradient, step) / 2
        self.is_ill_conditioned |= escapes or exceeds
        gain = min(max(newton, escape), lbfgs.value)  # No loss is negative.
        return StepCheck(gain, escapes, better)

    def endless(self, lbfgs):
        """Whether there is no minimum without a penalty, as far as can be seen."""
        if self.last is None or self.span is not None:
            return False
        spared = max(self.tol, SPARED) * lbfgs.value
        residual = self._last_residual()
        return endless(self.last, residual, lbfgs.point, spared, self.full)

    def draw(self):
        """About m rows, by residual times leverage, weighted back; or all rows."""
        if self.cost.takes_all(self.m):
            return self._all_rows()
        full, rows = self.full, self.full.rows
        norms, key = self.statistics.norms(), draw_key(self.seed, self.n_draws)
        self.n_draws += 1
        places, weight = full.passes.draw(norms, self.m, key)
        if self.m > self.cost.m:  # A copy would take too much memory.
            batch = rows.part(places, weight)
        else:
            batch = rows.take(places, weight)
            batch = batch.dense() if self.cost.dense else batch
        return SampleObjective(batch, full.scaling, full.total, full.loss, places)

    def expect_draw(self):
        """Let the next pass find the rows of the next draw."""
        if not self.cost.takes_all(self.m):
            key = draw_key(self.seed, self.n_draws)
            self.full.passes.expect(self.statistics.norms(), self.m, key)

    def _all_rows(self):
        full = self.full
        rows = full.rows.in_memory()
        return SampleObjective(rows, full.scaling, full.total, full.loss)

    def _last_residual(self):
        """The residuals of the last problem's rows, at the point that was evaluated
        last."""
        return self.full.passes.residuals(self.last.places)

    def _minimise(self, batch, point, anchor=None, tolerance=0.0):
        self.last = batch
        if batch.loss.quadratic:
            found = batch.solve(point, anchor)
            preconditioner = found.preconditioner
            if preconditioner is not None:
                self.is_ill_conditioned |= preconditioner.singular
            self.n_sampled += batch.n_read
            return found
        share = NOISE_SHARE * len(point) / batch.rows.n_rows
        if self.exact:  # There is no noise to stop at.
            share, tolerance, anchor = 0.0, EPSILON**2, None
        newton = self.cost.refactor or self.span is not None
        minimise = batch.newton if newton else partial(descend, batch)
        found = minimise(point, share, tolerance, anchor)
        preconditioner = found.preconditioner
        if preconditioner is not None:
            self.is_ill_conditioned |= preconditioner.singular
        most = batch.n_read + NEWTON_STEPS * batch.rows.n_rows
        for _ in range(MAX_ESCAPES * self.is_ill_conditioned):
            point = self._escape(batch, found) if batch.n_read < most else None
            if point is None:
                break
            found = minimise(point, share, tolerance)
        self.n_sampled += batch.n_read
        return found

    def _escape(self, batch, found):
        """A better point than where a search ended, past rows that saturate on the way;
        or None."""
        if found.preconditioner is None:
            return None
        residual, gradient, step = batch.residual, found.gradient, found.step
        if decrement_at(batch, residual, gradient, step, self.tol) is not None:
            return None
        decrement = _core.dot(gradient, step) / 2
        value, gradient, _ = batch.read(found.point)
        escape = step_past(batch, residual, found.point, gradient, SPARED * value)
        least = max(ESCAPE_TOL * self.tol * value, ESCAPE_RATIO * decrement)
        if escape.decrement <= least:
            return None
        for share in (1, 1 / 4, 1 / 16):
            point = found.point - share * escape.step
            if batch.read(point)[0] <= value + RISE_TOLERANCE * value:
                return point
        return None
