# SPDX-License-Identifier: BSD-3-Clause
"""Problems for the certificate: data, weights and settings, each made from a seed."""

from dataclasses import dataclass, field

import numpy as np
from _draws import MAX_ENTRIES, signal
from _families import FAMILIES
from _minimum import Objective, minimum
from _newton import LONG
from _softmax_minimum import SoftmaxObjective, softmax_minimum
from scipy import sparse

STREAMED = 0.12  # share of the problems that partial_fit gets too, in chunks

WITHOUT = ("offsets", "factors", "words")  # of which half have no intercept
BALANCED = ("sentinels", "outliers")  # of which half have balanced classes


@dataclass(frozen=True)
class Problem:
    """What SLPClassifier is given."""

    family: str
    X: np.ndarray | sparse.csr_array
    y: np.ndarray
    parameters: dict = field(default_factory=dict)
    sample_weight: np.ndarray | None = None
    n_chunks: int = 0  # of partial_fit; 0 for none

    def __str__(self):
        n, d = self.X.shape
        kind = "CSR" if sparse.issparse(self.X) else "dense"
        single = " float32" if self.X.dtype == np.float32 else ""
        settings = [
            f"{name}={_short(value)}" for name, value in self.parameters.items()
        ]
        if self.sample_weight is not None:
            least, most = self.sample_weight.min(), self.sample_weight.max()
            settings.append(f"weights {least:.0e} to {most:.0e}")
        count = np.bincount(self.y)
        labels = f"{count[1]:,} positives"
        if len(count) > 2:
            labels = f"{len(count)} classes of {count.min():,} to {count.max():,}"
        text = f"{self.family}, {n:,} x {d:,} {kind}{single}, {labels}"
        return ", ".join([text, *settings])

    @property
    def labels(self):
        return list(range(self.y.max() + 1))

    @property
    def objective(self):
        """What is to be minimised."""
        given = self.parameters.get
        alpha, intercept = given("alpha", 1e-4), given("fit_intercept", True)
        stated = self.X, self.y, self.weight, alpha, intercept
        if len(self.labels) == 2:
            return Objective(*stated)
        return SoftmaxObjective(*stated, self._deviation())

    def minimum(self, objective):
        """Its minimum, with a proof."""
        binary = len(self.labels) == 2
        return minimum(objective) if binary else softmax_minimum(objective)

    def _deviation(self):
        """The unit of the columns in the penalty; of constant ones 0, as StandardScaler
        has it."""
        if not self.parameters.get("standardize"):
            return 1.0
        X = self.X.toarray() if sparse.issparse(self.X) else self.X
        X, weight = X.astype(LONG), self.sample_weight
        mean = np.average(X, axis=0, weights=weight)
        variance = np.average((X - mean) ** 2, axis=0, weights=weight)
        n, rounding = len(X), np.finfo(float).eps
        still = variance <= n * rounding * variance + (n * mean * rounding) ** 2
        return np.where(still, 0, np.sqrt(variance))

    @property
    def weight(self):
        """By how much every row counts in the objective."""
        weight = self.sample_weight
        weight = np.ones(len(self.y)) if weight is None else weight.astype(float)
        share = np.bincount(self.y, weight) / weight.sum()
        factor = np.ones(len(share))
        class_weight = self.parameters.get("class_weight")
        if class_weight == "balanced":
            factor /= share
        elif class_weight is not None:
            factor *= [class_weight.get(label, 1) for label in self.labels]
        sampling = self.parameters.get("sampling")
        if sampling == "balanced":
            factor /= share
        elif sampling is not None:
            two = len(share) == 2
            rarest = int(share[1] <= 0.5) if two else int(share.argmin())
            others = np.arange(len(share)) != rarest
            factor[rarest] *= sampling / share[rarest]
            factor[others] *= (1 - sampling) / (1 - share[rarest])
        return weight * factor[self.y]


def family_of(seed):
    return _begin(seed)[1]


