# SPDX-License-Identifier: BSD-3-Clause
"""Problems with a known optimum: a data set, raw or standardised, and an alpha."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from _data import BUNDLED, FILES, load, make, standardised
from _reference import log_loss, objective, optimum
from scipy import sparse
from scipy.signal import lfilter
from scipy.special import expit
from sklearn.model_selection import train_test_split

from skpulsar import SLPClassifier

GROUPS = (
    "dense, n >= 100,000, d <= 100",
    "dense, fewer rows",
    "dense, several hundred columns",
    "sparse",
    "more than two classes",
    "squared error",
)


@dataclass
class Problem:
    """Rows to fit on, rows held out, and the optimum of the objective."""

    name: str
    alpha: float
    X: np.ndarray | sparse.csr_matrix
    y: np.ndarray
    X_test: np.ndarray | sparse.csr_matrix
    y_test: np.ndarray

    estimator = SLPClassifier
    loss = staticmethod(log_loss)

    def solve(self):
        """Set the optimum and its loss on the rows held out."""
        self.best, *weights = optimum(self.X, self.y, self.alpha)
        self.best_test = self.loss(self.X_test, self.y_test, *weights)

    def objective(self, coef, intercept):
        return objective(self.X, self.y, self.alpha, coef, intercept)

    def gap(self, coef, intercept):
        """How far above the optimum, relatively."""
        return self.objective(coef, intercept) / self.best - 1

    @cached_property
    def scales(self):
        """Standard deviations of the columns that have one."""
        scales = np.asarray(self.X.std(axis=0))
        return scales[scales > 0]

    @cached_property
    def scaled(self):
        """The alpha for standardised columns whose optimum is nearest, and its gap.

        There it is the same for all columns, so the objective is another one; tried are
        alpha itself, and alpha over a middling variance.
        """
        mean, scale = self.X.mean(axis=0), self.X.std(axis=0)
        scale[scale == 0] = 1
        gaps = {}
        for variance in (1.0, np.median(self.scales**2), _geometric(self.scales**2)):
            alpha = self.alpha / variance
            _, coef, intercept = optimum((self.X - mean) / scale, self.y, alpha)
            coef = coef / scale
            gaps[self.gap(coef, intercept - coef @ mean)] = alpha
        return gaps[min(gaps)], min(gaps)

    @property
    def n_outputs(self):
        """One logit for two classes, or one a class."""
        return 1 if self.y.max() == 1 else self.y.max() + 1

    @property
    def shape(self):
        n, d = self.X.shape
        classes = f", {self.n_outputs} classes" if self.n_outputs > 1 else ""
        layout = " CSR" if sparse.issparse(self.X) else ""
        return f"{n:,} x {d:,}{layout}{classes}"

    @property
    def group(self):
        n, d = self.X.shape
        if self.estimator is not SLPClassifier:
            return GROUPS[5]
        if self.n_outputs > 1:
            return GROUPS[4]
        if sparse.issparse(self.X):
            return GROUPS[3]
        if d > 100:
            return GROUPS[2]
        return GROUPS[0] if n >= 100_000 else GROUPS[1]


def make_rows(n, d):
    X, y = make(n, d)
    return X, y.astype(np.int64)


def make_correlated(n, d, correlation=0.8):
    """Normal columns, each correlated with its neighbours."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, d))
    own = np.sqrt(1 - correlation**2)
    X[:, 0] /= own  # so that all have variance 1
    X = lfilter([own], [1, -correlation], X, axis=1)
    logits = X @ rng.standard_normal(d)
    return X, _draw(rng, 2 * logits / logits.std() - 3)


def make_one_hot(n, n_variables=5, n_levels=100):
    """Rare levels (Zipf) of categorical variables, one-hot and standardised."""
    rng = np.random.default_rng(0)
    share = 1 / np.arange(1.0, n_levels + 1)
    X = np.zeros((n, n_variables, n_levels))
    for variable in range(n_variables):
        level = rng.choice(n_levels, size=n, p=share / share.sum())
        X[np.arange(n), variable, level] = 1
    X = X.reshape(n, -1)
    logits = X @ rng.standard_normal(X.shape[1]) - 2.5
    return standardised(X[:, X.any(axis=0)]), _draw(rng, logits)


def make_sparse(n, d, entries):
    """About so many entries a row, popular columns and rare ones."""
    rng = np.random.default_rng(0)
    columns = (d * rng.random(n * entries) ** 2).astype(np.int32)
    values = np.abs(rng.standard_normal(n * entries))
    starts = np.arange(0, n * entries + 1, entries, dtype=np.int32)
    X = sparse.csr_matrix((values, columns, starts), shape=(n, d))
    X.sum_duplicates()
    logits = X @ rng.standard_normal(d)
    return X, _draw(rng, 2 * (logits - logits.mean()) / logits.std() - 2)


