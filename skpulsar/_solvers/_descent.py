# SPDX-License-Identifier: BSD-3-Clause
"""The way of one fit to its minimum: where to go, and what a reading says of it."""

from math import inf

import numpy as np

from skpulsar._kernels import _core
from skpulsar._kernels._core import log
from skpulsar._solvers._certificate import SEPARABLE, Certificate
from skpulsar._solvers._metrics import Diagonal
from skpulsar._solvers._objective import Objective
from skpulsar._solvers._past import Summary
from skpulsar._solvers._path import Path
from skpulsar._solvers._pilot import Pilot
from skpulsar._solvers._plan import Plan
from skpulsar._solvers._saturation import decrement_along
from skpulsar._solvers._shrinkage import made_by_penalty
from skpulsar._solvers._survey import Survey, hidden_entries

COIN = log(2)  # loss of a row at no weights
CLOSE = 1e-5  # a tolerance that a diagonal hardly tells
FEW = 5  # readings that are left: too few to look for another metric
PATIENCE = 40  # readings after which what is exact is worth its price
EXACT = 3  # times the price of a metric: what is exact is worth that at once
PAIRED_ROWS = 256  # that tell how much columns depend on each other
FREEDOM = 0.2  # of as many columns that do not
LEAST_GAIN = 0.01  # of a claim that denied a stop: what the next reading has to gain
LEAST_LOSS = 1e-9  # of that of the null model: less need not be told from 0
LEAST_SHARE = np.finfo(np.float64).smallest_subnormal


