# SPDX-License-Identifier: BSD-3-Clause
"""One preconditioned fit: choose the next point, evaluate it on all rows, stop."""

from math import inf

import numpy as np

from skpulsar._kernels import _core
from skpulsar._solvers.preconditioned._cost_model import CostModel
from skpulsar._solvers.preconditioned._penalty_share import made_by_penalty
from skpulsar._solvers.preconditioned._subsample import Subsampler
from skpulsar._solvers.quadratic._column_statistics import (
    ColumnStatistics,
    hidden_entries,
)
from skpulsar._solvers.quadratic._fit_summary import FitSummary
from skpulsar._solvers.quadratic._gap_estimate import SEPARABLE, GapEstimate
from skpulsar._solvers.quadratic._gram import gram
from skpulsar._solvers.quadratic._lbfgs import LBFGS
from skpulsar._solvers.quadratic._preconditioners import DiagonalPreconditioner
from skpulsar._solvers.quadratic._problem import Objective
from skpulsar._solvers.quadratic._saturation import decrement_along

CLOSE = 1e-5  # a tolerance that a diagonal hardly tells
FEW = 5  # readings that are left: too few to look for another metric
PATIENCE = 40  # readings after which what is exact is worth its price
EXACT = 3  # times the price of a metric: what is exact is worth that at once
PAIRED_ROWS = 256  # that tell how much columns depend on each other
FREEDOM = 0.2  # of as many columns that do not
LEAST_GAIN = 0.01  # of a claim that denied a stop: what the next reading has to gain
LEAST_LOSS = 1e-9  # of that of the null model: less need not be told from 0


