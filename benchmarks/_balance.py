# SPDX-License-Identifier: BSD-3-Clause
"""What balancing reaches, costs and saves: against its optimum and the plain fit."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    log_loss,
    recall_score,
)

from skpulsar import SLPClassifier

ALPHA = 1e-4
SCORES = {
    "log loss": log_loss,
    "Brier": brier_score_loss,
    "recall": lambda y, p: recall_score(y, p > 0.5),
}
FEW = (1, 5)  # epochs
OFF_ON = tuple(f"{name}, {how}" for how in ("off", "on") for name in SCORES)


def _largest(found):
    return np.max(np.abs(found))


def _middle(found):
    return np.median(np.abs(found))


# Title to columns: (key, how its values over the splits become one)
TABLES = {
    "sampling='balanced' less the optimum of the balanced objective, prior_correction "
    "off and on, % of that, in the worst split": (
        ("objective", np.max),
        *((key, _largest) for key in OFF_ON),
    ),
    "the same, median of the sizes": tuple((key, _middle) for key in OFF_ON),
    "its log loss over that of the plain fit, and mean distance of its probabilities "
    "from the plain ones, medians": tuple(
        (f"{name}, {how}", np.median)
        for name in ("log loss over plain", "distance")
        for how in ("off", "on")
    ),
    "solver='adam' after 1 and 5 epochs: average precision (AP) and F1 at 0.5, "
    "medians": tuple(
        (f"{metric}, {n}: {how}", np.median)
        for metric in ("AP", "F1")
        for n in FEW
        for how in ("plain", "balanced")
    ),
}


def balance(train, test, seed, tol):
    """Values of one split, by the keys of TABLES."""
    (X, y), (X_test, y_test) = train, test

    def proba(model):
        return model.predict_proba(X_test)[:, 1]

    sampled = {"alpha": ALPHA, "sampling": "balanced", "tol": tol, "random_state": seed}
    best, shift = balanced_optimum(X, y), np.log(y.mean() / (1 - y.mean()))
    off = SLPClassifier(**sampled).fit(X, y)
    on = SLPClassifier(**sampled, prior_correction=True).fit(X, y)
    plain = proba(SLPClassifier(alpha=ALPHA, random_state=seed).fit(X, y))

    values = {"objective": percent(objective(X, y, off), objective(X, y, best))}
    optima = [proba(best)]
    best.intercept_ = best.intercept_ + shift
    optima.append(proba(best))
    for how, ours, theirs in zip(("off", "on"), (off, on), optima, strict=True):
        for name, score in SCORES.items():
            values[f"{name}, {how}"] = percent(
                score(y_test, proba(ours)), score(y_test, theirs)
            )
    reference = log_loss(y_test, plain)
    for how, model in (("off", off), ("on", on)):
        reference = log_loss(y_test, plain)
        values[f"log loss over plain, {how}"] = (
            log_loss(y_test, proba(model)) / reference
        )
        values[f"distance, {how}"] = np.abs(proba(model) - plain).mean()
    return values | few_epochs(train, test, seed)


def few_epochs(train, test, seed):
    """Average precision and F1 at 0.5 of adam."""
    X, y = test
    values = {}
    for n_epochs in FEW:
        for how, sampling in (("plain", None), ("balanced", "balanced")):
            model = SLPClassifier(
                solver="adam",
                sampling=sampling,
                max_iter=n_epochs,
                tol=None,
                random_state=seed,
            ).fit(*train)
            score = average_precision_score(y, model.decision_function(X))
            values[f"AP, {n_epochs}: {how}"] = score
            values[f"F1, {n_epochs}: {how}"] = f1_score(y, model.predict(X))
    return values


def balanced_optimum(X, y):
    return LogisticRegression(
        C=1 / (ALPHA * len(y)),
        class_weight="balanced",
        solver="newton-cholesky",
        tol=1e-10,
        max_iter=1_000,
    ).fit(X, y)


def objective(X, y, model):
    """The mean of both classes' mean cross-entropy, plus the penalty."""
    w = model.coef_[0]
    losses = np.logaddexp(0, np.where(y == 1, -1, 1) * model.decision_function(X))
    return (losses[y == 1].mean() + losses[y == 0].mean()) / 2 + ALPHA / 2 * (w @ w)


def percent(value, reference):
    return 0.0 if value == reference else 100 * (value - reference) / reference