class Descent:
    """One fit's working memory."""

    def __init__(self, solver, rows, seed):
        rows = rows.dense_where_full()
        plan = Plan(rows)
        if plan.dense and plan.takes_all(plan.m):
            rows = rows.dense()
            plan = Plan(rows)
        self.solver, self.rows, self.plan = solver, rows, plan
        self.survey = Survey(rows, solver.penalty, solver.fit_intercept, plan.piloted)
        weight = rows.weights()
        self.total = rows.n_rows if weight is None else _core.total(weight)
        self.seed, self.n_readings, self.gap = seed, 0, np.nan
        self.warm = solver.warm  # whether to start from weights
        self.start, self.start_value, self.start_loss = None, inf, inf
        self._begin()
        self.recentred = False

    def _begin(self):
        """Begin in the frame of the survey."""
        solver, plan, survey = self.solver, self.plan, self.survey
        self.frame = survey.frame
        self.full = Objective(self.rows, self.frame, self.total)
        self.metric = None if plan.piloted else Diagonal(self.frame)
        self.path = Path(self.frame.tie)
        self.certificate = Certificate(solver.tol, plan.refactor, not plan.piloted)
        self.pilot = Pilot(self.full, survey, plan, self.certificate.tol, self.seed)
        self.fresh = False  # whether the next point is that of a new minibatch
        self.new = True  # whether no point was read since the metric was made
        self.denied = inf  # what F has to fall below after a stop that was denied

    def weights(self):
        path = self.path
        return self.frame.leave(self.start if path.point is None else path.point)

    def summary(self):
        """The mean loss about the last point, to second order."""
        path, frame, metric = self.path, self.frame, self.metric
        if path.point is None:
            return None
        if metric is None:  # a warm start, read once
            batch = self.pilot.drawn = self.pilot.draw()
            batch.read(path.point)
            metric = batch.metric()
            if metric is None:
                return None
        penalty = frame.penalty * path.point
        return Summary(
            self.survey.moments, frame.centre, self.solver.fit_intercept,
            self.weights(),
            path.value - _core.dot(penalty, path.point) / 2,
            (path.gradient - penalty) * frame.deviations(), self.solver.penalty,
            *metric.packed,
        )  # fmt: skip

    def made_by_penalty(self):
        """Whether the penalty, and not the data, made the best point."""
        if self.path.point is None:
            return False
        by_chance = len(self.frame.scale) / self.rows.n_rows
        return made_by_penalty(
            self.path, self.start, self.start_loss, self.frame, self.pilot.draw,
            by_chance,
        )  # fmt: skip

    # -- where to go ----------------------------------------------------------------

    def propose(self, weights):
        """The next point to be read."""
        if self.frame is not self.survey.frame:  # it was moved
            weights, self.warm, n_sampled = self.weights(), True, self.pilot.n_sampled
            self._begin()
            self.pilot.n_sampled = n_sampled
        if self.path.point is None:
            return self._start(weights)
        if self.fresh:
            self._redraw()
        return self.path.proposal()

    def _start(self, weights):
        """The last weights; if there are none, or the shares of the classes are better,
        the minimum of a pilot; if that is worse, the shares."""
        self.start = np.zeros(len(weights))
        shares = self._shares()
        if self.solver.fit_intercept:
            self.start[-1] = log(shares[1]) - log(shares[0])
        self.start_value = self.start_loss = self._loss_of(shares)
        self.certificate.least = LEAST_LOSS * self.start_loss
        if self.warm:
            self.warm = False
            return self.frame.enter(weights)
        residual = self.full.residual
        positive = shares[1] if self.solver.fit_intercept else 0.5
        np.abs(np.subtract(self.full.target, positive, out=residual), out=residual)
        if not self.plan.piloted:
            return self._first_diagonal_step(positive)
        if self.metric is not None:
            self.start_value = inf
            return self.start
        found = self.pilot.first(self.start)
        self.metric, self.path.pairs = found.metric, found.pairs
        return self.start if self.metric is None else found.point

    def _first_diagonal_step(self, positive):
        """A step from the start, where all rows have one probability: the moments and
        the sums over the positives are all that a reading would tell."""
        frame, total, rows = self.frame, self.full.total, self.rows.of_class(1)
        sums = rows.sums(frame.centre)
        self.pilot.n_sampled += rows.n_rows
        mean = np.append(self.survey.moments.mean - frame.centre, 1.0)
        gradient = (positive * mean - sums / total) * frame.scale
        squares = positive * (1 - positive) * (frame.scale > 0) + frame.penalty
        self.metric.renew(squares)
        path, value = self.path, self.start_loss
        self.certificate.add(
            value, path.accept(self.start, value, gradient, self.metric)
        )
        return path.proposal()

    def _redraw(self):
        path = self.path
        found = self.pilot.minimum(path.point, path.gradient)
        if found.metric is not None:
            self.metric, self.new = found.metric, True
            path.turn(path.point - found.point, found.pairs)
            self.certificate.restart(path.decrement)

    # -- what a reading says --------------------------------------------------------

    def read(self, point):
        """Read all rows at a point; why training ends there, or None."""
        diagonal = isinstance(self.metric, Diagonal)
        value, gradient, squares = self.full.read(point, diagonal)
        self.n_readings += 1
        path = self.path
        if path.point is None and not value <= self.start_value:
            return None  # a start that is worse than none
        if path.rose(value):
            return self._retreat()
        if diagonal:
            self.metric.renew(squares)
        if self.metric is None:  # a warm start
            path.stand(point, value, gradient)
            self.fresh = True
            return None
        stuck = self.fresh and self.pilot.exact and not value < path.value
        far = self.new and value < path.value / 2  # from where the metric was sought
        self.new = False
        decrement = path.accept(point, value, gradient, self.metric, far)
        self.certificate.add(value, decrement)
        ended = self._judge(value, diagonal, far)
        if stuck and ended is None:
            ended = "rounding"
        if ended in ("tol", "rounding") and self._is_blind():
            self.gap, ended = (
                value,
                "rounding",
            )  # all that is known: no loss is negative
        return ended

    def _retreat(self):
        if self.fresh and not self.pilot.exact:
            self.pilot.grow()  # the minibatch was too small to be trusted so far
            return None
        self.fresh = False
        return None if self.path.shorten() else "rounding"

    def _judge(self, value, diagonal, far):
        certificate, pilot = self.certificate, self.pilot
        self.gap, self.fresh = certificate.gap(), False
        certified = certificate.holds() and (pilot.exact or not far)
        if self.solver.penalty.alpha == 0 and self._is_endless(value, certified):
            return "separable"
        if certified:
            return self._confirm_diagonal() if diagonal else self._confirm(value)
        left, price = certificate.readings_left(), self.plan.price(pilot.m)
        if not diagonal:
            self.fresh = left > price + 1
            return None
        span, spent = self._span_price(), self.n_readings
        if left > FEW:  # another metric may cost what was spent without it
            left = max(left, spent)
        tired = left > FEW and spent >= PATIENCE and span < inf
        self.fresh = left > min(price, span) + 1 or tired
        if self.fresh and (tired or span <= EXACT * price):
            pilot.enter_span()
        return None

    def _is_endless(self, value, certified):
        """Whether there is no minimum, as far as can be seen."""
        if self.full.separated():
            return certified or value < SEPARABLE
        return certified and (
            self.rows.has_ordered_column(
                self.solver.fit_intercept, self.frame.scale[:-1] > 0
            )
            or self.pilot.endless(self.path)
        )

    def _confirm(self, value):
        """Why training ends where a Newton metric says that nothing is left; None where
        the curvature at this very point denies it."""
        path, pilot, goal = self.path, self.pilot, self.certificate.goal()
        gain, self.fresh, step = pilot.decrement(path)
        self.gap = max(self.gap, gain)
        if pilot.blurred and self._recentre():
            return None
        if gain <= goal and not self.fresh:
            return "tol"
        if pilot.exact and not value < self.denied:
            return "rounding"  # Newton's steps go no further
        if step is not None and not self.fresh:
            path.turn(step)
        elif self.denied < inf:  # not for the first time: the metric is wrong here
            spent = len(self.certificate.values)
            self.fresh |= spent > self.plan.price(pilot.m)
        self.denied = value - LEAST_GAIN * self.gap
        return None

    def _confirm_diagonal(self):
        """The same of a diagonal, by the curvature of all rows along its step."""
        path, full = self.path, self.full
        gain = decrement_along(full, full.residual, path.gradient, path.step)
        self.gap = max(self.gap, gain)
        little = gain <= self.certificate.goal()
        if little and not self._asks_more_than_a_diagonal():
            return "tol"
        if self._span_price() < inf:
            self.fresh = True
            self.pilot.enter_span()
        elif little:
            self.fresh = True
        else:
            path.stretch(gain / path.decrement)
        return None

    def _is_blind(self):
        """Whether rows that are far out own several columns: these may cancel in them,
        which no sum in double precision shows."""
        doubted = self.pilot.doubted or self.pilot.blurred
        return doubted and len(hidden_entries(self.rows, self.frame)) > 1

    def _recentre(self):
        """Whether to begin anew in a frame that does not hide most of some columns."""
        if self.recentred:
            return False
        self.recentred = True
        return self.survey.recentre()

    def _asks_more_than_a_diagonal(self):
        """Whether a minibatch has to confirm a stop: where little may be left and the
        readings so far cost as much, or where columns depend on each other."""
        close = self.certificate.tol < CLOSE and not self.rows.sparse
        if close and self.plan.price(self.pilot.m) <= self.n_readings:
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
        matrix = self.rows.take(places, None).matrix
        columns = np.ascontiguousarray((matrix - self.frame.centre).T, np.float64)
        K = _core.curvature(
            columns, self.frame.scale[:-1] ** 2, None, np.zeros(few), np.ones(few + 1),
            fit_intercept=False,
        )[:-1, :-1]  # fmt: skip
        norms, pairs = K.diagonal(), K[np.tril_indices(few, -1)]
        square = _core.dot(pairs, pairs) / max(len(pairs), 1)
        mean = _core.total(np.ascontiguousarray(norms)) / few
        return mean * mean < FREEDOM * self.rows.n_columns * square

    def _span_price(self):
        """The minimum in the span of the rows needs a penalty on every column."""
        return self.plan.span_price() if self.solver.penalty.alpha > 0 else inf

    # -- rows -----------------------------------------------------------------------

    def _loss_of(self, shares):
        """The objective at the start: the entropy of the classes, or that of a coin."""
        if not self.solver.fit_intercept:
            return COIN
        return -sum(share * log(share) for share in shares.tolist())

    def _shares(self):
        sums = _core.class_totals(self.full.target, self.full.weight)
        return np.maximum(sums / self.full.total, LEAST_SHARE)
