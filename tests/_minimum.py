# SPDX-License-Identifier: BSD-3-Clause
"""The least objective, by Newton's method in NumPy."""

import numpy as np


def minimum(X, y, alpha, weight=None, fit_intercept=True):
    """The least F, by Newton steps with a line search, in standardised columns; of more
    columns than rows, in the span of these."""
    weight = np.ones(len(y)) if weight is None else np.asarray(weight, float)
    weight = weight / weight.sum()
    X = X - weight @ X if fit_intercept else X
    if len(X) < X.shape[1]:
        X = np.linalg.qr(X.T, mode="r").T
    size = np.sqrt(weight @ X**2)
    varies = size > 1e-13 * np.abs(X).max(axis=0, initial=0)
    A, penalty = X[:, varies] / size[varies], alpha / size[varies] ** 2
    if fit_intercept:
        A, penalty = np.column_stack([A, np.ones(len(y))]), np.append(penalty, 0)
    return least(A, y, weight, np.diag(penalty))


def least(A, y, weight, P):
    """The least ``sum of weight_i l(a_i . u, y_i) + u . P u / 2``."""
    A = A * np.where(y == 1, 1.0, -1.0)[:, np.newaxis]  # every margin is to grow
    shares = 4.0 ** np.arange(20, -20, -1)  # far rows need long steps
    u = np.zeros(A.shape[1])
    value = np.log(2)
    for _ in range(500):
        margin = A @ u
        p = np.exp(-np.logaddexp(0, margin))
        gradient = P @ u - A.T @ (weight * p)
        H = (A.T * (weight * p * (1 - p))) @ A + P
        unit = 1 / np.sqrt(np.maximum(np.diag(H), 1e-300))
        values, vectors = np.linalg.eigh(H * unit * unit[:, np.newaxis])
        step = vectors.T @ (unit * gradient) / np.maximum(values, 1e-14)
        step = unit * (vectors @ step)
        moved, bent = A @ step, P @ step
        found = min(
            (
                weight @ np.logaddexp(0, share * moved - margin)
                + (u @ P @ u / 2 - share * (u @ bent) + share**2 * (step @ bent) / 2),
                share,
            )
            for share in shares
        )
        if not found[0] < value * (1 - 1e-15):
            break
        value, u = found[0], u - found[1] * step
    return value
