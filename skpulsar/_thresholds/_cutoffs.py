# SPDX-License-Identifier: BSD-3-Clause
"""Every distinct cut-off of some scores, and the choice of one."""

from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state

from skpulsar._estimator._parameters import Number, check_parameter
from skpulsar._thresholds._constraints import OPEN_UNIT, meet
from skpulsar._thresholds._cutoff import Cutoff, ratio
from skpulsar._thresholds._intervals import choice_intervals

FACTOR = Number(Real, 0)


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

    def __init__(self, thresholds, rows):
        self.thresholds, self._rows = thresholds, rows
        self.tp, self.fp = rows.counts()

    def __repr__(self):
        tp, fp = (f"{x:.6g}" for x in (self.tp[-1], self.fp[-1]))
        return (
            f"Cutoffs({len(self.thresholds)} thresholds from {self.thresholds[0]:.4g} "
            f"down to {self.thresholds[-1]:.4g}; {tp} positive, {fp} negative)"
        )

    @property
    def precision(self):
        """``tp / (tp + fp)``, ndarray of shape (n_cutoffs,)."""
        return ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self):
        """``tp`` over that of all rows, ndarray of shape (n_cutoffs,)."""
        return ratio(self.tp, self.tp[-1])

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
        return ratio(self.tp, self.tp + errors)

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
        """The cut-off at a threshold, which need not be a score.

        Parameters
        ----------
        threshold : float
            Rows are selected whose score is at least that.

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

    def best(
        self, metric, *, min_precision=None, min_recall=None, confidence_level=None
    ):
        """The cut-off of the highest metric among those that meet the constraints.

        Among cut-offs with equal metrics it is the one with the most true positives,
        then the highest.

        Parameters
        ----------
        metric : {"precision", "recall", "f1"} or callable
            A callable takes these `Cutoffs` and returns a value for each, greater is
            better: ``lambda c: c.fbeta(2)``, ``lambda c: -c.cost(fp=1, fn=20)``.

        min_precision, min_recall : float in [0, 1], default=None
            Constraints; None for none.

        confidence_level : float in (0, 1), default=None
            None: the constraints are met on these rows; the population misses them
            about as often as not. A float: with at least that probability no cut-off is
            chosen at which the population misses one, whatever the metric and
            the distribution of the scores, if the rows are independent draws from it
            that the model was not trained on. The cut-off keeps a distance for that,
            by the tests of Clopper and Pearson (recall) and of a mixture likelihood
            ratio at all cut-offs at once (precision), as in "Learn then Test"
            (Angelopoulos et al. 2021); two constraints share the risk evenly.

        Returns
        -------
        Cutoff

        Raises
        ------
        ValueError
            If no cut-off meets the constraints, or `confidence_level` is given without
            one, or for rows with weights.
        """
        value = self._values(metric)
        met = meet(
            self,
            ~np.isnan(value),
            min_precision=min_precision,
            min_recall=min_recall,
            confidence_level=confidence_level,
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
        """Confidence intervals of what a chosen cut-off reaches in the population.

        They are those of Clopper and Pearson (1934), as if the cut-off had not been
        chosen on these rows, with the lower ends moved down by the optimism of the
        choice: how much more a cut-off chosen on a resample seems to reach there than
        it does on all rows, on average (Efron 1983). In simulations 94 to
        100 % of 95 % intervals held the truth (benchmarks/interval_coverage.py). The
        model behind the scores is taken as given, the rows as independent draws that
        it was not trained on.

        Rows with weights count as that many rows of one weight as give the ratio the
        same variance (Korn and Graubard 1998). That is an approximation: where weights
        go with the class and few rows are selected, coverage fell to 80 %.

        Parameters
        ----------
        choose : callable
            Takes a `Cutoffs` and returns a `Cutoff`: ``lambda c: c.best("precision",
            min_recall=0.9)``, or ``lambda c: c.at(0.0)`` for a cut-off that was not
            chosen on these rows.

        n_resamples : int, default=1000
            The resamples by which the optimism of the choice is measured.

        confidence_level : float in (0, 1), default=0.95
            That of the intervals of precision and of recall, each on its own.

        random_state : int, RandomState instance or None, default=None
            An int gives the same intervals every time, in whatever order the rows came.

        Returns
        -------
        Bunch
            The intervals, by name, and how many resamples they are from:

            precision, recall : tuple of two floats
                Ends of the intervals; NaN for a ratio 0 / 0.
            threshold : tuple of two floats
                The quantiles between which that share of the resampled choices lies:
                how firmly the rows hold the choice.
            met : float
                Share of the resamples on which `choose` raised no ValueError: those
                that count.

        Raises
        ------
        ValueError
            If `choose` raises it on the rows as they are, or on every resample.
        """
        check_parameter("n_resamples", n_resamples, [Number(Integral, 1)], "interval")
        check_parameter("confidence_level", confidence_level, [OPEN_UNIT], "interval")
        random = check_random_state(random_state)
        return choice_intervals(
            choose,
            partial(Cutoffs, self.thresholds),
            self._rows.in_order(),
            n_resamples=n_resamples,
            confidence_level=confidence_level,
            random=random,
        )

    def plot(self, *, choose=None, beta=1.0, **options):
        """Draw precision, recall and F-beta at every cut-off; needs matplotlib.

        Parameters
        ----------
        choose : callable, default=None
            The cut-off to mark, as for `interval`; None takes that of the best F-beta.

        beta : float, default=1.0
            Recall counts `beta` times as much as precision.

        **options
            `n_resamples` (200 by default), `confidence_level` and `random_state`, as
            for `interval`; ``confidence_level=None`` draws no intervals. `score_name`
            is what the scores are called, `ax` a matplotlib Axes to draw on, and
            `line_kw` has keywords for matplotlib's `plot`.

        Returns
        -------
        display : ThresholdDisplay
        """
        from skpulsar.displays import ThresholdDisplay

        return ThresholdDisplay.from_cutoffs(self, choose=choose, beta=beta, **options)

    def _values(self, metric):
        if isinstance(metric, str) and metric in ("precision", "recall"):
            return getattr(self, metric)
        if isinstance(metric, str) and metric == "f1":
            return self.fbeta(1)
        if not callable(metric):
            raise ValueError(
                "The 'metric' parameter of best must be 'precision', 'recall', 'f1' or "
                f"a callable. Got {metric!r:.60} instead."
            )
        value = np.asarray(metric(self))
        if value.shape != self.thresholds.shape:
            raise ValueError(
                f"metric must return one value for each of {len(self.thresholds)} "
                f"cut-offs, but what it returned has shape {value.shape}."
            )
        return value

    def _read(self, index, threshold=None):
        """The `Cutoff` at an index, or at a threshold that selects the same rows."""
        tp, fp, all_tp = (
            x.item() for x in (self.tp[index], self.fp[index], self.tp[-1])
        )
        threshold = self.thresholds[index] if threshold is None else threshold
        return Cutoff.of_counts(threshold, tp, fp, all_tp)
