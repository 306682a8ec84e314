# SPDX-License-Identifier: BSD-3-Clause
"""Quasi-Newton steps, on quadratics whose minimum is known."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._solvers.quadratic._lbfgs import (
    LBFGS,
    MIN_STEP_SIZE,
    PAIRS,
    RISE_TOLERANCE,
)

D = 6


class Preconditioner:
    """Of a given matrix."""

    def __init__(self, matrix):
        self.matrix = matrix

    def solve(self, gradient):
        return np.linalg.solve(self.matrix, gradient)

    def scaled(self, step, pair):
        return step


UNIT = Preconditioner(np.eye(D))


@pytest.fixture
def quadratic():
    """Its curvature, and value and gradient at a point; the minimum is at 0."""
    random = np.random.default_rng(0)
    A = random.standard_normal((D, D))
    H = A @ A.T + np.eye(D)
    return H, lambda point: (point @ H @ point / 2, H @ point)


def walked(quadratic, preconditioner, n, lbfgs=None, far=()):
    """A path after n points that were accepted."""
    _, read = quadratic
    lbfgs = lbfgs or LBFGS()
    point = np.arange(1.0, D + 1)
    for k in range(n):
        value, gradient = read(point)
        if lbfgs.increased(value):
            assert lbfgs.backtrack()
        else:
            lbfgs.accept(point, value, gradient, preconditioner, far=k in far)
        point = lbfgs.next_point()
    return lbfgs


def secant(lbfgs, change, preconditioner):
    """The step that the path makes of a gradient."""
    other = LBFGS()
    other.pairs = lbfgs.pairs
    other.accept(np.zeros(D), 0.0, change, preconditioner)
    return other.step


def test_the_first_step_is_that_of_the_preconditioner(quadratic):
    H, read = quadratic
    lbfgs = walked(quadratic, Preconditioner(H), 1)
    point = np.arange(1.0, D + 1)
    assert_allclose(lbfgs.next_point(), 0, atol=1e-12)
    assert_allclose(lbfgs.decrement, read(point)[0])  # all that there is to gain


def test_the_newest_pair_is_kept_exactly(quadratic):
    """The secant equation: what the last step changed of the gradient is made that
    step."""
    lbfgs = walked(quadratic, UNIT, 5)
    assert lbfgs.pairs
    moved, change, inverse = lbfgs.pairs[-1]
    assert_allclose(inverse, 1 / (moved @ change))
    assert_allclose(change, quadratic[0] @ moved)
    assert_allclose(secant(lbfgs, change, UNIT), moved, rtol=1e-9)


def test_steps_are_those_of_the_textbook(quadratic):
    """By the matrices of BFGS, one after the other."""
    lbfgs = walked(quadratic, UNIT, 6)
    inverse_of_H = np.eye(D)
    for moved, change, inverse in lbfgs.pairs:
        V = np.eye(D) - inverse * np.outer(change, moved)
        inverse_of_H = V.T @ inverse_of_H @ V + inverse * np.outer(moved, moved)
    gradient = np.random.default_rng(1).standard_normal(D)
    assert_allclose(secant(lbfgs, gradient, UNIT), inverse_of_H @ gradient, rtol=1e-9)


def test_finds_the_minimum_and_keeps_a_few_pairs(quadratic):
    lbfgs = walked(quadratic, UNIT, 80)
    assert lbfgs.value < 1e-12
    assert 0 < len(lbfgs.pairs) <= PAIRS


def test_the_way_to_a_far_point_says_nothing(quadratic):
    near, far = walked(quadratic, UNIT, 12), walked(quadratic, UNIT, 12, far=range(12))
    assert near.pairs and not far.pairs
    point = far.point / 2  # from then on pairs are kept again
    far.accept(point, *quadratic[1](point), UNIT)
    assert len(far.pairs) == 1


def test_a_pair_without_curvature_is_not_kept():
    lbfgs = LBFGS()
    lbfgs.accept(np.zeros(D), 1.0, np.ones(D), UNIT)
    lbfgs.accept(np.ones(D), 0.9, np.zeros(D), UNIT)  # the slope fell on the way up
    assert not lbfgs.pairs


def test_a_step_is_shortened_until_it_is_spent(quadratic):
    lbfgs = walked(quadratic, UNIT, 1)
    point, step, n = lbfgs.point, lbfgs.step, 0
    while lbfgs.backtrack():
        n += 1
        assert_array_equal(lbfgs.next_point(), point - 0.25**n * step)
    assert 0.25 ** (n + 1) < MIN_STEP_SIZE <= 0.25**n


@pytest.mark.parametrize("factor", [2.0, 1e3])
def test_a_step_is_stretched(quadratic, factor):
    lbfgs = walked(quadratic, UNIT, 3)
    point, step, decrement = lbfgs.point, lbfgs.step, lbfgs.decrement
    pairs = lbfgs.pairs
    lbfgs.backtrack()
    lbfgs.lengthen(factor)
    assert_allclose(lbfgs.next_point(), point - factor * step)
    assert_allclose(lbfgs.decrement, factor * decrement)
    assert lbfgs.pairs is pairs


def test_turns_to_another_step_and_its_pairs(quadratic):
    lbfgs = walked(quadratic, UNIT, 4)
    assert lbfgs.pairs
    step, pairs = lbfgs.gradient / 2, lbfgs.pairs[-1:]
    lbfgs.backtrack()
    lbfgs.restart(step, pairs)
    assert_array_equal(lbfgs.next_point(), lbfgs.point - step)
    assert_allclose(lbfgs.decrement, lbfgs.gradient @ lbfgs.gradient / 4)
    assert lbfgs.pairs == pairs
    lbfgs.restart(step)
    assert lbfgs.pairs == []


@pytest.mark.parametrize("value", [1.0, -1.0, 1e-300])
def test_rounding_is_no_rise(value):
    lbfgs = LBFGS()
    assert not lbfgs.increased(1e300)
    lbfgs.set_point(np.zeros(D), value, np.zeros(D))
    assert not lbfgs.increased(value) and not lbfgs.increased(
        value + RISE_TOLERANCE / 2 * abs(value)
    )
    assert lbfgs.increased(value + 2 * RISE_TOLERANCE * abs(value)) and lbfgs.increased(
        np.nan
    )


def test_points_are_orthogonal_to_a_tie_however_steps_are_rounded():
    tie = np.append(1e8 * np.arange(1.0, D), -1.0)
    lbfgs = LBFGS(tie)
    random = np.random.default_rng(0)
    lbfgs.accept(np.zeros(D), 1.0, random.standard_normal(D), UNIT)
    point = lbfgs.next_point()
    assert point[-1] == pytest.approx(tie[:-1] @ point[:-1], rel=1e-12)
    assert_array_equal(point[:-1], -lbfgs.step[:-1])
