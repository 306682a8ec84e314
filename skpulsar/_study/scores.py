# SPDX-License-Identifier: BSD-3-Clause
"""Scores of a fitted model on given rows, by scikit-learn's metrics."""

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    log_loss,
    precision_recall_fscore_support,
)

from skpulsar.thresholds import cutoffs

BUDGET = 200  # candidates that a follow-up programme looks at
N_BINS = 10

RATES = ("accuracy", "precision", "recall", "f1")

NAMES = {
    "accuracy": "accuracy",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "average_precision": "average precision",
    "log_loss": "log loss",
    "brier": "Brier score",
    "calibration": "calibration error",
    "budget_precision": f"precision, best {BUDGET}",
    "budget_recall": f"recall, best {BUDGET}",
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
    logits, proba = model.decision_function(X), model.predict_proba(X)
    probability = proba[:, 1]
    best = cutoffs(y, logits).at_budget(BUDGET)
    return rates(model, X, y) | {
        "average_precision": average_precision_score(y, logits),
        "log_loss": log_loss(y, proba),
        "brier": brier_score_loss(y, probability),
        "calibration": calibration_error(y, probability),
        "budget_precision": best.precision,
        "budget_recall": best.recall,
    }


def calibration_error(y, probability):
    """Expected calibration error, in `N_BINS` bins of equal width.

    The mean over rows of the distance, in a row's bin, between the share of pulsars and
    the mean probability (Naeini, Cooper and Hauskrecht, AAAI 2015).
    """
    found, predicted = calibration_curve(y, probability, n_bins=N_BINS)
    # calibration_curve leaves out empty bins and does not count the rows of the others.
    inner_edges = np.linspace(0.0, 1.0, N_BINS + 1)[1:-1]
    counts = np.bincount(np.searchsorted(inner_edges, probability))
    return float(np.average(np.abs(found - predicted), weights=counts[counts > 0]))


def mean_and_spread(name, values):
    """Return the fields of a record for one score over the folds."""
    mean, std = np.mean(values), np.std(values)
    return {f"{name}_mean": float(mean), f"{name}_std": float(std)}
