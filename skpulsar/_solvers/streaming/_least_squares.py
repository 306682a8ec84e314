# SPDX-License-Identifier: BSD-3-Clause
"""Squared error over a stream: the normal equations of all rows."""

from dataclasses import dataclass
from math import inf
from time import perf_counter
from typing import ClassVar

import numpy as np

from skpulsar._problem._logits import move_intercept
from skpulsar._problem._losses import Squared
from skpulsar._problem._moments import Moments
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers.quadratic._explanations import explain_end
from skpulsar._solvers.quadratic._gap_estimate import MIN_LOSS, attainable
from skpulsar._solvers.quadratic._normal_equations import NormalEquations, solve
from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._training._history import Epoch

MAX_COLUMNS = 2000  # Products of more would take too long.
LARGEST = 1e300  # What all rows weigh is at most this, and therefore finite.


@dataclass(frozen=True)
class LeastSquaresState(SolverState):
    """All that one chunk hands to the next; no row is kept.

    Parameters
    ----------
    equations : NormalEquations or None
        The mean loss of all rows seen; None before the first.

    moments : Moments or None
        The moments of their columns.

    weight : float
        What they weigh.

    stop_reason : str or None
        "rounding" if the minimum may be further away than the products can tell.
    """

    equations: NormalEquations | None = None
    moments: Moments | None = None
    weight: float = 0.0
    stop_reason: str | None = None


@dataclass(frozen=True)
class LeastSquaresStream:
    """The minimum over all rows of a stream, each seen once.

    The products of the columns, with each other and with the targets, are sums over the
    rows: they are added up, and no row is kept. What a fit has left stands for its
    rows.

    Parameters
    ----------
    loss, penalty, tol, fit_intercept
        What is minimised, and to which share of it.

    mean_weight : float
        The mean weight of a row, of all rows seen. In the weights of the rows it is 1.

    weight_before : float
        What the rows before this call weigh.
    """

    finds_not_finite: ClassVar[bool] = False
    draws_classes: ClassVar[bool] = False
    weighs_classes: ClassVar[bool] = False
    max_outputs: ClassVar[float] = inf
    compares_with_start: ClassVar[bool] = False  # each call ends at a minimum

    loss: Squared
    penalty: Penalty
    tol: float | None
    fit_intercept: bool
    mean_weight: float
    weight_before: float

    def init(self, rows, state):
        if isinstance(state, LeastSquaresState):
            return state
        summary = getattr(state, "summary", None)
        if summary is None:
            return LeastSquaresState(**state.counters())
        summaries = summary if isinstance(summary, list) else [summary]
        return LeastSquaresState(
            **state.counters(),
            equations=NormalEquations.of_fit(summaries),
            moments=summaries[0].moments,
            weight=min(self.weight_before, LARGEST),
        )

    @staticmethod
    def max_columns(loss):
        """So many columns may the rows have."""
        return MAX_COLUMNS

    def stopping(self, rows, monitor):
        """None: every call is one epoch, which solves the equations."""
        return None

    def explain(self, last, max_iter):
        """Whether the equations hide a part of the gap."""
        return explain_end(last, self.tol)

    def step(self, rows, weights, state):
        """One chunk."""
        began, rows = perf_counter(), rows.in_memory().dense_where_full()
        moments, before = rows.moments(), state.equations
        if state.moments is not None:
            moments = state.moments.merge(moments)
        centre = moments.centre(rows.sparse)
        scaling = Scaling.of(moments, self.penalty, self.fit_intercept, centre)
        if before is None:
            anchor = move_intercept(weights, centre)
            if self.fit_intercept and not weights.any():
                anchor[:, -1] = [null.mean for null in self.loss.null_models(rows)]
            equations = NormalEquations.of_rows(rows, self.loss, centre, anchor)
            weight = self._weight(rows)
        else:
            if rows.sparse:  # These cannot be centred.
                before = before.about(np.zeros(rows.n_columns))
            before = before.at(move_intercept(weights, before.origin))
            added = NormalEquations.of_rows(
                rows, self.loss, before.origin, before.anchor
            )
            weight = min(state.weight + self._weight(rows), LARGEST)
            equations = before.merge(added, self._weight(rows) / weight)
        tol = attainable(self.tol)
        solutions = solve(equations, scaling, weights, tol)
        if solutions is None or not all(np.isfinite(each.value) for each in solutions):
            self._overflowed(rows)
        visits = rows.order.counts(0)
        least = [MIN_LOSS * loss for loss in equations.null_losses()]
        rounded = any(
            each.gap > tol * max(each.value, low)
            for each, low in zip(solutions, least, strict=True)
        )
        state = state.after_epoch(
            1,
            rows.n_rows,
            visits,
            equations=equations,
            moments=moments,
            weight=weight,
            stop_reason="rounding" if rounded else "tol",
        )
        weights = np.array([each.weights for each in solutions])
        epoch = Epoch(
            loss=sum(each.value for each in solutions),
            penalty=self.penalty.of(weights),
            learning_rate=1.0,
            n_rows=rows.n_rows,
            seconds=perf_counter() - began,
            objective_gap=sum(each.gap for each in solutions),
        )
        return weights, state, epoch

    def _weight(self, rows):
        return min(rows.total() * min(self.mean_weight, LARGEST), LARGEST)

    def _overflowed(self, rows):
        """Refuse rows with values that no weights could be found for."""
        column, value = rows.largest()
        raise ValueError(
            f"Training overflowed: column {column} of X is too large, it holds "
            f"{value:.3g}. Divide it by its size, for instance with a MaxAbsScaler."
        )
