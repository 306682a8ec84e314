# SPDX-License-Identifier: BSD-3-Clause
"""The rows that a stream keeps, and the minimum over them and discarded rows."""

from math import inf, nan

import numpy as np

from skpulsar._kernels._core import log
from skpulsar._solvers.quadratic._column_statistics import hidden_entries
from skpulsar._solvers.quadratic._gap_estimate import SEPARABLE, attainable
from skpulsar._solvers.quadratic._minimise import Search
from skpulsar._solvers.quadratic._preconditioners import (
    MAX_PACKED_COLUMNS,
    CholeskyPreconditioner,
    DiagonalPreconditioner,
)
from skpulsar._solvers.quadratic._problem import Objective
from skpulsar._solvers.quadratic._saturation import (
    MAX_ESCAPES,
    SPARED,
    decrement_along,
    decrement_at,
    endless,
    step_past,
)
from skpulsar._solvers.streaming._discarded_rows import DiscardedRows, DiscardedTerms

NEWTON = 2000  # From so many columns on, the preconditioner is a diagonal.
TOL, WIDE_TOL = 1 / 10, 1 / 3  # A call may leave this share of tol: the calls add up.
POOR = 1 / 4  # A step that leaves more of the decrement asks for a new curvature.
MAX_EVALUATIONS = 100  # A call evaluates the objective so often at most.
LOWEST_LOSS = -0.01  # Rounding does not make a mean loss that is lower.


