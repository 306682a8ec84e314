# SPDX-License-Identifier: BSD-3-Clause
"""Rows that saturate, against NumPy and minima that are known."""

import numpy as np
import pytest
from _quadratic import at, unscaled
from numpy.testing import assert_allclose

from skpulsar._solvers.quadratic._saturation import (
    SUSPECT,
    conjugate_step,
    decrement_along,
    decrement_at,
    endless,
    step_past,
)


def curvature(objective, X, residual, left_out=()):
    """By NumPy, of the rows that are not left out."""
    scaling, n = objective.scaling, objective.rows.n_rows
    used = objective.rows.order_of(np.arange(n))
    A = np.column_stack([X[used], np.ones(n)]) * scaling.scale
    weight = np.ones(n) if objective.weight is None else objective.weight
    h = weight * residual * (1 - residual) / objective.total
    h[list(left_out)] = 0
    return (A.T * h) @ A + np.diag(scaling.penalty)


kinds = pytest.mark.parametrize("csr", [False, True])
kinds_of_rows = [
    pytest.mark.parametrize("fit_intercept", [True, False]),
    pytest.mark.parametrize("weighted", [False, True]),
    pytest.mark.parametrize("part", [False, True]),
    kinds,
]


def every_kind(test):
    for mark in kinds_of_rows:
        test = mark(test)
    return test


def ordinary(fit_intercept, weighted, part, csr, n=60, d=4, alpha=0.01):
    random = np.random.default_rng(0)
    X = random.standard_normal((n, d))
    y = random.integers(0, 2, n)
    weight = random.exponential(size=n) if weighted else None
    index = random.permutation(n)[: n // 2] if part else None
    point = 0.3 * random.standard_normal(d + 1)
    point[-1] *= fit_intercept
    return unscaled(X, y, alpha, fit_intercept, weight, index, csr), X, point


@every_kind
def test_a_newton_step_has_the_newton_decrement(fit_intercept, weighted, part, csr):
    F, X, point = ordinary(fit_intercept, weighted, part, csr)
    residual, gradient, _ = at(F, point)
    H = curvature(F, X, residual)
    step = np.linalg.solve(H, gradient)
    expected = gradient @ step / 2
    along = decrement_along(F, gradient, step)
    assert_allclose(along, expected, rtol=1e-9)
    found = decrement_at(F, residual, gradient, step / 100, 1e-4)  # moves no margin far
    assert found is None  # 100 times the curvature is unreliable
    found = decrement_at(F, residual, gradient, step, 1e-4)
    signs = np.where(F.target == 1, 1, -1)
    gains = -signs * F.moved(step) * (residual < 0.5)
    assert found is None if gains.max() >= SUSPECT else found == along


@every_kind
def test_a_preconditioner_that_is_too_large_hides_no_decrement(
    fit_intercept, weighted, part, csr
):
    """Whatever the length of the step, its decrement is what the best length gains."""
    F, X, point = ordinary(fit_intercept, weighted, part, csr)
    residual, gradient, _ = at(F, point)
    H = curvature(F, X, residual)
    step = np.linalg.solve(H, gradient)
    for factor in (1e-3, 0.1, 1):
        found = decrement_along(F, gradient, factor * step)
        assert_allclose(found, gradient @ step / 2, rtol=1e-9)
    assert decrement_along(F, gradient, -step) == 0


@every_kind
def test_what_a_column_gains_alone(fit_intercept, weighted, part, csr):
    """With the intercept beside it, as a problem of two unknowns has it."""
    F, X, point = ordinary(fit_intercept, weighted, part, csr)
    residual, gradient, _ = at(F, point)
    H, found = curvature(F, X, residual), F.column_gains(gradient, residual)
    for j in range(4):
        pair = [j, 4] if fit_intercept else [j]
        slope, bend = gradient[pair], H[np.ix_(pair, pair)]
        expected = slope @ np.linalg.solve(bend, slope) / 2
        if fit_intercept:  # what the intercept gains alone is not the column's
            expected -= gradient[4] ** 2 / H[4, 4] / 2
        assert_allclose(found[j], expected, rtol=1e-9, atol=1e-15)


@every_kind
def test_a_stale_column_is_not_hidden_by_the_others(fit_intercept, weighted, part, csr):
    """A preconditioner that knows the curvature of a column from when a row far out had
    one makes no step along it: neither the rows nor the curvature along the step tell.
    """
    F, X, point = ordinary(fit_intercept, weighted, part, csr, alpha=1.0)
    found = F.newton(point, 0.0, 1e-3)  # near the minimum
    residual, gradient, _ = at(F, found.point)
    H = curvature(F, X, residual)
    step = np.linalg.solve(H, gradient)
    assert decrement_at(F, residual, gradient, step, 1e-4) is not None
    hidden = F.column_gains(gradient, residual)
    place = np.argmax(hidden)
    H[place, place] *= 1e6
    rest = np.linalg.solve(H, gradient)
    told = decrement_along(F, gradient, rest)
    found = decrement_at(F, residual, gradient, rest, 1e-4)
    assert found is None if hidden[place] > 2 * told else found == told


@every_kind
def test_the_solved_decrement_is_that_of_the_curvature(
    fit_intercept, weighted, part, csr
):
    F, X, point = ordinary(fit_intercept, weighted, part, csr)
    residual, gradient, _ = at(F, point)
    H = curvature(F, X, residual)
    expected = gradient @ np.linalg.solve(H, gradient) / 2
    near = F.preconditioner(residual)
    assert_allclose(conjugate_step(F, residual, gradient, near)[1], expected, rtol=1e-9)
    far = F.preconditioner(
        np.full(len(residual), 0.5)
    )  # another curvature than the present
    found = conjugate_step(F, residual, gradient, far)[1]
    assert expected * 0.9 <= found <= expected * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_conjugate_steps_find_what_a_raised_factor_hides(seed):
    """Several directions at once, each with a curvature far below what was added."""
    random = np.random.default_rng(seed)
    Z = random.standard_normal((400, 8))
    apart = 10.0 ** -random.uniform(6, 7.5, 4)
    X = np.column_stack([Z[:, :4], Z[:, :4] + apart * Z[:, 4:]])
    y = (Z.sum(axis=1) + 4 * random.standard_normal(400) > 0).astype(int)
    F = unscaled(X, y)
    point = np.zeros(9)
    residual, gradient, _ = at(F, point)
    _, found = conjugate_step(F, residual, gradient, F.preconditioner(residual))
    A = np.column_stack([Z, np.ones(400)])
    slope = A.T @ (0.5 - F.target) / F.total
    H = A.T @ A / 4 / F.total
    expected = slope @ np.linalg.solve(H, slope) / 2
    assert_allclose(found, expected, rtol=0.1)
    blind = F.preconditioner(residual).solve(gradient) @ gradient / 2
    assert blind < 0.95 * expected


@every_kind
def test_nothing_saturates_in_a_short_step(fit_intercept, weighted, part, csr):
    """Then the step past it is Newton's step, and its decrement Newton's."""
    F, X, point = ordinary(fit_intercept, weighted, part, csr, alpha=1.0)
    found = F.newton(point, 0.0, 1e-3)  # near the minimum
    residual, gradient, value = at(F, found.point)
    _, present, step, ahead, _ = step_past(F, residual, found.point, gradient, value)
    H = curvature(F, X, residual)
    assert_allclose(H @ step, gradient, rtol=1e-7, atol=1e-9)
    assert_allclose(present, gradient @ step / 2, rtol=1e-7, atol=1e-16)
    assert ahead == present


def sentinels(n=400, share=0.3, value=1e6, seed=0, **options):
    """Negatives whose column is a sentinel, in a share of rows. Returned are F, X, a
    point where these are on their side by 16, with the intercept of the others, and
    which they are."""
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, 1))
    y = (X[:, 0] + 0.5 * random.standard_normal(n) < -0.5).astype(int)
    far = random.random(n) < share
    X[far, 0], y[far] = value, 0
    share = y[~far].mean()
    point = np.array([-16 / value, np.log(share / (1 - share))])
    return unscaled(X, y, **options), X, point, far


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
@pytest.mark.parametrize("value", [1e5, 1e6, 1e9])
@kinds
def test_rows_far_out_are_left_out_of_a_step(share, value, csr):
    F, X, point, far = sentinels(share=share, value=value, sparse=csr)
    residual, gradient, objective_value = at(F, point)
    H = curvature(F, X, residual)
    blind = gradient @ np.linalg.solve(H, gradient) / 2  # sees nothing behind them
    step = np.linalg.solve(H, gradient)
    assert decrement_at(F, residual, gradient, step, 1e-4) is None
    _, present, step, ahead, _ = step_past(
        F, residual, point, gradient, 1e-5 * objective_value
    )
    assert_allclose(present, blind, rtol=1e-6)
    A = np.column_stack([X, np.ones(len(X))])[~far]
    z = F.target[~far]
    slope = A.T @ (1 / (1 + np.exp(-A @ point)) - z) / F.total
    without = np.linalg.solve(curvature(F, X, residual, np.flatnonzero(far)), slope)
    assert_allclose(step, without, rtol=1e-6)
    assert_allclose(ahead, slope @ without / 2, rtol=1e-6)
    assert ahead > 100 * blind


