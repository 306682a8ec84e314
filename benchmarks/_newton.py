# SPDX-License-Identifier: BSD-3-Clause
"""Newton steps for the oracle of the certificate's benchmark, and what they prove."""

import numpy as np
from scipy import linalg
from scipy.sparse.linalg import LinearOperator, cg

LONG = np.longdouble
ENTRY_ROUNDING = 1e-17  # of a column's entries
SHIFT = 1e-14  # of the curvature's diagonal: what rounding may make of nothing
STILL = 1e-13  # of what a direction's columns move: what rounding may make of nothing
GOOD = 1e-4  # of the decrement, that a step may leave
MAX_PRODUCTS = 6e9  # stored entries read in conjugate gradients


class NoProof(Exception):
    """The minimum was not found, or not proved."""


class Newton:
    """Steps s with H s = g, H = A' diag(h) A + diag(penalty), nearly.

    Parameters
    ----------
    A : array or sparse matrix of shape (n, k), long double

    penalty : array of shape (k,), long double

    fit_intercept : bool
        Whether the last column is of ones, and its penalty 0.
    """

    def __init__(self, A, penalty, fit_intercept):
        self.A, self.penalty, self.fit_intercept = A, penalty, fit_intercept
        self.penalised = penalty > 0

    def residual(self, curvature, gradient, step, change):
        """What a step, which changes the logits so, leaves of the gradient."""
        return gradient - (self.A.T @ (curvature * change) + self.penalty * step)

    def bound(self, curvature, gradient, step, change):
        """The duality gap after the step, where `change` is within +-1."""
        left = self.residual(curvature, gradient, step, change)
        rows = curvature @ change**2
        if not self.penalised.any():
            return rows + self.unpenalised(left, step)
        dual = (self.penalty * step + left)[self.penalised]
        free = left[~self.penalised]
        penalty = (dual**2 / self.penalty[self.penalised]).sum()
        return rows + (penalty + (free**2).sum() / curvature.sum()) / 2


class Factor(Newton):
    """By a factor of H in double, of dense rows.

    The intercept is eliminated in long double, so that rows whose curvature has
    vanished do not hide what the others say of a column. Directions of no curvature
    are left out. Where that is not accurate, H is factorised a second time, in the
    basis that the first factor makes orthonormal: as good as a QR factor of the rows.
    """

    def __init__(self, A, penalty, fit_intercept):
        super().__init__(A, penalty, fit_intercept)
        self.columns = A[:, :-1] if fit_intercept else A
        self.ridge = np.sqrt(penalty[: self.columns.shape[1]]).astype(np.float64)
        self.largest = np.abs(self.columns).max(axis=0)
        self.twice = False

    def solve(self, curvature, gradient):
        self._factorise(curvature)
        step = self._inverse(gradient)
        if not self.twice and not self._accurate(curvature, gradient, step):
            self.twice = True
            return self.solve(curvature, gradient)
        return step

    def unpenalised(self, left, step):
        """What is added to the bound where no direction has a penalty."""
        if not self._still():
            return np.inf
        return step @ left + left @ self._inverse(left) / 2

    def _accurate(self, curvature, gradient, step):
        left = self.residual(curvature, gradient, step, self.A @ step)
        good = abs(left @ self._inverse(left)) <= GOOD * (gradient @ step)
        return good and (self.penalised.any() or self._still())

    def _factorise(self, curvature):
        root = self._rooted(curvature)
        size = np.linalg.norm(root, axis=0)
        size[size == 0] = 1
        root /= size
        basis = np.diag(1 / size)
        if self.twice:
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

    def _rooted(self, curvature):
        """The rows of which H, without the intercept, is the Gram matrix."""
        rows, self.total = self.columns, curvature.sum()
        if self.fit_intercept:
            self.mean = curvature @ rows / self.total
            rows = rows - self.mean
        root = np.sqrt(curvature).astype(np.float64)[:, np.newaxis]
        root = root * rows.astype(np.float64)
        noise = ENTRY_ROUNDING * np.sqrt(self.total) * self.largest
        root[:, np.linalg.norm(root, axis=0) <= noise] = 0
        return np.concatenate([root, np.diag(self.ridge)])

    def _inverse(self, gradient):
        if not self.fit_intercept:
            return self.basis @ (self.basis.T @ gradient)
        slope = gradient[:-1] - self.mean * gradient[-1]
        step = self.basis @ (self.basis.T @ slope)
        return np.append(step, gradient[-1] / self.total - self.mean @ step)

    def _still(self):
        """Whether the directions left out move no row."""
        if not self.left_out.size:
            return True
        rows = self.columns.astype(np.float64)
        moved = np.abs(rows @ self.left_out).max(axis=0)
        size = self.largest.astype(np.float64) @ np.abs(self.left_out)
        return bool((moved <= STILL * size).all())


class Conjugate(Newton):
    """By conjugate gradients in double, of sparse rows."""

    def __init__(self, A, penalty, fit_intercept):
        super().__init__(A, penalty, fit_intercept)
        self.rows, self.n_read = A.astype(np.float64), 0

    def solve(self, curvature, gradient):
        rows, penalty = self.rows, self.penalty.astype(np.float64)
        h = curvature.astype(np.float64)
        diagonal = rows.multiply(rows).T @ h + penalty
        diagonal[diagonal == 0] = 1
        size = float(np.abs(gradient).max()) or 1.0
        shape = (len(penalty),) * 2
        most = int((MAX_PRODUCTS - self.n_read) / (2 * rows.nnz))
        if most < 1:
            raise NoProof("conjugate gradients took too long")

        def product(v):
            self.n_read += 2 * rows.nnz
            return rows.T @ (h * (rows @ v)) + penalty * v

        step = cg(
            LinearOperator(shape, product),
            (gradient / size).astype(np.float64),
            rtol=1e-4,
            M=LinearOperator(shape, lambda v: v / diagonal),
            maxiter=most,
        )[0]
        return step.astype(LONG) * size

    def unpenalised(self, left, step):
        return np.inf  # the least curvature is not known


def _inverted(upper):
    return linalg.solve_triangular(upper, np.eye(len(upper)), check_finite=False)
