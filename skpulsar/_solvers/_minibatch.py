# SPDX-License-Identifier: BSD-3-Clause
"""Small shuffled minibatches with momentum or Adam's rule."""

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from skpulsar._batches import Batches
from skpulsar._history import Epoch
from skpulsar._kernels import _core
from skpulsar._moments import Moments
from skpulsar._rows import penalty
from skpulsar._schedules import SCHEDULES

ADAM_RATE = 0.01  # of learning_rate_init="auto", in root mean squares of a column
CALL = 5e6  # nanoseconds of a kernel call, roughly: what Ctrl-C may have to wait for


@dataclass(frozen=True)
class State:
    """All that one epoch hands to the next; plain numbers and arrays.

    `first` and `second` are the rule's moments of the gradient, `powers` the powers of
    Adam's betas, `iterate` the weights that `average` is the mean of.
    """

    seed: int
    n_epochs: int = 0
    n_updates: int = 0
    n_rows: int = 0
    rate_share: float = 1.0
    moments: Moments | None = None
    first: np.ndarray | None = None
    second: np.ndarray | None = None
    powers: np.ndarray | None = None
    iterate: np.ndarray | None = None
    n_averaged: np.ndarray | None = None


@dataclass(frozen=True)
class Minibatch:
    """Minibatch SGD; ``adam=True`` for Adam, and RMSprop where ``beta_1=0``.

    Every step goes against the gradient of the batch's mean loss plus the penalty, in
    columns that are centred and divided by a scale. For ``learning_rate_init="auto"``

    - centre is the mean of the column, scale ``sqrt(variance + 4 alpha)``: raw columns
      of any size then have a curvature of at most 1/4 each, their penalty included;
    - the rate of SGD is ``(1 - momentum) / L``, with L the expected smoothness of a
      batch of b out of n rows (Gower et al., "SGD: General Analysis and Improved Rates",
      ICML 2019): ``n (b - 1) / (b (n - 1))`` times the mean and ``(n - b) / (b (n - 1))``
      times the largest of ``|a|^2 / 4`` over the rows a, and 1/4 for the penalty;
    - the rate of Adam is 0.01.

    A number is taken as it is: centre 0, scale 1, the textbook's step. Centre and scale
    are a change of coordinates: the minimum stays where it is.
    """

    alpha: float
    batches: Batches
    rate: float | str
    schedule: str
    power_t: float
    adam: bool
    nesterov: bool
    beta_1: float
    beta_2: float
    epsilon: float
    average: int
    fit_intercept: bool

    def advance(self, rows, weights, state):
        """One epoch: new weights, new state, and a record of it."""
        began = perf_counter()
        state = self._prepared(rows, weights, state)
        centre, scale, rate = self._frame(rows, state.moments)
        rate = rate * state.rate_share
        about = np.array([move_intercept(w, centre) for w in (state.iterate, weights[0])])
        sums, loss = _core.padded((), rows.n_columns), 0.0
        n_updates, n_rows = state.n_updates, state.n_rows
        for places, bounds in self.batches.pieces(
            rows.n_rows, state.seed, state.n_epochs, self._rows_at_once(rows)
        ):
            steps = n_updates + np.arange(1, len(bounds))
            rates = rate * SCHEDULES[self.schedule](steps, self.power_t)
            ends = n_rows + bounds[1:]
            start_average = np.searchsorted(ends, max(self.average, 1))
            done, part = rows.minibatches(
                places, bounds, rates, centre, scale, about[0], state.first,
                state.second, state.powers, about[1], state.n_averaged, sums,
                alpha=self.alpha, adam=self.adam, nesterov=self.nesterov,
                beta_1=self.beta_1, beta_2=self.beta_2, epsilon=self.epsilon,
                fit_intercept=self.fit_intercept,
                average_from=start_average if self.average else len(rates),
            )  # fmt: skip
            if done < len(rates):
                self._diverged(rows, state.n_epochs, n_updates + done - state.n_updates)
            loss += part
            n_updates += len(rates)
            n_rows += len(places)
        iterate, average = (move_intercept(w, -centre) for w in about)
        reported = average if state.n_averaged[0] else iterate
        state = replace(
            state,
            n_epochs=state.n_epochs + 1,
            n_updates=n_updates,
            n_rows=n_rows,
            iterate=iterate,
        )
        loss = loss / rows.n_rows + penalty(iterate, self.alpha)
        if not (np.isfinite(reported).all() and np.isfinite(loss)):
            self._diverged(rows, state.n_epochs - 1, n_updates - 1)
        epoch = Epoch(
            loss=loss,
            learning_rate=float(rates[-1]),
            n_rows=rows.n_rows,
            seconds=perf_counter() - began,
        )
        return reported[np.newaxis], state, epoch

    def _prepared(self, rows, weights, state):
        """State with arrays of its own, and with the moments of these rows."""
        zeros = np.zeros(rows.n_columns + 1)
        averaging = self.average and state.iterate is not None
        moments = state.moments
        if self.rate == "auto":
            seen = rows.moments()
            moments = seen if moments is None else moments.merge(seen)
        if state.first is None:
            arrays = [zeros, zeros.copy(), np.ones(2), np.zeros(1)]
        else:
            arrays = [state.first, state.second, state.powers, state.n_averaged]
        first, second, powers, n_averaged = (a.copy() for a in arrays)
        return replace(
            state,
            moments=moments,
            first=first,
            second=second,
            powers=powers,
            n_averaged=n_averaged,
            iterate=state.iterate if averaging else weights[0],
        )

    def _frame(self, rows, moments):
        """Centre of the columns, scale of the columns and the intercept, rate."""
        scale = np.ones(rows.n_columns + 1)
        if self.rate != "auto":
            return np.zeros(rows.n_columns), scale, self.rate
        if self.fit_intercept:
            centre, square, flat = moments.mean, moments.variance, moments.constant()
        else:  # nothing would take up the centre
            centre, square = np.zeros(rows.n_columns), moments.square()
            flat = square == 0
        varies = ~flat
        scale[:-1][flat] = 0
        scale[:-1][varies] = 1 / np.sqrt(square[varies] + 4 * self.alpha)
        if self.adam:
            return centre, scale, ADAM_RATE
        mean, largest = rows.smoothness(centre, scale[:-1])
        n, b = rows.n_rows, min(self.batches.size, rows.n_rows)
        single = (n - b) / (b * (n - 1)) if n > 1 else 0.0
        smoothness = ((1 - single) * mean + single * largest + (self.alpha > 0)) / 4
        return centre, scale, (1 - self.beta_1) / smoothness

    def _rows_at_once(self, rows):
        row = 50 + rows.entries_per_row + 4 * rows.n_columns / self.batches.size
        return max(1, int(CALL / row))

    def _diverged(self, rows, epoch, batch):
        column, value = rows.largest()
        where = f"Training overflowed in epoch {epoch + 1}, minibatch {batch + 1}: "
        if self.rate == "auto":
            raise ValueError(
                f"{where}column {column} of X is too large, it holds {value:.3g}. Divide "
                "it by its size, for instance with a MaxAbsScaler."
            )
        raise ValueError(
            f"{where}learning_rate_init={self.rate} is too large for column {column} of "
            f"X, which holds {value:.3g}. Lower it, scale X, or use 'auto'."
        )


def move_intercept(weights, by):
    """The same weights for columns less `by`: the intercept takes up ``w . by``."""
    moved = weights.copy()
    moved[-1] = _core.logits(by[np.newaxis], 0, 1, weights)[0]
    return moved
