# SPDX-License-Identifier: BSD-3-Clause
"""One preconditioned fit of more than two classes."""

from math import inf, sqrt

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._importance_sampling import MIN_ROWS
from skpulsar._problem._losses import centred
from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.preconditioned._softmax_progress import Progress
from skpulsar._solvers.preconditioned._softmax_subsample import SoftmaxSubsampler
from skpulsar._solvers.preconditioned._subsampled_search import SubsampledSearch
from skpulsar._solvers.quadratic._column_statistics import ColumnStatistics
from skpulsar._solvers.quadratic._gap_estimate import SEPARABLE, GapEstimate
from skpulsar._solvers.quadratic._owned_columns import has_owned_column
from skpulsar._solvers.quadratic._saturation import SPARED
from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._solvers.quadratic._softmax_cost import SoftmaxCost
from skpulsar._solvers.quadratic._softmax_objective import SoftmaxObjective
from skpulsar._solvers.quadratic._softmax_preconditioners import ClassDiagonal
from skpulsar._solvers.quadratic._softmax_sample_objective import SoftmaxSampleObjective
from skpulsar._solvers.quadratic._softmax_summary import SoftmaxSummary

STALE = 0.1  # A decrement that fell to this share asks for another preconditioner.
LOST = 0.1  # So does a coordinate of less than this share of its curvature at a stop.
MIN_PROGRESS = 0.01  # A minimum sought again falls by this share of the gap or ends.


