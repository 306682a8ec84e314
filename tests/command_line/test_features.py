# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pyarrow as pa
import pytest

from skpulsar._command_line import CommandError
from skpulsar._command_line.features import Features


def batch(a, b, dtype=float):
    arrays = [pa.array(values, pa.from_numpy_dtype(dtype)) for values in (a, b)]
    return pa.RecordBatch.from_arrays([*arrays, pa.array(range(len(a)))], [*"abi"])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_in_the_order_of_the_names(dtype):
    X, rest = Features(["b", "a"], "t", False).of(batch([1, 2, 3], [4, 5, 6], dtype))
    np.testing.assert_array_equal(X, [[4, 1], [5, 2], [6, 3]])
    assert X.dtype == dtype
    assert X.flags.c_contiguous
    assert rest.num_rows == 3


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_rows_without_a_value(missing):
    some = batch([1, missing, 3], [4, 5, missing])
    features = Features(["a", "b"], "t", True)
    features.of(batch([1], [2]))
    X, rest = features.of(some)
    np.testing.assert_array_equal(X, [[1, 4]])
    assert rest.column("i").to_pylist() == [0]
    assert (features.n_rows, features.n_skipped) == (4, 2)

    features = Features(["a", "b"], "t", False)
    features.of(batch([1], [2]))
    with pytest.raises(
        CommandError, match=r"^t, row 3, column 'a': found no value; --mi"
    ):
        features.of(some)


@pytest.mark.parametrize("skip", [False, True])
def test_infinity_is_an_error(skip):
    with pytest.raises(
        CommandError, match=r"row 2, column 'b': found a number that is"
    ):
        Features(["a", "b"], "t", skip).of(batch([1, 1], [2, np.inf]))
