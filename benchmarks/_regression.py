# SPDX-License-Identifier: BSD-3-Clause
"""Problems of squared error with a known optimum, and the peers that minimise it.

The objective is the mean squared error / 2 + alpha/2 |w|^2, with a free intercept:
Ridge's with ``alpha * n_samples``.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from _data import REGRESSION_BUNDLED, REGRESSION_FILES, load
from _peers import EPOCHS, Peer
from _problems import Problem, title
from scipy import linalg, sparse
from sklearn.linear_model import Ridge, SGDRegressor
from sklearn.model_selection import train_test_split

from skpulsar import SLPRegressor

TOLERANCES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10)
MAX_SVD = 5e6  # entries up to which a singular value decomposition is offered


@dataclass
class Regression(Problem):
    """Rows with targets of any size."""

    estimator = SLPRegressor
    n_outputs = 1

    def solve(self):
        """Set the optimum, by the normal equations of scaled columns, solved twice; the
        objective is quadratic, so that an error of the weights counts by its square."""
        mean, scale = self.X.mean(axis=0), self.X.std(axis=0)
        scale[scale == 0] = 1
        A = (self.X - mean) / scale
        y = self.y - self.y.mean()
        H = A.T @ A / len(y) + np.diag(self.alpha / scale**2)
        factor, u = linalg.cho_factor(H), np.zeros(len(scale))
        for _ in range(2):
            left = A.T @ (y - A @ u) / len(y) - self.alpha / scale**2 * u
            u += linalg.cho_solve(factor, left)
        coef = u / scale
        weights = coef, self.y.mean() - coef @ mean
        self.best = self.objective(*weights)
        self.best_test = self.loss(self.X_test, self.y_test, *weights)

    def objective(self, coef, intercept):
        loss = self.loss(self.X, self.y, coef, intercept)
        return loss + self.alpha / 2 * (coef**2).sum()

    @staticmethod
    def loss(X, y, coef, intercept):
        return ((X @ np.ravel(coef) + intercept - y) ** 2).mean() / 2


def make_heavy(n, d):
    """Normal columns of uneven scales and means, and noise of Student's t(3)."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, d)) * rng.lognormal(size=d) + rng.standard_normal(d)
    return X, X @ rng.standard_normal(d) + rng.standard_t(3, size=n)


# A quarter more rows than the name says: a fifth is held out.
MADE = {"heavy tails 500,000 x 28": lambda: make_heavy(625_000, 28)}
NAMES = (*REGRESSION_FILES, *REGRESSION_BUNDLED, *MADE)


def regressions(names, alphas, folder, done=()):
    """Yield every problem whose title (name, alpha) is not done yet; raw columns."""
    for name in names:
        left = [a for a in alphas if title(name, "raw", a) not in done]
        if not left:
            continue
        for _, X, y in (
            [(name, *MADE[name]())] if name in MADE else load([name], folder)
        ):
            parts = train_test_split(X, y, test_size=0.2, random_state=0)
            for alpha in left:
                X_fit, X_test, y_fit, y_test = parts
                problem = Regression(
                    title(name, "raw", alpha), alpha, X_fit, y_fit, X_test, y_test
                )
                problem.solve()
                yield problem


def ridges():
    """Ridge's solvers, and averaged SGD."""
    return [
        Peer("Ridge cholesky", partial(_ridge, "cholesky"), (None,), _dense),
        Peer("Ridge svd", partial(_ridge, "svd"), (None,), _small),
        *(
            Peer(f"Ridge {solver}", partial(_ridge, solver), TOLERANCES)
            for solver in ("lsqr", "sparse_cg", "sag", "saga")
        ),
        Peer("averaged SGD", _averaged, EPOCHS),
    ]


def _dense(problem):
    return not sparse.issparse(problem.X)


def _small(problem):
    return _dense(problem) and problem.X.size <= MAX_SVD


def _ridge(solver, X, y, alpha, setting, seed):
    stop = {} if setting is None else {"tol": setting, "max_iter": 10_000}
    model = Ridge(alpha=alpha * len(y), solver=solver, random_state=seed, **stop)
    model.fit(X, y)
    passes = np.nan if model.n_iter_ is None else np.max(model.n_iter_)
    return model.coef_, model.intercept_, passes


def _averaged(X, y, alpha, setting, seed):
    model = SGDRegressor(
        alpha=alpha, average=True, max_iter=setting, tol=None, random_state=seed
    )
    model.fit(X, y)
    return model.coef_, model.intercept_[0], model.n_iter_
