# SPDX-License-Identifier: BSD-3-Clause
"""What a fitted model is worth on given rows, by scikit-learn's metrics."""

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    log_loss,
    precision_recall_fscore_support,
)

RATES = ("accuracy", "precision", "recall", "f1")

NAMES = {
    "accuracy": "accuracy",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "average_precision": "average precision",
    "log_loss": "log loss",
}


def rates(model, X, y):
    """Score the predictions; 0 where a rate's denominator is empty."""
    predicted = model.predict(X)
    precision, recall, f1, _ = precision_recall_fscore_support(
        y, predicted, average="binary", zero_division=0
    )
    values = (accuracy_score(y, predicted), precision, recall, f1)
    return dict(zip(RATES, map(float, values), strict=True))


def all_scores(model, X, y):
    """Score the predictions, the ranking and the probabilities: all of `NAMES`."""
    return rates(model, X, y) | {
        "average_precision": average_precision_score(y, model.decision_function(X)),
        "log_loss": log_loss(y, model.predict_proba(X)),
    }


def mean_and_spread(name, values):
    """Return the fields of a record for one score over the folds."""
    mean, std = np.mean(values), np.std(values)
    return {f"{name}_mean": float(mean), f"{name}_std": float(std)}
