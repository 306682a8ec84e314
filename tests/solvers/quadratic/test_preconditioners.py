# SPDX-License-Identifier: BSD-3-Clause
"""Preconditioners, against the matrices that they stand for."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._kernels import _core
from skpulsar._solvers.quadratic._preconditioners import (
    FLOOR,
    KEPT,
    LEFT,
    CholeskyPreconditioner,
    DiagonalPreconditioner,
)
from skpulsar._solvers.quadratic._scaling import Scaling

D = 7


def diagonal(fit_intercept, mean, seed=0):
    """A preconditioner at its first point, and the diagonal there."""
    scaling = Scaling(np.zeros(D), np.ones(D + 1), np.zeros(D + 1), mean, fit_intercept)
    preconditioner = DiagonalPreconditioner(scaling)
    squares = np.random.default_rng(seed).exponential(size=D + 1)
    preconditioner.renew(squares)
    return preconditioner, squares


def means(length, seed=1):
    mean = np.random.default_rng(seed).standard_normal(D)
    return length * mean / np.linalg.norm(mean)


def matrix(preconditioner):
    """The matrix whose inverse is applied."""
    size = len(preconditioner.squares)
    if not preconditioner.fit_intercept:
        size -= 1  # nothing is known of an intercept that is not there
    units = np.eye(len(preconditioner.squares))[:, :size]
    return np.linalg.inv(
        np.column_stack([preconditioner.solve(e)[:size] for e in units.T])
    )


# The mean row of columns whose root mean square is 1 is as long as their root at most.
@pytest.mark.parametrize("length", [0, 0.5, 0.99, 1, 1.01, 1.5, 2])
def test_without_an_intercept_all_rows_share_the_mean_row(length):
    mean = means(length)
    preconditioner, squares = diagonal(False, mean)
    rest = np.maximum(LEFT, 1 - mean * mean)
    expected = np.diag(squares[:-1])
    if length > 1:  # the mean's own curvature, as that of the columns gives it
        common = mean @ (squares[:-1] * mean) / (mean @ mean) ** 2
        expected = np.diag(squares[:-1] * rest) + common * np.outer(mean, mean)
    assert_allclose(matrix(preconditioner), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("length", [0, 0.9, 2])
@pytest.mark.parametrize("seed", range(3))
def test_without_an_intercept_none_moves(length, seed):
    preconditioner, _ = diagonal(False, means(length))
    gradient = np.random.default_rng(seed).standard_normal(D + 1)
    assert preconditioner.solve(gradient)[-1] == 0
    other = np.append(gradient[:-1], 1e9)
    assert_array_equal(preconditioner.solve(other), preconditioner.solve(gradient))


@pytest.mark.parametrize("length", [0, 0.9, 2])
def test_with_an_intercept_it_is_taken_at_the_mean_row(length):
    mean = means(length)
    preconditioner, squares = diagonal(True, mean)
    # In columns about their means, the curvature is a diagonal.
    centred = np.eye(D + 1)
    centred[-1, :-1] = mean
    rest = np.append(np.maximum(LEFT, 1 - mean * mean), 1)
    expected = centred.T @ np.diag(squares * rest) @ centred
    assert_allclose(matrix(preconditioner), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("length", [0, 0.9, 2])
def test_is_symmetric_and_definite(fit_intercept, length):
    preconditioner, _ = diagonal(fit_intercept, means(length))
    M = matrix(preconditioner)
    assert_allclose(M, M.T, rtol=1e-9, atol=1e-12)
    assert np.linalg.eigvalsh(M).min() > 0


def test_a_column_keeps_a_share_of_its_first_curvature():
    preconditioner, squares = diagonal(True, means(0.9))
    preconditioner.renew(np.zeros(D + 1))
    assert_allclose(preconditioner.squares, KEPT * squares)
    preconditioner.renew(2 * squares)
    assert_array_equal(preconditioner.squares, 2 * squares)


def test_a_column_that_never_had_a_curvature_divides_by_none_of_0():
    for fit_intercept in (True, False):
        preconditioner, _ = diagonal(fit_intercept, np.zeros(D))
        preconditioner.floor = None
        preconditioner.renew(np.zeros(D + 1))
        assert_array_equal(preconditioner.squares, FLOOR)
        assert_array_equal(preconditioner.solve(np.zeros(D + 1)), 0)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_a_scaled_step_agrees_with_the_last_pair(fit_intercept):
    """In the unit of length that the pair has: what it maps to the step, it keeps."""
    preconditioner, _ = diagonal(fit_intercept, means(1.5))
    random = np.random.default_rng(2)
    step, change = random.standard_normal((2, D + 1))
    step *= np.sign(step @ change)
    pair = step, change, 1 / (step @ change)
    scaled = preconditioner.scaled(preconditioner.solve(change), pair)
    assert_allclose(change @ scaled, change @ step, rtol=1e-12)


@pytest.mark.parametrize("size", [2, 30])
def test_newton_is_the_inverse_of_curvature_and_penalty(size):
    random = np.random.default_rng(size)
    A = random.standard_normal((3 * size, size))
    penalty = random.exponential(size=size)
    preconditioner = CholeskyPreconditioner(_core.factorise(A.T @ A, penalty))
    gradient = random.standard_normal(size)
    expected = np.linalg.solve(A.T @ A + np.diag(penalty), gradient)
    assert_allclose(preconditioner.solve(gradient), expected, rtol=1e-9)
    unit, factor = preconditioner.packed
    full = np.zeros((size, size))
    full[np.tril_indices(size)] = factor
    full *= unit[:, np.newaxis]
    assert_allclose(full @ full.T, A.T @ A + np.diag(penalty), rtol=1e-4, atol=1e-4)


def singular(size, seed=0):
    """A curvature with a direction that rounding cannot tell from none."""
    A = np.random.default_rng(seed).standard_normal((3 * size, size))
    A[:, -1] = A[:, 0] + 1e-9 * A[:, 1]
    return A.T @ A


def test_a_factor_tells_that_it_had_to_be_raised():
    G = singular(8)
    assert CholeskyPreconditioner(_core.factorise(G, np.zeros(8))).singular
    assert not CholeskyPreconditioner(_core.factorise(G, np.full(8, 1e-4))).singular


def tie(size, mean, seed=0):
    """Of columns whose mean is that many deviations."""
    random = np.random.default_rng(seed)
    return np.append(mean * random.choice([-1, 1, 0.3], size - 1), -1.0)


def tied_steps(G, across, gradient):
    """By coordinates of the plane that is orthogonal to the tie."""
    plane = np.vstack([np.eye(len(G) - 1), across[:-1]])
    H = plane.T @ G @ plane
    unit = np.sqrt(H.diagonal())
    inner = np.linalg.solve(H / unit / unit[:, np.newaxis], plane.T @ gradient / unit)
    return plane @ (inner / unit)


@pytest.mark.parametrize("mean", [0.1, 10, 1e3])
@pytest.mark.parametrize("kind", ["newton", "diagonal"])
def test_with_a_tie_steps_are_orthogonal_to_it(kind, mean):
    random = np.random.default_rng(0)
    across, gradient = tie(D + 1, mean), random.standard_normal(D + 1)
    if kind == "newton":
        A = random.standard_normal((3 * D, D + 1))
        G = A.T @ A
        preconditioner = CholeskyPreconditioner(
            _core.factorise(G, np.zeros(D + 1)), across
        )
    else:
        zeros, ones = np.zeros(D + 1), np.ones(D + 1)
        preconditioner = DiagonalPreconditioner(
            Scaling(zeros[1:], ones, zeros, zeros[1:], True, across)
        )
        preconditioner.renew(random.exponential(size=D + 1))
        G = np.diag(preconditioner.squares)
    step = preconditioner.solve(gradient)
    size = np.abs(across) @ np.abs(step)
    assert abs(across @ step) <= 1e-14 * size
    expected = tied_steps(G, across, gradient)
    assert_allclose(step, expected, rtol=1e-6, atol=1e-8 * np.abs(expected).max())
    more = preconditioner.solve(gradient + 1e3 * across)  # it does not act
    assert_allclose(more, step, rtol=1e-6, atol=1e-9 * np.abs(step).max())
