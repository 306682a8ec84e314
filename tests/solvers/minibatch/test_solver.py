# SPDX-License-Identifier: BSD-3-Clause
"""Minibatch training as the loop sees it, of every loss and of several outputs."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array

from skpulsar import SLPClassifier
from skpulsar._problem._losses import LOGISTIC, SQUARED
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers._table import STEPPING, make

ALPHA = 0.1


def data(n=600, d=5, seed=0):
    """Columns of any size and place, targets with noise, weights of mean 1."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d)) * [0.1, 1, 10, 3, 1] + [0.1, 0, -20, 0, 2]
    y = X @ [2, -0.5, 0.1, 0.3, 0] + 3 + rng.standard_normal(n)
    weight = rng.exponential(size=n)
    return X, y, weight / weight.mean()


def trained(name, rows, loss, weights, n_epochs=60, **options):
    """Weights after some epochs, and the last record."""
    parameters = SLPClassifier(**options).get_params()
    solver = make(name, loss, Penalty(ALPHA), parameters)
    state = solver.init(rows, SolverState(seed=0))
    for _ in range(n_epochs):
        weights, state, epoch = solver.step(rows, weights, state)
    return weights, epoch


def ridge(X, y, weight, fit_intercept):
    """The minimum of the mean of weight (Xw + b - y)^2 / 2 + alpha |w|^2 / 2."""
    A = np.column_stack([X, np.full(len(X), float(fit_intercept))])
    penalty = np.append(np.full(X.shape[1], ALPHA), 0 if fit_intercept else 1)
    return np.linalg.solve(
        (A.T * weight) @ A / len(X) + np.diag(penalty), A.T @ (weight * y) / len(X)
    )


@pytest.mark.parametrize("csr", [False, True])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("name", STEPPING)
def test_squared_errors_come_to_ridge_regression(name, fit_intercept, csr):
    X, y, weight = data()
    rows = Rows(kernel_matrix(csr_array(X)) if csr else X, y, weight)
    options = {"fit_intercept": fit_intercept}
    if name == "sgd":
        options |= {"batch_size": 600, "momentum": 0.95}
    else:  # which walk about the minimum: their mean is near it
        options |= {"average": 300 * 600}
    n_epochs = 1500
    weights, epoch = trained(name, rows, SQUARED, np.zeros((1, 6)), n_epochs, **options)
    expected = ridge(X, y, weight, fit_intercept)
    size = X.std(axis=0) if fit_intercept else np.sqrt((X**2).mean(axis=0))
    tolerance = 1e-6 if name == "sgd" else 0.02
    assert_allclose(weights[0, :-1] * size, expected[:-1] * size, atol=tolerance)
    errors = X @ expected[:-1] + expected[-1] - y
    least = weight @ errors**2 / 2 / len(y) + ALPHA / 2 * expected[:-1] @ expected[:-1]
    assert epoch.loss == pytest.approx(least, rel=1e-6 if name == "sgd" else 0.05)


@pytest.mark.parametrize("name", STEPPING)
def test_outputs_are_trained_side_by_side(name):
    X, y, _ = data()
    rows = Rows(X, (y > y.mean()).astype(float))
    start = np.random.default_rng(1).standard_normal((3, 6)) * 0.1
    options = {"average": 900}
    together, epoch = trained(name, rows, LOGISTIC, start, 5, **options)
    alone = [trained(name, rows, LOGISTIC, w[np.newaxis], 5, **options) for w in start]
    assert_array_equal(together, np.concatenate([weights for weights, _ in alone]))
    assert epoch.loss == pytest.approx(sum(one.loss for _, one in alone))
