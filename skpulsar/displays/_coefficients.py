# SPDX-License-Identifier: BSD-3-Clause
"""CoefficientDisplay: coefficients in units of deviations, largest first."""

import numpy as np

from skpulsar._summary import summary
from skpulsar.displays._axes import COLOURS, GREY, axes_for, legend

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
        max_features=20,
        ax=None,
        errorbar_kw=None,
    ):
        """Draw the coefficients of an estimator.

        Parameters
        ----------
        estimator, X, y, sample_weight, confidence_level
            As for `skpulsar.summary`: the rows are those of the fit.

        max_features, ax, errorbar_kw
            As for `plot`.

        Returns
        -------
        display : CoefficientDisplay
        """
        table = summary(
            estimator, X, y, sample_weight, confidence_level=confidence_level
        )
        display = cls(table)
        return display.plot(ax, max_features=max_features, errorbar_kw=errorbar_kw)

    def plot(self, ax=None, *, max_features=20, errorbar_kw=None):
        """Draw the coefficients.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes new ones, as high as the columns need.

        max_features : int, default=20
            The most columns to draw: those of the largest coefficients.

        errorbar_kw : dict, default=None
            Keywords for matplotlib's `errorbar`.

        Returns
        -------
        display : CoefficientDisplay
        """
        names, outputs, centre, low, high = self._by_output()
        largest = np.argsort(-np.abs(centre).max(axis=0), kind="stable")
        drawn = largest[:max_features]
        n_rows, n_outputs = len(drawn), len(outputs)
        height = 0.8 + ROW * n_rows * (1 + 0.35 * (n_outputs - 1))
        self.ax_ = axes_for(self, ax, height=max(1.6, height))
        self.figure_ = self.ax_.figure
        self.ax_.axvline(0, color=GREY, linewidth=1.0, zorder=1)
        for row in range(0, n_rows if n_outputs > 1 else 0, 2):  # tell columns apart
            self.ax_.axhspan(row - 0.5, row + 0.5, color="0.96", zorder=0)
        self.errorbars_ = []
        spread = np.linspace(-0.3, 0.3, n_outputs) if n_outputs > 1 else [0.0]
        for k, shift in enumerate(spread):
            values = centre[k, drawn], low[k, drawn], high[k, drawn]
            rows = np.arange(n_rows) + shift
            self.errorbars_.append(
                self._draw(
                    rows, values, outputs[k], COLOURS[k % len(COLOURS)], errorbar_kw
                )
            )
        self.names_ = [str(names[j]) for j in drawn]
        self.ax_.set_yticks(np.arange(n_rows), [shortened(n) for n in self.names_])
        self.ax_.set_ylim(n_rows - 0.4, -0.6)
        self.ax_.grid(axis="y", visible=False)
        level = f"{100 * self.table.confidence_level:g} %"
        self.ax_.set_xlabel(
            f"coefficient per deviation ({level} intervals)", loc="right"
        )
        left_out = len(names) - n_rows
        if left_out:
            self.ax_.set_title(
                f"the {n_rows} largest of {len(names)}", fontsize="small", loc="right"
            )
        if n_outputs > 1:
            legend(self.ax_, title="output")
        return self

    def _by_output(self):
        """Names of the columns, outputs, and per output and column, in units of the
        deviation: the coefficient and the ends of its interval."""
        table, outputs = self.table, [None]
        if table.output is not None:
            outputs = list(dict.fromkeys(table.output.tolist()))
        n_outputs = len(outputs)
        per_deviation = table.per_deviation.reshape(n_outputs, -1)
        columns = ~np.isnan(per_deviation[0])
        low, high = (
            (table.deviation * end).reshape(n_outputs, -1)[:, columns]
            for end in (table.low, table.high)
        )
        names = table.name.reshape(n_outputs, -1)[0, columns]
        return names, outputs, per_deviation[:, columns], low, high

    def _draw(self, rows, values, output, colour, errorbar_kw):
        """Draw the coefficients of one output."""
        centre, low, high = values
        known = np.isfinite(high - low)
        self.ax_.plot(
            centre[~known], rows[~known], "o", color=colour, mfc="white", markersize=4.5
        )
        reach = np.stack([centre - low, high - centre])[:, known]
        style = {"fmt": "o", "color": colour, "markersize": 4.5, "elinewidth": 1.5}
        style |= {"capsize": 2.5, "label": None if output is None else str(output)}
        return self.ax_.errorbar(
            centre[known], rows[known], xerr=reach, **(style | (errorbar_kw or {}))
        )


def shortened(name):
    """A name that leaves room for the picture."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