def problem(seed, more=False):
    """The problem of a seed, of two classes or of more: always the same."""
    rng, family = _begin(seed)
    X, y = FAMILIES[family](rng)
    y = y.astype(np.int64)
    if more:
        X, y = _more_classes(rng, X, y)
    if len(y) < 4:
        X, y = np.concatenate([X, X, X, X]), np.tile(y, 4)
    for label in range(max(2, y.max() + 1)):  # at least two rows of every class
        missing = 2 - (y == label).sum()
        if missing > 0:
            common = np.flatnonzero(y == np.bincount(y).argmax())
            y[rng.choice(common, missing, replace=False)] = label
    X = _laid_out(rng, X)
    sample_weight = _sample_weight(rng, y)
    parameters = _parameters(rng, family) | {"random_state": int(rng.integers(1000))}
    if more:
        parameters["alpha"] = float(10 ** rng.uniform(-6, -2))
        if rng.random() < 0.2:
            parameters["standardize"] = True
        return Problem(family, X, y, parameters, sample_weight)
    streamed = rng.random() < STREAMED and X.shape[1] <= 200
    n_chunks = int(rng.integers(2, 12)) if streamed else 0
    return Problem(family, X, y, parameters, sample_weight, n_chunks)


def _begin(seed):
    rng = np.random.default_rng(seed)
    return rng, str(rng.choice(list(FAMILIES)))


def _more_classes(rng, X, y):
    """Rows, and labels of 3 to 12 classes by a linear model, rare ones among them.

    In half of the problems the positives stay a class, as they are.
    """
    n_classes = int(rng.choice([3, 3, 4, 5, 8, 12]))
    most = max(MAX_ENTRIES // (n_classes * X.shape[1]), 4 * n_classes)
    X, y = X[:most], y[:most]
    dense = X.toarray() if sparse.issparse(X) else X
    logits = np.column_stack([signal(rng, dense) for _ in range(n_classes)])
    spread = logits.std(axis=0)
    logits *= rng.choice([0.5, 1, 3, 10]) / np.where(spread > 0, spread, 1)
    logits += rng.choice([0, 1, 3]) * rng.standard_normal(n_classes)
    drawn = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    if rng.random() < 0.5:
        drawn = np.where(y == 1, n_classes - 1, drawn)
    drawn[:n_classes] = np.arange(n_classes)
    return X, drawn


def _laid_out(rng, X):
    """float64, float32 or CSR."""
    how = rng.choice(["float64", "float32", "CSR"], p=[0.7, 0.2, 0.1])
    if how == "float32" and np.abs(X).max() < 1e30:
        return X.astype(np.float32)
    if how == "CSR" and not sparse.issparse(X):
        kept = rng.random(X.shape) < rng.choice([0.05, 0.3, 1])
        return sparse.csr_array(np.where(kept, X, 0))
    return X if sparse.issparse(X) else np.ascontiguousarray(X)


def _sample_weight(rng, y):
    how = rng.choice(["none", "even", "wide", "copies"], p=[0.7, 0.1, 0.1, 0.1])
    if how == "none":
        return None
    if how == "even":
        return rng.uniform(0.1, 10, len(y))
    if how == "wide":
        return 10 ** rng.uniform(-6, 6, len(y))
    weight = rng.integers(0, 4, len(y)).astype(float)
    for label in range(y.max() + 1):
        weight[np.flatnonzero(y == label)[:2]] = 1
    return weight


def _parameters(rng, family):
    made = {}
    endless = family in ("separable", "quasi-separable") and rng.random() < 0.4
    if endless or rng.random() < 0.05:
        made["alpha"] = 0.0
    elif rng.random() < 0.5:
        made["alpha"] = float(10 ** rng.uniform(-10, 0))
    if rng.random() < 0.5:
        tols = [1e-2, 1e-3, 1e-5, 1e-6, 1e-8, 1e-10, None]
        made["tol"] = tols[rng.integers(len(tols))]
    if rng.random() < (0.5 if family in WITHOUT else 0.2):
        made["fit_intercept"] = False
    if rng.random() < (0.5 if family in BALANCED else 0.2):
        made["class_weight"] = "balanced"
    elif rng.random() < 0.1:
        made["class_weight"] = {1: float(10 ** rng.uniform(-2, 3))}
    if rng.random() < 0.1:
        made["sampling"] = [0.1, 0.3, "balanced"][rng.integers(3)]
    return made


def _short(value):
    return f"{value:.3g}" if isinstance(value, float) else repr(value)
