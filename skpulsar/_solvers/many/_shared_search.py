# SPDX-License-Identifier: BSD-3-Clause
"""The search for all models of many rows, which share every reading of these."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.many._alpha_path import AlphaPath
from skpulsar._solvers.many._held_out_loss import HeldOutLoss
from skpulsar._solvers.many._leaders import at_minima, leaders
from skpulsar._solvers.many._lost_columns import lost_columns, lost_with_folds
from skpulsar._solvers.many._metrics import Metrics
from skpulsar._solvers.many._newton_search import NewtonSearch
from skpulsar._solvers.many._pairs import Pairs
from skpulsar._solvers.many._sample_search import SampleSearch
from skpulsar._solvers.quadratic._gap_estimate import MIN_LOSS, attainable
from skpulsar._solvers.quadratic._lbfgs import RISE_TOLERANCE

NARROW = 64  # Up to so many columns a metric of its own is cheap for every model.
SAFE = 0.25  # Claims have to be below this share of tol F: some are too small.
MIN_RATE, MAX_RATE = 0.01, 0.9  # Decrements are taken to fall by such factors.
FEW_READINGS = 3  # If more are to come, metrics are made anew;
MANY_READINGS = 20  # those of many columns after so many,
SHORT = 0.01  # and where a step has been shortened to less than this share.
STEP_GOAL = 0.001  # Decrements over drawn rows fall to this share of tol F.
SINGLE_GAP = 5e-6  # With float32 no smaller gap is certified,
SINGLE_RISE = 1e-6  # F may seem to rise by such a share,
SINGLE_SIZE = 1e3  # and logits are no larger: they are wrong by 1e-7 of that.
NO_CHANGE = 0.001  # of what a model may be above its minimum: scores may change by it.
KEPT, KEPT_OF_MANY = 0.5, 0.25  # Models that keep less of a column have own metrics.
FARTHER = 3  # Of such a column so many times the way so far may be left.
MOST_DOUBTS = 3  # So often models may be found to have outgrown metrics.


class SharedSearch:
    """Readings of all rows at points that come from a few rows.

    The minima of the models of all rows over a draw are read first. By their sums over
    every fold, the gradients of all models there are exact. A second draw tells where
    these lead to, in the curvatures that the first had, and that is read next. What is
    not certified then, or not settled in its loss of the rows held out, is read again:
    at the ends of quasi-Newton steps or, where these are slow, at minima over more
    rows.

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

    held_out : HeldOutLoss
        Losses of the rows held out there.

    doubtful : ndarray of shape (n_models,), bool
        Models that have outgrown their metrics: nothing is claimed of them.

    drawn, is_new : GroupedRows, bool
        The rows that were drawn last, and whether no step but over these followed.

    n_models, n_since : list of int, int
        How many models every reading has read; readings since the metrics were made.
    """

    def __init__(self, problem, draws, tol):
        self.problem, self.draws, self.tol = problem, draws, attainable(tol)
        self.objectives = problem.objectives
        self.path, self.n_models = AlphaPath(problem), []
        n_models = self.objectives.penalty.shape[1]
        self.every, self.share = np.arange(n_models), np.ones(n_models)
        self.rate, self.gap = np.ones(n_models), np.full(n_models, np.inf)
        self.spent, self.doubtful = np.zeros((2, n_models), bool)
        self.single, self.is_new = SAFE * self.tol >= SINGLE_GAP, False
        self.is_narrow = len(self.objectives.penalty) <= NARROW
        self.n_doubts = self.n_looks = 0
        self.rise = SINGLE_RISE if self.single else RISE_TOLERANCE
        self.least = MIN_LOSS * problem.null_loss()[problem.grid.weighting]
        self.held_out = HeldOutLoss(problem.grid, problem.groups.total)

    def run(self, max_iter):
        """Yield `Models` after every reading of all of them."""
        self._start()
        self._read(self.every, self._first_step())
        while len(left := self._unfinished()) and len(self.n_models) < max_iter:
            yield self._models(is_last=False)
            if self._is_slow(left):
                tried = self._step_on_more_rows(left)
            else:
                step = self.pairs.step(self.metrics, self.gradient[:, left], left)
                tried = self.point[:, left] - self.share[left] * step
            self._read(left, tried)
        yield self._models(is_last=True)

    def _start(self):
        """The minima of all rows' models over a draw, and one reading of these."""
        problem, grid = self.problem, self.problem.grid
        totals = problem.class_totals(grid.n_folds)
        mean = totals[1] / totals.sum() if problem.fit_intercept else 0.5
        problem.groups.passes.predict_mean(mean)
        self.start, factored = self.path.minima(self.draws.draw())
        self.metrics = Metrics(factored, grid.path, self.objectives.live)
        self.single = self.single and self._may_round(self.start)
        loss, gradient = problem.groups.read(
            self.start, seen=_three(self.start.shape[1]), single=self.single
        )
        self.n_models.append(self.start.shape[1])
        self.held_out.start(loss, gradient)
        self.point = problem.flat.without(
            self.start[:, grid.path], grid.left_out, self.objectives.live
        )
        self.value, self.gradient = self.objectives.of_sums(
            self.point, loss[:, grid.path], gradient[:, :, grid.path]
        )

    def _first_step(self):
        """Points of all models by one draw; those that hardly differ share theirs."""
        self.drawn = drawn = self.draws.draw()
        self.is_new = True
        grid = self.problem.grid
        sums = drawn.gradients(self.start, single=self.single)
        of_drawn = self.objectives.gradient(self.point, sums[:, :, grid.path])
        kept = KEPT if self.is_narrow else KEPT_OF_MANY
        apart = lost_with_folds(self.problem, drawn, self.start, kept)
        if len(apart) and (self.is_narrow or len(apart) <= 2 * len(grid.alphas)):
            factored = drawn.factors(self.point[:, apart], self.objectives.of(apart))
            self.metrics = self.metrics.replaced(apart, factored)
        self._begin()
        penalties = at_minima(self.objectives, self.metrics, self.point, self.gradient)
        leader = leaders(grid, self.objectives.live, *penalties, self._goal())
        own, place = np.unique(leader, return_inverse=True)
        search = SampleSearch(
            drawn, self.objectives.of(own), self.metrics.of(own), self.point[:, own],
            self.gradient[:, own], of_drawn[:, own], self.single,
        )  # fmt: skip
        return search.minimise(STEP_GOAL * self._goal()[own])[:, place]

    def _step_on_more_rows(self, left):
        """Points of some models by a draw of twice as many rows, each in a metric of
        its own point; or the minima over all rows. Where columns are many, those in
        doubt are not worth more rows."""
        if self.is_narrow or not self.doubtful[left].any():
            self.draws.grow()
        if self.draws.takes_all:
            tried, factored = NewtonSearch(self.problem).minima(left)
            self.metrics = self.metrics.replaced(left, factored)
            self._begin()
            return tried
        self.drawn = drawn = self.draws.draw()
        self.is_new = True
        objectives = self.objectives.of(left)
        point, gradient = self.point[:, left], self.gradient[:, left]
        factored = drawn.factors(point, objectives)
        self.metrics = self.metrics.replaced(left, factored)
        self._begin()
        sums = drawn.gradients(point, objectives.factor, self.single)
        search = SampleSearch(
            drawn, objectives, self.metrics.of(left), point, gradient,
            objectives.gradient(point, sums), self.single,
        )  # fmt: skip
        return search.minimise(STEP_GOAL * self._goal()[left])

    def _begin(self):
        """Forget what was seen in other metrics."""
        self.pairs, self.share[:] = Pairs(self.point.shape), 1.0
        self.n_since = 0
        self.decrement = self.metrics.decrements(self.gradient, self.every)

    def _read(self, models, tried):
        """Read all rows at these points; those that are no worse are the best now. If
        some were in doubt they may go far: the rows held out are read as well."""
        seen, self.single = _three(len(models)), self.single and self._may_round(tried)
        objectives, in_full = self.objectives.of(models), self.doubtful[models].any()
        factor = None if in_full else objectives.factor
        sums = self.problem.groups.read(tried, factor, seen, self.single)
        self.n_models.append(len(models))
        self.n_since += 1
        value, gradient = objectives.of_sums(tried, *sums)
        before = self.value[models]
        better = value <= before + self.rise * before
        fall = before - value - self.rise * before
        self.share[models[~better]] /= 4
        self.rate[models[~better]], self.doubtful[models] = 1.0, False
        models, tried, gradient = models[better], tried[:, better], gradient[:, better]
        decrement = self.metrics.decrements(gradient, models)
        last = self.decrement[models]
        zeros = np.zeros(len(models))
        rate = np.divide(decrement, last, out=zeros.copy(), where=last > 0)
        rounding = RISE_TOLERANCE * value[better]
        self.spent[models] = (decrement > last / 4) & (last < rounding)
        start = self.point[:, models]
        moved = tried - start
        change = gradient - self.gradient[:, models]
        self.pairs.add(models, moved, change)
        self.point[:, models], self.value[models] = tried, value[better]
        self.gradient[:, models], self.decrement[models] = gradient, decrement
        self.rate[models], self.share[models] = rate, 1.0
        if in_full:
            self.held_out.read(models, np.flatnonzero(better), *sums)
        else:
            change -= self.objectives.penalty[:, models] * moved
            self.held_out.move(models, moved, change)
        slow = np.minimum(rate, MAX_RATE)
        step = self.pairs.step(self.metrics, gradient, models)
        self.held_out.expect(models, step, slow)
        claim = np.maximum(decrement, _core.dots(gradient, step) / 2) / (1 - slow)
        short = np.divide(fall[better], last, out=zeros.copy(), where=last > 0)
        claim *= np.maximum(short, 1.0)  # F fell by more than was claimed before.
        self.doubtful[models] = doubtful = self._outgrown(models, start)
        self.gap[models] = np.where(
            doubtful, np.inf, np.maximum(claim, EPSILON * value[better])
        )

    def _outgrown(self, models, start):
        """Which of some models have outgrown their metrics: if they went farther along
        columns that have lost most of their curvature, scores would change."""
        point = self.point[:, models]
        farther = FARTHER if self.is_narrow else 1  # Metrics of many columns are dear.
        ways = farther * self.held_out.gradient[:, models] * (point - start)
        found = self._would_matter(models, ways)
        is_new, self.is_new = self.is_new, False  # Steps over all rows go less far.
        most = MOST_DOUBTS if self.is_narrow else 1
        if not is_new or self.n_doubts == most or not found.any():
            return np.zeros(len(models), bool)
        _, lost = lost_columns(self.problem, self.metrics, self.drawn, self.point)
        lost = lost[:, models]
        found = self._would_matter(models, np.where(lost, ways, 0.0))
        self.n_doubts += found.any()
        return found

    def _would_matter(self, models, ways):
        """Whether changes of losses held out, by column, would be seen in the mean over
        the folds."""
        change = np.zeros(len(self.every))
        change[models] = np.sqrt(_core.dots(ways, ways))
        unsettled = self.held_out.unsettled(change, NO_CHANGE * self._goal())
        return (unsettled & (change > 0))[models]

    def _may_round(self, point):
        """Whether rows may be rounded to float32: where no logit is lost by that."""
        size = np.sqrt(_core.dots(point, point).max() * len(point))
        return bool(size <= SINGLE_SIZE)

    def _is_slow(self, models):
        """Whether metrics had better be made anew: where these models are too many
        readings from their goals, at the rates of the last; or, where columns are many
        and metrics dear, after many readings and where steps have grown too short."""
        if not self.is_narrow:
            short = self.share[models].min() < SHORT
            return short or self.n_since > MANY_READINGS or self.doubtful[models].any()
        if (self.rate[models] >= MAX_RATE).any():
            return True
        rate = np.maximum(self.rate[models], MIN_RATE)
        far = np.maximum(self.gap[models] / (SAFE * self._goal()[models]), 1.0)
        readings = [
            _core.log(each) / -_core.log(fall)
            for each, fall in zip(far, rate, strict=True)
        ]
        return max(readings) > FEW_READINGS

    def _models(self, is_last):
        gap = np.minimum(self.gap, self.value)  # No loss is negative.
        return self.problem.models(self.point, self.value, gap, self.n_models, is_last)

    def _goal(self):
        """What every model may be above its minimum."""
        return self.tol * np.maximum(self.value, self.least)

    def _unfinished(self):
        """The models that are left; if there are none, and columns many, those whose
        gradients are not small beside what is left of their metrics."""
        left = self._left()
        if len(left) or self.is_narrow or self.n_looks == MOST_DOUBTS:
            return left
        self.n_looks += 1
        kept, lost = lost_columns(self.problem, self.metrics, self.drawn, self.point)
        slope = np.where(lost, self.gradient, 0.0)
        worn = _core.dots(slope, slope / kept) / 2 > SAFE * self._goal()
        worn &= ~self.spent
        self.doubtful |= worn
        self.gap[worn] = np.inf
        return np.flatnonzero(worn)

    def _left(self):
        """The models that are not certified, or whose scores are not settled, and that
        can get better."""
        goal = self._goal()
        enough = np.maximum(SAFE * goal, EPSILON * self.value)
        left = np.minimum(self.gap, self.value) > enough
        unsettled = self.held_out.unsettled(self.held_out.change, NO_CHANGE * goal)
        left |= unsettled & ((self.rate < MAX_RATE) | (self.share < 1))
        left &= ~self.spent
        if not self.is_narrow and (left & self.doubtful).any():
            left &= self.doubtful  # Their metrics are dear, and they come alone.
        return np.flatnonzero(left)


def _three(n):
    """The first, the middle and the last of n."""
    return np.unique([0, n // 2, n - 1])
