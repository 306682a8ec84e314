# SPDX-License-Identifier: BSD-3-Clause
"""Every distinct cut-off of some scores, and the choice of one."""

from contextlib import suppress
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
from sklearn.utils import Bunch, check_random_state

from skpulsar._parameters import NONE, Number, check_parameter

SHARE = Number(Real, 0, 1, "[]")
FACTOR = Number(Real, 0)


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


class Cutoffs:
    """True and false positives at every distinct cut-off; made by `cutoffs`.

    Ratios are NaN where they are 0 / 0: precision where nothing is selected, recall
    where no row is positive. NaN meets no constraint and is never the best.

    Attributes
    ----------
    thresholds : ndarray of float64 of shape (n_cutoffs,)
        Falling: infinity, which selects nothing unless a score is infinite, then the
        distinct scores.

    tp, fp : ndarray of int64, or float64 if the rows have weights, (n_cutoffs,)
        True and false positives: numbers, or sums of the weights, of the rows selected.

    Examples
    --------
    >>> from skpulsar.thresholds import cutoffs
    >>> curve = cutoffs([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> curve.thresholds
    array([ inf, 0.8 , 0.4 , 0.35, 0.1 ])
    >>> curve.tp
    array([0, 1, 1, 2, 2])
    >>> curve.cost(fp=1, fn=5)
    array([10.,  5.,  6.,  1.,  2.])
    >>> curve.best(lambda c: -c.cost(fp=1, fn=5)).threshold
    0.35
    """

    def __init__(self, thresholds, ends, positive, weight):
        # Rows in the order of falling scores; the cut-off k selects the first ends[k].
        self.thresholds = thresholds
        self._ends, self._positive, self._weight = ends, positive, weight
        if weight is None:
            self.tp = _sums(positive, ends)
            self.fp = ends - self.tp
        else:  # each a sum of its own: it never falls, and is 0 where no row is
            self.tp = _sums(np.where(positive, weight, 0), ends)
            self.fp = _sums(np.where(positive, 0, weight), ends)

    @property
    def precision(self):
        """``tp / (tp + fp)``, ndarray of shape (n_cutoffs,)."""
        return _ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self):
        """``tp`` over that of all rows, ndarray of shape (n_cutoffs,)."""
        return _ratio(self.tp, self.tp[-1])

    def fbeta(self, beta):
        """F-beta, the weighted harmonic mean of precision and recall.

        Parameters
        ----------
        beta : float
            Recall counts `beta` times as much as precision; infinity is recall.

        Returns
        -------
        ndarray of shape (n_cutoffs,)
            ``(1 + beta**2) tp / ((1 + beta**2) tp + fp + beta**2 fn)``.
        """
        check_parameter("beta", beta, [Number(Real, 0, closed="[]")], "fbeta")
        part = 1 / (1 + float(beta) * float(beta))
        errors = part * self.fp + (1 - part) * (self.tp[-1] - self.tp)
        return _ratio(self.tp, self.tp + errors)

    def cost(self, *, fp, fn):
        """Cost of all errors.

        Parameters
        ----------
        fp, fn : float
            Cost of a false positive and of a false negative.

        Returns
        -------
        ndarray of shape (n_cutoffs,)
            `fp` times the false positives plus `fn` times the false negatives.
        """
        check_parameter("fp", fp, [FACTOR], "cost")
        check_parameter("fn", fn, [FACTOR], "cost")
        return float(fp) * self.fp + float(fn) * (self.tp[-1] - self.tp)

    def at(self, threshold):
        """The given cut-off, a score or not.

        Parameters
        ----------
        threshold : float

        Returns
        -------
        Cutoff
        """
        check_parameter(
            "threshold", threshold, [Number(Real, -np.inf, closed="[]")], "at"
        )
        higher = len(self.thresholds) - np.searchsorted(
            self.thresholds[::-1], threshold
        )
        return self._read(higher - 1, threshold)

    def best(self, metric, *, min_precision=None, min_recall=None):
        """The cut-off of the highest metric among those that meet the constraints.

        Among equals it is the one with most true positives, then the highest.

        Parameters
        ----------
        metric : {"precision", "recall"} or callable
            A callable takes these `Cutoffs` and returns a value for each, greater is
            better: ``lambda c: c.fbeta(2)``, ``lambda c: -c.cost(fp=1, fn=20)``.

        min_precision, min_recall : float in [0, 1], default=None
            Constraints; None for none.

        Returns
        -------
        Cutoff

        Raises
        ------
        ValueError
            If no cut-off meets the constraints.
        """
        check_parameter("min_precision", min_precision, [SHARE, NONE], "best")
        check_parameter("min_recall", min_recall, [SHARE, NONE], "best")
        value = self._values(metric)
        met = ~np.isnan(value)
        if min_recall is not None:
            if self.tp[-1] == 0:
                raise ValueError("No row is positive, so that no cut-off has a recall.")
            met &= self.recall >= min_recall
        if min_precision is not None:
            precision = self.precision
            top = np.nanmax(precision, where=met, initial=0.0)
            met &= precision >= min_precision
            if not met.any():
                also = "" if min_recall is None else f" and of recall {min_recall:.6g}"
                raise ValueError(
                    f"No cut-off is of precision {min_precision:.6g}{also} or better: "
                    f"the highest precision{' there' if also else ''} is {top:.6g}. "
                    "Relax a constraint, or find scores that rank better."
                )
        if not met.any():
            raise ValueError(
                "metric is NaN at every cut-off that meets the constraints."
            )
        highest = np.flatnonzero(met & (value == value[met].max()))
        return self._read(highest[self.tp[highest].argmax()])

    def at_budget(self, k):
        """The cut-off that selects as many rows as it can, but at most `k`.

        Its precision and recall are precision at k and recall at k. Rows of equal score
        are selected together or not at all, so that there may be fewer than `k`.

        Parameters
        ----------
        k : int or float
            The rows that can be followed up; their total weight, if they have weights.

        Returns
        -------
        Cutoff

        Raises
        ------
        ValueError
            If more than `k` rows share the highest score.
        """
        check_parameter("k", k, [Number(Real, 0, closed="()")], "at_budget")
        selected = self.tp + self.fp
        index = np.searchsorted(selected, k, side="right") - 1
        if index < 0 or selected[index] == 0:
            raise ValueError(
                f"No cut-off selects at most k={k:.6g} rows: "
                f"{selected[selected > 0][0]:.6g} share the highest score. Raise k, or "
                "break the ties with another score."
            )
        return self._read(np.searchsorted(selected, selected[index]))

    def interval(
        self, choose, *, n_resamples=1000, confidence_level=0.95, random_state=None
    ):
        """Bootstrap the choice of a cut-off: percentile intervals.

        A resample has as many rows as there are, drawn with replacement, each with its
        weight, and `choose` chooses on it. Classes are not drawn apart: the share of
        positives, on which precision depends, is an estimate too. The model behind the
        scores is taken as given. Nothing is sorted again.

        Parameters
        ----------
        choose : callable
            Takes a `Cutoffs` and returns a `Cutoff`: ``lambda c: c.best("precision",
            min_recall=0.9)`` for the spread of that choice and of what it reaches,
            ``lambda c: c.at(0.0)`` for that of precision and recall at a cut-off that
            stays.

        n_resamples : int, default=1000

        confidence_level : float in (0, 1), default=0.95

        random_state : int, RandomState instance or None, default=None
            An int gives the same intervals every time, in whatever order the rows came.

        Returns
        -------
        Bunch
            threshold, precision, recall : tuple of two floats
                Ends of the intervals of what was chosen.
            met : float
                Share of the resamples on which `choose` raised no ValueError: those
                that the intervals are of.

        Raises
        ------
        ValueError
            If `choose` raises it on the rows as they are, or on every resample.
        """
        check_parameter("n_resamples", n_resamples, [Number(Integral, 1)], "interval")
        inside = [Number(Real, 0, 1, "()")]
        check_parameter("confidence_level", confidence_level, inside, "interval")
        random = check_random_state(random_state)
        choose(self)  # so that an error on a resample is bad luck and no mistake
        chosen = []
        for resample in self._resamples(n_resamples, random):
            with suppress(ValueError):
                chosen.append(choose(resample))
        if not chosen:
            raise ValueError(
                f"The choice could be made on none of {n_resamples} resamples: it "
                "hangs on too few rows. Relax its constraint."
            )
        ends = np.array([1 - confidence_level, 1 + confidence_level]) / 2
        return Bunch(
            threshold=_quantiles([cutoff.threshold for cutoff in chosen], ends),
            precision=_quantiles([cutoff.precision for cutoff in chosen], ends),
            recall=_quantiles([cutoff.recall for cutoff in chosen], ends),
            met=len(chosen) / n_resamples,
        )

    def _resamples(self, n_resamples, random):
        """Yield these cut-offs on rows drawn with replacement."""
        n_rows = len(self._positive)
        # Ties came out of the sort in an order that depends on the CPU.
        group = np.searchsorted(self._ends, np.arange(n_rows), side="right")
        if self._weight is None:
            order, weight = np.lexsort((self._positive, group)), 1
        else:
            order = np.lexsort((self._weight, self._positive, group))
            weight = self._weight[order]
        positive = self._positive[order]
        for _ in range(n_resamples):
            times = np.bincount(random.randint(n_rows, size=n_rows), minlength=n_rows)
            yield Cutoffs(self.thresholds, self._ends, positive, times * weight)

    def _values(self, metric):
        if isinstance(metric, str) and metric in ("precision", "recall"):
            return getattr(self, metric)
        if not callable(metric):
            raise ValueError(
                "The 'metric' parameter of best must be 'precision', 'recall' or a "
                f"callable. Got {metric!r:.60} instead."
            )
        value = np.asarray(metric(self))
        if value.shape != self.thresholds.shape:
            raise ValueError(
                f"metric must return one value for each of {len(self.thresholds)} "
                f"cut-offs, but what it returned has shape {value.shape}."
            )
        return value

    def _read(self, index, threshold=None):
        """The Cutoff at an index, or another that selects the same."""
        tp, fp, all_tp = (
            x.item() for x in (self.tp[index], self.fp[index], self.tp[-1])
        )
        return Cutoff(
            threshold=float(self.thresholds[index] if threshold is None else threshold),
            precision=tp / (tp + fp) if tp + fp else np.nan,
            recall=tp / all_tp if all_tp else np.nan,
            tp=tp,
            fp=fp,
        )


def _sums(values, ends):
    """Sums of the first ends[k] values."""
    dtype = np.int64 if values.dtype.kind in "bi" else np.float64
    total = np.zeros(len(values) + 1, dtype)
    np.cumsum(values, out=total[1:])
    return total[ends]


def _ratio(numerator, denominator):
    with np.errstate(invalid="ignore"):
        return np.divide(numerator, denominator)


def _quantiles(values, ends):
    """Quantiles that are among the values: no mean of an infinite and another one."""
    values = np.asarray(values)
    values = values[~np.isnan(values)]
    if len(values) == 0:
        return np.nan, np.nan
    return tuple(np.quantile(values, ends, method="inverted_cdf").tolist())
