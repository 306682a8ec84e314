# SPDX-License-Identifier: BSD-3-Clause
"""psgd as the loop sees it."""

import numpy as np
import pytest
from _minimum import minimum
from numpy.testing import assert_allclose

from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers.preconditioned._solver import Preconditioned

N, D, ALPHA = 30_000, 5, 1e-3


def data(n=N, seed=0):
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, D))
    return X, (X[:, 0] + random.logistic(size=n) > 1).astype(float)


def trained(X, y, tol=1e-8, n_epochs=None):
    """The weights, state and epoch of every step, until it ends."""
    rows, solver = Rows(X, y), Preconditioned(LOGISTIC, Penalty(ALPHA), tol, True)
    state, weights = solver.init(rows, SolverState(seed=0)), np.zeros((1, D + 1))
    steps = []
    while state.stop_reason is None and len(steps) != n_epochs:
        weights, state, epoch = solver.step(rows, weights, state)
        steps.append((weights, state, epoch))
    return steps


def test_every_epoch_tells_the_objective_of_its_weights():
    X, y = data()
    least = minimum(X, y, ALPHA)
    steps = trained(X, y)
    for k, (weights, state, epoch) in enumerate(steps, start=1):
        logits = X @ weights[0, :-1] + weights[0, -1]
        loss = np.mean(np.logaddexp(0, logits) - y * logits)
        loss += ALPHA * weights[0, :-1] @ weights[0, :-1] / 2
        assert weights.shape == (1, D + 1)
        assert_allclose(epoch.loss, loss, rtol=1e-10)
        assert epoch.n_rows == N and epoch.seconds > 0 and epoch.learning_rate <= 1
        assert state.n_epochs == state.n_updates == k and state.n_rows == k * N
        assert state.n_visits == (k * len(y),)
    assert state.stop_reason == "tol" and not state.made_by_penalty
    assert -1e-12 < epoch.loss - least <= 1e-8 * least
    assert 0 < epoch.objective_gap <= 1e-8 * epoch.loss


def test_rows_of_subsamples_are_counted_apart():
    X, y = data()
    steps = trained(X, y)
    n_sampled = [epoch.n_sampled for *_, epoch in steps]
    assert n_sampled[0] > 0 and sum(n_sampled[1:]) < sum(n_sampled)
    _, state, _ = steps[-1]
    assert sum(n_sampled) == state.workspace.subsampler.n_sampled


def test_what_a_call_leaves_is_small_and_holds_no_row():
    X, y = data()
    weights, state, _ = trained(X, y, n_epochs=1)[-1]
    assert state.workspace is not None and state.summary is None
    left = state.without_workspace()
    assert left.workspace is None
    assert_allclose(left.summary.weights, weights[0])
    assert left.counters() == state.counters()


@pytest.mark.parametrize("tol", [1e-3, 1e-8])
def test_training_goes_on_until_the_gap_is_small_enough(tol):
    *before, (_, _, last) = trained(*data(), tol)
    assert all(state.stop_reason is None for _, state, _ in before)
    assert all(not epoch.objective_gap <= tol * epoch.loss / 3 for *_, epoch in before)
    assert last.objective_gap <= tol * last.loss


def test_the_same_seed_gives_the_same_bits():
    first, again = trained(*data()), trained(*data())
    for (weights, *_), (others, *_) in zip(first, again, strict=True):
        assert weights.tobytes() == others.tobytes()
