# SPDX-License-Identifier: BSD-3-Clause
"""A stream of chunks: what one call hands to the next."""

from dataclasses import replace

import numpy as np
import pytest
from _minimum import minimum
from _quadratic import csr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers.streaming import _solver
from skpulsar._solvers.streaming._solver import Stream, overflowed, power_of_two

D, ALPHA, TOL = 3, 1e-3, 1e-6

deterministic = settings(derandomize=True, database=None, deadline=None)


def chunk(n, seed=0, sparse=False, scale=1.0, weighted=True):
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, D)) * scale
    y = (X[:, 0] / scale + random.standard_normal(n) > 0.5).astype(float)
    weight = random.exponential(size=n) if weighted else None
    return Rows(csr(X) if sparse else X, y, weight), X, y, weight


def stream(factor=(1.0, 1.0), count=(0.0, 0.0)):
    return Stream(
        LOGISTIC, Penalty(ALPHA), TOL, True, np.array(factor), np.array(count)
    )


def seen(chunks, factor=(1.0, 1.0)):
    """Weights and state after some chunks, and the last epoch."""
    weights, solver = np.zeros((1, D + 1)), stream(factor)
    state = solver.init(chunks[0][0], SolverState(seed=0))
    for rows, *_ in chunks:
        weights, state, epoch = solver.step(rows, weights, state)
    return weights[0], state, epoch


def value(weights, chunks, factor=(1.0, 1.0)):
    """F of all rows, and its least."""
    X, y, weight = (
        np.concatenate([part[k] for part in chunks]) for k in range(1, len(chunks[0]))
    )
    weight = weight * np.array(factor)[y.astype(int)]
    logits = X @ weights[:-1] + weights[-1]
    loss = np.average(np.logaddexp(0, logits) - y * logits, weights=weight)
    found = loss + ALPHA * weights[:-1] @ weights[:-1] / 2
    return found, minimum(X, y, ALPHA, weight)


