# SPDX-License-Identifier: BSD-3-Clause
"""CoefficientPathDisplay: coefficients and held-out scores over alpha."""

from numbers import Integral

import numpy as np
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from skpulsar._estimator._parameters import Number, check_parameter
from skpulsar.displays._axes import (
    BLUE,
    COLOURS,
    GREY,
    HEIGHT,
    axes_for,
    keywords,
    legend,
    literal,
)
from skpulsar.displays._coefficients import shortened


class CoefficientPathDisplay:
    """Coefficients over the strength of the penalty, and below them the score of the
    rows held out.

    The band about the mean score is one standard error of that mean: what another
    sample may make of it. The bars are the standard errors of the differences, fold by
    fold, to the best mean: what tells alphas apart. Use `from_estimator` to make one.

    Parameters
    ----------
    alphas : ndarray of shape (n_alphas,)
        Strengths of the penalty, in any order. Those of 0 are not drawn.

    coefficients : ndarray of shape (n_alphas, n_features)
        Coefficients of the models of all rows.

    scores : ndarray of shape (n_folds, n_alphas)
        Scores of the rows held out.

    paired_standard_errors : ndarray of shape (n_alphas,)
        Those of the differences to the best.

    alpha : float
        The one that was chosen.

    names : list of str
        Names of the columns.

    score_name : str, default="score"
        What the scores are called.

    per_deviation : bool, default=False
        Whether coefficients are multiplied by the deviations of their columns.

    Attributes
    ----------
    ax_ : ndarray of two matplotlib Axes
        Of the coefficients and of the scores.

    figure_ : matplotlib Figure

    lines_ : dict of matplotlib Line2D
        Those that have a name, the largest first; of the other columns there are grey
        lines.

    errorbar_ : matplotlib ErrorbarContainer
        The mean scores.

    Examples
    --------
    >>> from skpulsar import SLPClassifierCV
    >>> from skpulsar.datasets import make_pulsars
    >>> from skpulsar.displays import CoefficientPathDisplay
    >>> X, y = make_pulsars(n_samples=2000, random_state=0)
    >>> model = SLPClassifierCV([1e-4, 1e-2, 1], random_state=0).fit(X, y)
    >>> display = CoefficientPathDisplay.from_estimator(model, X, max_features=3)
    >>> list(display.lines_)
    ['x2', 'x3', 'x7']
    """

    def __init__(
        self,
        alphas,
        coefficients,
        scores,
        paired_standard_errors,
        *,
        alpha,
        names,
        score_name="score",
        per_deviation=False,
    ):
        self.alphas, self.coefficients, self.scores = alphas, coefficients, scores
        self.paired_standard_errors, self.alpha = paired_standard_errors, alpha
        self.names, self.score_name = names, score_name
        self.per_deviation = per_deviation

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X=None,
        *,
        sample_weight=None,
        output=None,
        max_features=8,
        ax=None,
        line_kw=None,
    ):
        """Draw what a search has found.

        Parameters
        ----------
        estimator : SLPClassifierCV
            A fitted search. Of a grid of class weights or samplings, the alphas at the
            chosen ones are drawn.

        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            The rows of the fit. Coefficients are then multiplied by the deviations of
            their columns, so that columns of any units compare.

        sample_weight : array-like of shape (n_samples,), default=None
            Their weights.

        output : int, float, bool or str, default=None
            Of more classes than two, or of several labels, the one whose coefficients
            are drawn.

        max_features, ax, line_kw
            As for `plot`.

        Returns
        -------
        display : CoefficientPathDisplay

        Raises
        ------
        ValueError
            If `output` is missing, or is none of the classes.
        NotFittedError
            If the search is not fitted.
        """
        check_is_fitted(estimator, "coef_path_")
        index = estimator.best_index_
        chosen = index[:-1] if isinstance(index, tuple) else ()
        path = estimator.coef_path_[chosen]
        if path.ndim == 3:
            path = path[:, _place(output, estimator.classes_)]
        elif output is not None:
            raise ValueError(
                f"output={output!s:.60} picks from several, and this search has one. "
                "Leave output out."
            )
        coefficients = path[:, :-1]
        if X is not None:
            scaler = StandardScaler(with_mean=False).fit(X, sample_weight=sample_weight)
            coefficients = coefficients * np.sqrt(scaler.var_)
        names = [f"x{j}" for j in range(coefficients.shape[1])]
        return cls(
            estimator.alphas_,
            coefficients,
            estimator.scores_[(slice(None), *chosen)],
            estimator.paired_standard_errors_[chosen],
            alpha=estimator.alpha_,
            names=list(getattr(estimator, "feature_names_in_", names)),
            score_name=next(iter(estimator.all_scores_)),
            per_deviation=X is not None,
        ).plot(ax, max_features=max_features, line_kw=line_kw)

    def plot(self, ax=None, *, max_features=8, line_kw=None):
        """Draw the path and the scores.

        Parameters
        ----------
        ax : array-like of two matplotlib Axes, default=None
            Axes for the coefficients and for the scores; None makes new ones.

        max_features : int, default=8
            The most columns with a colour and a name: those of the largest coefficients
            at the chosen alpha. 8 is the limit.

        line_kw : dict, default=None
            Keywords for matplotlib's `plot`, of the lines that have a name.

        Returns
        -------
        display : CoefficientPathDisplay
        """
        allowed = [Number(Integral, 1, len(COLOURS), "[]")]
        check_parameter("max_features", max_features, allowed, "plot")
        self._make_axes(ax)
        drawn = np.flatnonzero(self.alphas > 0)
        drawn = drawn[np.argsort(self.alphas[drawn])]
        self._draw_coefficients(drawn, max_features, line_kw)
        self._draw_scores(drawn)
        for axes in self.ax_:
            axes.set_xscale("log")
            if self.alpha > 0:
                axes.axvline(self.alpha, color=GREY, linestyle=":", linewidth=1.2)
        return self

    def _make_axes(self, ax):
        """Two axes, one above the other, with one scale of alpha."""
        if ax is None:
            figure = axes_for(self, height=1.6 * HEIGHT).figure
            figure.clear()
            ax = figure.subplots(2, 1, sharex=True, height_ratios=[1.5, 1])
        self.ax_ = np.array([axes_for(self, each) for each in np.ravel(ax)])
        if len(self.ax_) != 2:
            raise ValueError(f"ax must be two axes. Got {len(self.ax_)} instead.")
        self.figure_ = self.ax_[0].figure

    def _draw_coefficients(self, drawn, max_features, line_kw):
        """A line for every column, the largest with a name."""
        axes, alphas = self.ax_[0], self.alphas[drawn]
        at_chosen = np.abs(self.coefficients[np.argmax(self.alphas == self.alpha)])
        order = np.argsort(-at_chosen, kind="stable")
        axes.axhline(0, color=GREY, linewidth=1.0, zorder=1)
        others = self.coefficients[np.ix_(drawn, order[max_features:])]
        axes.plot(alphas, others, color="0.75", linewidth=0.8, zorder=1)
        self.lines_ = {}
        for colour, j in zip(COLOURS, order[:max_features], strict=False):
            style = {"color": colour, "label": literal(shortened(str(self.names[j])))}
            style |= {"linewidth": 1.6}
            (self.lines_[self.names[j]],) = axes.plot(
                alphas, self.coefficients[drawn, j], **keywords(style, line_kw)
            )
        unit = " per deviation" if self.per_deviation else ""
        axes.set_ylabel(f"coefficient{unit}")
        legend(axes, loc="center left", bbox_to_anchor=(1.0, 0.5))

    def _draw_scores(self, drawn):
        """The mean score with both standard errors, and the chosen alpha."""
        axes, alphas, n_folds = self.ax_[1], self.alphas[drawn], len(self.scores)
        mean = self.scores.mean(axis=0)[drawn]
        if n_folds > 1:
            error = self.scores.std(axis=0, ddof=1)[drawn] / np.sqrt(n_folds)
            axes.fill_between(
                alphas, mean - error, mean + error, color=BLUE, alpha=0.15, linewidth=0
            ).set_label("standard error")
        self.errorbar_ = axes.errorbar(
            alphas,
            mean,
            self.paired_standard_errors[drawn],
            color=BLUE,
            linewidth=1.6,
            elinewidth=1.2,
            capsize=2.5,
            label="of the difference\nto the best",
        )
        axes.plot([], [], color=GREY, linestyle=":", label=f"chosen, {self.alpha:.3g}")
        axes.set_xlabel("alpha")
        axes.set_ylabel(literal(self.score_name))
        legend(axes, loc="center left", bbox_to_anchor=(1.0, 0.5))


def _place(output, classes):
    """The number of the class whose coefficients are drawn."""
    known = classes.tolist()
    if output not in known:
        raise ValueError(
            f"output must be one of {known!s:.80}. Got {output!r:.60} instead."
        )
    return known.index(output)
