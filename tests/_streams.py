# SPDX-License-Identifier: BSD-3-Clause
"""Streams of rows, and how far a model is from the minimum over all of them."""

import numpy as np

from skpulsar import SLPClassifier

CLASSES = [0, 1]
N_ROWS = 20_000  # more than are kept


def made(n_rows=N_ROWS, n_columns=6, seed=0):
    random = np.random.default_rng(seed)
    X = random.normal(size=(n_rows, n_columns)) * 3.0 ** np.arange(n_columns) + 5
    logits = (X - 5) @ (random.normal(size=n_columns) / 3.0 ** np.arange(n_columns))
    return X, (logits - 2 > random.logistic(size=n_rows)).astype(int)


def stream(X, y, size, sample_weight=None, **options):
    model = SLPClassifier(solver="psgd", **{"random_state": 0, **options})
    return go_on(model, X, y, size, sample_weight)


def go_on(model, X, y, size, sample_weight=None):
    for start in range(0, len(y), size):
        part = slice(start, start + size)
        weight = None if sample_weight is None else sample_weight[part]
        model.partial_fit(X[part], y[part], CLASSES, weight)
    return model


def objective(model, X, y, sample_weight=None):
    z = X @ model.coef_[0] + model.intercept_[0]
    loss = np.average(np.logaddexp(0, z) - y * z, weights=sample_weight)
    return loss + model.alpha / 2 * model.coef_[0] @ model.coef_[0]


def gap(model, X, y, sample_weight=None):
    """Of the objective of all rows from its least, relative."""
    options = {"alpha": model.alpha, "fit_intercept": model.fit_intercept}
    options |= {"random_state": 0, "tol": 1e-9, "solver": "psgd"}
    best = SLPClassifier(**options).fit(X, y, sample_weight)
    least = objective(best, X, y, sample_weight)
    return objective(model, X, y, sample_weight) / least - 1
