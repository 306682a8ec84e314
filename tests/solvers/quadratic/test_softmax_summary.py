# SPDX-License-Identifier: BSD-3-Clause
"""What a fit leaves to a stream: the curvature comes back from what was packed."""

import numpy as np
import pytest
from _softmax import ALPHA, made, rows_of
from numpy.testing import assert_allclose

from skpulsar._problem._losses import Softmax, centred
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic import _softmax_preconditioners
from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._solvers.quadratic._softmax_preconditioners import (
    ClassDiagonal,
    ClassPreconditioner,
    NewtonPreconditioner,
)
from skpulsar._solvers.quadratic._softmax_sample_objective import SoftmaxSampleObjective
from skpulsar._solvers.quadratic._softmax_summary import SoftmaxSummary

K, D = 3, 4


def objective(csr, fit_intercept):
    """An objective that has read a point, and the diagonal there."""
    X, y, weight = made(14, D, K, sparse=csr)  # so few rows are not thinned
    rows = rows_of(X / np.abs(X).max(axis=0), y, weight, csr)
    moments = rows.moments()
    centre = moments.centre(csr) if fit_intercept else np.zeros(D)
    scaling = Scaling.of(moments, Penalty(ALPHA), fit_intercept, centre)
    F = SoftmaxSampleObjective(rows, scaling, rows.total(), Softmax(K))
    point = centred(np.random.default_rng(1).standard_normal(F.shape))
    return F, moments, F.read(point.ravel(), True)[2]


def summary(F, moments, packed):
    zero = np.zeros(F.shape)
    return SoftmaxSummary(
        moments, F.scaling.centre, F.scaling.fit_intercept, zero, 0.0, zero,
        Penalty(ALPHA), *packed,
    )  # fmt: skip


def of_the_loss(F):
    """The blocks of the curvature by the weights of (x - centre, 1), by NumPy."""
    X = F.rows.entries(np.arange(F.rows.n_rows)) - F.scaling.centre
    A = np.column_stack([X, np.full(len(X), float(F.scaling.fit_intercept))])
    p, weight = F.passes.probabilities(), F.weight / F.total
    return np.array(
        [
            [(A.T * (weight * p[k] * ((k == m) - p[m]))) @ A for m in range(K)]
            for k in range(K)
        ]
    )


layouts = pytest.mark.parametrize("csr", [False, True])
intercepts = pytest.mark.parametrize("fit_intercept", [True, False])


@layouts
@intercepts
def test_the_factor_of_all_classes(csr, fit_intercept):
    F, moments, _ = objective(csr, fit_intercept)
    left = summary(F, moments, NewtonPreconditioner.of(F).packed)
    assert left.factor.dtype == np.float32
    expected = of_the_loss(F)[:-1, :-1].transpose(0, 2, 1, 3)
    assert_allclose(left.curvature(), expected, rtol=1e-4, atol=1e-6)


@layouts
@intercepts
def test_the_factors_of_every_class(csr, fit_intercept):
    F, moments, _ = objective(csr, fit_intercept)
    left = summary(
        F, moments, ClassPreconditioner.of(F, None, len(F.rows.targets())).packed
    )
    assert left.factor.shape == (K, (D + 1) * (D + 2) // 2)
    expected = [of_the_loss(F)[k, k] for k in range(K)]
    assert_allclose(left.curvature(), expected, rtol=1e-4, atol=1e-6)


@layouts
@intercepts
@pytest.mark.parametrize("kind", ["newton", "factors", "diagonal"])
def test_the_diagonal_of_many_columns(csr, fit_intercept, kind, monkeypatch):
    monkeypatch.setattr(_softmax_preconditioners, "MAX_PACKED_COLUMNS", 5)
    F, moments, squares = objective(csr, fit_intercept)
    if kind == "newton":
        packed = NewtonPreconditioner.of(F).packed
    elif kind == "factors":
        packed = ClassPreconditioner.of(F, None, len(F.rows.targets())).packed
    else:
        diagonal = ClassDiagonal(F.scaling)
        diagonal.renew(squares)
        packed = diagonal.packed
    left = summary(F, moments, packed)
    assert left.factor is None
    expected = [np.diag(of_the_loss(F)[k, k]) for k in range(K)]
    assert_allclose(left.curvature(), expected, rtol=1e-6, atol=1e-9)
