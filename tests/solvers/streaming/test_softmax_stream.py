# SPDX-License-Identifier: BSD-3-Clause
"""A stream of chunks of several classes: what is its own, and not that of two."""

import numpy as np
import pytest
from _softmax import ALPHA, ByNumPy, made, rows_of
from numpy.testing import assert_allclose

from skpulsar._problem._losses import Softmax
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers.streaming import _softmax_stream
from skpulsar._solvers.streaming._softmax_stream import SoftmaxStream

K, D, TOL = 3, 3, 1e-6


def stream(n_classes=K, fit_intercept=True):
    ones = np.ones(n_classes)
    loss = Softmax(n_classes)
    return SoftmaxStream(loss, Penalty(ALPHA), TOL, fit_intercept, ones, 0 * ones)


def seen(chunks):
    """Weights and state after some chunks, and the last epoch."""
    weights, solver = np.zeros((K, D + 1)), stream()
    state = solver.init(None, SolverState(seed=0))
    for X, y, weight in chunks:
        weights, state, epoch = solver.step(rows_of(X, y, weight), weights, state)
    return weights, state, epoch


def parts(n_rows, size, seed=0):
    X, y, weight = made(n_rows, D, K, seed)
    X /= X.std(axis=0)
    return [
        (X[k : k + size], y[k : k + size], weight[k : k + size])
        for k in range(0, n_rows, size)
    ]


def joined(chunks):
    X, y, weight = (np.concatenate(each) for each in zip(*chunks, strict=True))
    return ByNumPy(X, y, weight)


@pytest.mark.parametrize("size", [20, 60, 240])
def test_a_stream_that_is_kept_ends_at_the_minimum_of_all(size):
    chunks = parts(240, size)
    weights, state, epoch = seen(chunks)
    F = joined(chunks)
    assert epoch.loss - F.least(weights) < TOL * epoch.loss
    assert_allclose(epoch.loss, F(weights)[0])
    assert state.kept.n_rows == 240 == state.n_seen and state.n_draws == 0
    assert sum(state.n_visits) == 240


def test_a_draw_keeps_value_and_slope_of_every_class(monkeypatch):
    monkeypatch.setattr(_softmax_stream, "MIN_KEPT", 400)
    chunks = parts(450, 300)  # the second one asks for a draw
    weights, state, _ = seen(chunks)
    assert state.n_draws == 1 and state.kept.n_rows <= 400
    value, slope = state.discarded.read(weights, np.zeros(D))
    F = joined(chunks)
    kept = state.kept.entries(np.arange(state.kept.n_rows))
    for k in range(K):
        own, own_kept = F.y == k, state.kept.targets() == k
        sums = []
        for X, weight in (
            (F.A[own, :-1], F.weight[own]),
            (kept[own_kept], state.kept.sample_weight()[own_kept] * state.unit),
        ):
            of_class = ByNumPy(X, np.full(len(X), k), weight, alpha=0.0)
            of_class.loss, of_class.shape = F.loss, F.shape
            sums.append([weight.sum() * each for each in of_class(weights)])
        (expected, gradient), (found, found_slope) = sums
        assert_allclose(found + state.unit * value[k], expected, rtol=1e-9)
        found_slope += state.unit * slope[k]
        assert_allclose(found_slope, gradient, rtol=1e-6, atol=1e-8)
    assert abs(value).sum() > 0  # the draw did take something


def test_rows_that_are_not_kept_still_count(monkeypatch):
    monkeypatch.setattr(_softmax_stream, "MIN_KEPT", 400)
    chunks = parts(1800, 200)
    weights, state, _ = seen(chunks)
    F = joined(chunks)
    assert F(weights)[0] < F.least(weights) * (1 + 2e-3)
    assert state.n_draws > 0


def test_a_state_without_rows_goes_on_from_the_same_minimum():
    chunks = parts(900, 300)
    weights, state, _ = seen(chunks[:2])
    bare = state.without_rows(weights)
    assert bare.kept is None and bare.without_rows(weights) is bare
    after, _, _ = stream().step(rows_of(*chunks[2]), weights, bare)
    F = joined(chunks)
    assert F(after)[0] < F.least(after) * (1 + 2e-3)


@pytest.mark.parametrize(
    ("n_classes", "n_columns", "sparse", "most"),
    [
        (3, 10, False, 8192),
        (5, 499, False, 8 * 4 * 500),
        (10, 784, False, 32_768),
        (3, 5000, False, 8192),
        (3, 5000, True, 32_768),
        (100, 500, False, 8192),  # factors of all classes would be too large
    ],
)
def test_how_many_rows_are_kept(n_classes, n_columns, sparse, most):
    rows = Rows(np.zeros((2, n_columns)), np.zeros(2))
    rows.sparse = sparse
    assert stream(n_classes).most_kept(rows) == most


def test_columns_far_from_0_are_not_centred_without_an_intercept():
    X, y, weight = made(300, D, K)
    moments = rows_of(X / X.std(axis=0) + 1e6, y, weight).moments()
    for fit_intercept in (True, False):
        solver = stream(fit_intercept=fit_intercept)
        scaling = solver.scaling(moments, False)
        assert scaling.tie is None
        assert scaling.centre.any() == fit_intercept
        assert solver.is_far_from_zero(moments, False) != fit_intercept


def test_linear_terms_of_all_classes_have_room():
    for n_classes in (3, 10, 100):
        most = SoftmaxStream.max_columns(Softmax(n_classes))
        room = _softmax_stream.MAX_TERMS
        assert n_classes**2 * (most + 1) <= room < n_classes**2 * (most + 2)
