# SPDX-License-Identifier: BSD-3-Clause
"""LogitHistogramDisplay: the logits of both classes, and the cut between them."""

import numpy as np

from skpulsar.displays._axes import (
    BLUE,
    GREY,
    VERMILION,
    axes_for,
    keywords,
    legend,
    literal,
)
from skpulsar.displays._response import positive_scores
from skpulsar.thresholds import cutoffs

HEADROOM = 1.32  # for the legend, which hides nothing then


class LogitHistogramDisplay:
    """Histograms of the logits of two classes, each of area 1, and the cut-off.

    The classes are drawn on one scale however rare one of them is; the legend says how
    many rows there are of each, and which share of them lies above the cut-off. Use
    `from_estimator` or `from_predictions` to make one.

    Parameters
    ----------
    edges : ndarray of shape (n_bins + 1,)
        Edges of the bins.

    densities : dict of ndarray of shape (n_bins,)
        By label, the positive one last.

    labels : dict of str
        What the legend says of every label.

    threshold : float
        The cut-off.

    pos_label : int, float, bool or str
        The positive class.

    Attributes
    ----------
    ax_, figure_ : matplotlib Axes and Figure

    stairs_ : list of matplotlib StepPatch
        The histograms, that of the positive class last.

    line_ : matplotlib Line2D
        The cut-off.

    Examples
    --------
    >>> from skpulsar.displays import LogitHistogramDisplay
    >>> y, logits = [0, 0, 0, 1, 1], [-3.0, -2.0, 0.5, -0.5, 4.0]
    >>> display = LogitHistogramDisplay.from_predictions(y, logits, bins=4)
    >>> [text.get_text() for text in display.ax_.get_legend().get_texts()]
    ['0: 3 rows, 33 % above', '1: 2 rows, 50 % above', 'cut-off 0']
    """

    def __init__(self, *, edges, densities, labels, threshold, pos_label):
        self.edges, self.densities, self.labels = edges, densities, labels
        self.threshold, self.pos_label = threshold, pos_label

    @classmethod
    def from_estimator(
        cls, estimator, X, y, *, sample_weight=None, pos_label=None, **options
    ):
        """Draw the logits that an estimator gives to some rows.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier of two classes with `decision_function`, or a pipeline
            that ends in one.

        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows, preferably others than those of the fit.

        y : array-like of shape (n_samples,)
            Their labels.

        sample_weight : array-like of shape (n_samples,), default=None
            Their weights.

        pos_label : int, float, bool or str, default=None
            The positive class; None means ``classes_[1]``.

        **options
            `threshold`, `bins`, `ax` and `stairs_kw`, as for `from_predictions`.

        Returns
        -------
        display : LogitHistogramDisplay
        """
        logits, pos_label = positive_scores(
            estimator, X, pos_label, "decision_function"
        )
        return cls.from_predictions(
            y, logits, sample_weight=sample_weight, pos_label=pos_label, **options
        )

    @classmethod
    def from_predictions(
        cls,
        y_true,
        y_pred,
        *,
        sample_weight=None,
        pos_label=None,
        threshold=0.0,
        bins=50,
        ax=None,
        stairs_kw=None,
    ):
        """Draw given logits.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            Labels of two classes. Of more, compare one with the rest: ``y == label``
            and ``log(p / (1 - p))`` of its probability.

        y_pred : array-like of shape (n_samples,)
            Logits, or other finite scores, the greater the more positive.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        pos_label : int, float, bool or str, default=None
            The positive class; None means 1, for labels in {0, 1} or {-1, 1} only.

        threshold : float, default=0.0
            The cut-off.

        bins : int or sequence, default=50
            Number of the bins, or their edges; see `numpy.histogram_bin_edges`.

        ax : matplotlib Axes, default=None
            Axes to draw on; None makes new ones.

        stairs_kw : dict, default=None
            Keywords for matplotlib's `stairs`, of both classes.

        Returns
        -------
        display : LogitHistogramDisplay
        """
        curve = cutoffs(
            y_true, y_pred, pos_label=pos_label, sample_weight=sample_weight
        )
        y_true, logits = np.asarray(y_true), np.asarray(y_pred, dtype=float)
        if not np.isfinite(logits).all():
            raise ValueError(
                "y_pred has an infinite entry, which lies in no bin: clip it, or leave "
                "the row out."
            )
        pos_label = 1 if pos_label is None else pos_label
        positive = y_true == pos_label
        others = np.unique(y_true[~positive]).tolist() or [f"other than {pos_label}"]
        edges = np.histogram_bin_edges(logits, bins)
        weight = np.ones(len(logits)) if sample_weight is None else sample_weight
        cut = curve.at(threshold)
        of_class = {
            others[0]: (~positive, cut.fp, curve.fp[-1]),
            pos_label: (positive, cut.tp, curve.tp[-1]),
        }
        densities, labels = {}, {}
        for label, (mask, above, total) in of_class.items():
            if not total:
                raise ValueError(
                    f"No row of positive weight is of class {label!s:.40}: there is "
                    "no histogram of it."
                )
            weights = np.asarray(weight)[mask]
            densities[label] = density(logits[mask], weights, edges, label)
            count = f"{total:,}" if sample_weight is None else f"{total:,.4g}"
            labels[label] = f"{label}: {count} rows, {percent(above / total)} % above"
        display = cls(
            edges=edges,
            densities=densities,
            labels=labels,
            threshold=float(threshold),
            pos_label=pos_label,
        )
        return display.plot(ax, stairs_kw=stairs_kw)

    def plot(self, ax=None, *, stairs_kw=None):
        """Draw the histograms.

        Parameters
        ----------
        ax, stairs_kw
            As for `from_predictions`.

        Returns
        -------
        display : LogitHistogramDisplay
        """
        self.ax_ = axes_for(self, ax)
        self.figure_ = self.ax_.figure
        style = keywords({"linewidth": 1.4}, stairs_kw)
        self.stairs_ = []
        for label, colour in zip(self.densities, (BLUE, VERMILION), strict=True):
            density, text = self.densities[label], self.labels[label]
            self.ax_.stairs(density, self.edges, fill=True, color=colour, alpha=0.25)
            own = {"color": colour, "label": literal(text)} | style
            self.stairs_.append(self.ax_.stairs(density, self.edges, **own))
        self.line_ = self.ax_.axvline(
            self.threshold,
            color=GREY,
            linestyle="--",
            linewidth=1.2,
            label=f"cut-off {self.threshold:.3g}",
        )
        self.ax_.set_xlabel(literal(f"logit of class {self.pos_label!s:.30}"))
        self.ax_.set_ylabel("density within the class")
        highest = max(map(np.max, self.densities.values()))
        self.ax_.set_ylim(0, HEADROOM * highest)
        legend(self.ax_, loc="upper left")
        return self


def density(logits, weights, edges, label):
    """The share of the rows in every bin, by the width of the bin."""
    counts, _ = np.histogram(logits, edges, weights=weights)
    if not counts.any():
        raise ValueError(
            f"No row of class {label!s:.40} lies in the bins, from {edges[0]:.4g} to "
            f"{edges[-1]:.4g}: widen them."
        )
    return counts / (counts.sum() * np.diff(edges))


def percent(share):
    """A share in percent, of two digits, or more where these round it to 100."""
    number = 100 * share
    return f"{number:.2g}" if number < 99.5 else f"{number:.3g}"
