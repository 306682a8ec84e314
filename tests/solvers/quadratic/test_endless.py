# SPDX-License-Identifier: BSD-3-Clause
"""Whether there is no minimum: rows that a direction separates, wholly or in part."""

import numpy as np
import pytest
from _quadratic import at, unscaled
from hypothesis import given, settings
from hypothesis import strategies as st

from skpulsar._problem._losses import LOGISTIC
from skpulsar._solvers.quadratic._sample_objective import SampleObjective
from skpulsar._solvers.quadratic._saturation import endless

deterministic = settings(derandomize=True, database=None, deadline=None)
kinds = pytest.mark.parametrize("csr", [False, True])


def flagged(n=300, share=0.2, seed=0):
    """Columns that overlap, and one that is 1 for some positives alone."""
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, 3))
    y = (X[:, 0] + random.standard_normal(n) > 0.5).astype(int)
    X[:, 2] = y & (random.random(n) < share)
    return X, y


def late(F, steps):
    """Where Newton's steps are after some time, and what `at` says of it."""
    point = np.zeros(F.rows.n_columns + 1)
    for _ in range(steps):
        residual, gradient, _ = at(F, point)
        preconditioner = F.preconditioner(residual)
        point = point - preconditioner.solve(gradient)
    return point, *at(F, point)


def turned(X, seed):
    """The same columns, mixed: no single one of them tells."""
    random = np.random.default_rng(seed)
    return X @ np.linalg.qr(random.standard_normal((X.shape[1],) * 2))[0]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("fit_intercept", [True, False])
@kinds
@pytest.mark.parametrize("steps", [10, 15, 30])
def test_quasi_separation_has_no_end(seed, mixed, fit_intercept, csr, steps):
    """However long ago the rows of the flag were done."""
    X, y = flagged(seed=seed)
    X = turned(X, seed) if mixed else X
    F = unscaled(X, y, fit_intercept=fit_intercept, sparse=csr)
    point, residual, _, value = late(F, steps)
    assert endless(F, residual, point, 1e-3 * value)
    part = np.flatnonzero(np.arange(len(y)) % 3 < 2)  # some rows stand for all
    some = F.rows.at(part)
    some = SampleObjective(some, F.scaling, F.total, LOGISTIC)
    assert endless(some, residual[part], point, 1e-3 * value, F)


@pytest.mark.parametrize("seed", range(4))
@kinds
def test_many_flags_at_once_have_no_end(seed, csr):
    """Nearly all rows are done, and pull in many directions: the way that the point
    has come is one that takes from none of them."""
    random = np.random.default_rng(seed)
    groups = random.integers(0, 80, 400)
    rate = random.choice([0.0, 1.0], 80)
    rate[:4] = 0.5  # groups that hold both classes
    y = (random.random(400) < rate[groups]).astype(int)
    X = np.column_stack([np.eye(80)[groups], np.eye(20)[groups % 20]])
    F = unscaled(X, y, fit_intercept=False, sparse=csr)
    point, residual, _, value = late(F, 25)
    assert endless(F, residual, point, 1e-3 * value)


@pytest.mark.parametrize("fit_intercept", [True, False])
@kinds
def test_separated_rows_are_seen_as_such(fit_intercept, csr):
    X = np.random.default_rng(0).standard_normal((200, 3))
    y = (X @ [1, -2, 0.5] > 0).astype(int)
    F = unscaled(X, y, fit_intercept=fit_intercept, sparse=csr)
    at(F, np.zeros(4))
    assert not F.passes.separated()
    late(F, 12)
    assert F.passes.separated()


@deterministic
@given(
    seed=st.integers(0, 10**6),
    n_columns=st.integers(1, 4),
    fit_intercept=st.booleans(),
    far=st.sampled_from([None, 1e2, 1e6]),
)
def test_rows_that_overlap_have_an_end(seed, n_columns, fit_intercept, far):
    random = np.random.default_rng(seed)
    X = random.standard_normal((150, n_columns))
    y = random.integers(0, 2, 150)
    X[100:], y[100:] = X[:50], 1 - y[:50]  # what is gained on one is lost on its twin
    if far is not None:
        X[50:60, 0] *= far
    F = unscaled(X, y, fit_intercept=fit_intercept)
    found = F.newton(np.zeros(n_columns + 1), 0.0, 1e-10)
    residual, _, value = at(F, found.point)
    for share in (1e-3, 1.0):
        assert not endless(F, residual, found.point, share * value)
