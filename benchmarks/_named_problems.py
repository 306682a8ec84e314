# SPDX-License-Identifier: BSD-3-Clause
"""Problems on which an objective_gap_ was wrong once, as they were found."""

from functools import partial

import numpy as np
from _random_problems import Problem
from scipy import sparse

FAMILY = "named"


def sentinels(share=0.3, value=1e6, n_columns=1, n_chunks=0, **parameters):
    """A share of one column is a number that stands for none."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20_000, n_columns))
    X[rng.random(len(X)) < share, 0] = value
    y = X[:, 0] + 0.3 * rng.standard_normal(len(X)) < -1
    return made(X, y, n_chunks, **parameters)


def ten_cells(seed, n=20_000):
    """Ten cells of ten columns are a number that stands for none."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 10))
    y = X @ rng.standard_normal(10) + rng.standard_normal(n) > 3
    X[rng.integers(0, n, 10), rng.integers(0, 10, 10)] = 1e6
    return made(X, y)


def wide(n, d):
    X = np.random.default_rng(0).standard_normal((n, d))
    return made(X, X[:, 0] > 0, alpha=1e-6)


def log_normal():
    rng = np.random.default_rng(0)
    X = np.exp(rng.standard_normal((200, 5000)) + rng.uniform(0, 4, 5000))
    return made(X, X[:, 0] > np.median(X[:, 0]))


def genes(**parameters):
    """Ten factors behind many columns."""
    rng = np.random.default_rng(0)
    factors = rng.standard_normal((300, 10))
    X = factors @ rng.standard_normal((10, 10_000))
    X += rng.standard_normal(X.shape)
    return made(X, factors[:, 0] > 0, **parameters)


def positive(d, **parameters):
    """Columns around 10 with five factors."""
    rng = np.random.default_rng(0)
    factors = rng.standard_normal((3000, 5))
    X = 10 + factors @ rng.standard_normal((5, d)) + rng.standard_normal((3000, d))
    y = factors[:, 0] + rng.standard_normal(3000) > 0
    return made(X, y, **parameters)


def correlated(d):
    """Five factors behind fewer columns than rows."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((6000, 5)) @ rng.standard_normal((5, d))
    X += 0.1 * rng.standard_normal(X.shape)
    return made(X, X[:, :10].sum(axis=1) + 5 * rng.standard_normal(len(X)) > 0)


def copies(d):
    """Ten nearly equal columns for each of another table."""
    rng = np.random.default_rng(1)
    X = np.repeat(rng.standard_normal((6000, d // 10)), 10, axis=1)
    X += 0.01 * rng.standard_normal(X.shape)
    logits = X @ rng.standard_normal(d)
    return made(X, logits / logits.std() + 0.5 * rng.logistic(size=len(X)) > 0)


def words(power, **parameters):
    """A bag of words, whose frequency falls with this power of the rank."""
    rng = np.random.default_rng(0)
    share = 1 / np.arange(1.0, 3001) ** power
    column = rng.choice(3000, 40 * 4000, p=share / share.sum())
    row = np.repeat(np.arange(4000), 40)
    entries = np.ones(len(row)), (row, column)
    X = sparse.coo_array(entries, shape=(4000, 3000)).tocsr()
    logits = X @ rng.standard_normal(3000)
    logits = 4 * (logits - logits.mean()) / logits.std()
    return made(X, logits > rng.logistic(size=4000), **parameters)


def offset(mean):
    """No intercept, and columns far from 0."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((5000, 3))
    y = X[:, 0] + rng.standard_normal(len(X)) > 0
    return made(X + mean, y, fit_intercept=False)


def flagged(**parameters):
    """A column that is 1 for some of the positives, and 0 for the others."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20_000, 4))
    y = X[:, 0] + rng.standard_normal(len(X)) > 1
    X[:, 3] = y & (rng.random(len(X)) < 0.1)
    return made(X, y, **parameters)


def made(X, y, n_chunks=0, **parameters):
    parameters = {**parameters, "random_state": 0}
    return Problem(FAMILY, X, y.astype(np.int64), parameters, n_chunks=n_chunks)


BALANCED = {"class_weight": "balanced"}
BARE = {"fit_intercept": False}

NAMED = {
    "sentinels, balanced": partial(sentinels, n_chunks=5, **BALANCED),
    "sentinels of -999, balanced": partial(sentinels, value=-999, **BALANCED),
    "8 columns, 30 % sentinels": partial(sentinels, 0.3, n_columns=8),
    "8 columns, 50 % sentinels": partial(sentinels, 0.5, n_columns=8, n_chunks=5),
    "8 columns, 50 % of 99999": partial(sentinels, 0.5, 99_999, 8),
    "ten cells of 90,000": partial(ten_cells, 0, 9000),
    "ten cells of 200,000": partial(ten_cells, 0),
    "ten other cells of 200,000": partial(ten_cells, 2),
    "30 x 1500": partial(wide, 30, 1500),
    "100 x 2100": partial(wide, 100, 2100),
    "100 x 5000": partial(wide, 100, 5000),
    "log-normal 200 x 5000": log_normal,
    "genes": genes,
    "genes, no intercept": partial(genes, **BARE),
    "positive 700": partial(positive, 700, **BARE),
    "positive 900": partial(positive, 900, **BARE),
    "positive 900, intercept": partial(positive, 900),
    "5 factors, 300 columns": partial(correlated, 300),
    "copies, 200 columns": partial(copies, 200),
    "words": partial(words, 1.0),
    "words, no intercept": partial(words, 1.1, tol=1e-2, **BARE),
    "words, no intercept, 1e-6": partial(words, 0.7, alpha=1e-6, tol=1e-2, **BARE),
    **{f"offset {mean:.0e}": partial(offset, mean) for mean in (1e8, 1e9, 1e10)},
    "flagged, alpha 0": partial(flagged, alpha=0.0),
}
