# SPDX-License-Identifier: BSD-3-Clause
"""The minimum of the objective with a proof: the oracle of the certificate's benchmark.

Damped Newton steps in coordinates of its own. Values, gradients and residuals are in
long double; the curvature is factorised in double, which only changes how fast the
steps converge. Where there are more columns than rows, these are first written in a
basis of their span; large sparse rows are solved by conjugate gradients.

The proof is weak duality. A Newton step s moves the dual point, probabilities p, to
``p - h * (A s)`` with h = p (1 - p), which lie in (0, 1) where no margin changes by 1.
The gap there is the divergence between the two, at most ``sum_i h_i (A s)_i^2`` (that
of Pearson), and ``r'P^-1 r / 2``, r being what is left of the loss's gradient and P the
penalty. That holds however far out a row lies. Where alpha is 0, the curvature stands
for P.
"""

from typing import NamedTuple

import numpy as np
from _newton import LONG, Conjugate, Factor, NoProof
from scipy import linalg, sparse
from scipy.optimize import linprog

MAX_DENSE = 4_000_000  # entries of sparse rows that are written out
MAX_STEPS = 150
VANISHED = 1e-7  # slope of a loss that is far on its side
TARGET = 1e-12  # of the objective
MIN_SHARE_OF_NULL = 1e-9  # of the null model's objective: what counts of the objective


class Minimum(NamedTuple):
    """The least value, and how far below it the infimum can be at most."""

    value: float
    bound: float
    attained: bool


class Objective:
    """``sum_i s_i l(z_i (x_i.w + b)) + alpha/2 |w|^2`` in long double.

    Parameters
    ----------
    X : array or sparse matrix of shape (n, d)

    y : array of shape (n,)
        0 and 1.

    weight : array of shape (n,)
        s, of any positive scale.

    alpha : float

    fit_intercept : bool
    """

    def __init__(self, X, y, weight, alpha, fit_intercept):
        kept = np.flatnonzero(weight > 0)
        weight = np.asarray(weight, LONG)[kept]
        self.weight = weight / weight.sum()
        self.sign = np.where(np.asarray(y)[kept] == 1, LONG(1), LONG(-1))
        self.alpha, self.fit_intercept = LONG(alpha), fit_intercept
        X = X[kept]
        if sparse.issparse(X) and np.prod(X.shape) <= MAX_DENSE:
            X = X.toarray()
        X = X.astype(LONG)
        self.center = np.zeros(X.shape[1], LONG)
        if not sparse.issparse(X):
            self.center = X.mean(axis=0)
            X -= self.center
        self.X = X  # centred, if dense

    @property
    def null(self):
        """Objective of the best model without columns."""
        if not self.fit_intercept:
            return np.log(LONG(2))
        p = self.weight[self.sign > 0].sum()
        return -(p * np.log(p) + (1 - p) * np.log1p(-p))

    def losses(self, margins):
        """Mean loss."""
        return self.weight @ _loss(margins)

    def __call__(self, coef, intercept):
        """Value at the weights of a model."""
        w, b = np.asarray(coef[0], LONG), LONG(intercept[0])
        margins = self.sign * (self.X @ w + (b + self.center @ w))
        return self.losses(margins) + self.alpha / 2 * (w @ w)


def minimum(objective):
    """Least value of an objective.

    Raises
    ------
    NoProof
        If the value cannot be proved to TARGET.
    """
    A, penalty = coordinates(objective)
    newton = Conjugate if sparse.issparse(A) else Factor
    target = TARGET * max(objective.null * MIN_SHARE_OF_NULL, np.finfo(LONG).tiny)
    u = np.zeros(A.shape[1], LONG)
    if objective.fit_intercept:
        share = objective.weight[objective.sign > 0].sum()
        u[-1] = np.log(share) - np.log1p(-share)
    margins = objective.sign * (A @ u)
    value = objective.losses(margins) + penalty @ u**2 / 2
    solver, best = newton(A, penalty, objective.fit_intercept), None
    for _ in range(MAX_STEPS):
        if objective.alpha == 0 and (margins > 0).all():
            return Minimum(LONG(0), LONG(0), False)
        p = _sigmoid(-margins)
        gradient = penalty * u - A.T @ (objective.weight * objective.sign * p)
        curvature = objective.weight * p * (1 - p)
        step = solver.solve(curvature, gradient)
        change = A @ step
        found = solver.bound(curvature, gradient, step, change)
        if np.abs(change).max() < 1 and (best is None or found < best.bound):
            best = Minimum(value, found, True)
            if found <= max(target, TARGET * value):
                return best
        moved = _search(objective, penalty, u, margins, value, step, change)
        if moved is None:
            break
        u, margins, value = moved
    if best is not None and best.bound <= 1e2 * max(target, TARGET * value):
        return best
    if objective.alpha == 0 and _recedes(
        A, objective.sign, curvature, objective.weight
    ):
        return Minimum(value, LONG(0), False)
    raise NoProof("no step brings the bound to what is asked")


