# SPDX-License-Identifier: BSD-3-Clause
"""Streams of several classes, and how far a model is from the minimum over all rows."""

import numpy as np
from _softmax import ByNumPy

from skpulsar import SLPClassifier

CLASSES = [0, 1, 2, 3]
N_ROWS = 20_000  # more than are kept


def made(n_rows=N_ROWS, n_columns=6, seed=0):
    """Rows of columns of several sizes, and classes of which the last is rare."""
    random = np.random.default_rng(seed)
    unit = 3.0 ** np.arange(n_columns)
    X = random.standard_normal((n_rows, n_columns)) * unit + 5
    W = random.standard_normal((len(CLASSES), n_columns)) / unit
    noise = random.gumbel(size=(n_rows, len(CLASSES)))
    y = ((X - 5) @ W.T + np.log([6, 3, 2, 0.5]) + noise).argmax(axis=1)
    y[: len(CLASSES)] = CLASSES[: len(y)]
    return X, y


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
    F = ByNumPy(X, y, sample_weight, model.alpha)
    return F(np.column_stack([model.coef_, model.intercept_]))[0]


def gap(model, X, y, sample_weight=None):
    """Of the objective of all rows from its least, relative."""
    options = {"alpha": model.alpha, "fit_intercept": model.fit_intercept}
    best = SLPClassifier(**options, random_state=0, tol=1e-9).fit(X, y, sample_weight)
    least = objective(best, X, y, sample_weight)
    return objective(model, X, y, sample_weight) / least - 1
