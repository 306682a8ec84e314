# SPDX-License-Identifier: BSD-3-Clause
"""The units of standardised targets."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._target_units import TargetUnits

RNG = np.random.default_rng(0)
TARGETS = RNG.standard_normal((3, 200)) * [[1e-3], [1.0], [1e6]] + [[5.0], [0.0], [1e7]]
WEIGHT = RNG.integers(0, 3, 200).astype(float)


def test_they_are_weighted_means_and_deviations():
    units = TargetUnits.of(TARGETS, WEIGHT)
    copies = np.repeat(TARGETS, WEIGHT.astype(int), axis=1)
    assert_allclose(units.centre, copies.mean(axis=1), rtol=1e-12)
    assert_allclose(units.deviation, copies.std(axis=1), rtol=1e-8)
    scaled = units.of_raw(copies)
    assert_allclose(scaled.mean(axis=1), 0, atol=1e-8)
    assert_allclose(scaled.std(axis=1), 1)
    assert_array_equal(TargetUnits.of(TARGETS[:1], None).of_raw(TARGETS[0]).shape, 200)


@pytest.mark.parametrize("power", [-900, -30, 30, 490])
def test_powers_of_2_are_exact(power):
    one, other = (TargetUnits.of(TARGETS * 2.0**p, WEIGHT) for p in (0, power))
    assert_array_equal(other.centre, one.centre * 2.0**power)
    assert_array_equal(other.deviation, one.deviation * 2.0**power)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e-200, 1e150, 5e-324])
def test_a_constant_has_no_deviation(value):
    units = TargetUnits.of(np.full((1, 7), value), None)
    assert_array_equal(units.deviation, 0)
    assert_array_equal(units.unit, 1)
    assert_allclose(units.centre, value, rtol=1e-15)


def test_known_units_stay():
    first = np.vstack([TARGETS[:1], np.full((2, 200), 4.0)])
    known = TargetUnits.of(first, None)
    units = TargetUnits.of(2 * TARGETS, None).unless_known(known)
    assert_array_equal(units.centre[0], known.centre[0])
    assert_allclose(units.deviation[1:], 2 * TARGETS[1:].std(axis=1))
