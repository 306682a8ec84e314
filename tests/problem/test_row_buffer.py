# SPDX-License-Identifier: BSD-3-Clause
"""Rows that are appended, in place wherever that harms nobody."""

import pickle

import numpy as np
import pytest
from _quadratic import csr
from numpy.testing import assert_array_equal

from skpulsar._problem._memory import Rows
from skpulsar._problem._row_buffer import RowBuffer

D = 3


def rows(n, seed=0, sparse=False, dtype=np.float64):
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, D)).astype(dtype)
    X[random.random((n, D)) < 0.5] = 0
    target, weight = random.integers(0, 2, n) * 1.0, random.exponential(size=n)
    return Rows(csr(X) if sparse else X, target, weight)


def entries(some):
    return some.entries(np.arange(some.n_rows))


def assert_joined(joined, *parts):
    """Targets, weights and entries, in their order."""
    for get in (entries, Rows.targets, Rows.sample_weight):
        assert_array_equal(get(joined), np.concatenate([get(part) for part in parts]))


@pytest.mark.parametrize("sparse", [False, True])
def test_rows_follow_each_other(sparse):
    parts = [rows(n, n, sparse) for n in (5, 3, 1, 40, 2)]
    kept, buffer = parts[0], RowBuffer()
    for k, part in enumerate(parts[1:], start=2):
        kept, buffer = kept.append(part, buffer)
        assert_joined(kept, *parts[:k])


def test_few_rows_are_appended_in_place():
    first, few = rows(100), rows(5, 1)
    kept, buffer = first.append(few, RowBuffer())
    again, same = kept.append(rows(5, 2), buffer)
    assert same is buffer and again._matrix.base is kept._matrix.base
    more, other = again.append(rows(1000, 3), buffer)
    assert other is not buffer and not np.shares_memory(more._matrix, again._matrix)


def test_rows_are_appended_in_place_once():
    """After an error the same rows are given again; a copy of the estimator goes on
    by itself."""
    kept, buffer = rows(100).append(rows(5, 1), RowBuffer())
    one, _ = kept.append(rows(5, 2), buffer)
    other, apart = kept.append(rows(5, 3), buffer)
    assert apart is not buffer
    assert_joined(one, kept, rows(5, 2))
    assert_joined(other, kept, rows(5, 3))


def test_a_copied_buffer_is_empty_and_serves_all_the_same():
    kept, buffer = rows(100).append(rows(5, 1), RowBuffer())
    copied_rows, copied = pickle.loads(pickle.dumps((kept, buffer)))
    assert copied.array is None and copied.n_taken == 0
    assert_joined(copied_rows.append(rows(5, 2), copied)[0], kept, rows(5, 2))


@pytest.mark.parametrize("kept", [np.float32, np.float64])
@pytest.mark.parametrize("new", [np.float32, np.float64])
def test_entries_keep_their_precision(kept, new):
    first, buffer = rows(9, 0, False, kept).append(rows(1, 1, False, kept), RowBuffer())
    joined, _ = first.append(rows(2, 2, False, new), buffer)
    assert entries(joined).dtype == np.result_type(kept, new)
    assert_joined(joined, first, rows(2, 2, False, new))
