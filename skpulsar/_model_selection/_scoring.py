# SPDX-License-Identifier: BSD-3-Clause
"""The parameter `scoring`: scores by name, greater being better."""

from sklearn.metrics import get_scorer, get_scorer_names

from skpulsar._estimator._scorer_names import by_name

LOG_LOSS = "neg_log_loss"  # This is scoring=None.
BEST_F1 = "f1_best"
OF_RANKS = ("average_precision", "roc_auc", BEST_F1)
OF_CLASSES = (*OF_RANKS, "f1")  # They need rows of both classes.
OF_LOGITS = (LOG_LOSS, *OF_CLASSES)  # computed here


def scores_of(scoring):
    """What is scored, by name: one of `OF_LOGITS`, or a scorer.

    Parameters
    ----------
    scoring : str, callable, list of str, dict or None
        As `SLPClassifierCV` has it.

    Raises
    ------
    ValueError
        If it is empty, or names a scorer that scikit-learn does not know.
    """
    scoring = by_name(LOG_LOSS if scoring is None else scoring)
    return {name: _score(score) for name, score in scoring.items()}


def _score(score):
    if score is None or score in OF_LOGITS:
        return score or LOG_LOSS
    if callable(score):
        return score
    if score not in get_scorer_names():
        raise ValueError(
            f"scoring names {score!r:.60}, which is neither {BEST_F1!r} nor among "
            "sklearn.metrics.get_scorer_names()."
        )
    return get_scorer(score)


def scorers_from_outside(scoring):
    """The scorers among what is scored, by name."""
    found = scores_of(scoring)
    return {name: s for name, s in found.items() if not isinstance(s, str)}


def of_more_classes(scores):
    """The same scores where classes are more than two, or several at once: the log loss
    is computed here, all others are scikit-learn's.

    Raises
    ------
    ValueError
        If there is one that scikit-learn does not have.
    """
    if BEST_F1 in scores.values():
        raise ValueError(
            f"scoring={BEST_F1!r} is for two classes, and y has others: choose "
            "'f1_macro', or another score."
        )
    return {
        name: get_scorer(score) if score in OF_CLASSES else score
        for name, score in scores.items()
    }
