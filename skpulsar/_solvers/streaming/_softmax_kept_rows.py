# SPDX-License-Identifier: BSD-3-Clause
"""The rows of many classes that a stream keeps, and the minimum over all rows."""

from math import inf

import numpy as np

from skpulsar._kernels import _core
from skpulsar._kernels._core import log
from skpulsar._problem._class_totals import log_shares
from skpulsar._problem._importance_sampling import draw_key
from skpulsar._problem._losses import centred
from skpulsar._problem._memory import Rows
from skpulsar._problem._moments import EPSILON
from skpulsar._problem._row_buffer import RowBuffer
from skpulsar._solvers.quadratic._gap_estimate import (
    SEPARABLE,
    GapEstimate,
    attainable,
)
from skpulsar._solvers.quadratic._owned_columns import has_owned_column
from skpulsar._solvers.quadratic._preconditioners import MAX_PACKED_COLUMNS
from skpulsar._solvers.quadratic._sample_objective import MIN_CURVATURE
from skpulsar._solvers.quadratic._softmax_cost import SoftmaxCost
from skpulsar._solvers.quadratic._softmax_preconditioners import (
    ClassDiagonal,
    ClassPreconditioner,
    NewtonPreconditioner,
)
from skpulsar._solvers.quadratic._softmax_sample_objective import SoftmaxSampleObjective
from skpulsar._solvers.streaming._stream_search import POOR, StreamSearch

TOL, ROUGH_TOL = 1 / 10, 1 / 3  # A call may leave this share of tol: the calls add up.
STALE = 0.1  # A decrement that fell to this share asks for new factors of the classes.
FAR = 1 / 10  # A step that leaves the goal behind changes no odds by so much.


