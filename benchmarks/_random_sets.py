# SPDX-License-Identifier: BSD-3-Clause
"""Random rows of two classes that are hard for searches, each made from a seed."""

import numpy as np
from scipy import sparse


def few_columns(seed):
    """Up to 39 columns, in four sets of five with rare ones among them."""
    rng = np.random.default_rng((7, seed))
    n, d = int(rng.integers(6000, 30_000)), int(rng.integers(1, 40))
    X = rng.standard_normal((n, d)) * 10 ** rng.uniform(-2, 2, d)
    X = X * (rng.random() < 0.5) + rng.standard_normal((n, d))
    if seed % 5:
        k = int(rng.integers(1, d + 1))
        X[:, :k] = rng.random((n, k)) < 10 ** rng.uniform(-2.7, -1.7, k)
    logits = X / X.std(axis=0).clip(1e-3, 1) @ rng.standard_normal(d)
    logits *= rng.choice([0.5, 1, 3])
    logits -= np.quantile(logits, rng.uniform(0.5, 0.97))
    return X, (rng.random(n) < 1 / (1 + np.exp(-logits))) * 1.0


def many_columns(seed):
    """65 to 159 columns, a third of them rare, or more."""
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(15_000, 50_000)), int(rng.integers(65, 160))
    k = int(rng.integers(d // 3, d - 3))
    rare = (rng.random((n, k)) < 10 ** rng.uniform(-2.7, -1.7, k)).astype(float)
    X = np.hstack([rare, rng.standard_normal((n, d - k))])
    size = np.repeat([2.0, 0.4], [k, d - k])
    logits = X @ (rng.standard_normal(d) * size)
    logits -= np.quantile(logits, rng.uniform(0.8, 0.97))
    logits *= rng.uniform(0.7, 2)
    y = (rng.random(n) < 1 / (1 + np.exp(-logits))).astype(float)
    return (sparse.csr_array(X) if rng.random() < 0.5 else X), y


def categories(seed):
    """2 to 8 features of up to 39 categories, one-hot."""
    rng = np.random.default_rng((5, seed))
    n, columns = int(rng.integers(5000, 25_000)), []
    for size in rng.integers(2, 40, rng.integers(2, 9)):
        drawn = rng.choice(size, n, p=rng.dirichlet(np.full(size, 0.3)))
        columns.append(drawn[:, np.newaxis] == np.arange(size))
    X = np.hstack(columns).astype(float)
    weights = rng.standard_normal(X.shape[1]) * rng.choice([0.3, 1, 2])
    logits = X / X.std(axis=0).clip(0.01, 1) @ weights
    logits *= min(1.0, 6 / logits.std())
    logits -= np.quantile(logits, rng.uniform(0.5, 0.98))
    return X, (rng.random(n) < 1 / (1 + np.exp(-logits))) * 1.0
