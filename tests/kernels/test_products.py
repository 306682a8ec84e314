# SPDX-License-Identifier: BSD-3-Clause
"""The products of the columns and the target, against NumPy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array

from skpulsar._kernels import _core, reference

SHIFT = np.array([0.5])
COLUMNS = [1, 3, 6, 7, 8, 9, 14, 15, 64]  # at the edges of the lanes and tiles


def datasets(kernel, d, n=1000, weighted=False, part=False, real=np.float64, **options):
    random = np.random.default_rng(d)
    X = (random.standard_normal((n, d)) + 3).astype(real)
    order = random.permutation(n)[: n - 13] if part else None
    rows = n - 13 if part else n
    target = random.standard_normal(rows)
    weight = random.exponential(size=rows) if weighted else None
    options = {"leaf": 256, "loss": "squared"} | options
    return kernel.Dataset(X, target, weight, order, centre=np.full(d, 3.0), **options)


@pytest.mark.parametrize("real", [np.float64, np.float32])
@pytest.mark.parametrize("part", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("d", COLUMNS)
def test_products(d, weighted, part, real):
    options = {"weighted": weighted, "part": part, "real": real}
    found = datasets(_core, d, **options).products(SHIFT)
    expected = datasets(reference, d, **options).products(SHIFT)
    assert_allclose(found, expected, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("d", COLUMNS)
def test_every_output_has_the_products_that_it_has_alone(d):
    random = np.random.default_rng(d)
    X, shift = random.standard_normal((700, d)), random.standard_normal(9)
    targets, weight = random.standard_normal((9, 700)), random.exponential(size=700)

    def products(target, shift):
        dataset = _core.Dataset(
            X, target, weight, centre=np.zeros(d), leaf=256, loss="squared"
        )
        return dataset.products(shift)

    together = products(targets, shift)
    for k in range(9):
        kept = [*range(d + 1), d + 1 + k]
        alone = products(targets[k], shift[[k]])
        assert_array_equal(together[np.ix_(kept, kept)], alone)


def test_without_an_intercept_its_column_is_0():
    found = datasets(_core, 9, fit_intercept=False).products(SHIFT)
    assert_array_equal(found[9], 0)
    assert_array_equal(found[:, 9], 0)


@pytest.mark.parametrize("d", COLUMNS)
def test_every_level_gives_the_same_bits(level, d):
    found = datasets(_core, d, weighted=True).products(SHIFT)
    _core.use_level(_core.LEVELS[-1])
    assert_array_equal(found, datasets(_core, d, weighted=True).products(SHIFT))


def test_chunks_of_whole_leaves_add_up_to_the_same_bits():
    random = np.random.default_rng(0)
    X, z = random.standard_normal((1024, 9)), random.standard_normal(1024)

    def products(rows):
        dataset = _core.Dataset(
            X[rows], z[rows], None, centre=np.zeros(9), leaf=256, loss="squared"
        )
        return dataset.products(np.zeros(1))

    halves = products(slice(512)) + products(slice(512, None))
    assert_array_equal(halves, products(slice(None)))


def test_rows_that_do_not_suit_are_refused():
    X = csr_array(np.eye(3))
    csr = (X.data, X.indices.astype(np.int32), X.indptr.astype(np.int32), 3)
    for matrix, target in (
        (csr, np.ones(3)),
        (np.eye(3), None),
        (np.eye(3), np.ones((2, 3))),  # of two outputs
    ):
        dataset = _core.Dataset(matrix, target, None, centre=np.zeros(3))
        with pytest.raises(ValueError, match="target"):
            dataset.products(np.zeros(1))
