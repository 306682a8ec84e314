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
ROUNDING = 1e-16
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
    targets, weight = _targets(y), np.full(len(y), 1 / len(y))
    U = np.zeros((targets.shape[1], A.shape[1]))
    U[:, -1] = _null_logits(targets)
    now, U = minimise(A, targets, weight, penalty, U)
    coef = U[:, :-1] / scale
    return now, coef, U[:, -1] - coef @ mean


def minimise(A, targets, weight, penalty, U):
    """Least value, and where it is, of ``weight @ losses + sum(penalty * U**2) / 2``,
    the logits being ``A @ U.T``; from U on."""
    Z = A @ U.T
    now = weight @ _losses(Z, targets) + (penalty * U**2).sum() / 2
    for _ in range(MAX_STEPS):
        P = _probabilities(Z)
        gradient = (A.T @ (weight[:, np.newaxis] * (P - targets))).T + penalty * U
        step = newton(A, P, weight, penalty, gradient)
        # Twice what a full step gains, near the optimum
        decrement = (gradient * step).sum()
        if decrement <= 1e-12 * now:
            return now, U
        U, Z, now = _search(A, targets, weight, penalty, U, Z, now, step, decrement)
    raise RuntimeError("the reference did not reach the optimum")


def _search(A, targets, weight, penalty, U, Z, now, step, decrement):
    """The first point along the step that gains enough: halving from the full step."""
    along, share = A @ step.T, 1.0
    while True:
        V, there = U - share * step, Z - share * along
        value = weight @ _losses(there, targets) + (penalty * V**2).sum() / 2
        if value <= now - share * decrement / 4:
            return V, there, value
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


def newton(A, P, weight, penalty, gradient):
    """The step H^-1 gradient, H the curvature of the losses + diag(penalty).

    That of a row is p_k (1{k = l} - p_l), whether or not a last class has no logit.
    """
    if gradient.size > MAX_OUTRIGHT:
        return _conjugate(A, P, weight, penalty, gradient)
    n_outputs, size = gradient.shape
    H = np.empty((n_outputs, size, n_outputs, size))
    for k in range(n_outputs):
        for other in range(k + 1):
            block = _gram(A, weight * P[:, k] * ((k == other) - P[:, other]))
            H[k, :, other], H[other, :, k] = block, block
        H[k, :, k] += np.diag(penalty)
    if n_outputs > 1:  # Steps are the same for all classes: that is their zero-sum one.
        columns = np.arange(size)
        H[:, columns, :, columns] += np.einsum("kjkj->j", H)[:, None, None]
    H = H.reshape(gradient.size, gradient.size)
    unit = np.sqrt(np.diag(H))
    unit[unit == 0] = 1
    H /= unit[:, np.newaxis] * unit
    return (_solve(H, gradient.ravel() / unit) / unit).reshape(gradient.shape)


def _solve(H, gradient):
    try:
        return linalg.cho_solve(linalg.cho_factor(H), gradient)
    except linalg.LinAlgError:
        return linalg.lstsq(H, gradient, cond=ROUNDING)[0]


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


def _conjugate(A, P, weight, penalty, gradient):
    shape, share = (gradient.size, gradient.size), weight[:, np.newaxis]

    def product(v):
        V = v.reshape(gradient.shape)
        moved = P * (A @ V.T)
        moved -= P * moved.sum(axis=1, keepdims=True)
        return ((A.T @ (share * moved)).T + penalty * V).ravel()

    H = LinearOperator(shape, product)
    M = LinearOperator(shape, _preconditioner(A, share * P * (1 - P), penalty))
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
