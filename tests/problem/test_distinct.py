# SPDX-License-Identifier: BSD-3-Clause
"""Columns that are there several times."""

import numpy as np
from numpy.testing import assert_array_equal

from skpulsar._problem._distinct import distinct


def test_equal_columns_are_one():
    points, factors = np.array([[2.0, 1, 2, 1, 2]]), np.array([[0.0, 1, 0, 1, 1]])
    for arrays, expected in ((points,), [0, 1]), ((points, factors), [0, 1, 4]):
        first, kind = distinct(*arrays)
        assert_array_equal(first, expected)
        for array in arrays:
            assert_array_equal(array[:, first][:, kind], array)
