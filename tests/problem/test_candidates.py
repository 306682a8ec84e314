# SPDX-License-Identifier: BSD-3-Clause
"""Candidates of a draw are found without knowing what is drawn in the end."""

import pickle
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpulsar._problem._candidates import Candidates
from skpulsar._problem._importance_sampling import draw
from skpulsar._problem._memory import Rows

CHUNK = 8192


def candidates(residual, norms, m, key, size, parts=1):
    """Candidates of all rows, found in so many parts."""
    n, found = len(norms), []
    empty = Candidates(n, None, None, m, key, size)
    bounds = np.linspace(0, -(-n // CHUNK), parts + 1).astype(int) * CHUNK
    for first, last in pairwise(bounds):
        found.append(empty.empty())
        for start in range(first, min(last, n), CHUNK):
            rows = slice(start, min(start + CHUNK, n))
            x = np.arange(start, rows.stop, dtype=float)
            chunk = Rows(x[:, np.newaxis], x % 2)
            found[-1].add(chunk, start, residual[rows], norms[rows])
    return empty.joined(found)


def made(seed, n, tail):
    rng = np.random.default_rng(seed)
    norms = rng.exponential(size=n) if tail == "light" else rng.pareto(0.5, n)
    norms[rng.random(n) < 0.1] = 0
    return rng.random(n), norms


@given(
    st.integers(0, 99), st.sampled_from([900, 20_000, 70_000]), st.integers(1, 3),
    st.sampled_from(["light", "heavy"]), st.floats(1 + 1e-9, 1.2),
)  # fmt: skip
def test_what_is_selected_is_what_draw_selects(seed, n, parts, tail, above):
    residual, norms = made(seed, n, tail)
    m, key, floor = 0.3 * min(n, 5000), 11 * seed, residual.mean()
    found = candidates(residual, norms, m, key, above * floor, parts)
    found = pickle.loads(pickle.dumps(found))
    size = found.select()
    expected = draw(residual, norms, found.floor_found, m, key)
    assert size is not None
    for each, other in zip(size, expected, strict=True):
        np.testing.assert_array_equal(each, other)
    places, where = expected[0], found.where(expected[0])
    np.testing.assert_array_equal(found.residual[where], residual[places])
    entries = found.rows.entries(where)
    np.testing.assert_array_equal(entries[:, 0], places)
    assert len(found.places) <= min(n, parts * 2 * found.room)


@pytest.mark.parametrize("above", [0.5, 1.0])
def test_nothing_is_selected_that_may_be_wrong(above):
    """Where the mean was not known, or too few rows were kept."""
    residual, norms = made(0, 50_000, "light")
    found = candidates(residual, norms, 4000, 5, above * residual.mean())
    if above == 1:
        found.limit /= 100
    assert found.select() is None
    again = found.of_more_rows()
    assert again.room == 2 * found.room
    assert again.floor == pytest.approx(residual.mean())


def test_places_that_are_not_there():
    residual, norms = made(0, 20_000, "light")
    found = candidates(residual, norms, 1000, 5, 1.0)
    assert found.where(np.array([1])) is None  # before rows are selected
    found.select()
    missing = np.setdiff1d(np.arange(20_000), found.places)
    assert found.where(missing[:1]) is None


def test_nothing_as_long_as_the_rows_is_kept():
    n = 100 * CHUNK
    residual, norms = np.ones(n), np.ones(n)
    tracemalloc.start()
    try:
        found = candidates(residual, norms, 100.0, 7, 1.0)
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert found.select() is not None
    assert kept < n  # a byte a row
