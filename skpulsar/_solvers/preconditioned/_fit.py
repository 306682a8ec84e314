# SPDX-License-Identifier: BSD-3-Clause
"""One preconditioned fit: choose the next point, evaluate it on all rows, stop."""

from math import inf

import numpy as np

from skpulsar._solvers.preconditioned._correlation import are_correlated
from skpulsar._solvers.preconditioned._penalty_share import made_by_penalty
from skpulsar._solvers.preconditioned._subsample import Subsampler
from skpulsar._solvers.preconditioned._subsampled_search import SubsampledSearch
from skpulsar._solvers.quadratic._column_statistics import hidden_entries
from skpulsar._solvers.quadratic._fit_summary import FitSummary
from skpulsar._solvers.quadratic._gap_estimate import SEPARABLE, GapEstimate
from skpulsar._solvers.quadratic._objective import Objective
from skpulsar._solvers.quadratic._ordered_columns import has_ordered_column
from skpulsar._solvers.quadratic._preconditioners import DiagonalPreconditioner
from skpulsar._solvers.quadratic._saturation import decrement_along

TIGHT_TOL = 1e-5  # A diagonal can hardly tell whether a smaller gap is reached.
FEW_PASSES = 5  # So few passes that are left pay for no other preconditioner.
MAX_DIAGONAL_PASSES = 40  # After so many, the span of the rows is worth any cost.
SPAN_COST_RATIO = 3  # The span is exact: it may cost this many times a subsample.
SLACK = 10  # What is proved of squared error may be so many times what is claimed.
MIN_PROGRESS = 0.01  # After a refused stop F has to fall by this share of the gap.


