# SPDX-License-Identifier: BSD-3-Clause
"""Sums over arrays whose columns are models."""

import numpy as np
from numpy.testing import assert_allclose

from skpulsar._solvers.many._columns import total, weighted_sum

RNG = np.random.default_rng(0)


def test_sums():
    a = RNG.standard_normal((9, 4))
    assert_allclose(total(a), a.sum(axis=0))
    factor = RNG.random((3, 4))
    for sums in RNG.standard_normal((3, 4)), RNG.standard_normal((3, 9, 4)):
        expected = np.einsum("gm,g...m->...m", factor, sums)
        assert_allclose(weighted_sum(factor, sums), expected)
