# SPDX-License-Identifier: BSD-3-Clause
"""The optimum of the objective, to a relative 1e-12: the benchmarks' oracle.

Damped Newton steps in scaled columns, NumPy and SciPy only. The systems are solved
outright up to MAX_OUTRIGHT unknowns, beyond by preconditioned conjugate gradients.

Coefficients have the shape (1, d) for two classes, which have one logit, or (K, d);
intercepts (1,) or (K,).
"""

import numpy as np
from scipy import linalg, sparse
from scipy.sparse.linalg import LinearOperator, cg
from scipy.special import expit, softmax

MAX_OUTRIGHT = 2_000
MAX_STEPS = 200
LEAF = 10_000  # rows, so that a weighted copy of X is never held


def log_loss(X, y, coef, intercept):
    """Mean cross-entropy; y of 0 to K - 1."""
    return _losses(X @ coef.T + intercept, _targets(y)).mean()


def objective(X, y, alpha, coef, intercept):
    """Mean cross-entropy + alpha/2 |coef|^2."""
    return log_loss(X, y, coef, intercept) + alpha / 2 * (coef**2).sum()


def optimum(X, y, alpha):
    """Least value of the objective, and the coefficients and the intercepts there."""
    A, mean, scale = _scaled(X)
    penalty = np.append(alpha / scale**2, 0.0)
    targets = _targets(y)
    U = np.zeros((targets.shape[1], A.shape[1]))
    U[:, -1] = _null_logits(targets)
    Z = A @ U.T
    now = _losses(Z, targets).mean()
    for _ in range(MAX_STEPS):
        P = _probabilities(Z)
        gradient = (A.T @ (P - targets)).T / len(y) + penalty * U
        step = _newton(A, P, penalty, gradient)
        decrement = (
            gradient * step
        ).sum()  # twice a full step's gain, near the optimum
        if decrement <= 1e-12 * now:
            coef = U[:, :-1] / scale
            return now, coef, U[:, -1] - coef @ mean
        U, Z, now = _search(A, targets, penalty, U, Z, now, step, decrement)
    raise RuntimeError("the reference did not reach the optimum")


def _search(A, targets, penalty, U, Z, now, step, decrement):
    """The first point along the step that gains enough: halving from the full step."""
    along, share = A @ step.T, 1.0
    while True:
        V = U - share * step
        value = _losses(Z - share * along, targets).mean() + (penalty * V**2).sum() / 2
        if value <= now - share * decrement / 4:
            return V, Z - share * along, value
        share /= 2
        if share < 1e-10:
            raise RuntimeError("the reference does not get further down")


def _targets(y):
    """One column for two classes, of K for more."""
    if y.max() == 1:
        return y[:, np.newaxis].astype(np.float64)
    return np.eye(y.max() + 1)[y]


def _null_logits(targets):
    shares = targets.mean(axis=0)
    return np.log(shares / (1 - shares)) if len(shares) == 1 else np.log(shares)


def _probabilities(Z):
    return expit(Z) if Z.shape[1] == 1 else softmax(Z, axis=1)


def _losses(Z, targets):
    if Z.shape[1] == 1:
        return np.logaddexp(0, np.where(targets == 1, -Z, Z))[:, 0]
    margins = Z - Z[targets == 1][:, np.newaxis]
    most = margins.max(axis=1)
    return most + np.log(np.exp(margins - most[:, np.newaxis]).sum(axis=1))


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


def _newton(A, P, penalty, gradient):
    """The step H^-1 gradient, H the curvature of the mean loss + diag(penalty).

    That of a row is p_k (1{k = l} - p_l), whether or not a last class has no logit.
    """
    if gradient.size > MAX_OUTRIGHT:
        return _conjugate(A, P, penalty, gradient)
    n_outputs, size = gradient.shape
    H = np.empty((n_outputs, size, n_outputs, size))
    for k in range(n_outputs):
        for other in range(k + 1):
            block = _gram(A, P[:, k] * ((k == other) - P[:, other]) / len(P))
            H[k, :, other], H[other, :, k] = block, block
        H[k, :, k] += np.diag(penalty)
    H = H.reshape(gradient.size, gradient.size)
    return np.linalg.lstsq(H, gradient.ravel())[0].reshape(gradient.shape)


def _gram(A, weight):
    """A' diag(weight) A"""
    gram = np.zeros((A.shape[1], A.shape[1]))
    for start in range(0, A.shape[0], LEAF):
        rows = A[start : start + LEAF]
        scale = weight[start : start + LEAF, np.newaxis]
        if sparse.issparse(rows):
            gram += (rows.T @ rows.multiply(scale).tocsr()).toarray()
        else:
            gram += rows.T @ (rows * scale)
    return gram


def _conjugate(A, P, penalty, gradient):
    shape = (gradient.size, gradient.size)

    def product(v):
        V = v.reshape(gradient.shape)
        moved = P * (A @ V.T)
        moved -= P * moved.sum(axis=1, keepdims=True)
        return ((A.T @ moved).T / len(P) + penalty * V).ravel()

    H = LinearOperator(shape, product)
    M = LinearOperator(shape, _preconditioner(A, P * (1 - P) / len(P), penalty))
    step = cg(H, gradient.ravel(), rtol=1e-3, M=M, maxiter=1_000)[0]
    return step.reshape(gradient.shape)


def _preconditioner(A, weights, penalty):
    """Each output's own curvature inverted; of sparse rows, its diagonal."""
    if sparse.issparse(A):
        diagonal = (A.multiply(A).T @ weights).T + penalty
        diagonal[diagonal == 0] = 1
        return lambda v: v / diagonal.ravel()
    factors = [linalg.cho_factor(_gram(A, w) + np.diag(penalty)) for w in weights.T]

    def solve(v):
        rows = np.split(v, len(factors))
        pairs = zip(factors, rows, strict=True)
        return np.concatenate([linalg.cho_solve(factor, row) for factor, row in pairs])

    return solve
