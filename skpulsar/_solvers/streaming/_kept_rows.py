# SPDX-License-Identifier: BSD-3-Clause
"""The rows that a stream keeps, and the minimum over them and the past."""

from math import inf, nan

import numpy as np

from skpulsar._kernels._core import log
from skpulsar._solvers.quadratic._column_statistics import hidden_entries
from skpulsar._solvers.quadratic._gap_estimate import SEPARABLE, attainable
from skpulsar._solvers.quadratic._lbfgs import LBFGS
from skpulsar._solvers.quadratic._preconditioners import (
    MOST_COLUMNS,
    CholeskyPreconditioner,
    DiagonalPreconditioner,
)
from skpulsar._solvers.quadratic._problem import Objective
from skpulsar._solvers.quadratic._saturation import (
    SPARED,
    decrement_along,
    decrement_at,
    endless,
    step_past,
)
from skpulsar._solvers.streaming._discarded_rows import DiscardedRows, DiscardedTerms

NEWTON = 2000  # columns up to which the metric is a curvature, not its diagonal
TOL, WIDE_TOL = 1 / 10, 1 / 3  # of tol: calls add up
POOR = 1 / 4  # a step that leaves more of the decrement asks for a new metric
MOST_READINGS = 100
MAX_DENIED = 8
NO_LOSS = 0.01  # the least mean loss that rounding does not make


