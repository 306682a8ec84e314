# SPDX-License-Identifier: BSD-3-Clause
"""Problems for the certificate: data, weights and settings, each made from a seed."""

from dataclasses import dataclass, field

import numpy as np
from _families import FAMILIES
from _minimum import Objective
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
        text = (
            f"{self.family}, {n:,} x {d:,} {kind}{single}, {self.y.sum():,} positives"
        )
        return ", ".join([text, *settings])

    @property
    def objective(self):
        """What is to be minimised."""
        given = self.parameters.get
        alpha, intercept = given("alpha", 1e-4), given("fit_intercept", True)
        return Objective(self.X, self.y, self.weight, alpha, intercept)

    @property
    def weight(self):
        """By how much every row counts in the objective."""
        weight = self.sample_weight
        weight = np.ones(len(self.y)) if weight is None else weight.astype(float)
        share = np.bincount(self.y, weight) / weight.sum()
        factor = np.ones(2)
        class_weight = self.parameters.get("class_weight")
        if class_weight == "balanced":
            factor /= share
        elif class_weight is not None:
            factor *= [class_weight.get(0, 1), class_weight.get(1, 1)]
        sampling = self.parameters.get("sampling")
        if sampling is not None:
            rarer = 1 if share[1] <= 0.5 else 0
            sampled = 0.5 if sampling == "balanced" else sampling
            factor[rarer] *= sampled / share[rarer]
            factor[1 - rarer] *= (1 - sampled) / share[1 - rarer]
        return weight * factor[self.y]


def family_of(seed):
    return _begin(seed)[1]


def problem(seed):
    """The problem of a seed: always the same."""
    rng, family = _begin(seed)
    X, y = FAMILIES[family](rng)
    y = y.astype(np.int64)
    if len(y) < 4:
        X, y = np.concatenate([X, X, X, X]), np.tile(y, 4)
    for label in (0, 1):  # at least two rows of either class
        missing = 2 - (y == label).sum()
        if missing > 0:
            y[rng.choice(np.flatnonzero(y != label), missing, replace=False)] = label
    X = _laid_out(rng, X)
    sample_weight = _sample_weight(rng, y)
    parameters = _parameters(rng, family) | {"random_state": int(rng.integers(1000))}
    streamed = rng.random() < STREAMED and X.shape[1] <= 200
    n_chunks = int(rng.integers(2, 12)) if streamed else 0
    return Problem(family, X, y, parameters, sample_weight, n_chunks)


def _begin(seed):
    rng = np.random.default_rng(seed)
    return rng, str(rng.choice(list(FAMILIES)))


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
    for label in (0, 1):
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
