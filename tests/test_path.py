# SPDX-License-Identifier: BSD-3-Clause
"""Quasi-Newton steps, on quadratics whose minimum is known."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._solvers.quadratic._lbfgs import LEAST, PAIRS, ROUNDING, Path

D = 6


class Metric:
    """Of a given matrix."""

    def __init__(self, matrix):
        self.matrix = matrix

    def solve(self, gradient):
        return np.linalg.solve(self.matrix, gradient)

    def scaled(self, step, pair):
        return step


UNIT = Metric(np.eye(D))


@pytest.fixture
def quadratic():
    """Its curvature, and value and gradient at a point; the minimum is at 0."""
    random = np.random.default_rng(0)
    A = random.standard_normal((D, D))
    H = A @ A.T + np.eye(D)
    return H, lambda point: (point @ H @ point / 2, H @ point)


def walked(quadratic, metric, n, path=None, far=()):
    """A path after n points that were accepted."""
    _, read = quadratic
    path = path or Path()
    point = np.arange(1.0, D + 1)
    for k in range(n):
        value, gradient = read(point)
        if path.rose(value):
            assert path.shorten()
        else:
            path.accept(point, value, gradient, metric, far=k in far)
        point = path.proposal()
    return path


def secant(path, change, metric):
    """The step that the path makes of a gradient."""
    other = Path()
    other.pairs = path.pairs
    other.accept(np.zeros(D), 0.0, change, metric)
    return other.step


def test_the_first_step_is_that_of_the_metric(quadratic):
    H, read = quadratic
    path = walked(quadratic, Metric(H), 1)
    point = np.arange(1.0, D + 1)
    assert_allclose(path.proposal(), 0, atol=1e-12)
    assert_allclose(path.decrement, read(point)[0])  # all that there is to gain


def test_the_newest_pair_is_kept_exactly(quadratic):
    """The secant equation: what the last step changed of the gradient is made that
    step."""
    path = walked(quadratic, UNIT, 5)
    assert path.pairs
    moved, change, inverse = path.pairs[-1]
    assert_allclose(inverse, 1 / (moved @ change))
    assert_allclose(change, quadratic[0] @ moved)
    assert_allclose(secant(path, change, UNIT), moved, rtol=1e-9)


def test_steps_are_those_of_the_textbook(quadratic):
    """By the matrices of BFGS, one after the other."""
    path = walked(quadratic, UNIT, 6)
    inverse_of_H = np.eye(D)
    for moved, change, inverse in path.pairs:
        V = np.eye(D) - inverse * np.outer(change, moved)
        inverse_of_H = V.T @ inverse_of_H @ V + inverse * np.outer(moved, moved)
    gradient = np.random.default_rng(1).standard_normal(D)
    assert_allclose(secant(path, gradient, UNIT), inverse_of_H @ gradient, rtol=1e-9)


def test_finds_the_minimum_and_keeps_a_few_pairs(quadratic):
    path = walked(quadratic, UNIT, 80)
    assert path.value < 1e-12
    assert 0 < len(path.pairs) <= PAIRS


def test_the_way_to_a_far_point_says_nothing(quadratic):
    near, far = walked(quadratic, UNIT, 12), walked(quadratic, UNIT, 12, far=range(12))
    assert near.pairs and not far.pairs
    point = far.point / 2  # from then on pairs are kept again
    far.accept(point, *quadratic[1](point), UNIT)
    assert len(far.pairs) == 1


def test_a_pair_without_curvature_is_not_kept():
    path = Path()
    path.accept(np.zeros(D), 1.0, np.ones(D), UNIT)
    path.accept(np.ones(D), 0.9, np.zeros(D), UNIT)  # the slope fell on the way up
    assert not path.pairs


def test_a_step_is_shortened_until_it_is_spent(quadratic):
    path = walked(quadratic, UNIT, 1)
    point, step, n = path.point, path.step, 0
    while path.shorten():
        n += 1
        assert_array_equal(path.proposal(), point - 0.25**n * step)
    assert 0.25 ** (n + 1) < LEAST <= 0.25**n


@pytest.mark.parametrize("factor", [2.0, 1e3])
def test_a_step_is_stretched(quadratic, factor):
    path = walked(quadratic, UNIT, 3)
    point, step, decrement = path.point, path.step, path.decrement
    pairs = path.pairs
    path.shorten()
    path.stretch(factor)
    assert_allclose(path.proposal(), point - factor * step)
    assert_allclose(path.decrement, factor * decrement)
    assert path.pairs is pairs


def test_turns_to_another_step_and_its_pairs(quadratic):
    path = walked(quadratic, UNIT, 4)
    assert path.pairs
    step, pairs = path.gradient / 2, path.pairs[-1:]
    path.shorten()
    path.turn(step, pairs)
    assert_array_equal(path.proposal(), path.point - step)
    assert_allclose(path.decrement, path.gradient @ path.gradient / 4)
    assert path.pairs == pairs
    path.turn(step)
    assert path.pairs == []


@pytest.mark.parametrize("value", [1.0, -1.0, 1e-300])
def test_rounding_is_no_rise(value):
    path = Path()
    assert not path.rose(1e300)
    path.stand(np.zeros(D), value, np.zeros(D))
    assert not path.rose(value) and not path.rose(value + ROUNDING / 2 * abs(value))
    assert path.rose(value + 2 * ROUNDING * abs(value)) and path.rose(np.nan)


def test_points_are_orthogonal_to_a_tie_however_steps_are_rounded():
    tie = np.append(1e8 * np.arange(1.0, D), -1.0)
    path = Path(tie)
    random = np.random.default_rng(0)
    path.accept(np.zeros(D), 1.0, random.standard_normal(D), UNIT)
    point = path.proposal()
    assert point[-1] == pytest.approx(tie[:-1] @ point[:-1], rel=1e-12)
    assert_array_equal(point[:-1], -path.step[:-1])
