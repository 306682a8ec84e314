# SPDX-License-Identifier: BSD-3-Clause
"""The units of standardised columns."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._memory import Rows
from skpulsar._solvers.network._column_units import ColumnUnits

RNG = np.random.default_rng(0)
X = RNG.standard_normal((200, 3)) * [1e-3, 1.0, 1e6] + [5.0, 0.0, 1e7]


def units_of(X):
    return ColumnUnits.of_moments(Rows(X, np.zeros(len(X))).moments())


def test_they_are_those_of_standard_scaler():
    units = units_of(X)
    assert_allclose(units.centre, X.mean(axis=0), rtol=1e-12, atol=1e-12)
    assert_allclose(units.scale, 1 / X.std(axis=0), rtol=1e-9)


def test_a_constant_column_has_none():
    constant = X.copy()
    constant[:, 1] = 7.0
    assert units_of(constant).scale[1] == 0


def test_columns_as_given():
    units = ColumnUnits.as_given(3)
    assert_array_equal(units.centre, np.zeros(3))
    assert_array_equal(units.scale, np.ones(3))
