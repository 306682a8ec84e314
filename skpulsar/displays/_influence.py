# SPDX-License-Identifier: BSD-3-Clause
"""InfluenceDisplay: leverage and leave-one-out residual of every row."""

from numbers import Integral

import numpy as np

from skpulsar._estimator._parameters import Number, check_parameter
from skpulsar.diagnostics import leave_one_out
from skpulsar.displays._axes import (
    BLUE,
    GREY,
    VERMILION,
    axes_for,
    legend,
    literal,
)

SMALLEST, LARGEST = 3.0, 220.0  # points^2 that a row's mark has
LONGEST_NAME = 24
MARGIN = 0.75  # From here on, as a share of the axis, names stand left of their rows.
LEAST = 1e-3  # The axis shows rows of this share of the largest influence.
LINE, COLUMN, ASIDE = 9.0, 50.0, 11.0  # height, width, distance of a name, in points


class InfluenceDisplay:
    """Leverage of every row, its residual in the model without it, and its influence.

    The area of a mark is the row's influence, Cook's distance; the rows of the largest
    are named. To the right are rows unlike the others where the model is in doubt; far
    up and down are rows that the others contradict. Rows decide the model by both. Use
    `from_estimator` to make one.

    Parameters
    ----------
    rows : LeaveOneOut
        What `skpulsar.diagnostics.leave_one_out` returned.

    names : array-like of shape (n_samples,), default=None
        Names of the rows; None stands for their numbers.

    classes : array-like of shape (2,), default=None
        The labels of a classifier, the positive one last.

    Attributes
    ----------
    ax_, figure_ : matplotlib Axes and Figure

    scatters_ : list of matplotlib PathCollection
        The rows of negative residuals, and of positive ones.

    texts_ : list of matplotlib Annotation
        The names.

    rows_ : ndarray of int
        Numbers of the rows that are named, the largest influence first.

    Examples
    --------
    >>> from skpulsar import SLPClassifier
    >>> from skpulsar.datasets import make_pulsars
    >>> from skpulsar.displays import InfluenceDisplay
    >>> X, y = make_pulsars(n_samples=2000, random_state=0)
    >>> model = SLPClassifier(alpha=1e-6, tol=1e-8, random_state=0).fit(X, y)
    >>> display = InfluenceDisplay.from_estimator(model, X, y, max_names=3)
    >>> display.rows_
    array([...])
    """

    def __init__(self, rows, *, names=None, classes=None):
        self.rows, self.names, self.classes = rows, names, classes

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        sample_weight=None,
        refit=True,
        names=None,
        max_names=8,
        ax=None,
        scatter_kw=None,
    ):
        """Draw the rows that an estimator was fitted to.

        Parameters
        ----------
        estimator, X, y, sample_weight, refit
            As for `skpulsar.diagnostics.leave_one_out`.

        names : array-like of shape (n_samples,), default=None
            Names of the rows; None stands for their numbers.

        max_names, ax, scatter_kw
            As for `plot`.

        Returns
        -------
        display : InfluenceDisplay
        """
        rows = leave_one_out(estimator, X, y, sample_weight, refit=refit)
        classes = getattr(estimator, "classes_", None)
        display = cls(rows, names=names, classes=classes)
        return display.plot(ax, max_names=max_names, scatter_kw=scatter_kw)

    def plot(self, ax=None, *, max_names=8, scatter_kw=None):
        """Draw the rows.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None makes new ones.

        max_names : int, default=8
            The most rows to name: those of the largest influence.

        scatter_kw : dict, default=None
            Keywords for matplotlib's `scatter`, of all rows.

        Returns
        -------
        display : InfluenceDisplay
        """
        allowed = [Number(Integral, 0)]
        check_parameter("max_names", max_names, allowed, "plot")
        rows, names = self.rows, self._names()
        self.ax_ = axes_for(self, ax)
        self.figure_ = self.ax_.figure
        drawn = np.flatnonzero(rows.leverage > 0)
        order = np.argsort(-rows.influence[drawn], kind="stable")
        self.rows_ = drawn[order][:max_names]
        self.scatters_ = [
            self._draw(drawn[side], colour, label, scatter_kw)
            for side, colour, label in self._sides(rows.residual[drawn])
        ]
        self._frame(rows.leverage[drawn], np.nan_to_num(rows.influence[drawn]))
        self.texts_ = self._write([names[row] for row in self.rows_])
        return self

    def _names(self):
        """What every row is called."""
        n_rows = len(self.rows)
        if self.names is None:
            return range(n_rows)
        names = np.asarray(self.names)
        if names.shape != (n_rows,):
            raise ValueError(
                f"names has shape {names.shape}, and there are {n_rows} rows: give a "
                "name for every row, or none."
            )
        return names

    def _sides(self, residual):
        """Masks of the rows below and above 0, their colours, and their labels."""
        labels = None, None
        if self.classes is not None:
            labels = [literal(f"class {label!s:.20}") for label in self.classes]
        yield residual < 0, BLUE, labels[0]
        yield residual >= 0, VERMILION, labels[1]

    def _draw(self, rows, colour, label, scatter_kw):
        """Draw the rows of one side."""
        influence = np.nan_to_num(self.rows.influence)
        largest = influence.max(initial=0.0) or 1.0
        area = SMALLEST + (LARGEST - SMALLEST) * influence[rows] / largest
        style = {"color": colour, "alpha": 0.45, "linewidths": 0, "rasterized": True}
        style |= {"s": area, "label": label} | (scatter_kw or {})
        return self.ax_.scatter(
            self.rows.leverage[rows], self.rows.residual[rows], **style
        )

    def _frame(self, leverage, influence):
        """Draw what is around the points."""
        ax = self.ax_
        ax.axhline(0, color=GREY, linewidth=1.0, zorder=1)
        ax.set_xscale("log")
        ax.margins(y=0.1)
        if len(leverage):
            matter = influence >= LEAST * influence.max()
            ax.set_xlim(leverage[matter].min() / 2, leverage.max() * 2)
        ax.set_xlabel("leverage")
        ax.set_ylabel("leave-one-out residual")
        ax.set_title("area: Cook's distance", fontsize="small", loc="right")
        if self.classes is not None:
            above = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "ncols": 2}
            for mark in legend(ax, borderpad=0.0, **above).legend_handles:
                mark.set_sizes([30.0])

    def _write(self, names):
        """Write names beside their rows, one below the other where rows are close."""
        at = np.column_stack(
            [self.rows.leverage[self.rows_], self.rows.residual[self.rows_]]
        )
        texts = []
        for name, point, down in zip(names, at, self._below(at), strict=True):
            inside = self.ax_.transAxes.inverted()
            right = inside.transform(self.ax_.transData.transform(point))[0] > MARGIN
            text = self.ax_.annotate(
                literal(f"{name!s:.{LONGEST_NAME}}"),
                point,
                xytext=(-ASIDE if right else ASIDE, -down),
                textcoords="offset points",
                fontsize="x-small",
                ha="right" if right else "left",
                va="center",
                arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5},
            )
            texts.append(text)
        return texts

    def _below(self, points):
        """By how much, in points, each name stands below its row, so that no two names
        cover each other."""
        place = self.ax_.transData.transform(points) * 72 / self.figure_.dpi
        below, written = np.zeros(len(place)), []
        for k in np.argsort(-place[:, 1], kind="stable"):
            x, y = place[k]
            floor = [v for u, v in written if abs(u - x) < COLUMN]
            height = min([y, *(v - LINE for v in floor)])
            below[k] = y - height
            written.append((x, height))
        return below