class KeptRows(Search):
    """The objective of the kept and the discarded rows, and one search for its minimum.

    Parameters
    ----------
    solver : Stream
        The solver.

    state : StreamState
        The rows, and what is known of all rows.

    Attributes
    ----------
    has_both_classes : bool
        Whether rows of both classes were seen.

    is_wide : bool
        Whether there are too many columns for a curvature.

    residual : ndarray of shape (n_kept,)
        The residuals at the best point.

    renewed : bool
        Whether the preconditioner was made in this search.

    curvature_is_current : bool
        Whether the preconditioner is the curvature at the best point, or this is not
        finite.

    value, gap, stop_reason : float, float, str or None
        The objective at the best point, the estimated gap to the minimum, and why the
        search ended.
    """

    def __init__(self, solver, state):
        kept, totals = state.kept, state.totals
        factor = solver.class_factor / solver.class_factor.max()
        total = factor[0] * totals[0] + factor[1] * totals[1]
        self.scaling = solver.scaling(state.basis, kept.sparse)
        super().__init__(self.scaling.tie)
        rows = kept
        if factor[0] != 1 or factor[1] != 1:
            each = np.where(kept.targets() == 1, factor[1], factor[0])
            rows = kept.weighing(kept.sample_weight() * each)
        discarded = DiscardedTerms(state.discarded, self.scaling, factor, total)
        self.objective = Objective(
            rows, self.scaling, total, discarded=discarded, loss=solver.loss
        )
        self.has_both_classes = totals.all()
        half = total / state.n_seen / 2  # half a row, which is added to either class
        self.negatives, self.positives = factor * totals + half
        self.alpha, self.is_wide = solver.penalty.alpha, is_wide(kept)
        self.tol = attainable(solver.tol) * (WIDE_TOL if self.is_wide else TOL)
        if self.is_wide:
            self.preconditioner = DiagonalPreconditioner(self.scaling)
        elif state.preconditioner is not None:
            self.preconditioner = CholeskyPreconditioner(
                state.preconditioner, self.scaling.tie
            )
        self.residual, self.n_escapes, self.n_read = None, 0, 0
        self.renewed = self.curvature_is_current = self.null_was_tried = False
        self.value, self.gap, self.stop_reason = inf, nan, None

    def cached(self):
        """The factor of the preconditioner, for the next call; None of a diagonal."""
        cached = isinstance(self.preconditioner, CholeskyPreconditioner)
        return self.preconditioner.factored if cached else None

    def by_class(self, rows, point):
        """The sums of the losses, of their gradient, and of the diagonal of the
        curvature in each class."""
        sums = []
        for target in (0, 1):
            places = np.flatnonzero(rows.targets() == target)
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
        """All rows as `DiscardedRows` about given weights: value and slope of each
        class, and the curvature of both, or its diagonal where that is large."""
        scaling, many = self.scaling, len(weights) > MAX_PACKED_COLUMNS + 1
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

    def null_model(self):
        """The point of no weights, and the log-odds of all rows."""
        point = np.zeros(len(self.scaling.scale))
        if self.scaling.fit_intercept and self.scaling.tie is None:
            point[-1] = log(self.positives) - log(self.negatives)
        return point

    def minimise(self, weights):
        """The best point found from given weights, or None."""
        if not self.has_both_classes:
            point = self.null_model()
            self.value = self.evaluate(point)[0]
            return point
        lbfgs, point = self.lbfgs, self.scaling.to_scaled(weights)
        self.stop_reason = self.run(point, MAX_EVALUATIONS)
        self.value, self.gap = lbfgs.value, lbfgs.decrement
        self.objective.residual = self.residual
        return lbfgs.point

    def evaluate(self, point):
        self.n_read += self.objective.rows.n_rows
        return self.objective.read(point, self.is_wide)

    def is_worse(self, value):
        """Whether a point is to be rejected. No mean loss is below 0: where it seems to
        be, the quadratic that stands for discarded rows does not reach so far."""
        impossible = not np.isfinite(value) or value < LOWEST_LOSS
        return impossible or super().is_worse(value)

    def reject(self):
        """Try the null model once, then the curvature at the best point, then a shorter
        step."""
        if not self.null_was_tried:
            self.null_was_tried = True
            return self.try_point(self.null_model())
        if self.lbfgs.point is not None and self._restart():
            return None
        return super().reject()

    def accept(self, point, value, gradient, squares):
        lbfgs, self.residual = self.lbfgs, self.objective.residual.copy()
        self.curvature_is_current = False
        if self.is_wide:
            self.preconditioner.renew(squares)
        elif self.preconditioner is None and not self._renew():
            lbfgs.set_point(point, value, gradient)
            return "rounding"
        last, goal = lbfgs.decrement, self.tol * abs(value)
        decrement = lbfgs.accept(point, value, gradient, self.preconditioner)
        if decrement > max(goal, POOR * last):
            self._restart()
        if self.alpha == 0 and value < SEPARABLE and self.objective.separated():
            return "separable"
        return self._confirm(value, goal) if lbfgs.decrement <= goal else None

    def _confirm(self, value, goal):
        """Why the search ends where the preconditioner says that nothing is left; None
        where the curvature at this very point refutes it."""
        lbfgs, objective, residual = self.lbfgs, self.objective, self.residual
        if self.is_wide:
            gain = decrement_along(objective, residual, lbfgs.gradient, lbfgs.step)
            if gain > goal:
                lbfgs.lengthen(gain / lbfgs.decrement)
                return None
            lbfgs.decrement = max(lbfgs.decrement, gain)
            return "tol"
        gain = decrement_at(objective, residual, lbfgs.gradient, lbfgs.step, self.tol)
        spared = max(goal, SPARED * abs(value))
        if self.alpha == 0 and endless(objective, residual, lbfgs.point, spared):
            return "separable"
        if gain is None:
            escape = step_past(objective, residual, lbfgs.point, lbfgs.gradient, spared)
            gain = min(max(escape.newton_decrement, escape.decrement), abs(value))
            if gain > goal and self.n_escapes < MAX_ESCAPES:
                self.n_escapes += 1
                self.preconditioner, self.renewed = escape.preconditioner, True
                lbfgs.restart(escape.step)
                return None
            if escape.singular and hidden_entries(objective.rows, self.scaling):
                lbfgs.decrement = abs(value)  # No loss is negative; no more is known.
                return "rounding"
        lbfgs.decrement = max(lbfgs.decrement, gain)
        return "tol"

    def _restart(self):
        """Step by the curvature at the best point; false if that is no news."""
        renewed = self._renew()
        if renewed:
            self.lbfgs.restart(self.preconditioner.solve(self.lbfgs.gradient))
        return renewed

    def _renew(self):
        """Precondition by the curvature at the best point; false if that was done, or
        the curvature is not finite."""
        if self.is_wide or self.curvature_is_current:
            return False
        self.curvature_is_current = True
        preconditioner = self.objective.preconditioner(self.residual)
        if preconditioner is not None:
            self.preconditioner, self.renewed = preconditioner, True
        return preconditioner is not None


def is_wide(rows):
    """Whether there are too many columns for a curvature."""
    return rows.n_columns >= NEWTON
