# SPDX-License-Identifier: BSD-3-Clause
"""Preconditioned SGD over a stream: a drawn sample of the rows seen, made exact."""

from dataclasses import dataclass, replace
from math import frexp, inf, log, nan
from operator import add
from time import perf_counter

import numpy as np

from skpulsar._history import Epoch
from skpulsar._kernels import _core
from skpulsar._moments import Moments
from skpulsar._rows import Rows
from skpulsar._solvers import _psgd
from skpulsar._solvers._clocks import Clocks
from skpulsar._solvers._draw import draw, key_of
from skpulsar._solvers._frame import Frame
from skpulsar._solvers._objective import Diagonal, Newton, Objective
from skpulsar._solvers._past import Past, PastTerms
from skpulsar._solvers._path import Path
from skpulsar._solvers._room import Room

LEAST_KEPT = 8192  # rows, where 8 a column are fewer
MOST_WIDE = 32768  # rows of CSR, where there are more
STAYS = 0.75  # share of the rows that a draw leaves
NEWTON = 2000  # columns up to which the metric is a curvature, not its diagonal
TOL, WIDE_TOL = 1 / 10, 1 / 3  # of tol: calls add up
POOR = 1 / 4  # a step that leaves more of the decrement asks for a new metric
MOST_READINGS = 100  # of the kept rows
DRIFT = 10  # deviations that the means may go before the coordinates follow
LEAST_FLOOR = 1e-100  # of the residuals in a draw
LARGEST = np.finfo(np.float64).max


@dataclass(frozen=True)
class State(Clocks):
    """All that one chunk hands to the next.

    Row weights are in units of `unit`, a power of two, without their class's; `totals`
    are their sums over all rows seen of each class, and `n_seen` is how many rows.
    `moments` are those of all rows, `basis` those that the coordinates follow, and
    `metric` is a metric of an earlier chunk in these.
    """

    kept: Rows | None = None
    past: Past | None = None
    unit: float = 0.0
    totals: np.ndarray | None = None
    n_seen: int = 0
    moments: Moments | None = None
    basis: Moments | None = None
    metric: tuple | None = None
    n_draws: int = 0
    room: Room | None = None

    def in_unit(self, unit):
        """The same in a larger unit."""
        if unit <= self.unit:
            return self
        factor, kept = self.unit / unit, self.kept
        if kept is not None:
            kept = Rows(kept.matrix, kept.target, kept.weight * factor)
        past = None if self.past is None else self.past.scaled(factor)
        return replace(
            self, unit=unit, totals=self.totals * factor, kept=kept, past=past
        )


