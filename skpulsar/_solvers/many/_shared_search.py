# SPDX-License-Identifier: BSD-3-Clause
"""The search for all models of many rows, which share every reading of these."""

import numpy as np

from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.many._alpha_path import AlphaPath
from skpulsar._solvers.many._anchors import Anchors
from skpulsar._solvers.many._metrics import Metrics
from skpulsar._solvers.many._newton_search import NewtonSearch
from skpulsar._solvers.many._pairs import Pairs
from skpulsar._solvers.many._sample_search import SampleSearch
from skpulsar._solvers.quadratic._gap_estimate import MIN_LOSS, attainable
from skpulsar._solvers.quadratic._lbfgs import RISE_TOLERANCE

NARROW = 64  # Up to so many columns every model has a metric of its own.
SAFE = 0.5  # A claim has to be below this share of what may be left.
MAX_RATE = 0.9  # Decrements are taken to fall by this factor at least.
SLOW = 0.3  # Where they fall by less, metrics are made anew.
STEP_GOAL = 0.01  # Decrements over drawn rows fall to this share of tol F.
CHORD_GOAL = 0.05  # The same of the models of all rows, whose curvatures serve others.


class SharedSearch:
    """Readings of all rows at points that come from a few rows.

    The minima of the models of all rows over a draw are read first. By their sums over
    every fold, the gradients of all models there are exact. A second draw tells their
    curvatures, and the minima that these gradients lead to are read next. What is not
    certified then is read again, at the ends of quasi-Newton steps or, where these are
    slow, at minima over more rows.

    Parameters
    ----------
    problem : Problem
        The rows and the models.

    draws : Draws
        What draws rows.

    tol : float or None
        See `train`.

    Attributes
    ----------
    point, gradient : ndarray of shape (n_columns + 1, n_models)
        The best points so far, and the gradients there.

    value, decrement, gap : ndarray of shape (n_models,)
        The objectives there, the decrements, and the claims of how far the minima are.

    rate : ndarray of shape (n_models,)
        By what the decrements fell at the last reading; 1 where the objective rose.

    n_models : list of int
        How many models every reading has read.
    """

    def __init__(self, problem, draws, tol):
        self.problem, self.draws, self.tol = problem, draws, attainable(tol)
        self.objectives = problem.objectives
        self.path, self.n_models = AlphaPath(problem), []
        n_models = self.objectives.penalty.shape[1]
        self.every, self.share = np.arange(n_models), np.ones(n_models)
        self.rate, self.gap = np.ones(n_models), np.full(n_models, np.inf)
        self.spent = np.zeros(n_models, bool)
        self.least = MIN_LOSS * problem.null_loss()[problem.grid.weighting]

    def run(self, max_iter):
        """Yield `Models` after every reading of all of them."""
        self._start()
        self._read(self.every, self._first_step())
        yield self._models()
        while len(left := self._left()) and len(self.n_models) < max_iter:
            if (self.rate[left] > SLOW).any():
                tried = self._step_on_more_rows(left)
            else:
                step = self.pairs.step(self.metrics, self.gradient[:, left], left)
                tried = self.point[:, left] - self.share[left] * step
            self._read(left, tried)
            yield self._models()

    def _start(self):
        """The minima of all rows' models over a draw, and one reading of these."""
        problem, grid = self.problem, self.problem.grid
        totals = problem.class_totals(grid.n_folds)
        mean = totals[1] / totals.sum() if problem.fit_intercept else 0.5
        self.draws.predict_mean(mean)
        self.start = self.path.minima(self.draws.draw())
        loss, gradient = problem.groups.read(
            self.start, self.draws.watch(_three(self.start.shape[1]))
        )
        self.n_models.append(self.start.shape[1])
        self.point = problem.flat.without(
            self.start[:, grid.path], grid.left_out, self.objectives.live
        )
        self.value, self.gradient = self.objectives.of_sums(
            self.point, loss[:, grid.path], gradient[:, :, grid.path]
        )

    def _first_step(self):
        """Points of all models by one draw, in metrics that they share."""
        drawn, grid = self.draws.draw(), self.problem.grid
        point, goal = self.point, STEP_GOAL * self._goal()
        if len(point) <= NARROW:
            self.metrics = Anchors(self.problem, drawn).metrics(self.start)
        else:
            found, factored = self.path.corrected(
                drawn, point[:, grid.whole], self.gradient[:, grid.whole],
                CHORD_GOAL * self.tol,
            )  # fmt: skip
            self.metrics = Metrics(factored, grid.path, self.objectives.live)
            point = self.problem.flat.without(
                found[:, grid.path], grid.left_out, self.objectives.live
            )
        self._begin()
        search = SampleSearch(
            drawn, self.objectives, self.metrics, self.point, self.gradient
        )
        return search.minimise(point, goal)

    def _step_on_more_rows(self, left):
        """Points of some models by a draw of twice as many rows, each in a metric of
        its own point; or the minima over all rows."""
        self.draws.grow()
        if self.draws.takes_all:
            tried, factored = NewtonSearch(self.problem).minima(left)
            self.metrics = self.metrics.replaced(left, factored)
            self._begin()
            return tried
        drawn, objectives = self.draws.draw(), self.objectives.of(left)
        point, gradient = self.point[:, left], self.gradient[:, left]
        factored = drawn.factors(point, objectives)
        self.metrics = self.metrics.replaced(left, factored)
        self._begin()
        metrics = Metrics(factored, np.arange(len(left)), objectives.live)
        search = SampleSearch(drawn, objectives, metrics, point, gradient)
        return search.minimise(point, STEP_GOAL * self._goal()[left])

    def _begin(self):
        """Forget what was seen in other metrics."""
        self.pairs, self.share[:] = Pairs(self.point.shape), 1.0
        self.decrement = self.metrics.decrements(self.gradient, self.every)

    def _read(self, models, tried):
        """Read all rows at these points; those that are no worse are the best now."""
        see = self.draws.watch(_three(len(models)))
        sums = self.problem.groups.read(tried, see)
        self.n_models.append(len(models))
        value, gradient = self.objectives.of(models).of_sums(tried, *sums)
        before = self.value[models]
        better = value <= before + RISE_TOLERANCE * np.abs(before)
        self.share[models[~better]] /= 4
        self.rate[models[~better]] = 1.0
        models, tried, gradient = models[better], tried[:, better], gradient[:, better]
        decrement = self.metrics.decrements(gradient, models)
        last = self.decrement[models]
        zeros = np.zeros(len(models))
        rate = np.divide(decrement, last, out=zeros, where=last > 0)
        rounding = RISE_TOLERANCE * value[better]
        self.spent[models] = (decrement > last / 4) & (last < rounding)
        self.pairs.add(
            models,
            tried - self.point[:, models],
            gradient - self.gradient[:, models],
        )
        self.point[:, models], self.value[models] = tried, value[better]
        self.gradient[:, models], self.decrement[models] = gradient, decrement
        self.rate[models], self.share[models] = rate, 1.0
        claim = decrement / (1 - np.minimum(rate, MAX_RATE))
        self.gap[models] = np.maximum(claim, EPSILON * value[better])

    def _models(self):
        gap = np.minimum(self.gap, self.value)  # No loss is negative.
        return self.problem.models(self.point, self.value, gap, self.n_models)

    def _goal(self):
        """What every model may be above its minimum."""
        return self.tol * np.maximum(self.value, self.least)

    def _left(self):
        """The models that are not certified and can get better."""
        enough = np.maximum(SAFE * self._goal(), EPSILON * self.value)
        left = (np.minimum(self.gap, self.value) > enough) & ~self.spent
        return np.flatnonzero(left)


def _three(n):
    """The first, the middle and the last of n."""
    return sorted({0, n // 2, n - 1})
