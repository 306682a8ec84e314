# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skpulsar._problem._penalty import Penalty

W = np.array([1.0, 2.0, 100.0])


def test_leaves_the_intercept_out():
    assert Penalty(0.5).of(W) == 1.25
    assert Penalty(0.5, np.array([2.0, 0.5])).of(W) == 1.25
    assert Penalty(1.0).of(np.array([1e200, 0.0])) == np.inf
    assert Penalty(0.0).of(np.array([np.inf, 0.0])) == 0


@pytest.mark.parametrize("deviation", [1.0, np.array([0.25, 4.0])])
def test_curvature_is_that_of_its_value(deviation):
    penalty, scale = Penalty(0.5, deviation), np.array([2.0, 8.0])
    point = W[:-1] / scale
    assert np.sum(penalty.curvature(scale) * point**2) / 2 == penalty.of(W)
    assert np.sum(penalty.curvature() * W[:-1] ** 2) / 2 == penalty.of(W)


def test_columns_without_a_deviation_are_barred():
    assert_array_equal(Penalty(1.0, np.array([0.0, 1e-300])).barred, [True, False])
    assert not Penalty(1.0).barred