@dataclass(frozen=True)
class Stream:
    """The minimum over all rows of a stream, each seen once.

    The state keeps rows, weighted so that they stand for all. New rows join them, and
    the objective over all is minimised from where it stood; where there are too many,
    a draw by residual times leverage leaves three quarters of the most. What the draw
    takes from the value and the gradient at the present weights stays as a linear
    term, so that it moves the minimum in second order only. A fit before the stream is
    a quadratic about its weights.

    `class_factor` is by what a row's class multiplies its weight: at this call, since
    balanced ones follow the rows seen. `class_count` are the totals of the classes
    before the call.
    """

    alpha: float
    tol: float | None
    fit_intercept: bool
    class_factor: np.ndarray
    class_count: np.ndarray

    def meet(self, rows, state):
        if isinstance(state, State):
            return state
        started = State(**vars(state.clocks()), totals=np.zeros(2))
        summary = getattr(state, "summary", None)
        if summary is None:
            return started
        unit = power_of_two(self.class_count.max())
        totals = self.class_count / unit
        return replace(
            started,
            past=Past.fitted(summary, totals),
            unit=unit,
            totals=totals,
            n_seen=summary.moments.n_rows,
            moments=summary.moments,
        )

    def patience(self, rows):
        return None

    def advance(self, rows, weights, state):
        """One chunk."""
        began = perf_counter()
        n_sampled, wanted = 0, rows.weights()
        wanted = np.ones(rows.n_rows) if wanted is None else wanted
        most = self.most_kept(rows)
        for start in range(0, rows.n_rows, most):
            places = np.arange(start, min(start + most, rows.n_rows))
            state = state.in_unit(power_of_two(wanted[places].max()))
            part = rows.take(places, wanted[places] / state.unit)
            state = self._join(part, state)
            sample = Sample(self, state)
            point = sample.minimise(weights[0])
            weights = sample.frame.leave(point)[np.newaxis]
            state = replace(state, metric=sample.cached())
            if state.kept.n_rows > most:
                state = self._draw(sample, point, STAYS * most, state)
            n_sampled += sample.n_read
        if not (np.isfinite(weights).all() and np.isfinite(sample.value)):
            column, value = rows.largest()
            raise ValueError(
                f"Training overflowed: column {column} of X is too large, it holds "
                f"{value:.3g}. Divide it by its size, for instance with a MaxAbsScaler."
            )
        state = replace(
            state,
            n_epochs=state.n_epochs + 1,
            n_updates=state.n_updates + 1,
            n_rows=state.n_rows + rows.n_rows,
            n_visits=tuple(map(add, state.n_visits, rows.order.counts(0))),
        )
        epoch = Epoch(
            loss=sample.value,
            learning_rate=1.0,
            n_rows=rows.n_rows,
            seconds=perf_counter() - began,
            n_sampled=n_sampled,
            objective_gap=sample.gap,
        )
        return weights, state, epoch

    def most_kept(self, rows):
        wanted = 8 * (rows.n_columns + 1)
        if wide(rows):
            wanted = min(wanted, MOST_WIDE if isinstance(rows.matrix, tuple) else 0)
        return max(LEAST_KEPT, wanted)

    def frame(self, moments, csr):
        return Frame.of(moments, self.alpha, self.fit_intercept, centred=not csr)

    def _join(self, part, state):
        """State with more rows: the kept rows, their sums, and coordinates for all."""
        kept, room = part, Room()
        if state.kept is not None:
            part = state.kept.convert(part)
            kept, room = state.room.join(state.kept, part)
        moments, csr = part.moments(), isinstance(part.matrix, tuple)
        if state.moments is not None:
            moments = state.moments.merge(moments)
        basis, metric = state.basis, state.metric
        if basis is None or wide(part) or self._outgrown(basis, moments, csr):
            basis, metric = moments, None
        past = state.past
        if past is None:
            past = Past.none(self.frame(basis, csr).centre)
        return replace(
            state,
            kept=kept,
            room=room,
            past=past,
            totals=state.totals + _core.class_totals(part.target, part.weight),
            n_seen=state.n_seen + part.n_rows,
            moments=moments,
            basis=basis,
            metric=metric,
        )

    def _outgrown(self, basis, moments, csr):
        """Whether a column began to vary, or left its centre far behind."""
        old, new = self.frame(basis, csr), self.frame(moments, csr)
        began = (old.scale == 0) & (new.scale > 0)
        drift = np.abs(new.centre - old.centre) * old.scale[:-1]
        return began.any() or (drift > DRIFT).any()

    def _draw(self, sample, point, m, state):
        """State with some of the kept rows, and what the others leave behind."""
        rows = state.kept
        before = sample.by_class(rows, point)
        residual = sample.objective.residual  # at the point, of all kept rows
        frame = self.frame(state.moments, isinstance(rows.matrix, tuple))
        weight = sample.objective.weight
        norms = (rows.norms(frame.centre, frame.scale[:-1] ** 2) + 1) * weight
        floor = _core.dot(weight, residual) / _core.total(weight)
        key = key_of(state.seed, state.n_draws)
        places, back = draw(residual, norms, max(floor, LEAST_FLOOR), m, key)
        kept = rows.take(places, rows.weight[places] * back)
        past = state.past
        if sample.both:
            after = sample.by_class(kept, point)
            weights = point * sample.frame.scale
            for part, ((f, g), (f1, g1)) in enumerate(zip(before, after, strict=True)):
                past = past.lost(part, f - f1, g - g1, weights, sample.frame.centre)
        return replace(state, kept=kept, past=past, n_draws=state.n_draws + 1)