class PreconditionedFit:
    """One fit's working memory."""

    def __init__(self, solver, rows, seed):
        rows = rows.dense_where_full()
        cost = CostModel(rows)
        if cost.dense and cost.takes_all(cost.m):
            rows = rows.dense()
            cost = CostModel(rows)
        self.solver, self.rows, self.cost = solver, rows, cost
        self.statistics = ColumnStatistics(
            rows, solver.penalty, solver.fit_intercept, cost.subsampled
        )
        weight = rows.sample_weight()
        self.total = rows.n_rows if weight is None else _core.total(weight)
        self.seed, self.n_readings, self.gap = seed, 0, np.nan
        self.warm = solver.warm  # whether to start from weights
        self.start, self.start_value, self.start_loss = None, inf, inf
        self._begin()
        self.recentred = False

    def _begin(self):
        """Begin in the scaling of the column statistics."""
        solver, cost, statistics = self.solver, self.cost, self.statistics
        self.scaling = statistics.scaling
        self.full = Objective(self.rows, self.scaling, self.total, loss=solver.loss)
        self.preconditioner = (
            None if cost.subsampled else DiagonalPreconditioner(self.scaling)
        )
        self.lbfgs = LBFGS(self.scaling.tie)
        self.estimate = GapEstimate(solver.tol, cost.refactor, not cost.subsampled)
        self.subsampler = Subsampler(
            self.full, statistics, cost, self.estimate.tol, self.seed
        )
        self.fresh = False  # whether the next point is that of a new minibatch
        self.new = True  # whether no point was read since the metric was made
        self.denied = inf  # what F has to fall below after a stop that was denied

    def weights(self):
        lbfgs = self.lbfgs
        point = self.start if lbfgs.point is None else lbfgs.point
        return self.scaling.to_original(point)

    def summary(self):
        """The mean loss about the last point, to second order."""
        lbfgs, scaling, preconditioner = self.lbfgs, self.scaling, self.preconditioner
        if lbfgs.point is None:
            return None
        if preconditioner is None:  # a warm start, read once
            batch = self.subsampler.drawn = self.subsampler.draw()
            batch.read(lbfgs.point)
            preconditioner = batch.preconditioner()
            if preconditioner is None:
                return None
        penalty = scaling.penalty * lbfgs.point
        return FitSummary(
            self.statistics.moments, scaling.centre, self.solver.fit_intercept,
            self.weights(),
            lbfgs.value - _core.dot(penalty, lbfgs.point) / 2,
            (lbfgs.gradient - penalty) * scaling.deviations(), self.solver.penalty,
            *preconditioner.packed,
        )  # fmt: skip

    def made_by_penalty(self):
        """Whether the penalty, and not the data, made the best point."""
        if self.lbfgs.point is None:
            return False
        by_chance = len(self.scaling.scale) / self.rows.n_rows
        return made_by_penalty(
            self.lbfgs, self.start, self.start_loss, self.scaling, self.subsampler.draw,
            by_chance,
        )  # fmt: skip

    # -- where to go ----------------------------------------------------------------

    def propose(self, weights):
        """The next point to be read."""
        if self.scaling is not self.statistics.scaling:  # it was moved
            weights, n_sampled = self.weights(), self.subsampler.n_sampled
            self._begin()
            self.warm, self.subsampler.n_sampled = True, n_sampled
        if self.lbfgs.point is None:
            return self._start(weights)
        if self.fresh:
            self._redraw()
        return self.lbfgs.next_point()

    def _start(self, weights):
        """The last weights; if there are none, or the shares of the classes are better,
        the minimum of a pilot; if that is worse, the shares."""
        self.start = np.zeros(len(weights))
        full, fit_intercept = self.full, self.solver.fit_intercept
        null = self.solver.loss.null_model(
            full.target, full.weight, full.total, fit_intercept
        )
        self.start[-1] = null.logit
        self.start_value = self.start_loss = null.loss
        self.estimate.least = LEAST_LOSS * self.start_loss
        if self.warm:
            self.warm = False
            return self.scaling.to_scaled(weights)
        residual = full.residual
        np.abs(np.subtract(full.target, null.mean, out=residual), out=residual)
        if not self.cost.subsampled:
            return self._first_diagonal_step(null.mean)
        if self.preconditioner is not None:
            self.start_value = inf
            return self.start
        found = self.subsampler.first(self.start)
        self.preconditioner, self.lbfgs.pairs = found.preconditioner, found.pairs
        return self.start if self.preconditioner is None else found.point

    def _first_diagonal_step(self, mean):
        """A step from the start, where all rows have one probability: the moments and
        the sums over the positives are all that a reading would tell."""
        scaling, total, rows = self.scaling, self.full.total, self.rows.of_class(1)
        sums = rows.sums(scaling.centre)
        self.subsampler.n_sampled += rows.n_rows
        row = np.append(self.statistics.moments.mean - scaling.centre, 1.0)
        gradient = (mean * row - sums / total) * scaling.scale
        curvature = self.solver.loss.curvature(mean)
        squares = curvature * (scaling.scale > 0) + scaling.penalty
        self.preconditioner.renew(squares)
        lbfgs, value = self.lbfgs, self.start_loss
        self.estimate.add(
            value, lbfgs.accept(self.start, value, gradient, self.preconditioner)
        )
        return lbfgs.next_point()

    def _redraw(self):
        lbfgs = self.lbfgs
        found = self.subsampler.minimum(lbfgs.point, lbfgs.gradient)
        if found.preconditioner is not None:
            self.preconditioner, self.new = found.preconditioner, True
            lbfgs.restart(lbfgs.point - found.point, found.pairs)
            self.estimate.restart(lbfgs.decrement)

    # -- what a reading says --------------------------------------------------------

    def read(self, point):
        """Read all rows at a point; why training ends there, or None."""
        diagonal = isinstance(self.preconditioner, DiagonalPreconditioner)
        value, gradient, squares = self.full.read(point, diagonal)
        self.n_readings += 1
        lbfgs = self.lbfgs
        if lbfgs.point is None and not value <= self.start_value:
            return None  # a start that is worse than none
        if lbfgs.increased(value):
            return self._retreat()
        if diagonal:
            self.preconditioner.renew(squares)
        if self.preconditioner is None:  # a warm start
            lbfgs.set_point(point, value, gradient)
            self.fresh = True
            return None
        stuck = self.fresh and self.subsampler.exact and not value < lbfgs.value
        far = self.new and value < lbfgs.value / 2  # from where the metric was sought
        self.new = False
        decrement = lbfgs.accept(point, value, gradient, self.preconditioner, far)
        self.estimate.add(value, decrement)
        ended = self._judge(value, diagonal, far)
        if stuck and ended is None:
            ended = "rounding"
        if ended in ("tol", "rounding") and self._is_blind():
            self.gap, ended = value, "rounding"  # no loss is negative
        return ended

    def _retreat(self):
        if self.fresh and not self.subsampler.exact:
            self.subsampler.grow()  # the minibatch was too small to be trusted so far
            return None
        self.fresh = False
        return None if self.lbfgs.backtrack() else "rounding"

    def _judge(self, value, diagonal, far):
        estimate, subsampler = self.estimate, self.subsampler
        self.gap, self.fresh = estimate.gap(), False
        certified = estimate.holds() and (subsampler.exact or not far)
        if self.solver.penalty.alpha == 0 and self._is_endless(value, certified):
            return "separable"
        if certified:
            return self._confirm_diagonal() if diagonal else self._confirm(value)
        left, price = estimate.readings_left(), self.cost.price(subsampler.m)
        if not diagonal:
            self.fresh = left > price + 1
            return None
        span, spent = self._span_price(), self.n_readings
        if left > FEW:  # another metric may cost what was spent without it
            left = max(left, spent)
        tired = left > FEW and spent >= PATIENCE and span < inf
        self.fresh = left > min(price, span) + 1 or tired
        if self.fresh and (tired or span <= EXACT * price):
            subsampler.enter_span()
        return None

    def _is_endless(self, value, certified):
        """Whether there is no minimum, as far as can be seen."""
        if self.full.separated():
            return certified or value < SEPARABLE
        return certified and (
            self.rows.has_ordered_column(
                self.solver.fit_intercept, self.scaling.scale[:-1] > 0
            )
            or self.subsampler.endless(self.lbfgs)
        )

    def _confirm(self, value):
        """Why training ends where a Newton metric says that nothing is left; None where
        the curvature at this very point denies it."""
        lbfgs, subsampler, goal = self.lbfgs, self.subsampler, self.estimate.goal()
        gain, self.fresh, step = subsampler.decrement(lbfgs)
        self.gap = max(self.gap, gain)
        if subsampler.blurred and self._recentre():
            return None
        if gain <= goal and not self.fresh:
            return "tol"
        if subsampler.exact and not value < self.denied:
            return "rounding"  # Newton's steps go no further
        if step is not None and not self.fresh:
            lbfgs.restart(step)
        elif self.denied < inf:  # not for the first time: the metric is wrong here
            spent = len(self.estimate.values)
            self.fresh |= spent > self.cost.price(subsampler.m)
        self.denied = value - LEAST_GAIN * self.gap
        return None

    def _confirm_diagonal(self):
        """The same of a diagonal, by the curvature of all rows along its step."""
        lbfgs, full = self.lbfgs, self.full
        gain = decrement_along(full, full.residual, lbfgs.gradient, lbfgs.step)
        self.gap = max(self.gap, gain)
        little = gain <= self.estimate.goal()
        if little and not self._asks_more_than_a_diagonal():
            return "tol"
        if self._span_price() < inf:
            self.fresh = True
            self.subsampler.enter_span()
        elif little:
            self.fresh = True
        else:
            lbfgs.lengthen(gain / lbfgs.decrement)
        return None

    def _is_blind(self):
        """Whether rows that are far out own several columns: these may cancel in them,
        which no sum in double precision shows."""
        doubted = self.subsampler.doubted or self.subsampler.blurred
        return doubted and len(hidden_entries(self.rows, self.scaling)) > 1

    def _recentre(self):
        """Whether to begin anew in a scaling that hides less of some columns."""
        if self.recentred:
            return False
        self.recentred = True
        return self.statistics.recentre()

    def _asks_more_than_a_diagonal(self):
        """Whether a minibatch has to confirm a stop: where little may be left and the
        readings so far cost as much, or where columns depend on each other."""
        close = self.estimate.tol < CLOSE and not self.rows.sparse
        if close and self.cost.price(self.subsampler.m) <= self.n_readings:
            return True
        return self._correlated()

    def _correlated(self):
        """Whether dense columns depend on each other so much that the decrements of a
        diagonal say little: they have the freedom of a fifth as many.

        Of rows a with ``E |a|^2 = d``, the mean of ``(a . b)^2`` over pairs is the sum
        of the squared eigenvalues of the correlations, and d^2 over it their number,
        were all of one size.
        """
        if self.rows.sparse:
            return False
        few = min(self.rows.n_rows, PAIRED_ROWS)
        places = np.linspace(0, self.rows.n_rows - 1, few).astype(np.int64)
        rows = self.rows.entries(places) - self.scaling.centre
        columns = np.ascontiguousarray(rows.T, np.float64)
        K = gram(columns, self.scaling.scale[:-1] ** 2)
        norms, pairs = K.diagonal(), K[np.tril_indices(few, -1)]
        square = _core.dot(pairs, pairs) / max(len(pairs), 1)
        mean = _core.total(np.ascontiguousarray(norms)) / few
        return mean * mean < FREEDOM * self.rows.n_columns * square

    def _span_price(self):
        """The minimum in the span of the rows needs a penalty on every column."""
        return self.cost.span_price() if self.solver.penalty.alpha > 0 else inf
