# SPDX-License-Identifier: BSD-3-Clause
"""The minimum of the objective with a proof: the oracle of the certificate's benchmark.

Damped Newton steps in other coordinates than a solver's. Values, gradients and residuals
are in long double; the curvature is factorised in double, which only changes how fast
the steps converge. Rows of more columns than rows are first written in a basis of their
span; large sparse ones are solved by preconditioned conjugate gradients.

The proof is weak duality. Let s be the step, H s = g - r. Moving the dual point, the
weighted residuals, along the step leaves a duality gap of at most
``s'Hs/2 (1 + 2 d) + r'P^-1 r/2``, d being the largest change of a margin and P the
penalty's diagonal: it holds wherever d is small, however far out a row lies. Where
alpha is 0, the curvature stands for P. Nothing of skpulsar is used here.
"""

from typing import NamedTuple

import numpy as np
from scipy import linalg, sparse
from scipy.optimize import linprog
from scipy.sparse.linalg import LinearOperator, cg

LONG = np.longdouble
MAX_DENSE = 4_000_000  # entries of sparse rows that are written out
MAX_STEPS = 150
MAX_PRODUCTS = 6e9  # stored entries read in conjugate gradients
SHIFT = 1e-14  # of the curvature's diagonal: what rounding may make of nothing
NEAR = 0.1  # change of a margin up to which the proof is taken
VANISHED = 1e-7  # slope of a loss that is far on its side
TARGET = 1e-12  # of the objective
LEAST = 1e-9  # of the null model's objective: what counts of the objective


class NoProof(Exception):
    """The minimum was not found, or not proved."""


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

    def __call__(self, w, b):
        """Value at the weights of a model."""
        w = np.asarray(w, LONG)
        margins = self.sign * (self.X @ w + (LONG(b) + self.center @ w))
        return self.losses(margins) + self.alpha / 2 * (w @ w)


def minimum(objective):
    """Least value of an objective.

    Raises
    ------
    NoProof
        If the value cannot be proved to TARGET.
    """
    A, penalty = _coordinates(objective)
    newton = _Conjugate if sparse.issparse(A) else _Factor
    target = TARGET * max(objective.null * LEAST, np.finfo(LONG).tiny)
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
        if np.abs(change).max() <= NEAR and (best is None or found < best.bound):
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
    raise NoProof(f"{A.shape[0]} x {A.shape[1]}")


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


def _coordinates(objective):
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
    """Coordinates of the rows in an orthonormal basis of their span."""
    upper = linalg.qr(X.T.astype(np.float64), mode="r", check_finite=False)[0]
    return upper[: X.shape[0]].T.astype(LONG)


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


