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
    u = np.zeros(A.shape[1])
    value = np.log(2)
    for _ in range(500):
        margin = A @ u
        p = np.exp(-np.logaddexp(0, margin))
        gradient = P @ u - A.T @ (weight * p)
        H = (A.T * (weight * p * (1 - p))) @ A + P
        unit = 1 / np.sqrt(np.maximum(np.diag(H), 1e-300))
        step = unit * _solved(H * unit * unit[:, np.newaxis], unit * gradient)
        found = _along(A, weight, P, margin, u, step)
        if not found[0] < value * (1 - 1e-15):
            break
        value, u = found[0], u - found[1] * step
    return value


def _solved(H, gradient):
    """Newton's step, whose length in directions of no curvature is bounded."""
    try:
        if np.diag(np.linalg.cholesky(H)).min() > 1e-4:
            return np.linalg.solve(H, gradient)
    except np.linalg.LinAlgError:
        pass
    values, vectors = np.linalg.eigh(H)
    return vectors @ (vectors.T @ gradient / np.maximum(values, 1e-14))


def _along(A, weight, P, margin, u, step):
    """The least value along a step, and its share of the step, a power of 4: far rows
    need long ones."""
    moved, bent = A @ step, P @ step
    terms = u @ P @ u / 2, u @ bent, step @ bent / 2

    def value(power):
        share = 4.0**power
        penalty = terms[0] - share * terms[1] + share**2 * terms[2]
        return weight @ np.logaddexp(0, share * moved - margin) + penalty

    power, found = 0, value(0)
    for way in (1, -1):
        while abs(power) < 20 and (other := value(power + way)) <= found:
            power, found = power + way, other
    return found, 4.0**power
