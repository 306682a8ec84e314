# SPDX-License-Identifier: BSD-3-Clause
"""Problems of the second-order solvers, and the same from scratch in NumPy."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array

from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._sample_objective import SampleObjective
from skpulsar._solvers.quadratic._scaling import Scaling


class Problem(NamedTuple):
    """A `SampleObjective`, and its rows in scaled columns, targets and shares of the
    weights."""

    objective: SampleObjective
    A: np.ndarray
    target: np.ndarray
    share: np.ndarray

    def evaluate(self, point):
        """Value, gradient and curvature."""
        penalty = self.objective.scaling.penalty
        logits = self.A @ point
        p = np.exp(-np.logaddexp(0, -logits))
        loss = np.logaddexp(0, logits) - self.target * logits
        value = self.share @ loss + penalty @ point**2 / 2
        gradient = self.A.T @ (self.share * (p - self.target)) + penalty * point
        h = self.share * p * (1 - p)
        return value, gradient, (self.A.T * h) @ self.A + np.diag(penalty)

    def minimum(self, linear=0.0):
        """The least value with a linear term, and the point, by another solver."""

        def value(point):
            return self.evaluate(point)[0] + np.sum(linear * point)

        found = minimize(
            value,
            np.zeros(self.A.shape[1]),
            jac=lambda point: self.evaluate(point)[1] + linear,
            hess=lambda point: self.evaluate(point)[2],
            method="trust-exact",
            options={"gtol": 1e-12},
        )
        return found.fun, found.x


def csr(X):
    """Rows as the kernel takes them."""
    X = csr_array(X)
    return X.data, X.indices, X.indptr, X.shape[1]


def unscaled(
    X, y, alpha=0.0, fit_intercept=True, weight=None, index=None, sparse=False
):
    """A `SampleObjective` of columns as they are: NumPy need not know of a scaling."""
    X, d = np.asarray(X, float), np.shape(X)[1]
    rows = Rows(csr(X) if sparse else X, np.asarray(y, float), weight, index)
    scale, penalty = np.ones(d + 1), np.full(d + 1, alpha)
    penalty[-1], scale[-1] = 1 - fit_intercept, fit_intercept
    scaling = Scaling(np.zeros(d), scale, penalty, np.zeros(d), fit_intercept)
    total = rows.n_rows if weight is None else rows.sample_weight().sum()
    return SampleObjective(rows, scaling, total, LOGISTIC)


def at(objective, point):
    """Residuals and gradient at a point, and F."""
    value, gradient, _ = objective.read(point)
    return objective.residual.copy(), gradient, value


def overlapping(n=60, d=4, seed=0):
    """Columns of several sizes and means, and classes that no plane separates."""
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, d))
    y = (X[:, 0] + random.standard_normal(n) > 0.3).astype(float)
    return X * 3.0 ** np.arange(d) + 1, y


def problem(
    alpha=0.01, fit_intercept=True, weighted=False, part=False, sparse=False, n=60, d=4
):
    """A `Problem` of overlapping rows, or of every second one of them, at random."""
    random = np.random.default_rng(1)
    X, y = overlapping(n, d)
    weight = random.exponential(size=n) if weighted else None
    index = random.permutation(n)[: n // 2] if part else None
    rows = Rows(csr(X) if sparse else X, y, weight, index)
    moments = rows.moments()
    centre = moments.centre(sparse)
    scaling = Scaling.of(moments, Penalty(alpha), fit_intercept, centre)
    used = np.arange(n) if index is None else index
    share = np.ones(len(used)) if weight is None else weight[used]
    A = np.column_stack([X[used] - scaling.centre, np.ones(len(used))]) * scaling.scale
    objective = SampleObjective(rows, scaling, share.sum(), LOGISTIC)
    return Problem(objective, A, y[used], share / share.sum())
