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

    See Also
    --------
    Cutoffs : Every cut-off; `Cutoffs.best`, `Cutoffs.at` and `Cutoffs.at_budget` choose
        one.

    Examples
    --------
    >>> from skpulsar.thresholds import cutoffs
    >>> cutoffs([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).at(0.3)
    Cutoff(threshold=0.3, precision=0.666..., recall=1.0, tp=2, fp=1)
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
