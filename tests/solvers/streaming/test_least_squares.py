# SPDX-License-Identifier: BSD-3-Clause
"""Chunks of rows with squared error, one by one."""

import numpy as np
import pytest
from _quadratic import csr
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._losses import SQUARED
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers.preconditioned._solver import Preconditioned
from skpulsar._solvers.streaming._least_squares import (
    LARGEST,
    LeastSquaresState,
    LeastSquaresStream,
)

ALPHA = 0.01


def made(n=400, d=5, n_targets=None, seed=0):
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, d)) + random.standard_normal(d)
    y = X @ random.standard_normal((d, n_targets or 1)) + random.standard_normal((n, 1))
    return X, np.ascontiguousarray(y.T) if n_targets else y[:, 0]


def stream(weight_before=0.0, mean_weight=1.0, fit_intercept=True):
    return LeastSquaresStream(
        SQUARED, Penalty(ALPHA), 1e-9, fit_intercept, mean_weight, weight_before
    )


def run(chunks, sparse=(), n_targets=1, state=None):
    """The weights and the last state and epoch after all chunks."""
    solver, d = stream(), chunks[0][0].shape[1]
    weights, state = np.zeros((n_targets, d + 1)), state or SolverState(seed=0)
    for k, (X, y) in enumerate(chunks):
        rows = Rows(csr(X) if k in sparse else X, y)
        weights, state, epoch = solver.step(rows, weights, solver.init(rows, state))
    return weights, state, epoch


def expected(X, y):
    """Ridge's normal equations."""
    A = np.column_stack([X, np.ones(len(X))])
    penalty = ALPHA * np.diag([*np.ones(X.shape[1]), 0])
    return np.linalg.solve(A.T @ A / len(X) + penalty, A.T @ np.transpose(y) / len(X)).T


@pytest.mark.parametrize("n_targets", [None, 3])
@pytest.mark.parametrize("sparse", [(), (0, 1, 2, 3), (1, 3), (0, 2)])
def test_chunks_in_any_form_end_at_the_minimum_over_all(sparse, n_targets):
    X, y = made(n_targets=n_targets)
    chunks = [(X[k : k + 100], y[..., k : k + 100]) for k in range(0, 400, 100)]
    chunks = [(X, np.ascontiguousarray(y)) for X, y in chunks]
    weights, state, epoch = run(chunks, sparse, n_targets or 1)
    assert_allclose(weights, np.atleast_2d(expected(X, y)), rtol=1e-9)
    assert (state.n_epochs, state.n_rows, state.weight) == (4, 400, 400)
    assert epoch.objective_gap <= 1e-13 * epoch.loss
    assert state.stop_reason == "tol"


def test_rows_one_by_one():
    X, y = made(40)
    weights, *_ = run([(X[[k]], y[[k]]) for k in range(40)])
    assert_allclose(weights[0], expected(X, y), rtol=1e-9)


def test_a_chunk_far_away():
    """The first has a mean that is next to nothing in the deviations of all."""
    X, y = made()
    X[200:] += 1e5
    weights, *_ = run([(X[:200], y[:200]), (X[200:], y[200:])])
    centred = X - X.mean(axis=0)
    assert_allclose(weights[0, :-1], expected(centred, y)[:-1], rtol=1e-4)


@pytest.mark.parametrize("n_targets", [None, 2])
def test_what_a_fit_left_stands_for_its_rows(n_targets):
    X, y = made(n_targets=n_targets)
    rows = Rows(X[:300], np.ascontiguousarray(y[..., :300]))
    fit = Preconditioned(SQUARED, Penalty(ALPHA), None, True)
    weights, state = np.zeros((n_targets or 1, 6)), SolverState(seed=0)
    state = fit.init(rows, state)
    while state.stop_reason is None:
        weights, state, _ = fit.step(rows, weights, state)
    state = state.without_workspace()
    rest = Rows(X[300:], np.ascontiguousarray(y[..., 300:]))
    solver = stream(weight_before=300.0)
    state = solver.init(rest, state)
    assert isinstance(state, LeastSquaresState)
    weights, *_ = solver.step(rest, weights, state)
    assert_allclose(weights, np.atleast_2d(expected(X, y)), rtol=1e-5)


def test_weights_too_large_to_be_added_stay_finite():
    X, y = made()
    solver = stream(mean_weight=1e308, weight_before=1e308)
    rows = Rows(X, y)
    state = solver.init(rows, SolverState(seed=0))
    weights, state, _ = solver.step(rows, np.zeros((1, 6)), state)
    assert state.weight == LARGEST
    assert_allclose(weights[0], expected(X, y), rtol=1e-9)


def test_a_state_of_its_own_goes_on_as_it_is():
    state = LeastSquaresState(seed=0)
    assert stream().init(None, state) is state


def test_the_same_chunk_again_changes_no_weights():
    chunk = made()
    once, twice = (run([chunk] * times)[0] for times in (1, 2))
    assert_allclose(once, twice, rtol=1e-12)
    assert_array_equal(run([chunk])[0], once)