class _Factor:
    """Newton steps by a factor of the curvature, in double.

    The intercept is eliminated exactly, in long double: rows on their side are out of
    its mean, and what they hide of a column comes to light. Small directions are left
    out, since rounding is all that is known of them.
    """

    def __init__(self, A, penalty, fit_intercept):
        self.A, self.penalty = A, penalty
        self.columns = A[:, :-1] if fit_intercept else A
        self.ridge = penalty[: self.columns.shape[1]]
        self.fit_intercept = fit_intercept
        self.twice = False

    def solve(self, curvature, gradient):
        self._factorise(curvature)
        step = self._inverse(gradient)
        if not self.twice:
            change = self.A @ step
            residual = _residual(self, curvature, gradient, step, change)
            left, right = residual @ self._inverse(residual), gradient @ step
            if not abs(left) <= 1e-4 * right:
                self.twice = True
                return self.solve(curvature, gradient)
        return step

    def _factorise(self, curvature):
        rows = self.columns
        self.total = curvature.sum()
        if self.fit_intercept:
            self.mean = curvature @ rows / self.total
            rows = rows - self.mean
        root = np.sqrt(curvature).astype(np.float64)[:, np.newaxis]
        root = root * rows.astype(np.float64)
        root = np.concatenate([root, np.diag(np.sqrt(self.ridge).astype(np.float64))])
        size = np.sqrt((root * root).sum(axis=0))
        size[size == 0] = 1
        root /= size
        basis = np.diag(1 / size)
        if self.twice:  # in a basis that is orthonormal but for rounding
            H = root.T @ root
            H[np.diag_indices_from(H)] += SHIFT * len(H)
            inverse = _inverted(linalg.cholesky(H, check_finite=False))
            basis, root = basis @ inverse, root @ inverse
        upper, order, rank, _ = linalg.lapack.dpstrf(root.T @ root, tol=SHIFT)
        kept, rest = np.split(order - 1, [rank])
        inverse = _inverted(upper[:rank, :rank])
        depend = inverse @ upper[:rank, rank:]
        self.basis = (basis[:, kept] @ inverse).astype(LONG)
        self.left_out = basis[:, rest] - basis[:, kept] @ depend

    def _inverse(self, gradient):
        slope = gradient
        if self.fit_intercept:
            slope = gradient[:-1] - self.mean * gradient[-1]
        step = self.basis @ (self.basis.T @ slope)
        if not self.fit_intercept:
            return step
        return np.append(step, gradient[-1] / self.total - self.mean @ step)

    def bound(self, curvature, gradient, step, change):
        residual = _residual(self, curvature, gradient, step, change)
        energy = _energy(self, curvature, step, change)
        if (self.ridge > 0).all():
            free = np.where(self.penalty > 0, self.penalty, curvature.sum())
            return energy + (residual**2 / free).sum() / 2
        if not self._nothing_left_out():
            return np.inf
        return energy + residual @ self._inverse(residual) / 2

    def _nothing_left_out(self):
        """Whether the directions left out move no row."""
        rows = self.columns.astype(np.float64)
        moved = np.abs(rows @ self.left_out).max(initial=0)
        size = (np.abs(rows) @ np.abs(self.left_out)).max(initial=0)
        return moved <= 1e-9 * size


def _inverted(upper):
    return linalg.solve_triangular(upper, np.eye(len(upper)), check_finite=False)


class _Conjugate:
    """Newton steps by conjugate gradients, in double."""

    def __init__(self, A, penalty, fit_intercept):
        self.A, self.penalty = A, penalty
        self.rows, self.n_read = A.astype(np.float64), 0

    def solve(self, curvature, gradient):
        rows, penalty = self.rows, self.penalty.astype(np.float64)
        h = curvature.astype(np.float64)
        diagonal = rows.multiply(rows).T @ h + penalty
        diagonal[diagonal == 0] = 1
        size = float(np.abs(gradient).max()) or 1.0
        shape = (len(penalty),) * 2
        most = int((MAX_PRODUCTS - self.n_read) / (2 * rows.nnz))

        def product(v):
            self.n_read += 2 * rows.nnz
            return rows.T @ (h * (rows @ v)) + penalty * v

        if most < 1:
            raise NoProof("conjugate gradients took too long")
        step = cg(
            LinearOperator(shape, product),
            (gradient / size).astype(np.float64),
            rtol=1e-4,
            M=LinearOperator(shape, lambda v: v / diagonal),
            maxiter=most,
        )[0]
        return step.astype(LONG) * size

    def bound(self, curvature, gradient, step, change):
        residual = _residual(self, curvature, gradient, step, change)
        energy = _energy(self, curvature, step, change)
        free = np.where(self.penalty > 0, self.penalty, curvature.sum())
        return energy + (residual**2 / free).sum() / 2


def _energy(solver, curvature, step, change):
    """``s'Hs/2 (1 + 2 d)``."""
    energy = (curvature @ change**2 + solver.penalty @ step**2) / 2
    return energy * (1 + 2 * np.abs(change).max())


def _residual(solver, curvature, gradient, step, change):
    """What a step leaves of the gradient."""
    return gradient - (solver.A.T @ (curvature * change) + solver.penalty * step)


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
