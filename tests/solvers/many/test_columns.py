# SPDX-License-Identifier: BSD-3-Clause
"""Sums over arrays whose columns are models."""

import numpy as np
from numpy.testing import assert_allclose

from skpulsar._solvers.many._columns import dots, total, weighted_sum

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
