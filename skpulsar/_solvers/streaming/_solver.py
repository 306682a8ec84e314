# SPDX-License-Identifier: BSD-3-Clause
"""Preconditioned SGD over a stream: a sample of all rows, with exact gradients."""

from dataclasses import dataclass, replace
from math import frexp, inf
from time import perf_counter
from typing import ClassVar

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._losses import Logistic
from skpulsar._problem._memory import Rows
from skpulsar._problem._moments import Moments
from skpulsar._problem._penalty import Penalty
from skpulsar._problem._row_buffer import RowBuffer
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers.quadratic._explanations import explain_end
from skpulsar._solvers.quadratic._importance_sampling import draw, draw_key
from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._solvers.streaming._discarded_rows import DiscardedRows
from skpulsar._solvers.streaming._kept_rows import KeptRows, is_wide
from skpulsar._training._history import Epoch

MIN_KEPT = 8192  # So many rows are kept, if 8 a column are fewer.
MAX_WIDE = 32768  # So many CSR rows of many columns are kept, and MIN_KEPT dense ones.
STAYS = 0.75  # A draw leaves this share of the rows.
DRIFT = 10  # A mean may go so many deviations before the scaling follows.
GROWN = 2  # Rows that grew by this factor ask for a new preconditioner.
WEAK = 1e-6  # With a penalty below this, discarded rows have to have a curvature.
MIN_FLOOR = 1e-100  # The residuals in a draw are raised by this at least.
LARGEST = np.finfo(np.float64).max


@dataclass(frozen=True)
class StreamState(SolverState):
    """All that one chunk hands to the next.

    Parameters
    ----------
    kept, buffer : Rows, RowBuffer, or None
        The kept rows, and the array that holds them.

    discarded : DiscardedRows or None
        What stands for the rows that are not kept.

    unit : float
        The unit of all row weights, a power of two. These do not contain the weights of
        classes, which may change from call to call.

    totals, n_seen : ndarray of shape (2,), int
        The weight of all rows seen of each class, and how many rows were seen.

    moments, basis : Moments or None
        Those of all rows seen, and those that the scaling follows.

    preconditioner, metric_total : tuple of ndarray or None, float
        The factor of an earlier chunk's preconditioner in this scaling, and what all
        rows weighed when it was made.

    n_draws : int
        How many draws there were.

    solver, stop_reason : Stream or None, str or None
        The solver of the last chunk, and why its search ended.
    """

    kept: Rows | None = None
    discarded: DiscardedRows | None = None
    unit: float = 0.0
    totals: np.ndarray | None = None
    n_seen: int = 0
    moments: Moments | None = None
    basis: Moments | None = None
    preconditioner: tuple | None = None
    metric_total: float = 0.0
    stop_reason: str | None = None
    n_draws: int = 0
    buffer: RowBuffer | None = None
    solver: object = None

    def without_rows(self, weights):
        """The same with a quadratic about the weights in the place of the kept rows."""
        if self.kept is None:
            return self
        if not self.totals.all():  # The weights that both lead to are far away.
            raise ValueError(
                "Only rows of one class were seen so far, which no summary can stand "
                "for. Call remove_data once partial_fit has had rows of both."
            )
        state = replace(self, basis=self.moments, preconditioner=None)
        discarded = KeptRows(self.solver, state).left_behind(state, weights[0])
        return replace(
            state,
            kept=None,
            buffer=None,
            basis=None,
            metric_total=0.0,
            discarded=discarded,
        )

    def in_unit(self, unit):
        """The same in a larger unit of the row weights."""
        if unit <= self.unit:
            return self
        factor, kept = self.unit / unit, self.kept
        if kept is not None:
            kept = kept.weighing(kept.sample_weight() * factor)
        discarded = None if self.discarded is None else self.discarded.scaled(factor)
        return replace(
            self,
            unit=unit,
            totals=self.totals * factor,
            metric_total=self.metric_total * factor,
            kept=kept,
            discarded=discarded,
        )


