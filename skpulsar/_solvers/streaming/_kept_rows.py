# SPDX-License-Identifier: BSD-3-Clause
"""The rows of two classes that a stream keeps, and the minimum over all rows."""

import numpy as np

from skpulsar._kernels._core import log
from skpulsar._solvers.quadratic._column_statistics import hidden_entries
from skpulsar._solvers.quadratic._gap_estimate import SEPARABLE, attainable
from skpulsar._solvers.quadratic._preconditioners import (
    MAX_PACKED_COLUMNS,
    CholeskyPreconditioner,
    DiagonalPreconditioner,
)
from skpulsar._solvers.quadratic._sample_objective import SampleObjective
from skpulsar._solvers.quadratic._saturation import (
    MAX_ESCAPES,
    SPARED,
    decrement_along,
    decrement_at,
    endless,
    step_past,
)
from skpulsar._solvers.streaming._stream_search import POOR, StreamSearch

TOL, WIDE_TOL = 1 / 10, 1 / 3  # A call may leave this share of tol: the calls add up.


class KeptRows(StreamSearch):
    """The search of `StreamSearch` for two classes.

    Before rows of both were seen, the null model is all that is sought.
    """

    objective_class = SampleObjective

    def __init__(self, solver, state):
        super().__init__(solver, state)
        self.at_minimum = bool(state.totals.all())
        self.shares = self.factor * state.totals + self.half_row  # of either class
        self.tol = attainable(solver.tol) * (WIDE_TOL if self.is_wide else TOL)
        if self.is_wide:
            self.preconditioner = DiagonalPreconditioner(self.scaling)
        elif state.preconditioner is not None:
            self.preconditioner = CholeskyPreconditioner(
                state.preconditioner, self.scaling.tie
            )
        self.n_escapes = 0

    def cached(self):
        """The factor of the preconditioner; None of a diagonal."""
        cached = isinstance(self.preconditioner, CholeskyPreconditioner)
        return self.preconditioner.factored if cached else None

    def importance(self, n_kept):
        return self.objective.residual, self.objective.weight

    def curvature_left(self, point):
        scaling, many = self.scaling, len(point) > MAX_PACKED_COLUMNS + 1
        squares, back = self.objective.read(point, many)[2], scaling.deviations()
        if many:
            return ((squares - scaling.penalty) * back * back)[np.newaxis]
        G = self.objective.curvature()
        G = (np.tril(G) + np.tril(G, -1).T) * back * back[:, np.newaxis]
        return G[np.newaxis]

    def null_model(self):
        """The point of no weights, and the log-odds of all rows."""
        point = np.zeros(len(self.scaling.scale))
        if self.scaling.fit_intercept and self.scaling.tie is None:
            negatives, positives = self.shares
            point[-1] = log(positives) - log(negatives)
        return point

    def minimise(self, weights):
        """The best point found from given weights, or None."""
        if self.at_minimum:
            point = super().minimise(weights)
            self.gap = self.lbfgs.decrement
        else:
            point = self.null_model()
            self.value = self.evaluate(point)[0]
        return point

    def accept(self, point, value, gradient, squares):
        lbfgs, self.residual = self.lbfgs, self.objective.residual.copy()
        self.curvature_is_current = False
        if self.is_wide:
            self.preconditioner.renew(squares)
        elif self.preconditioner is None and not self.renew():
            lbfgs.set_point(point, value, gradient)
            return "rounding"
        last, goal = lbfgs.decrement, self.tol * abs(value)
        decrement = lbfgs.accept(point, value, gradient, self.preconditioner)
        if decrement > max(goal, POOR * last):
            self.restart()
        if self.alpha == 0 and value < SEPARABLE and self.objective.passes.separated():
            return "separable"
        return self._confirm(value, goal) if lbfgs.decrement <= goal else None

    def _confirm(self, value, goal):
        """Why the search ends where the preconditioner says that nothing is left; None
        where the curvature at this very point refutes it."""
        lbfgs, objective, residual = self.lbfgs, self.objective, self.residual
        if self.is_wide:
            gain = decrement_along(objective, lbfgs.gradient, lbfgs.step)
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

    def renew(self):
        if self.is_wide or self.curvature_is_current:
            return False
        self.curvature_is_current = True
        preconditioner = self.objective.preconditioner(self.residual)
        if preconditioner is not None:
            self.preconditioner, self.renewed = preconditioner, True
        return preconditioner is not None