class SoftmaxFit(SubsampledSearch):
    """The search of one fit over all rows, which the loop drives pass by pass.

    Attributes
    ----------
    value_to_beat : float
        What the minimum over all rows, sought again, has to fall below.

    decrement_made : float
        The decrement at the point that the preconditioner was made at.

    is_far_from_zero : bool
        Whether columns vary so little around means that no intercept takes up that
        sums of squares hide it. No gap is claimed then.

    has_owned_column : bool
        Whether a few entries own the curvature of some column. No gap is claimed then,
        but by Newton's method over all rows.
    """

    def __init__(self, solver, rows, seed):
        super().__init__(None)
        rows = rows.dense_where_full()
        loss, penalty = solver.loss, solver.penalty
        self.solver, self.rows = solver, rows
        self.cost = cost = SoftmaxCost(rows, loss.n_classes, penalty.alpha > 0)
        drawn = not (cost.diagonal or cost.takes_all(cost.m))
        self.statistics = ColumnStatistics(rows, penalty, solver.fit_intercept, drawn)
        moments = self.statistics.moments
        centre = moments.centre(rows.sparse)
        scaling = Scaling.of(moments, penalty, solver.fit_intercept, centre)
        self.is_far_from_zero = scaling.tie is not None
        if self.is_far_from_zero:
            centre = np.zeros(len(centre))
            scaling = Scaling.of(moments, penalty, False, centre)
        self.scaling = scaling
        self.has_owned_column = has_owned_column(rows, scaling)
        self.full = SoftmaxObjective(rows, self.scaling, rows.total(), loss)
        if cost.diagonal:
            self.preconditioner = ClassDiagonal(self.scaling)
        self.estimate = GapEstimate(solver.tol, cost.newton, not cost.newton)
        self.progress = Progress(self.estimate, cost)
        self.subsampler = SoftmaxSubsampler(self.full, self.statistics, cost, seed)
        self.start, self.start_loss = None, inf
        self.starts_from_weights, self.gap = solver.warm, np.nan
        self.decrement_made = self.value_to_beat = inf

    def weights(self):
        point = self.start if self.lbfgs.point is None else self.lbfgs.point
        U = point.reshape(self.full.shape)
        return np.array([self.scaling.to_original(row) for row in U])

    def summary(self):
        """The mean loss about the last point, to second order."""
        lbfgs, scaling, preconditioner = self.lbfgs, self.scaling, self.preconditioner
        if lbfgs.point is None:
            return None
        if preconditioner is None:  # A warm start was evaluated once.
            preconditioner = self._diagonal()
        penalty = (scaling.penalty * lbfgs.point.reshape(self.full.shape)).ravel()
        slope = (lbfgs.gradient - penalty).reshape(self.full.shape)
        return SoftmaxSummary(
            self.statistics.moments, scaling.centre, scaling.fit_intercept,
            self.weights(), lbfgs.value - _core.dot(penalty, lbfgs.point) / 2,
            slope * scaling.deviations(), self.solver.penalty, *preconditioner.packed,
        )  # fmt: skip

    def _diagonal(self):
        """That of the curvature at the best point, by evenly spaced rows."""
        n, full = self.rows.n_rows, self.full
        places = np.linspace(0, n - 1, min(n, MIN_ROWS)).astype(np.int64)
        part = self.rows.at(places)
        few = SoftmaxSampleObjective(part, self.scaling, part.total(), full.loss)
        preconditioner = ClassDiagonal(self.scaling)
        preconditioner.renew(few.read(self.lbfgs.point, True)[2])
        return preconditioner

    def made_by_penalty(self):
        return False

    def propose(self, weights):
        """The next point to be evaluated."""
        if self.lbfgs.point is None:
            return self._start(weights)
        if self.resample_next:
            self._resample()
        return self.lbfgs.next_point()

    def _start(self, weights):
        """The first point: the weights of a warm start, else the minimum of a first
        subsample, or the null model where that minimum proved to be worse."""
        null = self.solver.loss.null_model(self.rows, self.solver.fit_intercept)
        start = np.zeros(self.full.shape)
        start[:, -1] = null.logit
        if self.start is None:
            self.start_value = null.loss
        else:
            self.start_value = inf  # What was better than it has proved to be worse.
        self.start, self.start_loss = start.ravel(), null.loss
        self.estimate.null_loss = null.loss
        if self.starts_from_weights:
            self.starts_from_weights = False
            points = np.array([self.scaling.to_scaled(row) for row in weights])
            return centred(points).ravel()
        if self.start_value == inf or self.cost.diagonal:
            self.start_value = inf
            return self.start
        self.full.passes.predict_mean(null.mean)
        found = self.subsampler.minimum(self.start)
        self.preconditioner = found.preconditioner
        if found.preconditioner is None:
            self.start_value = inf
            return self.start
        self.lbfgs.pairs = list(found.pairs)
        return found.point

    def _resample(self):
        """Step to the minimum of a new subsample, whose curvature preconditions from
        now on, if it is newer than that at hand."""
        lbfgs, newton = self.lbfgs, self.cost.newton
        keep = None if newton or self._is_stale() else self.preconditioner
        found = self.subsampler.minimum(
            lbfgs.point, anchor=lbfgs.gradient, preconditioner=keep
        )
        if found.preconditioner is None:
            self.resample_next = False
            return
        if keep is None:
            self.preconditioner, self.decrement_made = found.preconditioner, inf
        lbfgs.restart(lbfgs.point - found.point, found.pairs)
        if newton:
            self.estimate.restart(lbfgs.decrement)

    def _is_stale(self):
        return self.lbfgs.decrement < STALE * self.decrement_made

    def evaluate(self, point):
        return self.full.read(point, self.cost.diagonal)

    def accept(self, point, value, gradient, squares):
        lbfgs, subsampler = self.lbfgs, self.subsampler
        if squares is not None:
            self.preconditioner.renew(squares)
        if self.preconditioner is None:  # A warm start, or the null model.
            lbfgs.set_point(point, value, gradient)
            self.resample_next = True
            return None
        exact = self.resample_next and subsampler.exact
        done = exact and not subsampler.is_cut_short
        stuck = done and not value < self.value_to_beat
        decrement = lbfgs.accept(point, value, gradient, self.preconditioner)
        if self.decrement_made == inf:
            self.decrement_made = decrement
        self.estimate.add(value, decrement)
        stop_reason = self._decide(value)
        if stuck and stop_reason is None:
            stop_reason = "rounding"
        if exact:
            self.value_to_beat = value - MIN_PROGRESS * self.gap
        owned = self.has_owned_column and not subsampler.exact
        if (owned or self.is_far_from_zero) and stop_reason is not None:
            self.gap, stop_reason = value, "rounding"  # No loss is negative.
        return stop_reason

    def _decide(self, value):
        """Why training ends at a point that was accepted; None where it goes on."""
        estimate, cost, lbfgs = self.estimate, self.cost, self.lbfgs
        self.gap, self.resample_next = estimate.gap(), False
        certified = estimate.holds() and (cost.newton or len(estimate.values) > 1)
        if self.solver.penalty.alpha == 0 and (certified or value < SEPARABLE):
            if self.full.passes.separated():
                return "separable"
        if self.subsampler.is_cut_short and self._goes_on_falling():
            self.resample_next = True
            return None
        if certified and self._confirmed():
            if not self._holds_here():
                return None
            if not cost.newton:
                # The falls of F tell of more than is left, the decrement of less.
                self.gap = sqrt(self.gap) * sqrt(max(lbfgs.decrement, EPSILON * value))
            return "tol"
        if self._changes_method() or cost.diagonal:
            return None
        left = self.progress.passes_left()
        if cost.newton or not cost.takes_all(self.subsampler.m):
            self.resample_next = left > cost.subsample_cost(self.subsampler.m) + 1
        elif self._is_stale() and left > cost.preconditioner_cost() + 1:
            self._renew()
        return None

    def _goes_on_falling(self):
        """Whether the last search gained more than may be left, which the next may gain
        too."""
        values = [inf, *self.estimate.values]
        fall = min(values[-2] - values[-1], values[-1])  # No loss is negative.
        self.gap = max(self.gap, fall)
        return fall > self.estimate.goal()

    def _changes_method(self):
        """Whether the next point is Newton's, which costs less than to go on."""
        cost = self.cost
        if self.progress.wants_span():
            cost.enter_span()
        elif self.progress.wants_newton(self.subsampler.m):
            cost.newton, cost.diagonal = True, False
        else:
            return False
        self.resample_next = True
        return True

    def _confirmed(self):
        """Whether the curvature of all rows along the step promises no more than is
        left to gain; else the step is made as long as it says."""
        lbfgs = self.lbfgs
        slope = _core.dot(lbfgs.gradient, lbfgs.step)
        bend = self.full.curvature_along(lbfgs.step)
        gain = slope * slope / bend / 2 if bend > 0 else 0.0
        self.gap = max(self.gap, min(gain, lbfgs.value))
        if gain <= self.estimate.goal():
            return True
        if lbfgs.decrement > 0:
            lbfgs.lengthen(gain / lbfgs.decrement)
        return False

    def _holds_here(self):
        """Whether the estimate holds without the pairs, and where the preconditioner
        has more curvature than the point: rows may have saturated since. Else it is
        made anew."""
        cost, estimate, lbfgs = self.cost, self.estimate, self.lbfgs
        if cost.newton and not self.subsampler.exact:
            return self._ends_here()
        if cost.newton or cost.diagonal:
            return True
        step = self.preconditioner.solve(lbfgs.gradient)
        gain = _core.dot(lbfgs.gradient, step) / 2
        squares = self.full.read(lbfgs.point, True)[2].ravel()
        self.subsampler.n_sampled += self.rows.n_rows
        lost = squares < LOST * self.preconditioner.squares.ravel()
        lost &= squares > 0
        slope = lbfgs.gradient[lost]
        gain += _core.total(slope * slope / squares[lost]) / 2
        if gain <= estimate.goal():
            return True
        self._renew()
        estimate.correct(lbfgs.decrement)
        self.gap = estimate.gap()
        return estimate.holds()

    def _ends_here(self):
        """Whether no more can be gained past rows that saturate along the step; else a
        step past them is next."""
        estimate, lbfgs = self.estimate, self.lbfgs
        spared = max(estimate.tol, SPARED) * lbfgs.value
        step, gain = self.subsampler.step_past(lbfgs, estimate.tol, spared)
        self.gap = max(self.gap, min(gain, lbfgs.value))
        if gain <= estimate.goal():
            return True
        lbfgs.restart(step)
        estimate.correct(lbfgs.decrement)
        return False

    def _renew(self):
        """Make the preconditioner that of the best point."""
        lbfgs = self.lbfgs
        self.preconditioner = self.subsampler.preconditioner(lbfgs.point)
        lbfgs.restart(self.preconditioner.solve(lbfgs.gradient))
        self.decrement_made = lbfgs.decrement
