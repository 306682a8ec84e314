# SPDX-License-Identifier: BSD-3-Clause
"""The training loop, around a solver whose losses are given beforehand."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from skpulsar._training._history import Epoch
from skpulsar._training._loop import LEAST_RATE, RATE_CUT, epochs

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

    def init(self, rows, state):
        assert rows is ROWS
        return replace(state, met=state.met + 1)

    def step(self, rows, weights, state):
        assert rows is ROWS and state.met == 1
        loss = self.losses[min(state.n_epochs, len(self.losses) - 1)]
        if isinstance(loss, type):
            raise loss
        epoch = Epoch(loss, state.rate_share, 10, 0.0)
        return weights + 1, replace(state, n_epochs=state.n_epochs + 1), epoch


def run(losses, **options):
    options = {
        "max_iter": 50,
        "tol": 1e-4,
        "n_iter_no_change": 2,
        "adaptive": False,
    } | options
    return epochs(Scripted(losses), ROWS, np.zeros((1, 3)), State(), **options)


def test_epochs_follow_one_another():
    steps = list(run((1.0, 0.5, 0.25, 0.125), max_iter=4))
    assert [step.epoch.loss for step in steps] == [1, 0.5, 0.25, 0.125]
    assert [step.weights[0, 0] for step in steps] == [1, 2, 3, 4]
    assert [step.state.n_epochs for step in steps] == [1, 2, 3, 4]
    assert not any(step.converged for step in steps)


@pytest.mark.parametrize("tol, n_epochs", [(1e-4, 4), (None, 50)])
def test_training_ends_where_the_objective_is_flat(tol, n_epochs):
    steps = list(run((1.0, 0.5), tol=tol))
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


def test_adaptive_cuts_the_rate_at_every_plateau():
    steps = list(run((1.0, 0.5), adaptive=True))
    shares = [step.epoch.learning_rate for step in steps]
    assert shares[:6] == pytest.approx([1] * 4 + [1 / RATE_CUT] * 2)
    assert all(b in (a, a / RATE_CUT) for a, b in pairwise(shares))
    assert shares[-1] >= LEAST_RATE > steps[-1].state.rate_share
    assert [step.converged for step in steps] == [False] * (len(steps) - 1) + [True]
    cuts = 9  # 5 ** -9 is the first power below 1e-6
    assert len(steps) == 2 + 2 * cuts


def test_adaptive_goes_on_where_the_objective_falls_again():
    losses = (1.0, 1.0, 1.0, 0.5, 0.25, 0.2, 0.1)
    steps = list(run(losses, adaptive=True, max_iter=7))
    shares = [step.epoch.learning_rate for step in steps]
    assert shares == pytest.approx([1] * 3 + [1 / RATE_CUT] * 4)
    assert not steps[-1].converged


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_exceptions_pass_through_and_end_training(error):
    steps, done = run((1.0, 0.5, error)), []
    with pytest.raises(error):
        for step in steps:
            done.append(step)
    assert [step.state.n_epochs for step in done] == [1, 2]
    with pytest.raises(StopIteration):
        next(steps)
