# SPDX-License-Identifier: BSD-3-Clause
"""Weights in the units of standardised columns, and back."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._memory import Rows
from skpulsar._solvers.network._column_units import ColumnUnits

RNG = np.random.default_rng(0)
X = RNG.standard_normal((200, 3)) * [1e-3, 1.0, 1e6] + [5.0, 0.0, 1e7]
LAYER = RNG.standard_normal((4, 2))


def units_of(X):
    return ColumnUnits.of_moments(Rows(X, np.zeros(len(X))).moments())


def test_both_layers_are_the_same_model():
    units = units_of(X)
    scaled = (X - X.mean(axis=0)) / X.std(axis=0)
    raw = units.to_raw(LAYER)
    expected = scaled @ LAYER[:-1] + LAYER[-1]
    assert_allclose(X @ raw[:-1] + raw[-1], expected, atol=1e-8)
    assert_allclose(units.of_raw(raw), LAYER, atol=1e-9)


def test_float32_comes_back_bit_for_bit():
    units, layer = units_of(X), LAYER.astype(np.float32)
    raw = units.to_raw(layer.astype(float))
    assert_array_equal(units.of_raw(raw).astype(np.float32), layer)


def test_a_constant_column_has_no_weight():
    X[:, 1] = 7.0
    units = units_of(X)
    assert (units.to_raw(LAYER)[1] == 0).all()
    assert (units.of_raw(LAYER)[1] == 0).all()


def test_columns_as_given():
    units = ColumnUnits.as_given(3)
    assert_array_equal(units.to_raw(LAYER), LAYER)
    assert_array_equal(units.of_raw(LAYER), LAYER)
