# SPDX-License-Identifier: BSD-3-Clause
"""Least squares of some columns, and their minimum by NumPy."""

import numpy as np

N, D, ALPHA = 20_000, 6, 1e-3


def made(n=N, d=D, noise=1.0):
    random = np.random.default_rng(0)
    X = random.standard_normal((n, d)) * 10.0 ** random.uniform(-2, 2, d)
    X += X.std(axis=0) * random.uniform(-3, 3, d)
    w = random.standard_normal(d) / X.std(axis=0)
    return X, X @ w + 5 + noise * random.standard_t(3, n), random.exponential(size=n)


def least(X, y, weight, alpha, fit_intercept):
    """Weights, by an orthogonal factorisation of centred rows."""
    weight = np.ones(len(y)) if weight is None else weight
    weight = weight / weight.sum()
    mean, middle = (weight @ X, weight @ y) if fit_intercept else (0.0, 0.0)
    root = np.sqrt(weight)[:, np.newaxis]
    A = np.vstack([root * (X - mean), np.sqrt(alpha) * np.eye(X.shape[1])])
    b = np.append(root[:, 0] * (y - middle), np.zeros(X.shape[1]))
    w = np.linalg.lstsq(A, b)[0]
    errors = y - X @ w - (middle - mean @ w if fit_intercept else 0.0)
    value = weight @ errors**2 / 2 + alpha / 2 * w @ w
    return np.append(w, middle - mean @ w if fit_intercept else 0.0), value
