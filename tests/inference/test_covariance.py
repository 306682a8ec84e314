# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._inference._covariance import inverse_of, undetermined


def positive_definite(rng, size):
    factor = rng.standard_normal((size, 2 * size))
    return factor @ factor.T


def test_inverse_in_any_units(rng=None):
    rng = np.random.default_rng(0)
    matrix, unit = positive_definite(rng, 5), 10.0 ** np.arange(-80, 80, 32)
    inverse = inverse_of(unit[:, np.newaxis] * matrix * unit)
    assert_allclose(unit[:, np.newaxis] * inverse * unit, np.linalg.inv(matrix))


def test_directions_without_curvature_are_left_out():
    rng = np.random.default_rng(1)
    part = positive_definite(rng, 3)
    matrix = np.zeros((4, 4))
    matrix[:3, :3] = part
    inverse = inverse_of(matrix)
    assert_allclose(inverse[:3, :3], np.linalg.inv(part))
    assert_array_equal(inverse[3], 0)


@pytest.mark.parametrize("noise", [0.0, 1e-9])
def test_what_depends_on_each_other_is_not_determined(noise):
    rng = np.random.default_rng(2)
    rows = rng.standard_normal((100, 4))
    rows[:, 2] = rows[:, 0] + rows[:, 1] + noise * rows[:, 2]
    unknown, n_determined = undetermined(rows.T @ rows, np.eye(4))
    assert_array_equal(unknown, [True, True, True, False])
    assert n_determined == 3


def test_what_hardly_depends_on_each_other_is_determined():
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((100, 3))
    rows[:, 2] = rows[:, 0] + 1e-4 * rows[:, 2]
    unknown, n_determined = undetermined(rows.T @ rows, np.eye(3))
    assert not unknown.any()
    assert n_determined == 3


def test_a_sum_may_be_determined_where_its_parts_are_not():
    rows = np.repeat(np.random.default_rng(4).standard_normal((50, 1)), 2, axis=1)
    unknown, _ = undetermined(rows.T @ rows, np.array([[1.0, 0], [1, 1]]))
    assert_array_equal(unknown, [True, False])