def test_the_minimum_without_the_rows_far_out_is_reached():
    """Steps past them end where the minimum of the others is."""
    F, X, point, far = sentinels()
    for _ in range(30):
        residual, gradient, value = at(F, point)
        _, _, step, *_ = step_past(F, residual, point, gradient, 1e-3 * value)
        share = 1.0
        while F.read(point - share * step)[0] > value and share > 1e-9:
            share /= 2
        point = point - share * step
    others = unscaled(X[~far], F.target[~far])
    best = others.newton(np.zeros(2), 0.0, 1e-28).point
    least = others.read(best)[0] * others.total / F.total
    assert best[0] < 0  # the sentinels lose nothing there
    assert_allclose(F.read(point)[0], least, rtol=1e-9)


def test_rows_that_have_a_loss_to_lose_are_not_left_out():
    F, _, point, _ = sentinels()
    point = np.array([-1e-6, 0.0])  # they are on their side by 1
    residual, gradient, value = at(F, point)
    _, present, _, ahead, _ = step_past(F, residual, point, gradient, 1e-3 * value)
    assert ahead == present


def test_no_curvature_at_all_is_no_preconditioner():
    F = unscaled([[1e200], [-1e200]], [0, 1])
    residual = np.array([0.5, 0.5])
    found = step_past(F, residual, np.zeros(2), np.zeros(2), 0.0)
    assert found[0] is None and found[1] == found[3] == 0
    assert not endless(F, residual, np.zeros(2), 1.0)
