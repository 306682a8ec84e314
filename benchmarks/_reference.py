# SPDX-License-Identifier: BSD-3-Clause
"""The optimum of the objective, to a relative 1e-12: the benchmarks' oracle.

Damped Newton steps in scaled columns, NumPy and SciPy only. The systems are solved
outright up to MAX_OUTRIGHT columns, beyond by preconditioned conjugate gradients.
"""

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, cg
from scipy.special import expit

MAX_OUTRIGHT = 2_000
MAX_STEPS = 200
LEAF = 10_000  # rows, so that a weighted copy of X is never held


def log_loss(X, y, w, b):
    """Mean cross-entropy; y of 0 and 1."""
    return _losses(X @ w + b, y)


def objective(X, y, alpha, w, b):
    """Mean cross-entropy + alpha/2 |w|^2."""
    return log_loss(X, y, w, b) + alpha / 2 * (w @ w)


def optimum(X, y, alpha):
    """Least value of the objective, and the weights and the intercept there."""
    A, mean, scale = _scaled(X)
    penalty = np.append(alpha / scale**2, 0.0)
    share = y.mean()
    u = np.append(np.zeros(X.shape[1]), np.log(share / (1 - share)))
    z = A @ u
    now = _losses(z, y)
    for _ in range(MAX_STEPS):
        p = expit(z)
        gradient = A.T @ (p - y) / len(y) + penalty * u
        step = _newton(A, p * (1 - p) / len(y), penalty, gradient)
        decrement = gradient @ step  # twice what a full step gains, near the optimum
        if decrement <= 1e-12 * now:
            w = u[:-1] / scale
            return now, w, u[-1] - w @ mean
        u, z, now = _search(A, y, penalty, u, z, now, step, decrement)
    raise RuntimeError("the reference did not reach the optimum")


def _search(A, y, penalty, u, z, now, step, decrement):
    """The first point along the step that gains enough: halving from the full step."""
    along, share = A @ step, 1.0
    while True:
        v = u - share * step
        value = _losses(z - share * along, y) + penalty @ v**2 / 2
        if value <= now - share * decrement / 4:
            return v, z - share * along, value
        share /= 2
        if share < 1e-10:
            raise RuntimeError("the reference does not get further down")


def _losses(z, y):
    return np.logaddexp(0, np.where(y == 1, -z, z)).mean()


def _scaled(X):
    """X in units of its columns (CSR is not centred), a column of ones behind it."""
    if sparse.issparse(X):
        mean = np.zeros(X.shape[1])
        scale = np.sqrt(np.asarray(X.multiply(X).mean(axis=0)).ravel())
        scale[scale == 0] = 1
        ones = np.ones((X.shape[0], 1))
        return sparse.hstack([X / scale, ones], format="csr"), mean, scale
    mean, scale = X.mean(axis=0), X.std(axis=0)
    scale[scale == 0] = 1
    A = np.empty((len(X), X.shape[1] + 1))
    np.subtract(X, mean, out=A[:, :-1])
    A[:, :-1] /= scale
    A[:, -1] = 1
    return A, mean, scale


def _newton(A, h, penalty, gradient):
    """The step H^-1 gradient with H = A' diag(h) A + diag(penalty)."""
    if A.shape[1] > MAX_OUTRIGHT:
        return _conjugate(A, h, penalty, gradient)
    H = np.diag(penalty)
    for start in range(0, A.shape[0], LEAF):
        rows = A[start : start + LEAF]
        weight = h[start : start + LEAF]
        if sparse.issparse(rows):
            H += (rows.T @ rows.multiply(weight[:, np.newaxis]).tocsr()).toarray()
        else:
            H += rows.T @ (rows * weight[:, np.newaxis])
    return np.linalg.lstsq(H, gradient)[0]


def _conjugate(A, h, penalty, gradient):
    size = len(gradient)
    diagonal = A.multiply(A).T @ h + penalty
    diagonal[diagonal == 0] = 1
    H = LinearOperator((size, size), lambda v: A.T @ (h * (A @ v)) + penalty * v)
    M = LinearOperator((size, size), lambda v: v / diagonal)
    return cg(H, gradient, rtol=1e-3, M=M, maxiter=1_000)[0]
