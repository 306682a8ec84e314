# SPDX-License-Identifier: BSD-3-Clause
"""The training loop, around a solver whose losses are given beforehand."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from skpulsar._training._history import Epoch
from skpulsar._training._loop import epochs
from skpulsar._training._plateau import Plateau

ROWS = object()


@dataclass(frozen=True)
class State:
    n_epochs: int = 0
    rate_share: float = 1.0
    met: int = 0
    stop_reason: str | None = None


@dataclass(frozen=True)
class Scripted:
    """Its weights count the epochs; the last loss repeats for ever."""

    losses: tuple
    rule: object = None
    stops_at: int | None = None

    def init(self, rows, state):
        assert rows is ROWS
        return replace(state, met=state.met + 1)

    def stopping(self, rows, monitor):
        assert rows is ROWS
        return self.rule

    def step(self, rows, weights, state):
        assert rows is ROWS and state.met == 1
        loss = self.losses[min(state.n_epochs, len(self.losses) - 1)]
        if isinstance(loss, type):
            raise loss
        n_epochs = state.n_epochs + 1
        epoch = Epoch(loss, 0.0, state.rate_share, 10, 0.0)
        reason = "its own" if n_epochs == self.stops_at else None
        return weights + 1, replace(state, n_epochs=n_epochs, stop_reason=reason), epoch


def run(losses, rule=None, stops_at=None, max_iter=50):
    if rule is None and stops_at is None:
        rule = Plateau(1e-4, 2)
    solver = Scripted(losses, rule, stops_at)
    return epochs(solver, ROWS, np.zeros((1, 3)), State(), max_iter=max_iter)


def test_epochs_follow_one_another():
    steps = list(run((1.0, 0.5, 0.25, 0.125), max_iter=4))
    assert [step.epoch.loss for step in steps] == [1, 0.5, 0.25, 0.125]
    assert [step.weights[0, 0] for step in steps] == [1, 2, 3, 4]
    assert [step.state.n_epochs for step in steps] == [1, 2, 3, 4]
    assert not any(step.converged for step in steps)


@pytest.mark.parametrize("tol, n_epochs", [(1e-4, 4), (None, 50)])
def test_training_ends_where_the_objective_is_flat(tol, n_epochs):
    steps = list(run((1.0, 0.5), Plateau(tol, 2)))
    assert len(steps) == n_epochs
    assert [step.converged for step in steps[:-1]] == [False] * (n_epochs - 1)
    assert steps[-1].converged == (tol is not None)


def test_no_epoch_is_run_beyond_the_last():
    steps = run((1.0, 0.5, KeyboardInterrupt), max_iter=2)
    assert len(list(steps)) == 2
    assert list(run((KeyboardInterrupt,), max_iter=0)) == []


def test_an_epoch_is_run_when_it_is_asked_for():
    steps = run((1.0, 0.5, ZeroDivisionError))
    assert [next(steps).epoch.loss, next(steps).epoch.loss] == [1, 0.5]
    steps.close()


def test_a_solver_without_a_rule_ends_by_its_state():
    steps = list(run((1.0, 0.5), stops_at=3))
    assert [step.converged for step in steps] == [False, False, True]
    assert len(list(run((1.0,), stops_at=60))) == 50


def test_a_rule_may_change_the_state():
    class Rule:
        def after(self, cost, state):
            return replace(state, rate_share=state.rate_share / 2), False

    steps = list(run((1.0,), rule=Rule(), max_iter=4))
    assert [step.epoch.learning_rate for step in steps] == [1, 1 / 2, 1 / 4, 1 / 8]
    assert [step.state.rate_share for step in steps] == [1 / 2, 1 / 4, 1 / 8, 1 / 16]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_exceptions_pass_through_and_end_training(error):
    steps, done = run((1.0, 0.5, error)), []
    with pytest.raises(error):
        for step in steps:
            done.append(step)
    assert [step.state.n_epochs for step in done] == [1, 2]
    with pytest.raises(StopIteration):
        next(steps)
