# SPDX-License-Identifier: BSD-3-Clause
"""Minibatch SGD: small shuffled minibatches with momentum or Adam's rule."""

from dataclasses import dataclass, replace
from time import perf_counter
from typing import ClassVar

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._batches import Batches
from skpulsar._problem._column_scale import column_scale
from skpulsar._problem._logits import move_intercept
from skpulsar._problem._losses import Logistic, centred
from skpulsar._problem._moments import Moments
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers.stepping._optimizers import Optimizer
from skpulsar._solvers.stepping._stepping import Stepping
from skpulsar._training._history import Epoch

CALL = 5e6  # A kernel call, which Ctrl-C waits for, takes about this many ns.


@dataclass(frozen=True)
class MinibatchState(SolverState):
    """The state that one epoch passes to the next, as plain numbers and arrays.

    `moments` are those of all rows seen. `centre`, `scale` (the intercept's is last)
    and `rate` follow from them, from the largest expected `smoothness` and from the
    largest `unit` of the logits seen. `m` and `v` are the optimizer's moments of the
    gradient, by output, `powers` the powers of Adam's betas, and `rule` is that of the
    steps so far. `iterate` are the weights that steps start from, and `n_averaged` is
    the number of weights in the average.
    """

    rate_share: float = 1.0
    moments: Moments | None = None
    smoothness: float = 0.0
    unit: float = 0.0
    centre: np.ndarray | None = None
    scale: np.ndarray | None = None
    rate: float | None = None
    m: np.ndarray | None = None
    v: np.ndarray | None = None
    powers: np.ndarray | None = None
    iterate: np.ndarray | None = None
    n_averaged: np.ndarray | None = None
    rule: str | None = None

    def without_steps(self):
        """The state with its counters, and without what depends on past steps."""
        steps = ("m", "v", "powers", "iterate", "n_averaged")
        return replace(self, **dict.fromkeys(steps))


