# SPDX-License-Identifier: BSD-3-Clause
"""Small problems that stand for the whole: their minima, and second opinions."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.preconditioned._row_span import RowSpan, SpanPreconditioner
from skpulsar._solvers.quadratic._importance_sampling import draw, key_of
from skpulsar._solvers.quadratic._lbfgs import ROUNDING
from skpulsar._solvers.quadratic._problem import NEWTON_STEPS, Objective
from skpulsar._solvers.quadratic._saturation import (
    MORE,
    SPARED,
    conjugate_step,
    decrement_at,
    endless,
    step_past,
)

SHARE = 0.1  # of noise that a minibatch's minimum may keep, in D / m of its gain
BEHIND = 10  # times a decrement: what must be gained behind rows that saturate
UNSEEN = 0.01  # of tol: what may be gained behind rows, with others behind these
MAX_SATURATIONS = 8  # groups of rows that saturate, one after the other


class Opinion(NamedTuple):
    """Of a step: what it gains; whether more can be gained behind rows that saturate
    along it; and another step that gains what is told, or None."""

    decrement: float
    behind: bool = False
    step: np.ndarray | None = None


class Subsampler:
    """Minibatches of the rows; or, of more columns than rows, the span of the rows.

    Parameters
    ----------
    full : Objective
        The objective of all rows; at each draw its residuals are those of the point
        read last.

    statistics, cost : ColumnStatistics, CostModel
        Of the rows.

    tol : float
        Of the objective: what need not be gained.

    seed : int
        Of the draws.

    Attributes
    ----------
    m : int
        Rows of the next minibatch.

    n_sampled : int
        Rows read so far, apart from full readings.
    """

    def __init__(self, full, statistics, cost, tol, seed):
        self.full, self.statistics, self.cost = full, statistics, cost
        self.tol, self.seed = tol, seed
        self.m, self.n_draws, self.n_sampled = cost.m, 0, 0
        self.span = None  # the problem in the span of the rows, if it is worth while
        self.drawn = None  # a minibatch that is not minimised yet
        self.last = None  # the problem that was minimised last
        self.blurred = False  # whether rows that saturate own all that columns tell
        self.doubted = False  # whether such rows were met, or a factor that was raised

    @property
    def exact(self):
        """Whether the last minimum was sought over all rows, by Newton's method."""
        if self.span is not None:
            return True
        whole = self.last is not None and self.last.rows is self.full.rows
        return self.cost.refactor and whole

    def grow(self):
        """Twice as many rows from now on."""
        self.m = min(self.full.rows.n_rows, 2 * self.m)

    def enter_span(self):
        """Seek minima in the span of the rows from now on."""
        self.span = RowSpan(self.full)

    def first(self, point):
        """The minimum of a first minibatch."""
        return self._minimise(self.draw(), point)

    def minimum(self, point, gradient):
        """The minimum of a minibatch whose gradient is made exact at a point that was
        read; or that in the span of the rows, which needs no correction."""
        if self.span is not None:
            span = self.span
            found = self._minimise(span.objective, span.to_span(point))
            inner = found.preconditioner
            whole = None if inner is None else SpanPreconditioner(span, inner)
            point = span.from_span(found.point)
            return replace(found, point=point, preconditioner=whole)
        while True:
            batch, self.drawn = self.drawn or self.draw(), None
            found = self._minimise(batch, point, gradient, 0.05 * self.tol)
            whole = batch.rows is self.full.rows
            if whole or not np.array_equal(found.point, point):
                return found
            self.grow()

    def decrement(self, lbfgs):
        """What the step of a path gains by the curvature where it begins: a second
        `Opinion` on the metric, from the rows of the last problem."""
        batch, residual = self.last, self.full.residual
        point, gradient, step = lbfgs.point, lbfgs.gradient, lbfgs.step
        if self.span is not None:
            point, step = self.span.to_span(point), self.span.to_span(step)
            gradient = self.span.gradient(gradient)
        elif batch.places is not None:
            residual = residual[batch.places]
        current = self.exact and not lbfgs.pairs
        decrement = decrement_at(batch, residual, gradient, step, self.tol, current)
        if decrement is not None and not self.doubted:
            return Opinion(decrement)
        spared = max(self.tol, SPARED) * lbfgs.value
        preconditioner, present, _, ahead, self.blurred = step_past(
            batch, residual, point, gradient, spared
        )
        better = None
        if self.doubted and preconditioner is not None:
            solved, gain = conjugate_step(batch, residual, gradient, preconditioner)
            if gain > MORE * present and self.span is None:
                better = solved
            present = max(present, gain)
        behind = ahead > max(MORE * present, UNSEEN * self.tol * lbfgs.value)
        self.doubted |= behind or present > MORE * _core.dot(gradient, step) / 2
        gain = min(max(present, ahead), lbfgs.value)  # no loss is negative
        return Opinion(gain, behind, better)

    def endless(self, lbfgs):
        """Whether there is no minimum without a penalty, as far as can be seen."""
        batch, residual = self.last, self.full.residual
        if batch is None or self.span is not None:
            return False
        if batch.places is not None:
            residual = residual[batch.places]
        spared = max(self.tol, SPARED) * lbfgs.value
        return endless(batch, residual, lbfgs.point, spared, self.full)

    def draw(self):
        """About m rows, by residual times leverage, weighted back; or all rows."""
        full, rows = self.full, self.full.rows
        if self.cost.takes_all(self.m):
            return Objective(rows, full.scaling, full.total, loss=full.loss)
        norms = self.statistics.norms()
        floor = _core.total(full.residual) / rows.n_rows
        key = key_of(self.seed, self.n_draws)
        self.n_draws += 1
        places, back = draw(full.residual, norms, floor, self.m, key)
        if full.weight is not None:
            back = back * full.weight[places]
        if self.m > self.cost.m:  # a copy would take too much memory
            batch = rows.part(places, back)
        else:
            batch = rows.take(places, back)
            batch = batch.dense() if self.cost.dense else batch
        return Objective(batch, full.scaling, full.total, places, loss=full.loss)

    def _minimise(self, batch, point, anchor=None, tolerance=0.0):
        self.last = batch
        share = SHARE * len(point) / batch.rows.n_rows
        if self.exact:  # no noise to stop at
            share, tolerance, anchor = 0.0, EPSILON**2, None
        newton = self.cost.refactor or self.span is not None
        minimise = batch.newton if newton else batch.descend
        found = minimise(point, share, tolerance, anchor)
        metric = found.preconditioner
        self.doubted |= metric is not None and metric.singular
        most = batch.n_read + NEWTON_STEPS * batch.rows.n_rows
        for _ in range(MAX_SATURATIONS * self.doubted):
            ahead = self._ahead(batch, found) if batch.n_read < most else None
            if ahead is None:
                break
            found = minimise(ahead, share, tolerance)
        self.n_sampled += batch.n_read
        return found

    def _ahead(self, batch, found):
        """A better point than where a search ended, past rows that saturate on the way;
        or None."""
        if found.preconditioner is None:
            return None
        residual, gradient, step = batch.residual, found.gradient, found.step
        if decrement_at(batch, residual, gradient, step, self.tol) is not None:
            return None
        seen = _core.dot(gradient, step) / 2
        value, gradient, _ = batch.read(found.point)
        escape = step_past(batch, residual, found.point, gradient, SPARED * value)
        if escape.decrement <= max(UNSEEN * self.tol * value, BEHIND * seen):
            return None
        for share in (1, 1 / 4, 1 / 16):
            ahead = found.point - share * escape.step
            if batch.read(ahead)[0] <= value + ROUNDING * value:
                return ahead
        return None
