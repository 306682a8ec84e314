# SPDX-License-Identifier: BSD-3-Clause
"""Minibatch steps of the weights of several layers."""

from dataclasses import dataclass, replace
from math import isfinite
from time import perf_counter
from typing import ClassVar, NamedTuple

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._batches import Batches
from skpulsar._problem._losses import Logistic, Softmax, Squared
from skpulsar._problem._target_units import TargetUnits
from skpulsar._solvers._protocol import Explanation, SolverState
from skpulsar._solvers.network._column_units import ColumnUnits
from skpulsar._solvers.network._initial_weights import initial_weights
from skpulsar._solvers.stepping._optimizers import Optimizer
from skpulsar._solvers.stepping._stepping import Stepping
from skpulsar._training._history import Epoch
from skpulsar._training._successor import successor

PLACES_AT_ONCE = 1_000_000  # An order is made in chunks of so many; the kernel watches.
ROWS_AT_ONCE = 256  # So many are asked for their outputs.
DEAD = Explanation(
    "All rows have the same output: the units of a hidden layer give all of them the "
    "same, and no step moves these units any more. Lower learning_rate_init, set "
    "standardize=True, or try another activation or random_state."
)


class Workspace(NamedTuple):
    """What all epochs of one call share: the kernel's records of weights and rows, and
    the units of columns, or None where they are as they are."""

    network: _core.Network
    dataset: _core.Dataset
    n_rows: int
    columns: ColumnUnits | None


@dataclass(frozen=True)
class NetworkState(SolverState):
    """The state that one epoch passes to the next.

    `m` and `v` are the optimizer's moments of the gradient, by layer and in the units
    of `ColumnUnits` and `TargetUnits`; `powers` are the powers of Adam's betas, and
    `rule` is that of the steps so far. `columns` are the units of the last epoch, or
    None where columns were as they are.
    """

    rate_share: float = 1.0
    m: tuple[np.ndarray, ...] | None = None
    v: tuple[np.ndarray, ...] | None = None
    powers: np.ndarray | None = None
    rule: str | None = None
    columns: ColumnUnits | None = None
    workspace: Workspace | None = None

    def without_workspace(self):
        return successor(self, {"workspace": None})

    def without_steps(self):
        """The state with its counters, and without what depends on past steps."""
        return replace(self, m=None, v=None, powers=None, columns=None)


