# SPDX-License-Identifier: BSD-3-Clause
"""The way of one fit to its minimum: where to go, and what a reading says of it."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._kernels._core import log
from skpulsar._moments import EPSILON
from skpulsar._solvers._certificate import SEPARABLE, Certificate
from skpulsar._solvers._draw import draw, key_of
from skpulsar._solvers._metrics import Diagonal
from skpulsar._solvers._objective import Objective
from skpulsar._solvers._outliers import free
from skpulsar._solvers._past import Summary
from skpulsar._solvers._path import Path
from skpulsar._solvers._plan import Plan
from skpulsar._solvers._survey import Survey

SHARE = 0.1  # of noise that a minibatch's minimum may keep, in D / m of its gain
MOST_OUTLIERS = 8  # groups of rows far out, freed in turn
COIN = log(2)  # loss of a row at no weights
LEAST_SHARE = np.finfo(np.float64).smallest_subnormal


class Descent:
    """One fit's working memory."""

    def __init__(self, solver, rows, seed):
        rows = rows.dense_where_full()
        plan = Plan(rows)
        if plan.dense and plan.takes_all(plan.m):
            rows = rows.dense()
            plan = Plan(rows)
        self.solver, self.rows, self.seed, self.plan = solver, rows, seed, plan
        self.n_draws = self.n_readings = self.n_sampled = 0
        self.m = plan.m
        self.survey = Survey(rows, solver.alpha, solver.fit_intercept, plan.piloted)
        self.frame = self.survey.frame
        weight = rows.weights()
        total = rows.n_rows if weight is None else _core.total(weight)
        self.full = Objective(rows, self.frame, total)
        self.metric = None if plan.piloted else Diagonal(self.frame.mean)
        self.path = Path()
        self.certificate = Certificate(solver.tol, plan.refactor)
        self.fresh = False  # whether the next point is that of a new minibatch
        self.batch = None  # a new minibatch, if it is drawn already
        self.exact = False  # whether the last minimum sought was that of all rows
        self.gap = np.nan
        self.start, self.start_value, self.start_loss = None, np.inf, np.inf

    def weights(self):
        path = self.path
        return self.frame.leave(self.start if path.point is None else path.point)

    def summary(self):
        """The mean loss about the last point, to second order."""
        path, frame, metric = self.path, self.frame, self.metric
        if path.point is None:
            return None
        if metric is None:  # a warm start, read once
            self.batch = self._minibatch()
            self.batch.read(path.point)
            metric = self.batch.metric()
            if metric is None:
                return None
        penalty = frame.penalty * path.point
        return Summary(
            self.survey.moments, not self.rows.sparse,
            self.solver.fit_intercept, self.weights(),
            path.value - _core.dot(penalty, path.point) / 2,
            (path.gradient - penalty) * frame.deviations(), self.solver.alpha,
            *metric.packed,
        )  # fmt: skip

    # -- where to go ----------------------------------------------------------------

    def propose(self, weights):
        """The next point to be read."""
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
        if self.solver.warm and self.n_readings == 0:
            return self.frame.enter(weights)
        if not self.plan.piloted or self.metric is not None:
            self.start_value = np.inf
            return self.start
        residual = self.full.residual
        np.abs(np.subtract(self.full.target, shares[1], out=residual), out=residual)
        batch = self._minibatch()
        found, self.metric = self._minimise(batch, self.start)
        return self.start if self.metric is None else found

    def _redraw(self):
        """A minibatch whose gradient is made exact at the last point: its minimum."""
        path = self.path
        while True:
            batch, self.batch = self.batch or self._minibatch(), None
            point, metric = self._minimise(
                batch, path.point, path.gradient, 0.05 * self.certificate.tol
            )
            if batch.rows is self.rows or not np.array_equal(point, path.point):
                break
            self.m = min(self.rows.n_rows, 2 * self.m)
        if metric is not None:
            self.metric = metric
            path.turn(path.point - point)
            self.certificate.decrements = [path.decrement]

    def _minimise(self, batch, point, anchor=None, tolerance=0.0):
        self.exact = self.plan.refactor and batch.rows is self.rows
        share = SHARE * len(point) / batch.rows.n_rows
        if self.exact:  # no noise to stop at
            share, tolerance, anchor = 0.0, EPSILON**2, None
        minimise = batch.newton if self.plan.refactor else batch.descend
        point, metric = minimise(point, share, tolerance, anchor)
        for _ in range(MOST_OUTLIERS):
            freed = free(batch, point, metric)
            if freed is None:
                break
            point, metric = minimise(freed, share, tolerance)
        self.n_sampled += batch.n_read
        return point, metric

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
        decrement = path.accept(point, value, gradient, self.metric)
        self.certificate.decrements.append(decrement)
        return self._judge(value, diagonal)

    def _retreat(self):
        if self.fresh:  # the minibatch was too small to be trusted so far
            self.m = min(self.rows.n_rows, 2 * self.m)
            return None
        return None if self.path.shorten() else "rounding"

    def _judge(self, value, diagonal):
        certificate = self.certificate
        self.gap = certificate.gap(value)
        seen = self.n_readings > 1 or self.exact
        certified = seen and certificate.holds(value)
        endless = self.solver.alpha == 0 and self.full.separated()
        if endless and (certified or value < SEPARABLE):
            return "separable"  # there is no minimum
        if certified:
            return "tol"
        left = certificate.readings_left(value, diagonal)
        self.fresh = left > self.plan.price(self.m) + 1
        return None

    # -- rows -----------------------------------------------------------------------

    def _loss_of(self, shares):
        """The objective at the start: the entropy of the classes, or that of a coin."""
        if not self.solver.fit_intercept:
            return COIN
        return -sum(share * log(share) for share in shares.tolist())

    def _shares(self):
        sums = _core.class_totals(self.full.target, self.full.weight)
        return np.maximum(sums / self.full.total, LEAST_SHARE)

    def _minibatch(self):
        """About m rows, by residual times leverage, weighted back; or all rows."""
        rows, full = self.rows, self.full
        if self.plan.takes_all(self.m):
            norms = self.survey.norms() if self.plan.piloted else None
            return Objective(rows, self.frame, full.total, norms)
        norms = self.survey.norms()
        floor = _core.total(full.residual) / rows.n_rows
        key = key_of(self.seed, self.n_draws)
        self.n_draws += 1
        places, back = draw(full.residual, norms, floor, self.m, key)
        if full.weight is not None:
            back = back * full.weight[places]
        if self.m > self.plan.m:  # a copy would take too much memory
            batch = rows.part(places, back)
        else:
            batch = rows.take(places, back)
            batch = batch.dense() if self.plan.dense else batch
        return Objective(batch, self.frame, full.total, norms[places])
