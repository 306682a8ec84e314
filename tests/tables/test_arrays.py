# SPDX-License-Identifier: BSD-3-Clause
import pickle

import numpy as np
import pytest
from _tables import column, packed
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skpulsar._tables import _protocol
from skpulsar._tables._arrays import ArrayTable

properties = settings(derandomize=True, database=None, deadline=None, max_examples=50)
X = np.random.default_rng(0).normal(size=(250, 4))


@properties
@given(st.integers(0, 250), st.integers(0, 250), st.permutations(range(4)))
def test_any_rows_are_read_in_batches(start, stop, columns):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_protocol, "MOST_ROWS", 60)
        table = ArrayTable(X)
        assert table.starts == (0, 60, 120, 180, 240)
        assert_array_equal(packed(table, columns, start, stop), X[start:stop, columns])
        assert_array_equal(column(table, 2, start, stop), X[start:stop, 2])


@pytest.mark.parametrize("dtype", ["e", "f", "d", "i", "?", "b", ">f8", "g"])
def test_numbers_of_any_type_are_packed(dtype):
    array = np.asfortranarray(X > 0, dtype)
    table = ArrayTable(array)
    short = np.dtype(dtype).char in "ef"
    assert table.dtype((0,)) == (np.float32 if short else np.float64)
    assert (table.columns, table.n_rows) == ((0, 1, 2, 3), 250)
    assert_array_equal(packed(table, range(4)), array)


def test_no_rows_are_no_starts():
    table = ArrayTable(X[:0])
    assert (table.n_rows, table.starts, list(table.read((0,)))) == (0, (), [])


def test_a_pickle_of_a_map_holds_no_rows(tmp_path):
    np.save(tmp_path / "rows.npy", X)
    table = ArrayTable(np.load(tmp_path / "rows.npy", mmap_mode="r")[50:])
    stored = pickle.dumps(table)
    assert len(stored) < 700
    assert_array_equal(packed(pickle.loads(stored), range(4)), X[50:])
    assert pickle.dumps(pickle.loads(stored)) == stored
    assert_array_equal(packed(pickle.loads(pickle.dumps(ArrayTable(X))), range(4)), X)


@pytest.mark.parametrize(
    "array, error, words",
    [
        (X[0], ValueError, r"An array of shape \(4,\) is no table"),
        (X.astype(object), TypeError, "An array of dtype object holds no real numbers"),
        (X.astype(complex), TypeError, "of dtype complex128 holds no real numbers"),
        (np.ma.masked_less(X, 0), TypeError, r"array.filled\(numpy.nan\)"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(array, error, words):
    with pytest.raises(error, match=words):
        ArrayTable(array)
