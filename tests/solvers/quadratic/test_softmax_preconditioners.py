# SPDX-License-Identifier: BSD-3-Clause
"""Approximate curvatures of the softmax objective, against the curvature itself."""

from itertools import count

import numpy as np
import pytest
from _softmax import ALPHA, made, rows_of
from numpy.testing import assert_allclose
from scipy.linalg import block_diag

from skpulsar._problem._losses import Softmax, centred
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._solvers.quadratic._softmax_preconditioners import (
    ClassDiagonal,
    ClassPreconditioner,
    NewtonPreconditioner,
)
from skpulsar._solvers.quadratic._softmax_sample_objective import SoftmaxSampleObjective


def objective(n=600, csr=False, alpha=ALPHA, seed=0):
    X, y, weight = made(n=n, seed=seed, sparse=csr)
    rows = rows_of(X, y, weight, csr)
    moments = rows.moments()
    scaling = Scaling.of(moments, Penalty(alpha), True, moments.centre(csr))
    F = SoftmaxSampleObjective(rows, scaling, rows.total(), Softmax(3))
    rng = np.random.default_rng(seed + 1)
    point = centred(0.3 * rng.standard_normal(F.shape)).ravel()
    return F, point, F.read(point, True)


def hessian(F):
    """By NumPy, from rows and probabilities; singular along the gauge."""
    X = F.rows.entries(np.arange(F.rows.n_rows)) - F.scaling.centre
    A = np.column_stack([X, np.ones(len(X))]) * F.scaling.scale
    p, weight = F.passes.probabilities(), F.weight / F.total
    blocks = [
        [(A.T * (weight * p[k] * ((k == other) - p[other]))) @ A for other in range(3)]
        for k in range(3)
    ]
    return np.block(blocks) + block_diag(*[np.diag(F.scaling.penalty)] * 3)


@pytest.mark.parametrize("csr", [False, True])
@pytest.mark.parametrize("alpha", [ALPHA, 0.0])
def test_newton_solves_with_the_curvature(alpha, csr):
    F, _, (_, gradient, _) = objective(csr=csr, alpha=alpha)
    step = NewtonPreconditioner.of(F).solve(gradient)
    assert_allclose(hessian(F) @ step, gradient, rtol=1e-8, atol=1e-12)
    assert_allclose(step.reshape(F.shape).sum(axis=0), 0, atol=1e-12)


def test_factors_of_few_rows_are_those_of_the_classes():
    F, _, (_, gradient, _) = objective(n=12)  # nothing to thin
    preconditioner = ClassPreconditioner.of(F, None, 12)
    H, size = hessian(F), F.shape[1]
    steps = [
        np.linalg.solve(H[k : k + size, k : k + size], gradient[k : k + size])
        for k in range(0, 3 * size, size)
    ]
    assert_allclose(
        preconditioner.solve(gradient), centred(np.array(steps)).ravel(), rtol=1e-7
    )


def test_thinned_factors_are_near_those_of_all_rows():
    F, _, (_, gradient, _) = objective(n=4000)
    keys = count(1)
    whole = hessian(F)
    size = F.shape[1]
    for _ in range(5):
        step = ClassPreconditioner.of(F, lambda: next(keys), 4 * size).solve(gradient)
        exact = np.array(
            [
                np.linalg.solve(
                    whole[k : k + size, k : k + size], gradient[k : k + size]
                )
                for k in range(0, 3 * size, size)
            ]
        )
        assert 0.1 < gradient @ step / (gradient @ centred(exact).ravel()) < 10


def test_thinned_factors_know_a_column_that_few_rows_vary_in():
    """Rows drawn by their curvature alone would miss these most of the time, and make
    steps that the penalty alone holds back."""
    X, y, _ = made(n=4000)
    X[:, 0] = 0
    X[7:4000:800, 0] = 1
    rows = rows_of(X, y)
    moments = rows.moments()
    scaling = Scaling.of(moments, Penalty(1e-8), True, moments.mean)
    F = SoftmaxSampleObjective(rows, scaling, rows.total(), Softmax(3))
    value, gradient, _ = F.read(np.zeros(3 * len(scaling.scale)))
    keys = count(1)
    for _ in range(10):
        step = ClassPreconditioner.of(F, lambda: next(keys), 40).solve(gradient)
        assert gradient @ step / 2 < value


@pytest.mark.parametrize("csr", [False, True])
def test_diagonal_steps_down_and_keeps_the_gauge(csr):
    F, point, (value, gradient, squares) = objective(csr=csr)
    diagonal = ClassDiagonal(F.scaling)
    diagonal.renew(squares)
    step = diagonal.solve(gradient)
    assert_allclose(step.reshape(F.shape).sum(axis=0), 0, atol=1e-12)
    assert F.read(point - 0.1 * step)[0] < value
    diagonal.renew(np.zeros_like(squares))
    assert (diagonal.squares > 0).all()


def test_unit_of_length_is_that_of_the_last_pair():
    """Along a pair of a quadratic the scaled step is that of its curvature."""
    F, _, (_, _, squares) = objective()
    diagonal = ClassDiagonal(F.scaling)
    diagonal.renew(squares)
    rng = np.random.default_rng(3)
    change = centred(rng.standard_normal(F.shape)).ravel()
    moved = 7 * diagonal.solve(change)  # of a curvature seven times less
    pair = moved, change, 1 / (moved @ change)
    assert_allclose(diagonal.scaled(diagonal.solve(change), pair), moved, rtol=1e-12)
