# SPDX-License-Identifier: BSD-3-Clause
"""The minimum of the objective of more than two classes, with a proof.

Newton steps in double (see _reference.py) lead near it, and a few whose gradients are
in long double to where it is proved. The proof is that of _minimum.py: a step s moves
the probabilities p of a row, logits A s, to ``p_k (1 - (A s)_k + p'(A s))``, which lie
in the simplex where no bracket is negative. Their divergence is at most Pearson's, the
step's square in the curvature of the losses.
"""

import numpy as np
from _minimum import TARGET, Minimum, Objective, coordinates
from _newton import LONG, NoProof
from _reference import minimise, newton
from scipy.sparse import issparse

MAX_STEPS = 5


class SoftmaxObjective(Objective):
    """The mean softmax cross-entropy + alpha/2 |deviation coef|^2, in long double.

    Parameters
    ----------
    X, y, weight, alpha, fit_intercept
        As for `Objective`; y of 0 to K - 1.

    deviation : array of shape (d,), or 1.0
        Where it is 0 the coefficients are, too.
    """

    def __init__(self, X, y, weight, alpha, fit_intercept, deviation=1.0):
        super().__init__(X, y, weight, alpha, fit_intercept)
        unit = 1 / np.where(deviation > 0, deviation, np.inf)
        sparse = issparse(self.X)
        self.X = self.X.multiply(unit).tocsr() if sparse else self.X * unit
        self.center = self.center * unit
        self.targets = np.eye(y.max() + 1, dtype=bool)[y[weight > 0]]
        self.deviation = deviation

    @property
    def null(self):
        if not self.fit_intercept:
            return np.log(LONG(self.targets.shape[1]))
        p = self.weight @ self.targets
        return -(p * np.log(p)).sum()

    def losses(self, Z):
        """Mean loss at logits."""
        margins = Z - Z[self.targets][:, np.newaxis]
        most = margins.max(axis=1)
        each = most + np.log(np.exp(margins - most[:, np.newaxis]).sum(axis=1))
        return self.weight @ each

    def __call__(self, coef, intercept):
        W = (coef * self.deviation).astype(LONG)
        Z = self.X @ W.T + (intercept + self.center @ W.T)
        return self.losses(Z) + self.alpha / 2 * (W**2).sum()


def softmax_minimum(objective):
    """Least value of an objective with alpha > 0.

    Raises
    ------
    NoProof
        If the value cannot be proved to TARGET.
    """
    A, penalty = coordinates(objective)
    rows, weight = A.astype(np.float64), objective.weight.astype(np.float64)
    U = np.zeros((objective.targets.shape[1], A.shape[1]))
    if objective.fit_intercept:
        U[:, -1] = np.log(weight @ objective.targets)
    try:
        _, U = minimise(rows, objective.targets, weight, penalty.astype(np.float64), U)
    except RuntimeError as error:
        raise NoProof(error) from error
    U, share = U.astype(LONG), objective.weight[:, np.newaxis]
    for _ in range(MAX_STEPS):
        Z = A @ U.T
        P = np.exp(Z - Z.max(axis=1, keepdims=True))
        P /= P.sum(axis=1, keepdims=True)
        gradient = (A.T @ (share * (P - objective.targets))).T + penalty * U
        step = newton(
            rows,
            P.astype(np.float64),
            weight,
            penalty.astype(np.float64),
            gradient.astype(np.float64),
        ).astype(LONG)
        value = objective.losses(Z) + (penalty * U**2).sum() / 2
        bound = _bound(objective, A, penalty, P, gradient, step)
        if bound <= TARGET * value:
            return Minimum(value, bound, True)
        U -= step
    raise NoProof("no step brings the bound to what is asked")


def _bound(objective, A, penalty, P, gradient, step):
    """The duality gap after the step."""
    share = objective.weight[:, np.newaxis]
    change = A @ step.T
    change -= (P * change).sum(axis=1, keepdims=True)
    if change.max() >= 1:
        return np.inf
    moved = share * P * change
    left = gradient - ((A.T @ moved).T + penalty * step)
    dual = (penalty * step + left)[:, penalty > 0]
    bound = (moved * change).sum() + (dual**2 / penalty[penalty > 0]).sum() / 2
    if not objective.fit_intercept:
        return bound
    H = (np.diag(objective.weight @ P) - P.T @ (share * P)).astype(np.float64)
    return bound + left[:, -1] @ np.linalg.pinv(H) @ left[:, -1] / 2