@dataclass(frozen=True)
class Stream:
    """The minimum over all rows of a stream, each seen once.

    The state keeps rows, weighted so that they stand for all. New rows join them, and
    the objective over all is minimised from the last weights. Where there are too many,
    a draw by residual times leverage leaves three quarters of what may be kept. What
    the draw takes from the value and the gradient at the present weights stays as a
    linear term, so that it moves the minimum in second order only. A quadratic about
    its weights stands for a fit before the stream.

    Parameters
    ----------
    loss, penalty, tol, fit_intercept
        What is minimised, and to which share of it.

    class_factor : ndarray of shape (2,)
        What the weights of the rows of each class are multiplied by in this call.
        Balanced factors follow the rows seen.

    class_count : ndarray of shape (2,)
        The weight of the rows of each class before this call.
    """

    finds_not_finite: ClassVar[bool] = False
    draws_classes: ClassVar[bool] = False
    weighs_classes: ClassVar[bool] = True  # all rows seen, by the factors of today
    max_outputs: ClassVar[float] = 1
    max_columns: ClassVar[float] = inf
    compares_with_start: ClassVar[bool] = False  # each call ends at a minimum

    loss: Logistic
    penalty: Penalty
    tol: float | None
    fit_intercept: bool
    class_factor: np.ndarray
    class_count: np.ndarray

    def init(self, rows, state):
        if isinstance(state, StreamState):
            return state
        started = StreamState(**state.counters(), totals=np.zeros(2))
        summary = getattr(state, "summary", None)
        if summary is None:
            return started
        unit = power_of_two(self.class_count.max())
        totals = np.minimum(self.class_count, LARGEST) / unit
        return replace(
            started,
            discarded=DiscardedRows.fitted(summary, totals),
            unit=unit,
            totals=totals,
            n_seen=summary.moments.n_rows,
            moments=summary.moments,
        )

    def stopping(self, rows):
        """None: every call is one epoch, which ends by its own search."""
        return None

    def explain(self, last, max_iter):
        """What cut the search over the kept rows short."""
        return explain_end(last, self.tol)

    def step(self, rows, weights, state):
        """One chunk."""
        began = perf_counter()
        n_sampled, wanted = 0, rows.sample_weight()
        wanted = np.ones(rows.n_rows) if wanted is None else wanted
        most = self.most_kept(rows)
        for start in range(0, rows.n_rows, most):
            places = np.arange(start, min(start + most, rows.n_rows))
            state = state.in_unit(power_of_two(wanted[places].max()))
            part = rows.take(places, wanted[places] / state.unit)
            state = self._join(part, state)
            kept_rows = KeptRows(self, state)
            point = kept_rows.minimise(weights[0])
            if point is None or not np.isfinite(kept_rows.value):
                overflowed(rows)
            weights = kept_rows.scaling.to_original(point)[np.newaxis]
            total = state.totals.sum() if kept_rows.renewed else state.metric_total
            state = replace(
                state, preconditioner=kept_rows.cached(), metric_total=float(total)
            )
            if state.kept.n_rows > most:
                state = self._draw(kept_rows, point, STAYS * most, state)
            n_sampled += kept_rows.n_read
        visits = rows.order.counts(0)
        state = state.after_epoch(
            1, rows.n_rows, visits, stop_reason=kept_rows.stop_reason, solver=self
        )
        epoch = Epoch(
            loss=kept_rows.value,
            learning_rate=1.0,
            n_rows=rows.n_rows,
            seconds=perf_counter() - began,
            n_sampled=n_sampled,
            objective_gap=kept_rows.gap,
        )
        return weights, state, epoch

    def most_kept(self, rows):
        """How many rows are kept: 8 a weight, unless these are too many to evaluate."""
        most = max(MIN_KEPT, 8 * (rows.n_columns + 1))
        if is_wide(rows):
            most = min(most, MAX_WIDE if rows.sparse else MIN_KEPT)
        return most

    def scaling(self, moments, sparse):
        centre = moments.centre(sparse)
        return Scaling.of(moments, self.penalty, self.fit_intercept, centre)

    def _join(self, part, state):
        """The state with more rows: those kept, sums over all, and their scaling."""
        kept, buffer = part, RowBuffer()
        if state.kept is not None:
            part = state.kept.convert(part)
            kept, buffer = state.kept.append(part, state.buffer)
        moments, sparse = part.moments(), part.sparse
        if state.moments is not None:
            moments = state.moments.merge(moments)
        totals = state.totals + _core.class_totals(part.targets(), part.sample_weight())
        basis, preconditioner = state.basis, state.preconditioner
        if totals.sum() > GROWN * state.metric_total:
            preconditioner = None  # It must not certify rows that it does not know.
        if basis is None or is_wide(part) or self._outgrown(basis, moments, sparse):
            basis, preconditioner = moments, None
        return replace(
            state,
            kept=kept,
            buffer=buffer,
            discarded=state.discarded
            or DiscardedRows.none(self.scaling(basis, sparse).centre),
            totals=totals,
            n_seen=state.n_seen + part.n_rows,
            moments=moments,
            basis=basis,
            preconditioner=preconditioner,
        )

    def _outgrown(self, basis, moments, sparse):
        """Whether a column began to vary, or left its centre far behind."""
        old, new = self.scaling(basis, sparse), self.scaling(moments, sparse)
        began = (old.scale == 0) & (new.scale > 0)
        drift = np.abs(new.centre - old.centre) * old.scale[:-1]
        return began.any() or (drift > DRIFT).any()

    def _draw(self, kept_rows, point, m, state):
        """The state with some of the kept rows, and what the others leave behind."""
        rows = state.kept
        before = kept_rows.by_class(rows, point)
        residual = kept_rows.objective.residual  # at the point, of all kept rows
        scaling = self.scaling(state.moments, rows.sparse)
        weight = kept_rows.objective.weight
        norms = (rows.norms(scaling.centre, scaling.scale[:-1] ** 2) + 1) * weight
        floor = _core.dot(weight, residual) / _core.total(weight)
        key = draw_key(state.seed, state.n_draws)
        places, back = draw(residual, norms, max(floor, MIN_FLOOR), m, key)
        kept = rows.take(places, rows.sample_weight()[places] * back)
        discarded = state.discarded
        if kept_rows.has_both_classes:
            after = kept_rows.by_class(kept, point)
            weights = point * kept_rows.scaling.scale
            weak = self.penalty.alpha < WEAK
            for part, sums in enumerate(zip(before, after, strict=True)):
                discarded = discarded.lost(
                    part, *sums, weights, kept_rows.scaling.centre, weak
                )
        return replace(state, kept=kept, discarded=discarded, n_draws=state.n_draws + 1)


def overflowed(rows):
    """Refuse rows with values that no weights could be found for."""
    column, value = rows.largest()
    raise ValueError(
        f"Training overflowed: column {column} of X is too large, it holds "
        f"{value:.3g}. Divide it by its size, for instance with a MaxAbsScaler."
    )


def power_of_two(weight):
    """The least power of two above a weight: division by it is exact."""
    return float(2.0 ** min(frexp(min(weight, LARGEST))[1], 1023))
