# SPDX-License-Identifier: BSD-3-Clause
"""Cross-validation of one model: its scores, times and unfinished fits."""

import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold, cross_validate

from skpulsar._study.candidates import N_FOLDS
from skpulsar._study.scores import all_scores


def stratified_folds(seed):
    """Return the study's folds, the same for every model."""
    return StratifiedKFold(n_splits=N_FOLDS, shuffle=True, random_state=seed)


def score_folds(model, X, y, cv):
    """Return the result and the number of ConvergenceWarnings, which stay unseen."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        result = cross_validate(
            model, X, y, cv=cv, scoring=all_scores, error_score="raise"
        )
    others = [w for w in caught if not issubclass(w.category, ConvergenceWarning)]
    for w in others:
        warnings.warn_explicit(w.message, w.category, w.filename, w.lineno)
    return result, len(caught) - len(others)