def make_ten(n, d, n_positives):
    """A handful of positives, a standard deviation away in every column."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((n, d)), np.zeros(n, dtype=np.int64)
    y[rng.choice(n, n_positives, replace=False)] = 1
    X[y == 1] += 1
    return X, y


def make_classes(n, d, shares):
    """Normal columns of uneven scales and means; classes of about such shares where
    the means of the columns do not favour some."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, d))
    scale = rng.lognormal(size=d)
    X = X * scale + rng.standard_normal(d)
    W = rng.standard_normal((len(shares), d)) / (2 * scale)
    return X, _draw_class(rng, X @ W.T + np.log(shares))


def make_sparse_classes(n, d, entries, n_classes):
    """About so many log-normal entries a row, in popular columns and rare ones."""
    rng = np.random.default_rng(0)
    columns = (d * rng.random(n * entries) ** 3).astype(np.int32)
    values = rng.lognormal(sigma=0.5, size=n * entries)
    starts = np.arange(0, n * entries + 1, entries, dtype=np.int32)
    X = sparse.csr_matrix((values, columns, starts), shape=(n, d))
    X.sum_duplicates()
    logits = X @ (rng.standard_normal((d, n_classes)) / 2)
    return X, _draw_class(rng, logits - logits.mean(axis=0))


# A quarter more rows than the name says: a fifth is held out. Independent columns of
# one variance are the best case of lbfgs and of SGD (the curvature is nearly a multiple
# of the identity), so there are correlated ones too.
MADE = {
    "independent 500,000 x 28": lambda: make_rows(625_000, 28),
    "correlated 500,000 x 28": lambda: make_correlated(625_000, 28),
    "independent 100,000 x 500": lambda: make_rows(125_000, 500),
    "correlated 100,000 x 500": lambda: make_correlated(125_000, 500),
    "rare one-hot 20,000 x 500": lambda: make_one_hot(25_000),
    "sparse 8,000 x 8,000": lambda: make_sparse(10_000, 8_000, 60),
    "sparse 500,000 x 50,000": lambda: make_sparse(625_000, 50_000, 50),
    "10 positives in 1,000,000 x 5": lambda: make_ten(1_250_000, 5, 12),
    "rare classes": lambda: make_classes(625_000, 28, (0.5, 0.3, 0.15, 0.04, 0.01)),
    "sparse classes": lambda: make_sparse_classes(125_000, 20_000, 50, 4),
}
SMALL = {
    "correlated 20,000 x 10": lambda: make_correlated(25_000, 10),
    "rare one-hot 2,000 x 100": lambda: make_one_hot(2_500, n_levels=20),
    "sparse 2,000 x 2,500": lambda: make_sparse(2_500, 2_500, 30),
}
NAMES = (*FILES, *BUNDLED, *MADE)
QUICK = (*SMALL, "iris", "wine")


def problems(names, scalings, alphas, folder, done=()):
    """Yield every problem whose title (name, scaling, alpha) is not done yet.

    The made sets are scaled as they come and are not standardised again.
    """
    for name in names:
        made = {**MADE, **SMALL}.get(name)
        variants = [
            (scaling, alpha)
            for scaling in (scalings if made is None else ("raw",))
            for alpha in alphas
            if title(name, scaling, alpha) not in done
        ]
        if not variants:
            continue
        for _, X, y in load([name], folder) if made is None else [(name, *made())]:
            y = np.unique(y, return_inverse=True)[1]
            parts = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)
            for scaling, alpha in variants:
                yield _problem(title(name, scaling, alpha), alpha, scaling, parts)


def title(name, scaling, alpha):
    scaled = " S" if scaling == "standardised" else ""
    return f"{name}{scaled}" + ("" if alpha == 1e-4 else f", {alpha:g}")


def _problem(name, alpha, scaling, parts):
    X, X_test, y, y_test = parts
    if scaling == "standardised":
        X, X_test = _standardised(X, X_test)
    problem = Problem(name, alpha, X, y, X_test, y_test)
    problem.solve()
    return problem


def _standardised(X, X_test):
    """Both in the units of the rows to fit on; CSR is scaled, not centred."""
    if sparse.issparse(X):
        square = np.asarray(X.multiply(X).mean(axis=0)).ravel()
        mean = np.asarray(X.mean(axis=0)).ravel()
        scale = np.sqrt(square - mean**2)
        scale[scale == 0] = 1
        return tuple(sparse.csr_matrix(part / scale) for part in (X, X_test))
    mean, scale = X.mean(axis=0), X.std(axis=0)
    scale[scale == 0] = 1
    return (X - mean) / scale, (X_test - mean) / scale


def _geometric(values):
    return np.exp(np.log(values).mean())


def _draw(rng, logits):
    return (rng.random(len(logits)) < expit(logits)).astype(np.int64)


def _draw_class(rng, logits):
    return (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
