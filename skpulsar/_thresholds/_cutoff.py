# SPDX-License-Identifier: BSD-3-Clause
"""One cut-off and what it selects."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Cutoff:
    """One cut-off and what it selects: the rows with ``y_score >= threshold``.

    Parameters
    ----------
    threshold : float
        For `FixedThresholdClassifier`, with the `response_method` of the scores.

    precision, recall : float
        NaN where they are 0 / 0: no row is selected, no row is positive.

    tp, fp : int, or float if the rows have weights
        True and false positives.
    """

    threshold: float
    precision: float
    recall: float
    tp: float
    fp: float

    @classmethod
    def of_counts(cls, threshold, tp, fp, all_tp):
        """That which selects these true and false positives, of `all_tp` positives."""
        precision, recall = ratio(tp, tp + fp), ratio(tp, all_tp)
        return cls(float(threshold), float(precision), float(recall), tp, fp)


def ratio(numerator, denominator):
    """Their ratio, NaN where it is 0 / 0."""
    with np.errstate(invalid="ignore"):
        return np.divide(numerator, denominator)


def chosen(choose, curve):
    """The `Cutoff` that the callable `choose` returns for `Cutoffs`."""
    cutoff = choose(curve)
    if not isinstance(cutoff, Cutoff):
        raise TypeError(
            "choose must return a Cutoff, as Cutoffs.best, at and at_budget do. Got "
            f"{cutoff!r:.60} instead."
        )
    return cutoff
