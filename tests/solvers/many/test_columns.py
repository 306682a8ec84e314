# SPDX-License-Identifier: BSD-3-Clause
"""Sums over arrays whose columns are models."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._solvers.many._columns import distinct, dots, total, weighted_sum

RNG = np.random.default_rng(0)


def test_sums():
    a, b = RNG.standard_normal((2, 9, 4))
    assert_allclose(dots(a, b), np.einsum("dm,dm->m", a, b))
    assert_allclose(total(a), a.sum(axis=0))
    factor = RNG.random((3, 4))
    for sums in RNG.standard_normal((3, 4)), RNG.standard_normal((3, 9, 4)):
        expected = np.einsum("gm,g...m->...m", factor, sums)
        assert_allclose(weighted_sum(factor, sums), expected)


def test_a_column_alone_has_the_same_bits():
    a, b = RNG.standard_normal((2, 50, 4))
    alone = [dots(a[:, [m]], b[:, [m]])[0] for m in range(4)]
    assert alone == dots(a, b).tolist()


def test_equal_columns_are_one():
    points, factors = np.array([[2.0, 1, 2, 1, 2]]), np.array([[0.0, 1, 0, 1, 1]])
    for arrays, expected in ((points,), [0, 1]), ((points, factors), [0, 1, 4]):
        first, kind = distinct(*arrays)
        assert_array_equal(first, expected)
        for array in arrays:
            assert_array_equal(array[:, first][:, kind], array)
