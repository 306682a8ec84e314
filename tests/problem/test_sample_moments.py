# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse

from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._memory import Rows
from skpulsar._problem._sample_moments import sample_moments


@pytest.mark.parametrize("layout", [np.array, sparse.csr_array])
@pytest.mark.parametrize("index", [None, np.array([0, 3, 4, 7, 9, 11])])
@pytest.mark.parametrize("size", [None, 1.0, 1e-300, 1e300])
def test_moments_by_sample_weights_alone(layout, index, size):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((12, 3))
    weight = None if size is None else size * rng.exponential(size=12)
    own = rng.exponential(size=12)  # what rows weigh in the objective
    rows = Rows(kernel_matrix(layout(X)), np.arange(12.0) % 2, own, index)
    moments = sample_moments(rows, weight)
    places = np.arange(12) if index is None else index
    w = np.ones(len(places)) if weight is None else weight[places] / size
    mean = np.average(X[places], axis=0, weights=w)
    assert moments.n_rows == len(places)
    assert_allclose(moments.mean, mean, rtol=1e-12)
    assert_allclose(
        moments.variance, np.average((X[places] - mean) ** 2, axis=0, weights=w)
    )
    assert_allclose(moments.weight, (size or 1) * w.mean())