@dataclass(frozen=True)
class NetworkSteps(Stepping):
    """Minibatch steps on the mean loss of a network plus ``alpha / 2 sum of w^2``,
    without the biases.

    Steps are taken in the given units of columns and targets, in the arithmetic of the
    rows' dtype. Weights outside are those of columns and targets as they are, in
    float64. The targets of the rows are in these units already.

    The units of columns may differ from call to call, as those of a stream do. Weights
    then keep their values in these units, like the optimizer's moments of them: where a
    deviation grows a hundredfold, the weights of raw columns would make what enters
    the hidden units a hundred times larger, which none survives.
    """

    finds_not_finite: ClassVar[bool] = False
    draws_classes: ClassVar[bool] = True
    weighs_classes: ClassVar[bool] = False
    compares_with_start: ClassVar[bool] = False

    loss: Logistic | Softmax | Squared
    alpha: float
    columns: ColumnUnits
    targets: TargetUnits | None  # None: as they are
    activation: str
    dropout: tuple[float, ...]
    batches: Batches
    rate: float
    schedule: str
    power_t: float
    optimizer: Optimizer
    tol: float | None
    n_iter_no_change: int

    def init(self, rows, state):
        """The state, with the counters alone if steps were by another rule."""
        return self.begun(NetworkState, state)

    def step(self, rows, weights, state):
        """One epoch: new weights, new state, and a record of it."""
        began = perf_counter()
        workspace = state.workspace or self._workspace(rows, weights, state)
        network, dataset, _, columns = workspace
        optimizer, loss = self.optimizer.packed(1.0), 0.0
        n_updates, n_rows = state.n_updates, state.n_rows
        visits, rate = rows.order.counts(state.n_epochs), self.rate * state.rate_share
        for places, bounds in self.batches.chunks(
            rows.order, state.seed, state.n_epochs, PLACES_AT_ONCE
        ):
            rates = self.rates(rate, n_updates, len(bounds) - 1)
            done, part = network.train(
                dataset, optimizer, rows.order_of(places), bounds, rates, n_rows
            )
            loss += part
            n_updates += done
            n_rows += len(places)
            if done < len(rates) or not isfinite(part):
                self._diverged(rows, state, n_updates)
        layers, squares, finite = network.raw(dataset)
        penalty = self.alpha / 2 * squares
        loss = loss / sum(visits) + penalty
        if not (finite and isfinite(loss)):
            self._diverged(rows, state, n_updates - 1)
        state = state.after_epoch(
            n_updates - state.n_updates,
            sum(visits),
            visits,
            m=network.layers("m"),
            v=network.layers("v"),
            powers=network.powers.copy(),
            rule=self.optimizer.rule,
            columns=columns,
            workspace=workspace,
        )
        seconds = perf_counter() - began
        epoch = Epoch(loss, penalty, float(rates[-1]), sum(visits), seconds)
        return layers, state, epoch

    def explain(self, last, max_iter):
        """And a warning where training was at rest because units have died. Scores of
        a validation set show that themselves, and may keep the weights of before."""
        explanations = super().explain(last, max_iter)
        at_rest = last.converged and self.tol is not None and not last.scores
        if at_rest and self._is_dead(last):
            explanations.append(DEAD)
        return explanations

    def _is_dead(self, last):
        """Whether all rows have the same output, though columns and targets vary."""
        network, dataset, n_rows, _ = last.state.workspace
        if not self.dropout or n_rows == 1 or not self.columns.scale.any():
            return False  # no hidden layer, or nothing to tell rows apart
        if self.targets is not None and not self.targets.deviation.any():
            return False
        first = network.logits(dataset, 0, 1)
        for start in range(0, n_rows, ROWS_AT_ONCE):
            n = min(ROWS_AT_ONCE, n_rows - start)
            if (network.logits(dataset, start, n) != first).any():
                return False
        return True

    def _workspace(self, rows, weights, state):
        """The kernel's network, with the weights in the units and the dtype of the
        rows, and its view of these."""
        columns = None if self.columns.are_raw else self.columns
        dataset = rows.in_any_order(self.columns.centre, True, self.loss)
        if state.n_updates == 0 and not any(layer.any() for layer in weights):
            network = self._network(rows, self._start(weights, state), state)
            return Workspace(network, dataset, rows.n_rows, columns)
        network = self._network(rows, weights, state)
        if columns and state.columns:
            before = rows.in_any_order(state.columns.centre, True, self.loss)
            network.take(weights, before, state.columns.scale)
        else:
            network.take(weights, dataset)
        new = self._new_columns(weights, state)
        if new.any():
            layers = network.layers("weights")
            layers[0][:-1][new] = initial_weights(weights, state.seed)[0][:-1][new]
            network = self._network(rows, layers, state)
        return Workspace(network, dataset, rows.n_rows, columns)

    def _network(self, rows, layers, state):
        """The kernel's network with layers in its units."""
        powers = (1.0, 1.0) if state.powers is None else state.powers
        outputs = {}
        if self.targets is not None:
            outputs = {"middle": self.targets.centre, "unit": self.targets.unit}
        return _core.Network(
            self._as(rows.dtype, layers),
            self._as(rows.dtype, state.m),
            self._as(rows.dtype, state.v),
            powers,
            activation=self.activation,
            scale=self.columns.scale,
            dropout=np.array(self.dropout),
            alpha=self.alpha,
            key=state.seed,
            **outputs,
        )

    def _start(self, weights, state):
        """Weights of the very first epoch, in the units of columns and targets: 0 of
        columns that do not vary, and of targets, which are met by their mean."""
        layers = initial_weights(weights, state.seed)
        layers[0][:-1][self.columns.scale == 0] = 0
        if self.targets is not None:
            layers[-1][:, self.targets.deviation == 0] = 0
        return layers

    def _new_columns(self, weights, state):
        """Which columns vary for the first time. Weights of 0 would hold all hidden
        units alike if no other column varies: theirs are drawn."""
        if state.columns is not None:
            return (state.columns.scale == 0) & (self.columns.scale > 0)
        return (self.columns.scale > 0) & (not weights[0][:-1].any())

    def _as(self, dtype, layers):
        """Arrays of this dtype, since rows of a stream may change theirs."""
        if layers is None:
            return None
        with np.errstate(over="ignore"):  # of weights that float32 cannot hold
            return [layer.astype(dtype, copy=False) for layer in layers]

    def _diverged(self, rows, state, n_updates):
        """Refuse weights that are not finite, and name what may be the cause."""
        causes, remedy = f"or alpha={self.alpha} is", "it"
        if self.columns.are_raw:
            column, value = rows.largest()
            causes, remedy = f"or column {column} of X is, which holds {value:.3g}", "X"
            if self.loss.quadratic:
                causes, remedy = f"{causes}, or y is", "X and y"
            remedy = f"the rate, scale {remedy}, or set standardize=True"
        raise ValueError(
            f"Training overflowed in epoch {state.n_epochs + 1}, minibatch "
            f"{n_updates - state.n_updates + 1}: learning_rate_init={self.rate} is too "
            f"large, {causes}. Lower {remedy}."
        )