@pytest.fixture
def few(monkeypatch):
    """As many rows as are kept at most: few enough for a draw."""
    monkeypatch.setattr(_solver, "MIN_KEPT", 400)
    return 400


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("factor", [(1.0, 1.0), (0.5, 4.0)])
def test_a_stream_that_is_kept_ends_at_the_minimum_of_all(sparse, factor):
    chunks = [chunk(60, seed, sparse) for seed in range(4)]
    weights, state, epoch = seen(chunks, factor)
    found, least = value(weights, chunks, factor)
    assert -1e-12 < found - least < TOL * found
    assert_allclose(epoch.loss, found)
    assert state.n_epochs == 4 and state.n_rows == 240 == state.n_seen
    assert state.kept.n_rows == 240 and state.n_draws == 0
    assert sum(state.n_visits) == 240


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("size", [100, 900])
def test_rows_that_are_not_kept_still_count(few, sparse, size):
    chunks = [chunk(size, seed, sparse) for seed in range(1800 // size)]
    weights, state, _ = seen(chunks)
    found, least = value(weights, chunks)
    assert -1e-12 < found - least < 1e-3 * least
    assert state.n_draws > 0 and state.kept.n_rows <= few
    of_kept_rows = seen([(state.kept,)])[0]  # without what the draws took
    assert found < value(of_kept_rows, chunks)[0]


def entries(rows):
    return rows.entries(np.arange(rows.n_rows))


def test_a_draw_keeps_value_and_slope_at_the_present_weights(few):
    chunks = [chunk(n, n) for n in (300, 150)]  # the second one asks for a draw
    weights, state, _ = seen(chunks)
    assert state.n_draws == 1

    def sums(X, z, s):
        logits = X @ weights[:-1] + weights[-1]
        p = 1 / (1 + np.exp(-logits))
        rows = np.column_stack([X, np.ones(len(X))])
        return s @ (np.logaddexp(0, logits) - z * logits), (s * (p - z)) @ rows

    kept = state.kept
    weight = kept.sample_weight() * state.unit
    value, slope = sums(entries(kept), kept.targets(), weight)
    lost, lost_slope = state.discarded.read(weights[np.newaxis], np.zeros(D))
    parts = [sums(*part[1:]) for part in chunks]
    expected = sum(part[0] for part in parts)
    assert_allclose(value + state.unit * lost.sum(), expected, rtol=1e-9)
    expected = sum(part[1] for part in parts)
    found = slope + state.unit * lost_slope.sum(axis=0)[0]
    assert_allclose(found, expected, rtol=1e-7, atol=1e-9 * kept.n_rows)
    assert abs(lost.sum()) > 1e-3 * value  # the draw did take something


@deterministic
@given(st.floats(1e-300, 1e308))
def test_units_are_powers_of_two_above_a_weight(weight):
    unit = power_of_two(weight)
    assert np.log2(unit) % 1 == 0
    assert weight < unit <= 2 * weight or unit == 2.0**1023


def test_another_unit_is_the_same_stream():
    chunks = [chunk(60, seed) for seed in range(2)]
    weights, state, _ = seen(chunks)
    larger = state.in_unit(8 * state.unit)
    assert larger.unit == 8 * state.unit and state.in_unit(state.unit / 2) is state
    for name in ("totals", "metric_total"):
        assert_array_equal(8 * getattr(larger, name), getattr(state, name))
    assert_array_equal(8 * larger.kept.sample_weight(), state.kept.sample_weight())
    rows, solver = chunk(60, 2)[0], stream()
    one, other = (solver.step(rows, weights[np.newaxis], s)[0] for s in (state, larger))
    assert_array_equal(one, other)


def test_large_weights_are_those_of_a_larger_unit():
    small = [chunk(60, seed) for seed in range(3)]
    large = [(Rows(X, y, weight * 2.0**600), X, y, weight) for _, X, y, weight in small]
    assert_array_equal(seen(small)[0], seen(large)[0])


def test_a_state_without_rows_goes_on_from_the_same_minimum():
    chunks = [chunk(300, seed) for seed in range(3)]
    weights, state, _ = seen(chunks[:2])
    bare = state.without_rows(weights[np.newaxis])
    assert bare.kept is None and bare.buffer is None
    assert bare.without_rows(weights[np.newaxis]) is bare
    solver = stream()
    after, _, _ = solver.step(chunks[2][0], weights[np.newaxis], bare)
    found, least = value(after[0], chunks)
    assert -1e-12 < found - least < 1e-3 * least


def test_rows_of_one_class_leave_no_quadratic():
    _, X, _, weight = chunk(50)
    weights, state, _ = seen([(Rows(X, np.zeros(50), weight),)])
    with pytest.raises(ValueError, match="one class"):
        state.without_rows(weights[np.newaxis])


def test_how_many_rows_are_kept():
    solver = stream()

    def kept(n_columns, sparse=False):
        rows = Rows(np.zeros((2, n_columns)), np.zeros(2))
        rows.sparse = sparse
        return solver.most_kept(rows)

    assert kept(3) == kept(1000) == _solver.MIN_KEPT
    assert kept(1500) == 8 * 1501
    assert kept(5000) == _solver.MIN_KEPT and kept(5000, True) == _solver.MAX_WIDE


def test_the_scaling_follows_columns_that_leave_it():
    """Where a column was constant, or its mean is many deviations away."""
    first = chunk(100)
    for X in (first[1] + [0, 100, 0], first[1] * 1.5):
        rows, moved = Rows(X, first[2], first[3]), (X - first[1]).max() > 50
        _, state, _ = seen([first, (rows,)])
        assert (state.basis is state.moments) == moved


def test_what_overflows_is_named():
    rows = Rows(np.array([[1.0, -3e200], [0, 2]]), np.zeros(2))
    with pytest.raises(ValueError, match=r"column 1 .* -3e"):
        overflowed(rows)


def test_a_state_is_not_changed_by_a_call():
    chunks = [chunk(60, seed) for seed in range(2)]
    weights, state, _ = seen(chunks)
    before = replace(state)
    kept = entries(state.kept), state.kept.sample_weight().copy()
    for _ in range(2):  # also of rows that share a buffer
        stream().step(chunk(60, 5)[0], weights[np.newaxis], state)
        assert all(vars(state)[name] is value for name, value in vars(before).items())
        assert_array_equal(entries(state.kept), kept[0])
        assert_array_equal(state.kept.sample_weight(), kept[1])
