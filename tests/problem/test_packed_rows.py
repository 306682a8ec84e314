# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array, csr_matrix, issparse

from skpulsar._problem._packed_rows import (
    n_bytes,
    packed_rows,
    refuse_not_finite,
    stacked,
)
from skpulsar._tables._array_batch import ArrayBatch
from skpulsar._tables._csr_batch import CsrBatch

X = np.arange(40.0).reshape(10, 4) * (np.arange(40).reshape(10, 4) % 3 > 0)
KINDS = ["array", csr_array, csr_matrix]


def batch(kind, rows=X, start=0, stop=10):
    if kind == "array":
        return ArrayBatch(rows[start:stop], "here")
    return CsrBatch(kind(rows), start, stop - start, "here")


def dense(rows):
    return rows.toarray() if issparse(rows) else rows


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("columns", [(0, 1, 2, 3), (2,), (3, 0, 1)])
@pytest.mark.parametrize("start, stop", [(0, 10), (3, 7), (4, 4)])
def test_rows_and_columns(kind, dtype, columns, start, stop):
    rows = packed_rows(batch(kind, X, start, stop), columns, dtype)
    assert rows.dtype == dtype
    assert issparse(rows) == (kind != "array")
    assert_array_equal(dense(rows), X[start:stop, list(columns)])


def test_malformed_rows_are_refused_before_they_are_read():
    broken = csr_array(X)
    broken.indices[5] = 10**9
    with pytest.raises(ValueError, match=r"X in here is not a CSR .* entry 5"):
        packed_rows(CsrBatch(broken, 2, 3, "here"), (0, 1, 2, 3), np.float64)


@pytest.mark.parametrize("kind", ["array", csr_array])
def test_parts_are_stacked(kind):
    every = (0, 1, 2, 3)
    ends = (0, 4), (4, 4), (4, 10)
    parts = [packed_rows(batch(kind, X, *each), every, np.float64) for each in ends]
    rows = stacked(parts)
    assert_array_equal(dense(rows), X)
    assert stacked(parts[:1]) is parts[0]
    stored = np.count_nonzero(X)
    assert n_bytes(rows) == (320 if kind == "array" else 12 * stored + 44)


@pytest.mark.parametrize("kind", ["array", csr_array])
@pytest.mark.parametrize("bad, name", [(np.nan, "NaN"), (-np.inf, "infinity")])
@pytest.mark.parametrize("row, column", [(1, 1), (9, 3), (5, 0)])
def test_the_first_that_is_not_finite_is_named(kind, bad, name, row, column):
    strange = X.copy()
    strange[row, column] = bad
    rows = dense_or(kind, strange)
    words = f"contains {name}: column {column} in here, {row} rows behind"
    with pytest.raises(ValueError, match=words):
        refuse_not_finite(rows, "here")
    with pytest.raises(ValueError, match=f"column {'abcd'[column]!r} in here"):
        refuse_not_finite(rows, "here", "abcd")
    refuse_not_finite(dense_or(kind, X), "here")


def dense_or(kind, rows):
    return rows if kind == "array" else kind(rows)