class SoftmaxKeptRows(StreamSearch):
    """The search of `StreamSearch` for more than two classes.

    A class without rows counts as half a row at the mean of all rows. Without it, its
    intercept would have no minimum; with rows of one class alone, the minimum is the
    null model.

    Attributes
    ----------
    newton : bool
        Whether the preconditioner is the curvature, and not factors of the classes.

    class_rows : int
        Rows that such a factor is made of.

    absent : ndarray
        The classes that have no rows yet.

    given : SoftmaxSampleObjective
        The objective without what stands for these.

    estimate : GapEstimate
        Of the points accepted so far.

    decrement_made : float
        The decrement at the point that the factors of the classes were made at.
    """

    objective_class = SoftmaxSampleObjective

    def __init__(self, solver, state):
        super().__init__(solver, state)
        kept, n_classes = state.kept, solver.loss.n_classes
        self.absent = np.flatnonzero(state.totals == 0)
        self.given = self.objective
        if len(self.absent):
            self.objective = self._with_absent_classes(state.moments.mean)
        cost = SoftmaxCost(kept, n_classes)
        self.newton = not self.is_wide and cost.newton
        self.class_rows = cost.class_rows
        self.preconditioner = state.preconditioner
        if self.is_wide:
            self.preconditioner = ClassDiagonal(self.scaling)
        share = TOL if self.newton else ROUGH_TOL
        tol = attainable(solver.tol) * share
        self.estimate = GapEstimate(tol, self.newton, not self.newton)
        self.estimate.null_loss = log(n_classes)  # of equal probabilities
        self.is_far_from_zero = solver.is_far_from_zero(state.basis, kept.sparse)
        self.totals, self.decrement_made = state.totals, inf
        self.seed, self.n_keys = (state.seed, state.n_epochs), 0

    def _with_absent_classes(self, mean):
        """The objective with half a row of every class that has none."""
        given, n = self.objective, len(self.absent)
        rows, means = given.rows, np.tile(mean, (n, 1))
        more = Rows(means, self.absent.astype(float), np.full(n, self.half_row))
        rows, _ = rows.append(rows.convert(more), RowBuffer())
        return SoftmaxSampleObjective(
            rows, self.scaling, given.total, given.loss, discarded=given.discarded
        )

    def cached(self):
        return None if self.is_wide else self.preconditioner

    def importance(self, n_kept):
        """Norms of the residuals; rows that stand for absent classes are the last."""
        square = sum(each * each for each in self.residual)
        return np.sqrt(square[:n_kept]), self.objective.weight[:n_kept]

    def to_point(self, weights):
        points = super().to_point(weights).reshape(self.objective.shape)
        return centred(points).ravel()

    def null_model(self):
        point = np.zeros(self.objective.shape)
        if self.scaling.fit_intercept:
            point[:, -1] = log_shares(self.factor * self.totals + self.half_row)
        return point.ravel()

    def curvature_left(self, point):
        scaling, objective = self.scaling, self.objective
        back, (n_classes, size) = scaling.deviations(), objective.shape
        many = (n_classes - 1) * size > MAX_PACKED_COLUMNS
        squares = objective.read(point, many)[2]
        if many:
            return (squares - scaling.penalty) * back * back
        H = objective.joint_curvature()
        half = H.reshape((n_classes - 1) * size, -1)
        whole = np.tril(half) + np.tril(half, -1).T
        return whole.reshape(H.shape) * back * back[:, np.newaxis, np.newaxis]

    def minimise(self, weights):
        point = super().minimise(weights)
        if len(self.absent) and point is not None:
            self.value, self.gap = self.given.read(point)[0], np.nan
            self.stop_reason = None
        return point

    def accept(self, point, value, gradient, squares):
        lbfgs, self.residual = self.lbfgs, self.objective.residual.copy()
        self.curvature_is_current = False
        if squares is not None:
            self.preconditioner.renew(squares)
        elif self.preconditioner is None and not self.renew():
            lbfgs.set_point(point, value, gradient)
            self.gap = value
            return "rounding"
        last = lbfgs.decrement
        decrement = lbfgs.accept(point, value, gradient, self.preconditioner)
        if self.decrement_made == inf:
            self.decrement_made = decrement
        self.estimate.add(value, decrement)
        if self._is_poor(decrement, last):
            self.restart()
        self.gap = self.estimate.gap()
        stop_reason = self._decide(value)
        if stop_reason == "tol" and self._is_blind():
            self.gap, stop_reason = value, "rounding"  # No loss is negative.
        return stop_reason

    def _is_blind(self):
        """Whether the rows may hide what is left (see `SoftmaxFit`)."""
        if self.newton or self.is_far_from_zero:
            return self.is_far_from_zero
        return has_owned_column(self.objective.rows, self.scaling)

    def _is_poor(self, decrement, last):
        """Whether the preconditioner is too far from the curvature at the point."""
        if decrement <= self.estimate.goal():
            return False
        return decrement > POOR * last or self._is_stale()

    def _is_stale(self):
        """Whether the point is far from where the factors of the classes were made."""
        return not self.newton and self.lbfgs.decrement < STALE * self.decrement_made

    def _decide(self, value):
        """Why the search ends at a point that was accepted, or None."""
        estimate = self.estimate
        certified = estimate.holds() and (self.newton or len(estimate.values) > 1)
        if self.alpha == 0 and (certified or value < SEPARABLE):
            if self.objective.passes.separated():
                return "separable"
        return "tol" if certified and self._confirmed() else None

    def _confirmed(self):
        """Whether the curvature at this very point promises no more than is left to
        gain; else the step is another one."""
        lbfgs, goal = self.lbfgs, self.estimate.goal()
        slope = _core.dot(lbfgs.gradient, lbfgs.step)
        bend = self.objective.curvature_along(lbfgs.step)
        gain = slope * slope / bend / 2 if bend > 0 else 0.0
        if self.newton and not self.curvature_is_current:
            gain = max(gain, self._column_gain())
        self.gap = max(self.gap, min(gain, lbfgs.value))
        if gain <= goal and not (self.newton and self._saturates()):
            return True
        if not self.restart() and lbfgs.decrement > 0:
            lbfgs.lengthen(gain / lbfgs.decrement)
        return False

    def _saturates(self):
        """Whether the step moves a row far, for next to no gain: its curvature falls at
        every step, and hides what others could gain until it is gone."""
        if self.lbfgs.decrement <= EPSILON**2 * self.lbfgs.value:
            return False
        moved = self.objective.moved(self.lbfgs.step)
        return (moved.max(axis=0) - moved.min(axis=0)).max() > FAR

    def _column_gain(self):
        """The most that one weight alone can gain: a lower bound on what all can."""
        self.n_read += self.objective.rows.n_rows
        _, gradient, squares = self.objective.read(self.lbfgs.point, True)
        gains = gradient * gradient / np.maximum(squares.ravel(), MIN_CURVATURE)
        return float(gains.max()) / 2

    def renew(self):
        if self.is_wide or self.curvature_is_current:
            return False
        if self.renewed and not self.newton and not self._is_stale():
            return False  # The pairs of L-BFGS know more than other rows would.
        self.curvature_is_current = True
        self.objective.residual[...] = self.residual
        if self.newton:
            preconditioner = NewtonPreconditioner.of(self.objective)
            if preconditioner.factored is None:
                return False
        else:
            preconditioner = ClassPreconditioner.of(
                self.objective, self._next_key, self.class_rows
            )
            if None in preconditioner.factors:
                return False
        self.preconditioner, self.renewed = preconditioner, True
        return True

    def restart(self):
        renewed = super().restart()
        if renewed:
            self.decrement_made = self.lbfgs.decrement
            if self.newton:
                self.estimate.restart(self.lbfgs.decrement)
        return renewed

    def _next_key(self):
        self.n_keys += 1
        return draw_key(self.seed, self.n_keys - 1)
