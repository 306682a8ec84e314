# SPDX-License-Identifier: BSD-3-Clause
"""ThresholdDisplay: precision, recall and F-beta at every cut-off."""

import numpy as np

from skpulsar._thresholds._cutoff import chosen
from skpulsar.displays._axes import (
    BLUE,
    GREEN,
    GREY,
    VERMILION,
    axes_for,
    keywords,
    legend,
)
from skpulsar.displays._response import positive_scores
from skpulsar.thresholds import cutoffs

TAIL = 0.003  # Cut-offs of less recall than this, or less than this from 1, are off.
MARGIN = 0.04  # of the width, to either side


class ThresholdDisplay:
    """Precision, recall and F-beta at every cut-off, the one chosen, and its interval.

    Use `from_estimator`, `from_predictions` or `Cutoffs.plot` to make one.

    Parameters
    ----------
    curve : Cutoffs
        The cut-offs.

    cutoff : Cutoff
        The one chosen.

    interval : Bunch or None
        What `Cutoffs.interval` returned for this choice.

    beta : float
        That of F-beta.

    score_name : str
        What the cut-offs are of.

    Attributes
    ----------
    ax_, figure_ : matplotlib Axes and Figure

    lines_ : dict of matplotlib Line2D
        By name: "precision", "recall" and "fbeta".

    line_ : matplotlib Line2D
        The cut-off chosen.

    errorbars_ : dict of matplotlib ErrorbarContainer
        What precision and recall the population will see there, by name; empty without
        an interval.

    span_ : matplotlib Rectangle or None
        Where choices on resampled rows lie.

    See Also
    --------
    sklearn.metrics.PrecisionRecallDisplay : One against the other.

    Examples
    --------
    >>> from skpulsar.displays import ThresholdDisplay
    >>> y, scores = [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]
    >>> display = ThresholdDisplay.from_predictions(y, scores, confidence_level=None)
    >>> display.cutoff.threshold
    0.35
    """

    def __init__(self, curve, *, cutoff, interval=None, beta=1.0, score_name="score"):
        self.curve, self.cutoff, self.interval = curve, cutoff, interval
        self.beta, self.score_name = beta, score_name

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        sample_weight=None,
        pos_label=None,
        response_method="auto",
        **options,
    ):
        """Draw what an estimator reaches on some rows.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier of two classes, or a pipeline that ends in one.

        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows that it was not fitted to.

        y : array-like of shape (n_samples,)
            Their labels.

        sample_weight : array-like of shape (n_samples,), default=None
            Their weights.

        pos_label : int, float, bool or str, default=None
            The positive class; None means ``classes_[1]``.

        response_method : {"auto", "decision_function", "predict_proba"}, default="auto"
            The scores; "auto" prefers the first.

        **options
            Those of `Cutoffs.plot`.

        Returns
        -------
        display : ThresholdDisplay
        """
        scores, pos_label = positive_scores(estimator, X, pos_label, response_method)
        return cls.from_predictions(
            y, scores, sample_weight=sample_weight, pos_label=pos_label, **options
        )

    @classmethod
    def from_predictions(
        cls, y_true, y_score, *, sample_weight=None, pos_label=None, **options
    ):
        """Draw what given scores reach.

        Parameters
        ----------
        y_true, y_score, sample_weight, pos_label
            As for `skpulsar.thresholds.cutoffs`.

        **options
            Those of `Cutoffs.plot`.

        Returns
        -------
        display : ThresholdDisplay
        """
        curve = cutoffs(
            y_true, y_score, pos_label=pos_label, sample_weight=sample_weight
        )
        return cls.from_cutoffs(curve, **options)

    @classmethod
    def from_cutoffs(
        cls,
        curve,
        *,
        choose=None,
        beta=1.0,
        n_resamples=200,
        confidence_level=0.95,
        random_state=None,
        score_name="score",
        ax=None,
        line_kw=None,
    ):
        """Draw cut-offs.

        Parameters
        ----------
        curve : Cutoffs
            The cut-offs.

        choose, beta, n_resamples, confidence_level, random_state, score_name, ax, \
line_kw
            As for `Cutoffs.plot`.

        Returns
        -------
        display : ThresholdDisplay
        """
        if choose is None:

            def choose(c):
                return c.best(lambda c: c.fbeta(beta))

        interval = None
        if confidence_level is not None:
            interval = curve.interval(
                choose,
                n_resamples=n_resamples,
                confidence_level=confidence_level,
                random_state=random_state,
            )
        display = cls(
            curve,
            cutoff=chosen(choose, curve),
            interval=interval,
            beta=beta,
            score_name=score_name,
        )
        return display.plot(ax, line_kw=line_kw)

    def plot(self, ax=None, *, line_kw=None):
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes new ones.

        line_kw : dict, default=None
            Keywords for matplotlib's `plot`, of the three curves.

        Returns
        -------
        display : ThresholdDisplay
        """
        self.ax_ = axes_for(self, ax)
        self.figure_ = self.ax_.figure
        curve = self.curve
        curves = {
            "precision": (curve.precision, BLUE, "-", "precision"),
            "recall": (curve.recall, VERMILION, "-", "recall"),
            "fbeta": (curve.fbeta(self.beta), GREEN, "--", f"F{self.beta:.3g}"),
        }
        self.lines_ = {}
        for name, (values, colour, dashes, label) in curves.items():
            style = {"color": colour, "linestyle": dashes, "label": label}
            style |= {"linewidth": 1.6, "drawstyle": "steps-pre"}
            # The rows selected are the same from one score down to the next.
            (self.lines_[name],) = self.ax_.plot(
                curve.thresholds[::-1], values[::-1], **keywords(style, line_kw)
            )
        self._draw_choice()
        self.ax_.set_xlim(*self._limits())
        self.ax_.set_ylim(0, 1.02)
        self.ax_.set_xlabel(f"cut-off of the {self.score_name}")
        self.ax_.set_ylabel(f"precision, recall, F{self.beta:.3g}")
        above = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": 3}
        legend(self.ax_, **above)
        return self

    def _draw_choice(self):
        """The cut-off chosen, and its intervals."""
        x, reached = self.cutoff.threshold, self.cutoff
        self.line_ = self.ax_.axvline(x, color=GREY, linestyle=":", linewidth=1.2)
        self.line_.set_label(f"chosen cut, {x:.3g}")
        self.span_, self.errorbars_ = None, {}
        if self.interval is not None:
            low, high = np.clip(self.interval.threshold, *self._limits())
            self.span_ = self.ax_.axvspan(low, high, color="0.5", alpha=0.15, lw=0)
            self.span_.set_label("choices on resamples")
        for name, colour in (("precision", BLUE), ("recall", VERMILION)):
            value = getattr(reached, name)
            style = {"color": colour, "zorder": 5, "markersize": 5}
            if self.interval is None:
                self.ax_.plot(x, value, marker="o", **style)
                continue
            low, high = getattr(self.interval, name)
            reach = [[max(value - low, 0.0)], [max(high - value, 0.0)]]
            self.errorbars_[name] = self.ax_.errorbar(
                x, value, reach, fmt="o", capsize=3.5, elinewidth=1.6, **style
            )

    def _limits(self):
        """The cut-offs between which recall goes from nearly all to nearly none."""
        curve = self.curve
        finite = np.isfinite(curve.thresholds)
        inside = finite & (curve.recall >= TAIL) & (curve.recall <= 1 - TAIL)
        ends = curve.thresholds[inside if np.count_nonzero(inside) > 1 else finite]
        ends = np.append(ends, self.cutoff.threshold)
        ends = ends[np.isfinite(ends)]
        low, high = (ends.min(), ends.max()) if len(ends) else (0.0, 0.0)
        margin = MARGIN * (high - low) or 1.0
        return low - margin, high + margin