@dataclass(frozen=True)
class Minibatch(Stepping):
    """Minibatch SGD with an optimizer.

    Every step uses the gradient of the batch's mean loss plus the penalty, in columns
    that are centred and multiplied by a scale. For ``learning_rate_init="auto"``

    - the centre is the mean of the column, and the scale is one over ``sqrt(variance +
      penalty / c)``, where c is the largest curvature of the loss (1/4 for the
      logistic loss). Raw columns of any size then have a curvature of at most c each,
      including their penalty;
    - the rate of SGD is ``(1 - momentum) / L``, where L is the expected smoothness of a
      batch of b out of n rows (Gower et al., "SGD: General Analysis and Improved
      Rates", ICML 2019). It is ``n (b - 1) / (b (n - 1))`` times the mean plus ``(n -
      b) / (b (n - 1))`` times the maximum of ``c |a|^2`` over the rows a, plus c for
      the penalty. If classes are sampled, the mean is taken over the visits of an
      epoch, and n is infinite, as if rows were drawn with replacement: batches of fixed
      shares vary no more than that. A stream of chunks keeps the largest L seen;
      otherwise a row's step would depend on the chunk in which it arrives;
    - the rate of Adam is 0.01, in units of the targets' deviation if these are any
      numbers, and so is its epsilon.

    A rate that is a number is used with centre 0 and scale 1, which is the textbook's
    step. Centre and scale only change the coordinates, not the minimum.
    """

    finds_not_finite: ClassVar[bool] = False
    draws_classes: ClassVar[bool] = True  # Every minibatch has the target proportion.
    weighs_classes: ClassVar[bool] = False

    loss: Logistic
    penalty: Penalty
    batches: Batches
    rate: float | str
    schedule: str
    power_t: float
    optimizer: Optimizer
    average: int
    fit_intercept: bool
    tol: float | None
    n_iter_no_change: int

    @property
    def compares_with_start(self):
        """Whether the rate is automatic: a given rate may end where it leads, but for
        squared error, which has no bound there."""
        return self.rate == "auto" or self.loss.quadratic

    def init(self, rows, state):
        """The state with the moments of these rows and the scale and rate they give."""
        n_columns = rows.n_columns
        state = self.begun(MinibatchState, state)
        if self.rate != "auto":
            centre, scale = np.zeros(n_columns), np.ones(n_columns + 1)
            scale[:-1] = np.where(self.penalty.barred, 0, 1)
            return replace(state, centre=centre, scale=scale, rate=self.rate)
        moments = rows.moments()
        if state.moments is not None:
            moments = state.moments.merge(moments)
        # Without an intercept nothing compensates for a centre.
        centre = moments.mean if self.fit_intercept else np.zeros(n_columns)
        added = self.penalty.curvature() / self.loss.max_curvature
        scale = np.ones(n_columns + 1)
        scale[:-1] = column_scale(
            moments, self.penalty, centre, self.fit_intercept, added
        )
        state = replace(state, moments=moments, centre=centre, scale=scale)
        smoothness, optimizer = state.smoothness, self.optimizer
        if optimizer.needs_smoothness:
            smoothness = max(smoothness, self._expected_smoothness(rows, state))
        unit = max(state.unit, self.loss.unit(rows))
        rate = optimizer.auto_rate(smoothness, unit)
        return replace(state, smoothness=smoothness, unit=unit, rate=rate)

    def _expected_smoothness(self, rows, state):
        mean, largest = rows.smoothness(state.centre, state.scale[:-1])
        n = sum(rows.order.counts(0))
        b = min(self.batches.size, n)
        if rows.order.frequency is None:
            single = (n - b) / (b * (n - 1)) if n > 1 else 0.0
        else:  # Even a full batch differs from the next.
            single = 1 / b
        smoothness = (1 - single) * mean + single * largest + (self.penalty.alpha > 0)
        return smoothness * self.loss.max_curvature

    def step(self, rows, weights, state):
        """One epoch: new weights, new state, and a record of it."""
        began = perf_counter()
        if state.n_updates == 0 and self.fit_intercept and not weights.any():
            weights = weights.copy()
            weights[:, -1] = self.loss.start(rows)
        params, loss = self._params(weights, state), 0.0
        iterate, m, v, powers, average, n_averaged, _ = params
        dataset = rows.in_any_order(state.centre, self.fit_intercept, self.loss)
        curvature = np.append(self.penalty.curvature(np.ones(rows.n_columns)), 0.0)
        coordinates = state.scale, curvature, None
        optimizer = self.optimizer.packed(state.unit if self.rate == "auto" else 1.0)
        n_updates, n_rows = state.n_updates, state.n_rows
        visits = rows.order.counts(state.n_epochs)
        for places, bounds in self.batches.chunks(
            rows.order, state.seed, state.n_epochs, self._rows_at_once(rows)
        ):
            rate = state.rate * state.rate_share
            rates = self.rates(rate, n_updates, len(bounds) - 1)
            done, part = dataset.minibatches(
                coordinates, optimizer, params, rows.order_of(places), bounds,
                rates, self._average_from(n_rows + bounds[1:]),
            )  # fmt: skip
            loss += part
            n_updates += done
            n_rows += len(places)
            if done < len(rates) or not np.isfinite(part):
                self._diverged(rows, state, n_updates)
        iterate = reported = self._uncentred(iterate, state)
        if n_averaged[0]:
            reported = self._uncentred(average, state)
        penalty = self.penalty.of(iterate)
        loss = loss / sum(visits) + penalty
        if not (np.isfinite(reported).all() and np.isfinite(loss)):
            self._diverged(rows, state, n_updates - 1)
        state = state.after_epoch(
            n_updates - state.n_updates,
            sum(visits),
            visits,
            m=m,
            v=v,
            powers=powers,
            iterate=iterate,
            n_averaged=n_averaged,
            rule=self.optimizer.rule,
        )
        seconds = perf_counter() - began
        epoch = Epoch(loss, penalty, float(rates[-1]), sum(visits), seconds)
        return reported, state, epoch

    def _params(self, weights, state):
        """The arrays that steps change: weights, m, v, powers, the average, the number
        of weights in it, and the sums of an open batch. Intercepts are those of centred
        columns."""
        if state.m is None:
            iterate, m, v = weights, np.zeros_like(weights), np.zeros_like(weights)
            powers, n_averaged = np.ones(2), np.zeros(1)
        else:
            m, v, powers, n_averaged = (
                array.copy()
                for array in (state.m, state.v, state.powers, state.n_averaged)
            )
            averaged = self.average and n_averaged[0] > 0
            iterate = state.iterate if averaged else weights
        if not self.fit_intercept:
            m[:, -1] = 0  # An earlier fit may have had an intercept.
        average = move_intercept(self._allowed(weights), state.centre)
        if iterate is weights:
            iterate = average.copy()
        else:
            iterate = move_intercept(self._allowed(iterate), state.centre)
        sums = _core.padded(np.empty((len(weights), 0)), len(state.centre))
        return iterate, m, v, powers, average, n_averaged, sums

    def _uncentred(self, weights, state):
        """Weights of raw columns; those of coupled classes sum to 0, which a rule that
        takes its own step for every weight does not keep."""
        weights = move_intercept(weights, -state.centre)
        return centred(weights) if self.loss.coupled else weights

    def _allowed(self, weights):
        """The weights, with 0 for those that must be 0."""
        allowed = weights.copy()
        if not self.fit_intercept:
            allowed[:, -1] = 0
        allowed[:, :-1] = np.where(self.penalty.barred, 0, allowed[:, :-1])
        return allowed

    def _average_from(self, ends):
        """The first batch whose step is averaged; batches end at `ends`."""
        return np.searchsorted(ends, self.average) if self.average else len(ends)

    def _rows_at_once(self, rows):
        row = 50 + rows.entries_per_row + 4 * rows.n_columns / self.batches.size
        return max(1, int(CALL / row))

    def _diverged(self, rows, state, n_updates):
        column, value = rows.largest()
        where = (
            f"Training overflowed in epoch {state.n_epochs + 1}, minibatch "
            f"{n_updates - state.n_updates + 1}: "
        )
        if self.rate == "auto":
            raise ValueError(
                f"{where}column {column} of X is too large, it holds {value:.3g}. "
                "Divide it by its size, for instance with a MaxAbsScaler."
            )
        raise ValueError(
            f"{where}learning_rate_init={self.rate} is too large for column {column} "
            f"of X, which holds {value:.3g}. Lower it, scale X, or use 'auto'."
        )
