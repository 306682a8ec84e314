# SPDX-License-Identifier: BSD-3-Clause
"""Confidence intervals at a cut-off that was chosen on the same rows."""

from contextlib import suppress

import numpy as np
from scipy.special import betaincinv
from sklearn.utils import Bunch

from skpulsar._thresholds._cutoff import chosen


def choice_intervals(
    choose, cutoffs_of, rows, *, n_resamples, confidence_level, random
):
    """The intervals that `Cutoffs.interval` returns.

    `cutoffs_of` makes the `Cutoffs` of `RankedRows`; `random` is a RandomState.
    """
    curve = cutoffs_of(rows)
    # An error here is a mistake, and one on a resample is chance.
    cutoff, choices = chosen(choose, curve), []
    for _ in range(n_resamples):
        resample = cutoffs_of(rows.resampled(random))
        with suppress(ValueError):
            choices.append(choose(resample))
    if not choices:
        raise ValueError(
            f"The choice could be made on none of {n_resamples} resamples: it hangs on "
            "too few rows. Relax its constraint."
        )
    thresholds = [choice.threshold for choice in choices]
    truth = [curve.at(threshold) for threshold in thresholds]
    index = np.count_nonzero(curve.thresholds >= cutoff.threshold) - 1
    tp, fp, fn = rows.parts(index)
    return Bunch(
        threshold=_spread(thresholds, confidence_level),
        precision=_lowered(
            share_interval(tp, fp, confidence_level),
            [choice.precision for choice in choices],
            [cutoff.precision for cutoff in truth],
        ),
        recall=_lowered(
            share_interval(tp, fn, confidence_level),
            [choice.recall for choice in choices],
            [cutoff.recall for cutoff in truth],
        ),
        met=len(choices) / n_resamples,
    )


def share_interval(hits, misses, confidence_level):
    """The interval of Clopper and Pearson (1934) of the share of hits.

    Parameters
    ----------
    hits, misses : ndarray of shape (n_hits,) and (n_misses,)
        Weights of the rows. Where they differ, the share is taken for that of as many
        rows of one weight as give it the same variance (Korn and Graubard 1998).

    confidence_level : float in (0, 1)

    Returns
    -------
    low, high : float
        NaN without rows.
    """
    if len(hits) + len(misses) == 0:
        return np.nan, np.nan
    scale = max(np.max(hits, initial=0), np.max(misses, initial=0))
    hits, misses = hits / scale, misses / scale  # Squares must not overflow.
    total = hits.sum() + misses.sum()
    share = hits.sum() / total
    if len(hits) == 0 or len(misses) == 0:
        n_rows = total**2 / (hits @ hits + misses @ misses)
    else:
        spread = (1 - share) ** 2 * (hits @ hits) + share**2 * (misses @ misses)
        n_rows = share * (1 - share) * total**2 / spread
    n_hits, n_misses = share * n_rows, (1 - share) * n_rows
    tail = (1 - confidence_level) / 2
    low = betaincinv(n_hits, n_misses + 1, tail) if n_hits > 0 else 0.0
    high = betaincinv(n_hits + 1, n_misses, 1 - tail) if n_misses > 0 else 1.0
    return float(low), float(high)


def _lowered(interval, found, truth):
    """The interval, with a positive mean optimism subtracted from its lower end."""
    low, high = interval
    optimism = np.subtract(found, truth)
    optimism = optimism[~np.isnan(optimism)]  # 0 / 0 in a resample
    if len(optimism):
        low = max(low - max(float(optimism.mean()), 0.0), 0.0)
    return low, high


def _spread(values, share):
    """Quantiles that are values, since the mean of an infinite value is of no use."""
    ends = np.array([1 - share, 1 + share]) / 2
    return tuple(np.quantile(values, ends, method="inverted_cdf").tolist())
