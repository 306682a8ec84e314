# SPDX-License-Identifier: BSD-3-Clause
"""Preconditioned SGD over a stream: a sample of all rows, with exact gradients."""

from dataclasses import dataclass, replace
from math import frexp, inf
from time import perf_counter
from typing import ClassVar

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._class_totals import class_totals
from skpulsar._problem._importance_sampling import draw, draw_key
from skpulsar._problem._losses import Logistic
from skpulsar._problem._penalty import Penalty
from skpulsar._problem._row_buffer import RowBuffer
from skpulsar._solvers.quadratic._explanations import explain_end
from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._solvers.streaming._discarded_rows import DiscardedRows
from skpulsar._solvers.streaming._kept_rows import KeptRows
from skpulsar._solvers.streaming._stream_state import StreamState
from skpulsar._training._history import Epoch

NEWTON = 2000  # From so many columns on, the preconditioner is a diagonal.
MIN_KEPT = 8192  # So many rows are kept, if 8 a column are fewer.
MAX_WIDE = 32768  # So many CSR rows of many columns are kept, and MIN_KEPT dense ones.
STAYS = 0.75  # A draw leaves this share of the rows.
DRIFT = 10  # A mean may go so many deviations before the scaling follows.
GROWN = 2  # Rows that grew by this factor ask for a new preconditioner.
WEAK = 1e-6  # With a penalty below this, discarded rows have to have a curvature.
MIN_FLOOR = 1e-100  # The residuals in a draw are raised by this at least.
LARGEST = np.finfo(np.float64).max


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

    class_factor : ndarray of shape (n_classes,)
        What the weights of the rows of each class are multiplied by in this call.
        Balanced factors follow the rows seen.

    class_count : ndarray of shape (n_classes,)
        The weight of the rows of each class before this call.

    Attributes
    ----------
    search_class : type
        The class of the search for the minimum.
    """

    finds_not_finite: ClassVar[bool] = False
    draws_classes: ClassVar[bool] = False
    weighs_classes: ClassVar[bool] = True  # all rows seen, by the factors of today
    max_outputs: ClassVar[float] = 1
    search_class: ClassVar[type] = KeptRows
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
        none = np.zeros(len(self.class_count))
        started = StreamState(**state.counters(), totals=none)
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

    def stopping(self, rows, monitor):
        """None: every call is one epoch, which ends by its own search."""
        return None

    def explain(self, last, max_iter):
        """What cut the search over the kept rows short."""
        return explain_end(last, self.tol)

    def step(self, rows, weights, state):
        """One chunk."""
        began, rows = perf_counter(), rows.in_memory()
        n_sampled, wanted = 0, rows.sample_weight()
        wanted = np.ones(rows.n_rows) if wanted is None else wanted
        most = self.most_kept(rows)
        for start in range(0, rows.n_rows, most):
            places = np.arange(start, min(start + most, rows.n_rows))
            state = state.in_unit(power_of_two(wanted[places].max()))
            part = rows.take(places, wanted[places] / state.unit)
            state = self._join(part, state)
            search = self.search_class(self, state)
            point = search.minimise(weights)
            if point is None or not np.isfinite(search.value):
                overflowed(rows)
            weights = search.to_weights(point)
            total = state.totals.sum() if search.renewed else state.metric_total
            state = replace(
                state, preconditioner=search.cached(), metric_total=float(total)
            )
            if state.kept.n_rows > most:
                state = self._draw(search, point, STAYS * most, state)
            n_sampled += search.n_read
        visits = rows.order.counts(0)
        state = state.after_epoch(
            1, rows.n_rows, visits, stop_reason=search.stop_reason, solver=self
        )
        epoch = Epoch(
            loss=search.value,
            penalty=self.penalty.of(weights),
            learning_rate=1.0,
            n_rows=rows.n_rows,
            seconds=perf_counter() - began,
            n_sampled=n_sampled,
            objective_gap=search.gap,
        )
        return weights, state, epoch

    def most_kept(self, rows):
        """How many rows are kept: 8 a weight, unless these are too many to evaluate."""
        most = max(MIN_KEPT, 8 * (rows.n_columns + 1))
        if self.is_wide(rows):
            most = min(most, MAX_WIDE if rows.sparse else MIN_KEPT)
        return most

    def is_wide(self, rows):
        """Whether there are too many columns for a curvature."""
        return rows.n_columns >= NEWTON

    @staticmethod
    def max_columns(loss):
        """So many columns may the rows have."""
        return inf

    @property
    def n_outputs(self):
        """One logit for two classes, else one of each."""
        return 1 if len(self.class_count) == 2 else len(self.class_count)

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
        n_classes, weight = len(state.totals), part.sample_weight()
        totals = state.totals + class_totals(part.targets(), weight, n_classes)[1]
        basis, preconditioner = state.basis, state.preconditioner
        if totals.sum() > GROWN * state.metric_total:
            preconditioner = None  # It must not certify rows that it does not know.
        follows = basis is None or self.is_wide(part)
        if follows or self._outgrown(basis, moments, sparse):
            basis, preconditioner = moments, None
        return replace(
            state,
            kept=kept,
            buffer=buffer,
            discarded=state.discarded
            or DiscardedRows.none(
                self.scaling(basis, sparse).centre, n_classes, self.n_outputs
            ),
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

    def _draw(self, search, point, m, state):
        """The state with some of the kept rows, and what the others leave behind."""
        rows = state.kept
        before = search.by_class(rows, point)
        residual, weight = search.importance(rows.n_rows)
        scaling = self.scaling(state.moments, rows.sparse)
        norms = (rows.norms(scaling.centre, scaling.scale[:-1] ** 2) + 1) * weight
        floor = _core.dot(weight, residual) / _core.total(weight)
        key = draw_key(state.seed, state.n_draws)
        places, back = draw(residual, norms, max(floor, MIN_FLOOR), m, key)
        kept = rows.take(places, rows.sample_weight()[places] * back)
        discarded = state.discarded
        if search.at_minimum:
            after = search.by_class(kept, point)
            weights = point.reshape(discarded.anchor.shape) * search.scaling.scale
            weak = self.penalty.alpha < WEAK
            discarded = discarded.lost(
                before, after, weights, search.scaling.centre, weak
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
