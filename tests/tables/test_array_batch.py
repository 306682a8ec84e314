# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skpulsar._tables._array_batch import ArrayBatch

X = np.arange(60).reshape(12, 5)


def test_columns_are_numbers():
    batch = ArrayBatch(X, "here")
    assert (batch.n_rows, batch.where) == (12, "here")
    assert_array_equal(batch.column(3), X[:, 3])


@pytest.mark.parametrize("columns", [(0, 1, 2, 3, 4), (3, 1), (2, 2), (4,), ()])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_any_columns_are_packed(columns, dtype):
    out = np.zeros((6, len(columns)), dtype)
    ArrayBatch(X, "here").pack(columns, 3, 9, out)
    assert_array_equal(out, X[3:9, list(columns)])
