# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from skpulsar._problem import _logits
from skpulsar._problem._logits import logits
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._models import Linear

N_COLUMNS = 5
LARGEST = np.finfo(np.float64).max


def made(n_rows, seed=0):
    X = np.random.default_rng(seed).standard_normal((n_rows, N_COLUMNS))
    return np.where(X > -0.5, X, 0)


@pytest.mark.parametrize("layout", [np.array, np.float32, sparse.csr_array])
@pytest.mark.parametrize("n_outputs", [1, 2, 7])
@pytest.mark.parametrize("n_rows", [0, 1, 100])
def test_logits_of_every_row_and_output(layout, n_rows, n_outputs):
    X = layout(made(n_rows))
    weights = np.random.default_rng(1).standard_normal((n_outputs, N_COLUMNS + 1))
    found = logits(kernel_matrix(X), Linear(weights))
    expected = X @ weights[:, :-1].T + weights[:, -1]
    assert found.shape == (n_rows, n_outputs) and found.dtype == np.float64
    assert_allclose(found, expected, rtol=1e-6 if X.dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("layout", [np.array, sparse.csr_array])
def test_blocks_change_no_bit(layout, monkeypatch):
    matrix = kernel_matrix(layout(made(50)))
    weights = np.random.default_rng(1).standard_normal((3, N_COLUMNS + 1))
    expected = logits(matrix, Linear(weights))
    for n_entries in (1, 40, 100):
        monkeypatch.setattr(_logits, "ENTRIES_AT_ONCE", n_entries)
        assert_array_equal(logits(matrix, Linear(weights)), expected)


@pytest.mark.parametrize("layout", [np.array, sparse.csr_array])
def test_sums_that_overflow_saturate_in_their_output_alone(layout):
    X = np.array([[1e300, 1e300, 0, 0, 0], [1.0, 1, 1, 1, 1], [1e300, -1e300, 0, 0, 0]])
    weights = np.array([[1e10, 1e10, 0, 0, 0, 7], [1e-300, 0, 0, 0, 0, 1]])
    matrix = kernel_matrix(layout(X))
    found = logits(matrix, Linear(weights))
    finite = np.isfinite(found)
    before = found[finite]
    assert not finite[:, 0].all() and finite[:, 1].all()
    Linear(weights).saturate(found, matrix)
    assert_array_equal(found[finite], before)
    assert_array_equal(found[:, 0], [LARGEST, 2e10 + 7, 7])