class Sample:
    """The objective of the kept rows and the past, and one search for its minimum."""

    def __init__(self, solver, state):
        kept, totals = state.kept, state.totals
        factor = solver.class_factor / solver.class_factor.max()
        total = factor[0] * totals[0] + factor[1] * totals[1]
        self.alpha, self.tol = solver.alpha, max(solver.tol or 0.0, _psgd.SMALLEST)
        self.frame = solver.frame(state.basis, isinstance(kept.matrix, tuple))
        rows = kept
        if factor[0] != 1 or factor[1] != 1:
            each = np.where(kept.target == 1, factor[1], factor[0])
            rows = Rows(kept.matrix, kept.target, kept.weight * each)
        self.objective = Objective(rows, self.frame, total)
        self.past = PastTerms(state.past, self.frame, factor, total)
        self.both = totals.all()
        half = total / state.n_seen / 2  # a row, added to either class
        self.zero = np.zeros(kept.n_columns + 1)
        if solver.fit_intercept:
            ones, zeros = factor[1] * totals[1] + half, factor[0] * totals[0] + half
            self.zero[-1] = log(ones) - log(zeros)
        self.wide = wide(kept)
        self.tol *= WIDE_TOL if self.wide else TOL
        self.metric, self.path = None, Path()
        if self.wide:
            self.metric = Diagonal(self.frame.mean)
        elif state.metric is not None:
            self.metric = Newton(state.metric)
        self.residual, self.metric_at = None, self  # the metric's residual: another's
        self.value, self.gap, self.n_read = inf, nan, 0

    def cached(self):
        return self.metric.factored if isinstance(self.metric, Newton) else None

    def read(self, point):
        value, gradient, squares = self.objective.read(point, self.wide)
        past, slope = self.past.read(point)
        self.n_read += self.objective.rows.n_rows
        if self.wide:
            squares = np.maximum(squares + self.past.diagonal(), 1e-300)
        return value + past, gradient + slope, squares

    def by_class(self, rows, point):
        """Sums of the losses and of their gradient in each class."""
        sums = []
        for target in (0, 1):
            places = np.flatnonzero(rows.target == target)
            if len(places) == 0:
                sums.append((0.0, np.zeros(len(point))))
                continue
            part = Rows(rows.matrix, rows.target, rows.weight, places)
            sums.append(Objective(part, self.frame, 1.0).sums(point)[:2])
            self.n_read += len(places)
        return sums

    def minimise(self, weights):
        """The best point found from given weights."""
        if not self.both:
            self.value = self.read(self.zero)[0]
            return self.zero
        path, point, looked = self.path, self.frame.enter(weights), False
        for _ in range(MOST_READINGS):
            value, gradient, squares = self.read(point)
            if self._rose(value) and not looked:
                looked, point = True, self.zero
                value, gradient, squares = self.read(point)
            if not self._rose(value):
                if self._accept(point, value, gradient, squares):
                    break
            elif not self._retreat():
                break
            point = path.proposal()
        self.value, self.gap = path.value, path.decrement
        self.objective.residual = self.residual
        return self.zero if path.point is None else path.point

    def _rose(self, value):
        return not np.isfinite(value) or self.path.rose(value)

    def _accept(self, point, value, gradient, squares):
        """Go on from a point; whether that is the minimum."""
        path, self.residual = self.path, self.objective.residual.copy()
        if self.wide:
            self.metric.squares = squares
        elif self.metric is None and not self._renew():
            path.point, path.value = point, value
            return True
        last, goal = path.decrement, self.tol * abs(value)
        decrement = path.accept(point, value, gradient, self.metric)
        if decrement > max(goal, POOR * last) and self._renew():
            path.forget()
            path.aim(self.metric.solve(gradient))
        return path.decrement <= goal or (
            self.alpha == 0 and value < _psgd.SEPARABLE and self.residual.max() < 0.5
        )

    def _retreat(self):
        """A better or a shorter step from the best point; false if there is none."""
        path = self.path
        if path.point is None:
            return False
        if self._renew():
            path.forget()
            path.aim(self.metric.solve(path.gradient))
            return True
        return path.shorten()

    def _renew(self):
        """Make the metric that of the best point; false if it is, or is not finite."""
        if self.wide or self.metric_at is self.residual:
            return False
        self.metric_at = self.residual
        metric = self.objective.metric(self.residual, self.past.square())
        if metric is not None:
            self.metric = metric
        return metric is not None


def wide(rows):
    """Whether there are too many columns for a curvature."""
    return rows.n_columns >= NEWTON


def power_of_two(weight):
    """The least power of two above a weight, so that division by it is exact."""
    return float(2.0 ** min(frexp(min(weight, LARGEST))[1], 1023))