def _search(objective, penalty, u, margins, value, step, change):
    """The least of a few points along the step: halves or doubles of it.

    Rows far out, on their side, want long steps: a Newton step adds 1 to their margin.
    """

    def at(share):
        moved = u - share * step
        there = margins - share * objective.sign * change
        return moved, there, objective.losses(there) + penalty @ moved**2 / 2

    share, found = LONG(1), at(LONG(1))
    if found[2] < value:
        while share < 2**40:
            further = at(2 * share)
            if not further[2] < found[2]:
                return found
            share, found = 2 * share, further
        return found
    while share > 2.0**-60:
        share /= 2
        found = at(share)
        if found[2] < value:
            return found
    return None


def coordinates(objective):
    """The rows in coordinates that are well conditioned, and the penalty there."""
    X, alpha = objective.X, objective.alpha
    n, d = X.shape
    if sparse.issparse(X):
        size = np.sqrt(np.asarray(X.multiply(X).mean(axis=0)).ravel())
    else:
        if d > n:
            X = _span(X if objective.fit_intercept else X + objective.center)
        elif not objective.fit_intercept:
            X = _rotated(X, objective.center)
        size = np.sqrt((X * X).mean(axis=0))
    size[size == 0] = 1
    X = X.multiply(1 / size).tocsr() if sparse.issparse(X) else X / size
    penalty = alpha / size**2
    if not objective.fit_intercept:
        return X, penalty
    penalty = np.append(penalty, LONG(0))
    if sparse.issparse(X):
        return sparse.hstack([X, np.ones((n, 1), LONG)], format="csr"), penalty
    return np.column_stack([X, np.ones(n, LONG)]), penalty


def _span(X):
    """The rows in an orthonormal basis of their span."""
    basis = linalg.qr(X.T.astype(np.float64), mode="economic", check_finite=False)[0]
    return X @ np.ascontiguousarray(basis.T).astype(LONG).T


def _rotated(X, center):
    """Columns turned so that the mean row, center, lies along the first."""
    length = np.sqrt(center @ center)
    if not length > 0:
        return X
    mirror = center / length
    mirror[0] += 1 if mirror[0] >= 0 else -1
    mirror *= np.sqrt(2 / (mirror @ mirror))
    turned = X - np.outer(X @ mirror, mirror)
    turned[:, 0] += center[0] - (mirror @ center) * mirror[0]
    return turned


def _recedes(A, sign, curvature, weight):
    """Whether some weights move every row to its side, or not at all.

    At the end such weights move those rows alone whose loss has vanished.
    """
    if sparse.issparse(A):
        return False
    gone = curvature < VANISHED * weight
    rows = A.astype(np.float64)
    gram = rows[~gone].T @ rows[~gone]
    values, vectors = linalg.eigh(gram)
    still = vectors[:, values <= VANISHED**2 * values.max(initial=0)]
    rows = sign[gone, np.newaxis].astype(np.float64) * (rows[gone] @ still)
    size = np.abs(rows).max(axis=1, initial=0)
    rows = rows[size > 1e-12] / size[size > 1e-12, np.newaxis]
    if not rows.size:
        return False
    found = linprog(-rows.mean(axis=0), -rows, np.zeros(len(rows)), bounds=(-1, 1))
    return found.status == 0 and (rows @ found.x).mean() > 1e-6


def _loss(margins):
    return np.where(margins > 0, 0, -margins) + np.log1p(np.exp(-np.abs(margins)))


def _sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)
