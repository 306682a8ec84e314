# SPDX-License-Identifier: BSD-3-Clause
"""Families of random data sets of two classes, dense or CSR, kind and odd.

A family is a function of a random generator; it returns rows and labels.
"""

import numpy as np
from _draws import MAX_ENTRIES, draw, labels, scales, shuffled, signal, size
from scipy import sparse

MISSING = (-999.0, 99_999.0, 1e6)


def tails(rng):
    n, d = size(rng)
    X = rng.standard_t(rng.uniform(1.5, 4), (n, d))
    return X, labels(rng, X)


def cauchy(rng):
    n, d = size(rng)
    X = rng.standard_normal((n, d))
    y = labels(rng, X)
    far = rng.random(d) < rng.choice([0.3, 1])
    X[:, far] = rng.standard_cauchy((n, far.sum()))
    return X, labels(rng, X) if rng.random() < 0.6 else y


def lognormal(rng):
    n, d = size(rng)
    X = rng.standard_normal((n, d))
    y = labels(rng, X)
    X = np.exp(X * rng.uniform(0.3, 4, d))
    return X, labels(rng, X) if rng.random() < 0.6 else y


def one_hot(rng):
    """Some categorical columns, with common and rare levels."""
    n, _ = size(rng)
    parts = []
    for _ in range(rng.integers(1, 6)):
        n_levels = int(10 ** rng.uniform(0.5, 2))
        share = 1 / np.arange(1.0, n_levels + 1) ** rng.uniform(0.5, 3)
        level = rng.choice(n_levels, n, p=share / share.sum())
        parts.append((level[:, np.newaxis] == np.arange(n_levels)).astype(float))
    X = np.concatenate(parts, axis=1)
    if X.size > MAX_ENTRIES:
        X = X[: MAX_ENTRIES // X.shape[1]]
    y = labels(rng, X)
    how = rng.choice(["raw", "standardised", "CSR"])
    if how == "standardised":
        X = (X - X.mean(axis=0)) / np.maximum(X.std(axis=0), 1e-9)
    return sparse.csr_array(X) if how == "CSR" else X, y


def sentinels(rng):
    """Numbers that stand for none: in one column, in some or in all; few or many."""
    n, d = size(rng, 20)
    X = rng.standard_normal((n, d)) * scales(rng, d, 1)
    columns = rng.permutation(d)[: rng.choice([1, max(1, d // 3), d])]
    gaps = np.zeros((n, d), dtype=bool)
    how = rng.choice(["ten cells", "ten cells", "rows", "cells", "cells", "cells"])
    if how == "ten cells":
        gaps[rng.integers(0, n, 10), rng.choice(columns, 10)] = True
    elif how == "rows":
        gaps[np.ix_(rng.random(n) < rng.uniform(0.01, 0.5), columns)] = True
    else:
        share = rng.uniform(0.01, 0.5)
        gaps[:, columns] = rng.random((n, len(columns))) < share
    value, strength = rng.choice(MISSING), rng.choice([2, 5, 20])
    if rng.random() < 0.3:  # missing, whatever the label
        y = draw(rng, signal(rng, X), strength)
    else:  # what is missing tells as much as a large value does
        known = np.where(gaps, np.sign(value) * 5 * X.std(axis=0), X)[:, columns]
        y = draw(rng, signal(rng, known), strength)
    X[gaps] = value
    return X, y


def outliers(rng):
    """A cell, or a few, that are very large."""
    n, d = size(rng)
    X = rng.standard_normal((n, d))
    y = labels(rng, X)
    for _ in range(rng.choice([1, 1, 3, 10])):
        value = 10 ** rng.uniform(2, 9) * rng.choice([-1, 1])
        X[rng.integers(n), rng.integers(d)] = value
    return X, y


def blocks(rng):
    """Rows, and columns, of another scale."""
    n, d = size(rng)
    X = rng.standard_normal((n, d)) * scales(rng, d, 4)
    y = labels(rng, X)
    rows = rng.random(n) < rng.uniform(0, 0.5)
    X[rows] *= 10 ** rng.uniform(-3, 4)
    return X, labels(rng, X) if rng.random() < 0.5 else y


def offsets(rng):
    """Columns whose mean is up to 1e8 deviations."""
    n, d = size(rng)
    X = rng.standard_normal((n, d))
    y = labels(rng, X)
    X += 10 ** min(8, rng.uniform(0, 10)) * rng.choice([-1, 1, 0, rng.random()], d)
    return X * scales(rng, d, 2), y


def correlated(rng):
    n, d = size(rng)
    X = rng.standard_normal((n, d))
    how = rng.integers(3)
    if how == 0:
        X = X @ rng.standard_normal((d, d))
    elif how == 1:
        X = np.cumsum(X, axis=1)
    else:
        common = rng.standard_normal((n, 1))
        X = common + 10 ** rng.uniform(-6, 0) * X
    return X, labels(rng, X)


def interactions(rng):
    """Columns, their squares and products, or powers of one."""
    n, d = size(rng, 10)
    X = rng.standard_normal((n, d)) + rng.choice([0, 3])
    if d == 1:
        X = X ** np.arange(1, rng.integers(2, 9))
    else:
        left, right = np.triu_indices(d)
        X = np.column_stack([X, X[:, left] * X[:, right]])
    return X, labels(rng, X)


def clustered(rng):
    """Positives that sit together, somewhere among or beside the others."""
    n, d = size(rng)
    X, y = rng.standard_normal((n, d)), np.zeros(n, dtype=np.int64)
    y[: max(2, int(n * 10 ** rng.uniform(-3, -0.5)))] = 1
    for rows in np.array_split(np.flatnonzero(y), rng.integers(1, 4)):
        middle = rng.uniform(0, 4) * rng.standard_normal(d)
        X[rows] = middle + 10 ** rng.uniform(-2, 0) * X[rows]
    return shuffled(rng, X, y)


def rare(rng):
    """A handful of positives."""
    n, d = size(rng)
    X, y = rng.standard_normal((n, d)), np.zeros(n, dtype=np.int64)
    y[: min(n // 2, rng.integers(5, 50))] = 1
    X[y == 1] += rng.uniform(0, 2)
    return shuffled(rng, X * scales(rng, d, 1), y)


def duplicated(rng):
    """Copies of columns, their sums, and near copies."""
    n, d = size(rng, 30)
    X = rng.standard_normal((n, d))
    y = labels(rng, X)
    copies = X[:, rng.integers(0, d, rng.integers(1, d + 1))]
    near = copies + rng.choice([0, 1e-9, 1e-6, 1e-3]) * rng.random(copies.shape)
    return np.column_stack([X, near * scales(rng, near.shape[1], 1), X.sum(axis=1)]), y


def separable(rng):
    n, d = size(rng)
    X = rng.standard_normal((n, d)) * scales(rng, d, 1)
    side = signal(rng, X)
    y = (side > np.quantile(side, rng.uniform(0.3, 0.99))).astype(np.int64)
    if y.any() and rng.random() < 0.5:
        kept = np.abs(side - side[y == 1].min()) > 0.05
        if kept.sum() > 3:
            X, y = X[kept], y[kept]
    return X, y


def quasi_separable(rng):
    """Columns that are not 0 for some rows of one class alone."""
    n, d = size(rng)
    X = rng.standard_normal((n, d))
    y = labels(rng, X)
    flags = rng.random((n, rng.integers(1, 4))) < 10 ** rng.uniform(-3, -0.5)
    flags &= (y == rng.integers(2))[:, np.newaxis]
    return np.column_stack([X, flags * rng.choice([1.0, 5.0, 1e4])]), y


def words(rng):
    """Counts of words by Zipf's law, CSR, some thousand columns."""
    n = int(10 ** rng.uniform(2, 3.8))
    d = int(np.clip(n * 10 ** rng.uniform(-0.7, 0.7), 200, 8000))
    share = 1 / np.arange(1.0, d + 1) ** rng.uniform(0.5, 1.3)
    n_words = rng.poisson(rng.uniform(5, 60), n) + 1
    column = rng.choice(d, n_words.sum(), p=share / share.sum())
    row = np.repeat(np.arange(n), n_words)
    X = sparse.coo_array((np.ones(len(row)), (row, column)), shape=(n, d)).tocsr()
    how = rng.choice(["counts", "present", "length 1", "by rarity"])
    if how == "present":
        X.data[:] = 1
    elif how == "length 1":
        norm = np.sqrt(X.multiply(X).sum(axis=1))
        X = X.multiply(1 / norm[:, np.newaxis]).tocsr()
    elif how == "by rarity":
        in_rows = np.bincount(X.indices, minlength=d)
        X.data *= np.log((1 + n) / (1 + in_rows))[X.indices]
    logits = X @ (rng.standard_normal(d) * (rng.random(d) < rng.uniform(0.02, 1)))
    return X, draw(rng, logits, rng.uniform(0, 6))


def wide(rng):
    """Independent columns, more than rows."""
    n = int(10 ** rng.uniform(1.5, 2.6))
    d = min(int(n * 10 ** rng.uniform(0.1, 2)), 6000, MAX_ENTRIES // n)
    X = rng.standard_normal((n, d)) + rng.choice([0, 0, 3])
    if rng.random() < 0.3:
        return X, (X[:, 0] > np.median(X[:, 0])).astype(np.int64)
    return X, draw(rng, X[:, :5].sum(axis=1), rng.uniform(0, 6))


def factors(rng):
    """Many columns with some factors behind them; positive ones, too."""
    n = int(10 ** rng.uniform(1.7, 3.4))
    d = min(int(10 ** rng.uniform(1.7, 3.5)), MAX_ENTRIES // n)
    hidden = rng.standard_normal((n, rng.integers(1, 11)))
    X = hidden @ rng.standard_normal((hidden.shape[1], d))
    X += rng.choice([0.1, 1.0]) * rng.standard_normal((n, d)) + rng.choice([0, 10])
    return X, draw(rng, hidden @ np.ones(hidden.shape[1]), rng.uniform(0, 6))


def genes(rng):
    """Log-normal columns with factors behind them, more than rows."""
    n = int(10 ** rng.uniform(1.5, 2.6))
    d = min(int(10 ** rng.uniform(2.5, 3.7)), MAX_ENTRIES // n)
    hidden = rng.standard_normal((n, rng.integers(1, 11)))
    X = hidden @ rng.standard_normal((hidden.shape[1], d)) / 2
    X += rng.standard_normal((n, d))
    X = np.exp(X * rng.uniform(0.2, 1) + rng.uniform(-2, 4, d))
    return X, draw(rng, hidden[:, 0], rng.uniform(0, 6))


def square(rng):
    """About as many columns as rows."""
    n = int(10 ** rng.uniform(1.5, 2.8))
    d = max(1, int(n * rng.uniform(0.5, 1.2)))
    X = rng.standard_normal((n, d)) * scales(rng, d, 1)
    return X, labels(rng, X)


FAMILIES = {
    "tails": tails,
    "Cauchy": cauchy,
    "log-normal": lognormal,
    "one-hot": one_hot,
    "sentinels": sentinels,
    "outliers": outliers,
    "blocks": blocks,
    "offsets": offsets,
    "correlated": correlated,
    "interactions": interactions,
    "clustered": clustered,
    "rare": rare,
    "duplicated": duplicated,
    "separable": separable,
    "quasi-separable": quasi_separable,
    "words": words,
    "wide": wide,
    "factors": factors,
    "genes": genes,
    "square": square,
}
