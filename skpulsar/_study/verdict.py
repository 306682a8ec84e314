# SPDX-License-Identifier: BSD-3-Clause
"""What the scores of the models say, in words computed from them."""

import numpy as np
from scipy.stats import t

from skpulsar._study.candidates import N_FOLDS
from skpulsar._study.tables import wrapped

LEVEL = 0.95
PEER = "LogisticRegression + tuned"

# Not ours: F1 of HTRU2 at the default threshold, as (mean, low, high)
PERCEPTRON = (0.669, 0.640, 0.698)
FOREST = (0.884, 0.880, 0.888)
PUBLISHED = wrapped(
    "Published for HTRU2, by stratified 5-fold with several seeds: F1 {:.3f} ({:.3f} "
    "to {:.3f}) for a class-balanced Perceptron, {:.3f} ({:.3f} to {:.3f}) for a "
    'random forest, the best of seven models ("linear classifiers on HTRU_2", NHSJS '
    "2026). Not ours.".format(*PERCEPTRON, *FOREST)
)


def paired_interval(scores, reference):
    """Mean difference of scores from the same folds, and its interval.

    The variance is that of Nadeau and Bengio, "Inference for the Generalization Error",
    Machine Learning 52, 2003: folds share training rows, and the plain standard error,
    which takes them for independent, is too small.

    Returns
    -------
    mean, low, high : float
    """
    differences = np.subtract(scores, reference)
    n = len(differences)
    test_to_train = 1 / (N_FOLDS - 1)
    error = np.sqrt((1 / n + test_to_train) * differences.var(ddof=1))
    mean = differences.mean()
    half = t.ppf((1 + LEVEL) / 2, n - 1) * error
    return float(mean), float(mean - half), float(mean + half)


def paragraph(scores):
    """Return what the scores say, given as ``scores[model][name]``, one per fold."""
    sentences = (
        f"Differences are means over the folds; {LEVEL:.0%} intervals are widened for "
        "the rows that folds share, and where one contains 0 the difference may be "
        "chance.",
        _against_defaults(scores, "f1", "F1"),
        _against_defaults(scores, "average_precision", "Average precision"),
        _correction(scores, "class_weight"),
        _correction(scores, "sampling"),
        _tuned(scores),
    )
    return wrapped(" ".join(sentences))


def _against_defaults(scores, name, words):
    """Say which models score higher than the defaults, which lower, and the rest."""
    reference = scores["defaults"][name]
    higher, lower, rest = [], [], []
    for label in scores.keys() - {"defaults"}:
        mean, low, high = paired_interval(scores[label][name], reference)
        group = higher if low > 0 else lower if high < 0 else rest
        group.append((mean, label))
    parts = [
        f"{group_words} with {_listed(group)}"
        for group_words, group in (("higher", higher), ("lower", lower))
        if group
    ]
    if rest:
        changes = [mean for mean, _ in rest]
        parts.append(
            f"no better than chance with {'the other ' if parts else 'all '}"
            f"{len(rest)} ({min(changes):+.4f} to {max(changes):+.4f})"
        )
    return f"{words} is {reference.mean():.4f} with defaults: {'; '.join(parts)}."


def _listed(group):
    """Return labels with their changes, the highest first; ties by label."""
    ordered = sorted(group, key=lambda pair: (-pair[0], pair[1]))
    return ", ".join(f"{label} ({mean:+.4f})" for mean, label in ordered)


def _correction(scores, label):
    """Say what prior_correction does to the probabilities of a balanced model."""
    before, after = scores[label], scores[f"{label} + corrected"]
    return (
        f"With {label}, prior_correction takes the log loss from "
        f"{before['log_loss'].mean():.4f} to {after['log_loss'].mean():.4f} (defaults "
        f"{scores['defaults']['log_loss'].mean():.4f}) and changes the calibration "
        f"error by {_change(after['calibration'], before['calibration'])}."
    )


def _tuned(scores):
    """Set the tuned perceptron beside LogisticRegression and the published figures."""
    tuned, peer = scores["tuned"], scores[PEER]
    f1 = tuned["f1"].mean()
    ranking = _change(tuned["average_precision"], peer["average_precision"])
    return (
        f"Tuned, F1 is {f1:.4f}: from LogisticRegression tuned alike it differs by "
        f"{_change(tuned['f1'], peer['f1'])}, average precision by {ranking}. Of the "
        "intervals published, which compare only if these candidates are HTRU2, this "
        f"F1 is {_place(f1, PERCEPTRON)} the Perceptron's and {_place(f1, FOREST)} the "
        "random forest's."
    )


def _change(scores, reference):
    """Return a mean change with its interval, and a doubt where that is due."""
    mean, low, high = paired_interval(scores, reference)
    doubt = ", no better than chance" if low <= 0 <= high else ""
    return f"{mean:+.4f} ({low:+.4f} to {high:+.4f}{doubt})"


def _place(value, published):
    """Say where a value lies to a published interval."""
    _, low, high = published
    return "below" if value < low else "above" if value > high else "inside"
