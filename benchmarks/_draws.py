# SPDX-License-Identifier: BSD-3-Clause
"""What families of random data sets are drawn from: sizes, scales and labels."""

import numpy as np
from scipy.special import expit

MAX_ROWS = 45_000
MAX_ENTRIES = 2_000_000


def size(rng, most_columns=100):
    """Rows, mostly so many that minibatches are drawn, and columns."""
    d = int(10 ** rng.uniform(0, np.log10(most_columns + 0.99)))
    most = min(MAX_ROWS, MAX_ENTRIES // d)
    if rng.random() < 0.35:
        return int(10 ** rng.uniform(np.log10(30), np.log10(most))), d
    return int(rng.uniform(most / 10, most)), d


def scales(rng, d, most):
    """Of the columns: 1, or powers of 10 up to +-most."""
    return 10.0 ** (rng.uniform(-most, most, d) * rng.integers(2))


def signal(rng, X):
    """A linear function of columns brought to one size, without their far cells."""
    low, middle, high = np.quantile(X, [0.25, 0.5, 0.75], axis=0)
    spread = np.where(high > low, high - low, X.std(axis=0))
    spread[spread == 0] = 1
    Z = np.clip((X - middle) / spread, -5, 5)
    return Z @ (rng.standard_normal(X.shape[1]) * (rng.random(X.shape[1]) < 0.7))


def labels(rng, X):
    return draw(rng, signal(rng, X), rng.choice([0.5, 1, 2, 5, 20]))


def draw(rng, logits, strength):
    """Labels of a logistic model of some share of positives."""
    deviation = logits.std()
    if deviation > 0:
        logits = strength * (logits - logits.mean()) / deviation
    share = 10 ** rng.uniform(-2.5, -0.3)
    chance = rng.random(len(logits))
    low, high = -100.0, 100.0
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (
            (middle, high) if expit(logits + middle).mean() < share else (low, middle)
        )
    return (chance < expit(logits + low)).astype(np.int64)


def shuffled(rng, X, y):
    order = rng.permutation(len(y))
    return X[order], y[order]
