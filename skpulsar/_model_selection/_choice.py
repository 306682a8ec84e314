# SPDX-License-Identifier: BSD-3-Clause
"""The choice of one model by scores of rows held out."""

from dataclasses import dataclass

import numpy as np

SELECTIONS = ("best", "one_standard_error")


@dataclass(frozen=True)
class Choice:
    """Means of the scores over the folds, and the model that they choose.

    Parameters
    ----------
    mean : ndarray of shape (V, A)
        The score by weighting of the classes and alpha.

    standard_error : ndarray of shape (V, A)
        ``std(scores, ddof=1) / sqrt(n_folds)``; NaN for one fold.

    paired_standard_error : ndarray of shape (V, A)
        The same of the differences, fold by fold, to the best: 0 there.

    chosen : tuple of (int, int)
        v and a of what was chosen.
    """

    mean: np.ndarray
    standard_error: np.ndarray
    paired_standard_error: np.ndarray
    chosen: tuple

    @classmethod
    def of(cls, scores, alphas, selection):
        """The choice by scores of shape (K, V, A).

        Of equal means that of the largest alpha is the best, of the weightings of the
        classes the first. A mean that is NaN is never the best.

        Raises
        ------
        ValueError
            If all means are NaN, or there is no standard error of one fold.
        """
        n_folds = len(scores)
        mean = scores.mean(axis=0)
        if np.isnan(mean).all():
            raise ValueError(
                "The score that chooses is NaN for every alpha, in some fold: choose "
                "other folds, or another scoring."
            )
        if selection == "one_standard_error" and n_folds < 2:
            raise ValueError(
                "selection='one_standard_error' needs two folds or more, and cv makes "
                "one: set selection='best'."
            )
        falling = np.argsort(-alphas, kind="stable")
        v, place = np.unravel_index(np.nanargmax(mean[:, falling]), mean.shape)
        best = int(v), int(falling[place])
        standard_error = _standard_error(scores)
        chosen = best
        if selection == "one_standard_error":
            enough = mean[v] >= mean[best] - standard_error[best]
            chosen = int(v), int(falling[enough[falling].argmax()])
        differences = scores - scores[:, best[0], best[1], np.newaxis, np.newaxis]
        return cls(mean, standard_error, _standard_error(differences), chosen)


def _standard_error(values):
    """Of the mean over the folds."""
    n_folds = len(values)
    if n_folds < 2:
        return np.full(values.shape[1:], np.nan)
    return values.std(axis=0, ddof=1) / np.sqrt(n_folds)