class KeptRows:
    """The objective of the kept rows and the past, and one search for its minimum."""

    def __init__(self, solver, state):
        kept, totals = state.kept, state.totals
        factor = solver.class_factor / solver.class_factor.max()
        total = factor[0] * totals[0] + factor[1] * totals[1]
        self.scaling = solver.scaling(state.basis, kept.sparse)
        rows = kept
        if factor[0] != 1 or factor[1] != 1:
            each = np.where(kept.target == 1, factor[1], factor[0])
            rows = kept.weighing(kept.weight * each)
        discarded = DiscardedTerms(state.discarded, self.scaling, factor, total)
        self.objective = Objective(
            rows, self.scaling, total, discarded=discarded, loss=solver.loss
        )
        self.both = totals.all()
        half = total / state.n_seen / 2  # a row, added to either class
        self.negatives, self.positives = factor * totals + half
        self.alpha, self.wide = solver.penalty.alpha, wide(kept)
        self.tol = attainable(solver.tol) * (WIDE_TOL if self.wide else TOL)
        self.preconditioner, self.lbfgs = None, LBFGS(self.scaling.tie)
        if self.wide:
            self.preconditioner = DiagonalPreconditioner(self.scaling)
        elif state.preconditioner is not None:
            self.preconditioner = CholeskyPreconditioner(
                state.preconditioner, self.scaling.tie
            )
        self.residual = None  # at the best point
        self.n_denied = 0  # how often a point was the minimum, and was not
        self.tried = False  # to make the metric that of the best point
        self.value, self.gap, self.n_read = inf, nan, 0
        self.renewed, self.stop_reason = False, None

    def cached(self):
        cached = isinstance(self.preconditioner, CholeskyPreconditioner)
        return self.preconditioner.factored if cached else None

    def read(self, point):
        self.n_read += self.objective.rows.n_rows
        return self.objective.read(point, self.wide)

    def by_class(self, rows, point):
        """Sums of the losses, of their gradient, and of the diagonal of the curvature
        in each class."""
        sums = []
        for target in (0, 1):
            places = np.flatnonzero(rows.target == target)
            if len(places) == 0:
                sums.append((0.0, np.zeros(len(point)), np.zeros(len(point))))
                continue
            part = Objective(
                rows.at(places), self.scaling, 1.0, loss=self.objective.loss
            )
            sums.append(part.sums(point, True))
            self.n_read += len(places)
        return sums

    def left_behind(self, state, weights):
        """The past that stands for all rows about given weights: value and slope of
        each class, and the curvature of both, or its diagonal where that is large."""
        scaling, many = self.scaling, len(weights) > MOST_COLUMNS + 1
        point, back = scaling.to_scaled(weights), scaling.deviations()
        anchor = point * scaling.scale
        value, slope = state.discarded.read(anchor, scaling.centre)
        value[2] *= self.objective.discarded.share
        slope[2] *= self.objective.discarded.share
        for part, sums in enumerate(self.by_class(state.kept, point)):
            value[part] += sums[0]
            slope[part] += sums[1]
        squares = self.objective.read(point, many)[2]
        if many:
            curvature = (squares - scaling.penalty) * back * back
        else:
            G = self.objective.curvature()
            curvature = (np.tril(G) + np.tril(G, -1).T) * back * back[:, np.newaxis]
        return DiscardedRows(
            scaling.centre, anchor, value, slope, np.zeros((2, len(point) - 1)),
            curvature, state.totals,
        )  # fmt: skip

    def zero(self):
        """The point of no weights, and the log-odds of all rows."""
        point = np.zeros(len(self.scaling.scale))
        if self.scaling.fit_intercept and self.scaling.tie is None:
            point[-1] = log(self.positives) - log(self.negatives)
        return point

    def minimise(self, weights):
        """The best point found from given weights, or None."""
        if not self.both:
            point = self.zero()
            self.value = self.read(point)[0]
            return point
        lbfgs, point, looked = self.lbfgs, self.scaling.to_scaled(weights), False
        for _ in range(MOST_READINGS):
            value, gradient, squares = self.read(point)
            if self._rose(value) and not looked:
                looked, point = True, self.zero()
                value, gradient, squares = self.read(point)
            if self._rose(value):
                self.stop_reason = self._retreat()
            else:
                self.stop_reason = self._accept(point, value, gradient, squares)
            if self.stop_reason is not None:
                break
            point = lbfgs.next_point()
        else:
            self.stop_reason = "limit"
        self.value, self.gap = lbfgs.value, lbfgs.decrement
        self.objective.residual = self.residual
        return lbfgs.point

    def _rose(self, value):
        """A mean loss below 0 is none: the past is no parabola so far away."""
        impossible = not np.isfinite(value) or value < -NO_LOSS
        return impossible or self.lbfgs.increased(value)

    def _accept(self, point, value, gradient, squares):
        """Go on from a point; why the search ends there, or None."""
        lbfgs, self.residual = self.lbfgs, self.objective.residual.copy()
        self.tried = False
        if self.wide:
            self.preconditioner.renew(squares)
        elif self.preconditioner is None and not self._renew():
            lbfgs.set_point(point, value, gradient)
            return "rounding"
        last, goal = lbfgs.decrement, self.tol * abs(value)
        decrement = lbfgs.accept(point, value, gradient, self.preconditioner)
        if decrement > max(goal, POOR * last):
            self._turn()
        if self.alpha == 0 and value < SEPARABLE and self.objective.separated():
            return "separable"
        return self._confirm(value, goal) if lbfgs.decrement <= goal else None

    def _confirm(self, value, goal):
        """Why the search ends where the metric says that nothing is left; None where
        the curvature at this very point denies it."""
        lbfgs, objective, residual = self.lbfgs, self.objective, self.residual
        if self.wide:
            present = decrement_along(objective, residual, lbfgs.gradient, lbfgs.step)
            if present > goal:
                lbfgs.lengthen(present / lbfgs.decrement)
                return None
            lbfgs.decrement = max(lbfgs.decrement, present)
            return "tol"
        present = decrement_at(
            objective, residual, lbfgs.gradient, lbfgs.step, self.tol
        )
        spared = max(goal, SPARED * abs(value))
        if self.alpha == 0 and endless(objective, residual, lbfgs.point, spared):
            return "separable"
        if present is None:
            preconditioner, present, step, ahead, blurred = step_past(
                objective, residual, lbfgs.point, lbfgs.gradient, spared
            )
            present = min(max(present, ahead), abs(value))
            if present > goal and self.n_denied < MAX_DENIED:
                self.n_denied += 1
                self.preconditioner, self.renewed = preconditioner, True
                lbfgs.restart(step)
                return None
            if blurred and hidden_entries(objective.rows, self.scaling):
                lbfgs.decrement = abs(value)  # no loss is negative; more is not known
                return "rounding"
        lbfgs.decrement = max(lbfgs.decrement, present)
        return "tol"

    def _retreat(self):
        """Take a better or a shorter step; why there is none, or None."""
        lbfgs = self.lbfgs
        found = lbfgs.point is not None and (self._turn() or lbfgs.backtrack())
        return None if found else "rounding"

    def _turn(self):
        """Step in the metric of the best point; false if there is no newer one."""
        renewed = self._renew()
        if renewed:
            self.lbfgs.restart(self.preconditioner.solve(self.lbfgs.gradient))
        return renewed

    def _renew(self):
        """Make the metric that of the best point; false if it is, or is not finite."""
        if self.wide or self.tried:
            return False
        self.tried = True
        preconditioner = self.objective.preconditioner(self.residual)
        if preconditioner is not None:
            self.preconditioner, self.renewed = preconditioner, True
        return preconditioner is not None


def wide(rows):
    """Whether there are too many columns for a curvature."""
    return rows.n_columns >= NEWTON