class PreconditionedFit(SubsampledSearch):
    """The search of one fit over all rows, which the loop drives pass by pass.

    Parameters
    ----------
    solver, rows, seed : Preconditioned, RowSource, int
        The solver, the rows with the targets of one output, and the seed of the draws.

    statistics, cost : ColumnStatistics, CostModel
        Of these rows.

    Attributes
    ----------
    preconditioner_is_new : bool
        Whether no point was accepted since the preconditioner was made.

    value_to_beat : float
        What F has to fall below after a stop that was refused; inf before.

    starts_from_weights : bool
        Whether the search begins at weights that are there: those of a warm start, or
        those that were found before the rows were centred anew.

    recentring_tried : bool
        Whether other centres were looked for, which is done once.

    stop_reason : str or None
        Why the search ended.
    """

    def __init__(self, solver, rows, seed, statistics, cost):
        self.solver, self.rows, self.seed = solver, rows, seed
        self.statistics, self.cost = statistics, cost
        self.n_passes, self.gap, self.stop_reason = 0, np.nan, None
        self.starts_from_weights = solver.warm
        self.start, self.start_loss = None, inf
        self._begin()
        self.recentring_tried = False

    def _begin(self):
        """Begin in the scaling of the column statistics."""
        rows, solver, cost = self.rows, self.solver, self.cost
        self.scaling = self.statistics.scaling
        super().__init__(self.scaling.tie)
        self.full = Objective(rows, self.scaling, rows.total(), solver.loss)
        if not cost.subsampled:
            self.preconditioner = DiagonalPreconditioner(self.scaling)
        self.estimate = GapEstimate(solver.tol, cost.refactor, not cost.subsampled)
        self.subsampler = Subsampler(
            self.full, self.statistics, cost, self.estimate.tol, self.seed
        )
        self.preconditioner_is_new = True
        self.value_to_beat = inf

    def weights(self):
        point = self.start if self.lbfgs.point is None else self.lbfgs.point
        return self.scaling.to_original(point)[np.newaxis]

    def summary(self):
        """The mean loss about the last point, to second order."""
        lbfgs, preconditioner = self.lbfgs, self.preconditioner
        if lbfgs.point is None:
            return None
        if preconditioner is None:  # A warm start was evaluated once.
            batch = self.subsampler.drawn = self.subsampler.draw()
            batch.read(lbfgs.point)
            preconditioner = batch.preconditioner()
            if preconditioner is None:
                return None
        return FitSummary.at(
            lbfgs, preconditioner, self.statistics.moments, self.scaling, self.solver
        )

    def made_by_penalty(self):
        """Whether the penalty, and not the data, made the best point."""
        if self.lbfgs.point is None:
            return False
        by_chance = len(self.scaling.scale) / self.rows.n_rows
        return made_by_penalty(
            self.lbfgs, self.start, self.start_loss, self.scaling,
            self._loss_curvature, by_chance,
        )  # fmt: skip

    def _loss_curvature(self, step):
        """That along a step from the best point, on a subsample."""
        batch = self.subsampler.draw()
        batch.read(self.lbfgs.point)
        return batch.loss_curvature(batch.moved(step), batch.residual)

    def propose(self, weights):
        """The next point to be evaluated."""
        if self.scaling is not self.statistics.scaling:  # The rows were centred anew.
            weights, n_sampled = self.weights(), self.subsampler.n_sampled
            self._begin()
            self.starts_from_weights, self.subsampler.n_sampled = True, n_sampled
        if self.lbfgs.point is None:
            return self._start(weights[0])
        if self.resample_next:
            self._resample()
        return self.lbfgs.next_point()

    def _start(self, weights):
        """The first point: the weights of a warm start, else the minimum of a first
        subsample, or the null model where that minimum proved to be worse."""
        self.start = np.zeros(len(weights))
        null = self.solver.loss.null_model(self.rows, self.solver.fit_intercept)
        self.start[-1] = null.logit
        self.start_value = self.start_loss = null.loss
        self.estimate.null_loss = null.loss
        if self.starts_from_weights:
            self.starts_from_weights = False
            return self.scaling.to_scaled(weights)
        self.full.passes.predict_mean(null.mean)
        if not self.cost.subsampled and self.solver.loss.binary:
            return self._first_diagonal_step(null.mean)
        if self.solver.loss.quadratic and self._span_cost() < inf:
            self.subsampler.enter_span()
        elif self.preconditioner is not None:
            self.start_value = inf
            return self.start
        found = self.subsampler.first(self.start)
        self.preconditioner, self.lbfgs.pairs = found.preconditioner, found.pairs
        return self.start if self.preconditioner is None else found.point

    def _first_diagonal_step(self, mean):
        """A step from the null model, where all rows have one probability: a full pass
        would tell no more than the moments and the sums over the positives."""
        scaling, total = self.scaling, self.full.total
        rows = self.rows.of_class(1)
        sums = rows.sums(scaling.centre)
        self.subsampler.n_sampled += rows.n_rows
        row = np.append(self.statistics.moments.mean - scaling.centre, 1.0)
        gradient = (mean * row - sums / total) * scaling.scale
        curvature = self.solver.loss.curvature(mean)
        squares = curvature * (scaling.scale > 0) + scaling.penalty
        self.preconditioner.renew(squares)
        lbfgs, value = self.lbfgs, self.start_loss
        decrement = lbfgs.accept(self.start, value, gradient, self.preconditioner)
        self.estimate.add(value, decrement)
        return lbfgs.next_point()

    def _resample(self):
        """Step to the minimum of a new subsample, whose curvature preconditions from
        now on."""
        lbfgs = self.lbfgs
        found = self.subsampler.minimum(lbfgs.point, lbfgs.gradient)
        if found.preconditioner is not None:
            self.preconditioner, self.preconditioner_is_new = found.preconditioner, True
            lbfgs.restart(lbfgs.point - found.point, found.pairs)
            self.estimate.restart(lbfgs.decrement)

    @property
    def wants_diagonal(self):
        """Whether the next pass has to give the diagonal of the curvature."""
        return isinstance(self.preconditioner, DiagonalPreconditioner)

    def evaluate(self, point):
        if self.rows.chunked and not self.wants_diagonal:
            self.subsampler.expect_draw()
        return self.full.read(point, self.wants_diagonal)

    def receive(self, point, value, gradient, squares):
        self.n_passes += 1
        self.stop_reason = super().receive(point, value, gradient, squares)
        return self.stop_reason

    def accept(self, point, value, gradient, squares):
        lbfgs, subsampler, diagonal = self.lbfgs, self.subsampler, squares is not None
        if self.preconditioner is None:  # These are the weights of a warm start.
            lbfgs.set_point(point, value, gradient)
            self.resample_next = True
            return None
        if diagonal:
            self.preconditioner.renew(squares)
        stuck = self.resample_next and subsampler.exact and not value < lbfgs.value
        far = self.preconditioner_is_new and value < lbfgs.value / 2
        self.preconditioner_is_new = False
        decrement = lbfgs.accept(point, value, gradient, self.preconditioner, far)
        self.estimate.add(value, decrement)
        stop_reason = self._decide(value, diagonal, far)
        if stuck and stop_reason is None:
            stop_reason = "rounding"
        if stop_reason in ("tol", "rounding") and self._is_blind():
            self.gap, stop_reason = value, "rounding"  # No loss is negative.
        if self.solver.loss.quadratic:
            self.gap = max(self.gap, self.scaling.intercept_rounding(lbfgs.point))
            if stop_reason == "tol" and self.gap > self.estimate.goal():
                stop_reason = "rounding"
        return stop_reason

    def _decide(self, value, diagonal, far):
        """Why training ends at a point that was accepted; None where it goes on, by a
        step or, if that is cheaper, by a new subsample."""
        estimate, subsampler = self.estimate, self.subsampler
        self.gap, self.resample_next = estimate.gap(), False
        certified = estimate.holds() and (subsampler.exact or not far)
        separable = self.solver.loss.binary and self.solver.penalty.alpha == 0
        if separable and self._is_endless(value, certified):
            return "separable"
        if certified:
            return self._confirm_diagonal() if diagonal else self._confirm(value)
        left, cost = estimate.passes_left(), self.cost.subsample_cost(subsampler.m)
        if not diagonal:
            self.resample_next = left > cost + 1
            return None
        span_cost, spent = self._span_cost(), self.n_passes
        if left > FEW_PASSES:  # As in ski rental, so much may be spent again.
            left = max(left, spent)
        overdue = left > FEW_PASSES and spent >= MAX_DIAGONAL_PASSES and span_cost < inf
        self.resample_next = left > min(cost, span_cost) + 1 or overdue
        if self.resample_next and (overdue or span_cost <= SPAN_COST_RATIO * cost):
            subsampler.enter_span()
        return None

    def _is_endless(self, value, certified):
        """Whether there is no minimum, as far as can be seen."""
        if self.full.passes.separated():
            return certified or value < SEPARABLE
        return certified and (
            has_ordered_column(
                self.rows, self.solver.fit_intercept, self.scaling.scale[:-1] > 0
            )
            or self.subsampler.endless(self.lbfgs)
        )

    def _confirm(self, value):
        """Why training ends where a Newton preconditioner says that nothing is left;
        None where the curvature at this very point refutes it."""
        lbfgs, subsampler, goal = self.lbfgs, self.subsampler, self.estimate.goal()
        gain, self.resample_next, step = subsampler.check_step(lbfgs)
        self.gap = max(self.gap, gain)
        if subsampler.curvature_is_singular and self._recentre():
            return None
        if gain <= goal and not self.resample_next:
            return "tol"
        if subsampler.exact and not value < self.value_to_beat:
            return "rounding"  # Newton's steps go no further.
        if step is not None and not self.resample_next:
            lbfgs.restart(step)
        elif self.value_to_beat < inf:
            # The stop was refused again: the preconditioner is wrong here.
            spent = len(self.estimate.values)
            self.resample_next |= spent > self.cost.subsample_cost(subsampler.m)
        self.value_to_beat = value - MIN_PROGRESS * self.gap
        return None

    def _confirm_diagonal(self):
        """The same of a diagonal, by the curvature of all rows along its step."""
        lbfgs, full = self.lbfgs, self.full
        bound = full.gap_bound(lbfgs.gradient)
        if full.loss.quadratic and SLACK * self.estimate.goal() < bound < inf:
            return None
        gain = decrement_along(full, lbfgs.gradient, lbfgs.step)
        self.gap = max(self.gap, gain)
        reached = gain <= self.estimate.goal()
        if reached and not self._asks_more_than_a_diagonal():
            return "tol"
        if self._span_cost() < inf:
            self.resample_next = True
            self.subsampler.enter_span()
        elif reached:
            self.resample_next = True
        else:
            lbfgs.lengthen(gain / lbfgs.decrement)
        return None

    def _is_blind(self):
        """Whether rows that are far out own several columns: these may cancel in them,
        which no sum in double precision shows."""
        subsampler = self.subsampler
        suspect = subsampler.is_ill_conditioned or subsampler.curvature_is_singular
        return suspect and len(hidden_entries(self.rows, self.scaling)) > 1

    def _recentre(self):
        """Whether to begin anew in a scaling that hides less of some columns."""
        if self.recentring_tried:
            return False
        self.recentring_tried = True
        return self.statistics.recentre()

    def _asks_more_than_a_diagonal(self):
        """Whether a subsample has to confirm a stop: where `tol` is tight and the
        passes so far cost as much, or where columns depend on each other."""
        tight = self.estimate.tol < TIGHT_TOL and not self.rows.sparse
        if tight and self.cost.subsample_cost(self.subsampler.m) <= self.n_passes:
            return True
        return are_correlated(self.rows, self.scaling)

    def _span_cost(self):
        """The minimum in the span of the rows needs a penalty on every column."""
        return self.cost.span_cost() if self.solver.penalty.alpha > 0 else inf
