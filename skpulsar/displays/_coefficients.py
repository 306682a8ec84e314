# SPDX-License-Identifier: BSD-3-Clause
"""CoefficientDisplay: coefficients in units of deviations, largest first."""

from numbers import Integral

import numpy as np

from skpulsar._estimator._mlp import BaseMLP
from skpulsar._estimator._parameters import Number, check_parameter
from skpulsar._summary import summary
from skpulsar.displays._axes import (
    COLOURS,
    GREY,
    axes_for,
    keywords,
    legend,
    literal,
)

ROW = 0.24  # inches of height that a column gets
LONGEST_NAME = 28


class CoefficientDisplay:
    """Coefficients with confidence intervals, the largest in magnitude on top.

    Each is multiplied by the standard deviation of its column, so that columns of any
    units compare; the intercept is left out. A hollow point has no interval, since the
    rows do not determine it. Use `from_estimator` to make one.

    Parameters
    ----------
    table : Summary
        What `skpulsar.summary` returned.

    Attributes
    ----------
    ax_, figure_ : matplotlib Axes and Figure

    errorbars_ : list of matplotlib ErrorbarContainer
        One for every output.

    names_ : list of str
        The columns drawn, from the top.

    Examples
    --------
    >>> from skpulsar import SLPClassifier
    >>> from skpulsar.datasets import make_pulsars
    >>> from skpulsar.displays import CoefficientDisplay
    >>> X, y = make_pulsars(random_state=0)
    >>> model = SLPClassifier(tol=1e-8, random_state=0).fit(X, y)
    >>> CoefficientDisplay.from_estimator(model, X, y, max_features=3).names_
    ['x2', 'x3', 'x5']
    """

    def __init__(self, table):
        self.table = table

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        sample_weight=None,
        confidence_level=0.95,
        outputs=None,
        max_features=20,
        ax=None,
        errorbar_kw=None,
    ):
        """Draw the coefficients of an estimator.

        Parameters
        ----------
        estimator, X, y, sample_weight, confidence_level
            As for `skpulsar.summary`: the rows are those of the fit.

        outputs, max_features, ax, errorbar_kw
            As for `plot`.

        Returns
        -------
        display : CoefficientDisplay

        Raises
        ------
        TypeError
            If the estimator is a network, or none of skpulsar.
        """
        if isinstance(estimator, BaseMLP):
            raise TypeError(
                "CoefficientDisplay draws the coefficients of one layer, and "
                f"{type(estimator).__name__} has several. What its columns are worth, "
                "sklearn.inspection.permutation_importance tells."
            )
        table = summary(
            estimator, X, y, sample_weight, confidence_level=confidence_level
        )
        return cls(table).plot(
            ax, outputs=outputs, max_features=max_features, errorbar_kw=errorbar_kw
        )

    def plot(self, ax=None, *, outputs=None, max_features=20, errorbar_kw=None):
        """Draw the coefficients.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes new ones, as high as the columns need.

        outputs : list, default=None
            The classes, labels or targets to draw, of several; 8 at most. None draws
            all.

        max_features : int, default=20
            The most columns to draw: those of the largest coefficients.

        errorbar_kw : dict, default=None
            Keywords for matplotlib's `errorbar`.

        Returns
        -------
        display : CoefficientDisplay
        """
        allowed = [Number(Integral, 1)]
        check_parameter("max_features", max_features, allowed, "plot")
        names, of_outputs = self._by_output(outputs)
        size = np.max([np.abs(centre) for centre, _, _ in of_outputs.values()], axis=0)
        drawn = np.argsort(-size, kind="stable")[:max_features]
        n_rows, n_outputs = len(drawn), len(of_outputs)
        height = 0.8 + ROW * n_rows * (1 + 0.35 * (n_outputs - 1))
        self.ax_ = axes_for(self, ax, height=max(1.6, height))
        self.figure_ = self.ax_.figure
        self._frame([str(names[j]) for j in drawn], len(names), n_outputs)
        shifts = np.linspace(-0.3, 0.3, n_outputs) if n_outputs > 1 else [0.0]
        self.errorbars_ = [
            self._draw(np.arange(n_rows) + shift, values[:, drawn], style)
            for shift, values, style in zip(
                shifts,
                of_outputs.values(),
                self._styles(of_outputs, errorbar_kw),
                strict=True,
            )
        ]
        if n_outputs > 1:
            beside = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)}
            legend(self.ax_, **beside)
        return self

    def _by_output(self, outputs):
        """Names of the columns, and by output an array of three rows, in units of the
        columns' deviations: the coefficients and the ends of their intervals."""
        table, known = self.table, [None]
        if table.output is not None:
            known = list(dict.fromkeys(table.output.tolist()))
        elif outputs is not None:
            raise ValueError(
                f"outputs={outputs!s:.80} picks from several, and this table has one. "
                "Leave outputs out."
            )
        outputs = known if outputs is None else np.atleast_1d(outputs).tolist()
        strange = [output for output in outputs if output not in known]
        if strange or not 0 < len(outputs) <= len(COLOURS):
            raise ValueError(
                f"outputs must be 1 to {len(COLOURS)} of {known!s:.80}. Got "
                f"{outputs!s:.80} instead."
            )
        with np.errstate(invalid="ignore"):  # 0 times an infinite end is no end.
            ends = table.deviation * [table.low, table.high]
        values = np.stack([table.per_deviation, *ends])
        values = values.reshape(3, len(known), -1)
        columns = ~np.isnan(values[0, 0])
        names = table.name.reshape(len(known), -1)[0, columns]
        return names, {
            output: values[:, known.index(output)][:, columns] for output in outputs
        }

    def _frame(self, names, n_names, n_outputs):
        """Draw what is around the points."""
        ax, n_rows = self.ax_, len(names)
        self.names_ = names
        ax.axvline(0, color=GREY, linewidth=1.0, zorder=1)
        for row in range(0, n_rows if n_outputs > 1 else 0, 2):  # tell columns apart
            ax.axhspan(row - 0.5, row + 0.5, color="0.96", zorder=0)
        ax.set_yticks(np.arange(n_rows), [literal(shortened(name)) for name in names])
        ax.set_ylim(n_rows - 0.4, -0.6)
        ax.grid(axis="y", visible=False)
        level = f"{100 * self.table.confidence_level:g} %"
        ax.set_xlabel(f"coefficient per deviation ({level} intervals)", loc="right")
        if n_rows < n_names:
            title = f"the {n_rows} largest of {n_names}"
            ax.set_title(title, fontsize="small", loc="right")

    def _styles(self, outputs, errorbar_kw):
        """Keywords of `errorbar` for every output."""
        for output, colour in zip(outputs, COLOURS, strict=False):
            label = None if output is None else literal(output)
            style = {"fmt": "o", "color": colour, "label": label, "markersize": 4.5}
            style |= {"elinewidth": 1.5, "capsize": 2.5}
            yield keywords(style, errorbar_kw)

    def _draw(self, rows, values, style):
        """Draw the coefficients of one output."""
        centre, low, high = values
        known = np.isfinite(high - low)
        hollow = {"color": style["color"], "markerfacecolor": "white"}
        self.ax_.plot(centre[~known], rows[~known], "o", markersize=4.5, **hollow)
        reach = np.stack([centre - low, high - centre])[:, known]
        return self.ax_.errorbar(centre[known], rows[known], xerr=reach, **style)


def shortened(name):
    """A name that leaves room for the picture."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
