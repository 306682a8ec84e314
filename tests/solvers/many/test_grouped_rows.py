# SPDX-License-Identifier: BSD-3-Clause
"""Sums over rows by fold and class."""

import numpy as np
import pytest
from _many import FEW, problem_of, table
from numpy.testing import assert_allclose, assert_array_equal


def used(problem, X):
    """Rows in their groups, scaled."""
    scaling = problem.scaling
    rows = np.column_stack([X[problem.order] - scaling.centre, np.ones(len(X))])
    return rows * scaling.scale


@pytest.mark.parametrize("layout", ["dense float64", "csr float64"])
def test_sums_and_their_curvature(layout):
    X, y, fold = table(FEW)
    problem = problem_of(X, y, fold, layout=layout)
    groups, a, z = problem.groups, used(problem, X), y[problem.order]
    point = np.random.default_rng(0).standard_normal((5, 2)) / 2
    loss, gradient = groups.read(point)
    assert_array_equal(groups.gradients(point), gradient)
    factor, own = np.arange(6.0), point[:, 0].copy()
    curvature, diagonals = np.zeros((5, 5)), groups.diagonals(own)
    for g, part in enumerate(groups.parts()):
        assert (fold[problem.order[part]] == g // 2).all()
        assert (z[part] == g % 2).all()
        logits = a[part] @ point
        p = 1 / (1 + np.exp(-logits))
        losses = np.logaddexp(0, logits) - z[part, np.newaxis] * logits
        assert_allclose(loss[g], losses.sum(axis=0))
        assert_allclose(gradient[g], a[part].T @ (p - z[part, np.newaxis]), atol=1e-9)
        h = p[:, 0] * (1 - p[:, 0])
        H = (a[part].T * h) @ a[part]
        assert_allclose(diagonals[g], H.diagonal())
        curvature += factor[g] * H
    assert_allclose(groups.curvature(own, factor), np.tril(curvature), atol=1e-9)


def test_points_that_are_shared_have_the_same_sums():
    X, y, fold = table(FEW)
    groups = problem_of(X, y, fold).groups
    point = np.random.default_rng(0).standard_normal((5, 3))[:, [0, 1, 0, 2, 1]]
    factor = np.ones((6, 5))
    factor[:2, 4] = 0.0
    alone = [groups.read(point[:, [m]], factor[:, [m]]) for m in range(5)]
    for found, *sums in zip(groups.read(point, factor), *alone, strict=True):
        assert_array_equal(found, np.concatenate(sums, axis=-1))
    residuals = []
    for seen in [0, 3], [2, 3]:
        groups.read(point, seen=np.array(seen))
        residuals.append(groups.passes.residual)
    assert_array_equal(*residuals)


def test_rows_outside_a_fold():
    X, y, fold = table(FEW)
    problem = problem_of(X, y, fold)
    for k in range(4):
        outside = problem.order[problem.groups.outside(k)]
        assert_array_equal(np.sort(outside), np.flatnonzero(fold != k))


def test_factors_are_those_of_each_model():
    X, y, fold = table(FEW)
    problem = problem_of(X, y, fold)
    groups, a = problem.groups, used(problem, X)
    some = np.array([1, 5, 11])
    objectives = problem.objectives.of(some)
    point = np.random.default_rng(0).standard_normal((5, 3)) / 2
    for m, (unit, factor) in enumerate(groups.factors(point, objectives)):
        x = a[fold[problem.order] != problem.grid.left_out[some[m]]]
        p = 1 / (1 + np.exp(-x @ point[:, m]))
        H = (x.T * (p * (1 - p))) @ x / len(x) + np.diag(objectives.penalty[:, m])
        L = np.tril(factor) * unit[:, np.newaxis]
        assert_allclose(L @ L.T, H, rtol=1e-9, atol=1e-12)
