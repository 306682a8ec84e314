# SPDX-License-Identifier: BSD-3-Clause
"""Problems of several classes, and their objective by NumPy, for the tests of psgd."""

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import logsumexp, softmax

from skpulsar._problem._losses import Softmax
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._memory import Rows

ALPHA = 1e-3


def made(n=600, d=4, n_classes=3, seed=0, sparse=False):
    """Rows of raw columns, classes by a softmax of them, and weights of mean 1."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d)) * 10.0 ** rng.uniform(-2, 2, d)
    if sparse:
        X *= rng.random((n, d)) < 0.3
    else:
        X += X.std(axis=0) * rng.uniform(-3, 3, d)
    W = rng.standard_normal((n_classes, d)) / np.maximum(X.std(axis=0), 1e-9)
    shares = np.log(np.arange(1.0, n_classes + 1))
    y = ((X - X.mean(axis=0)) @ W.T + shares + rng.gumbel(size=(n, n_classes))).argmax(
        1
    )
    y[:n_classes] = np.arange(n_classes)
    weight = rng.exponential(size=n)
    return X, y, weight / weight.mean()


def rows_of(X, y, weight=None, csr=False):
    X = kernel_matrix(csr_array(X)) if csr else np.ascontiguousarray(X)
    return Rows(X, y.astype(float), weight)


class ByNumPy:
    """``F(W, b)`` and its gradient, of weights of shape (n_classes, n_columns + 1)."""

    def __init__(self, X, y, weight=None, alpha=ALPHA, fit_intercept=True):
        self.A = np.column_stack([X, np.full(len(X), float(fit_intercept))])
        self.y, self.loss = y, Softmax(int(y.max()) + 1)
        self.weight = np.ones(len(y)) if weight is None else weight
        self.alpha, self.shape = alpha, (self.loss.n_classes, X.shape[1] + 1)

    def __call__(self, weights):
        W = weights.reshape(self.shape)
        Z, total = self.A @ W.T, self.weight.sum()
        losses = logsumexp(Z, axis=1) - Z[np.arange(len(Z)), self.y]
        slopes = softmax(Z, axis=1) - np.eye(self.shape[0])[self.y]
        free = W.copy()
        free[:, -1] = 0
        value = self.weight @ losses / total + self.alpha / 2 * np.sum(free**2)
        gradient = (slopes * self.weight[:, np.newaxis]).T @ self.A / total
        return value, gradient + self.alpha * free

    def least(self, start):
        """The least value that SciPy finds, along the principal axes of the columns and
        in units in which curvatures are about 1: in others it takes many more steps."""
        X, has_intercept = self.A[:, :-1], self.A[0, -1]
        mean = has_intercept * X.mean(axis=0)
        left, sizes, axes = np.linalg.svd(X - mean, full_matrices=False)
        turned = ByNumPy(left * sizes, self.y, self.weight, self.alpha, has_intercept)
        p = softmax(self.A @ start.T, axis=1)
        curvature = (p * (1 - p)).mean()
        unit = np.sqrt(np.append(curvature * sizes**2 / len(X) + self.alpha, curvature))
        W, b = start[:, :-1], start[:, -1]
        start_turned = np.column_stack([W @ axes.T, b + W @ mean])

        def scaled(u):
            value, gradient = turned(u.reshape(turned.shape) / unit)
            return value, (gradient / unit).ravel()

        options = {"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-11, "maxcor": 30}
        u = (start_turned * unit).ravel()
        found = minimize(scaled, u, jac=True, method="L-BFGS-B", options=options)
        return min(found.fun, self(start)[0])
