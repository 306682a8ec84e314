# SPDX-License-Identifier: BSD-3-Clause
"""The table of coefficients that `skpulsar.summary` returns."""

from dataclasses import dataclass

import numpy as np

HEADINGS = ("coefficient", "per_deviation", "standard_error", "low", "high")


@dataclass(frozen=True, eq=False, repr=False)
class Summary:
    """Coefficients with standard errors and intervals; made by `skpulsar.summary`.

    Iterating gives a dict a row, so that ``pandas.DataFrame(table)`` has a column for
    every attribute.

    Attributes
    ----------
    name : ndarray of str of shape (n_rows,)
        Names of the columns; "intercept" is the last of every output.

    coefficient : ndarray of shape (n_rows,)
        `coef_` and `intercept_`.

    per_deviation : ndarray of shape (n_rows,)
        The coefficient times the standard deviation of its column; NaN for an
        intercept, which has none.

    standard_error : ndarray of shape (n_rows,)
        Of the coefficient; infinite where the rows do not determine it.

    low, high : ndarray of shape (n_rows,)
        Ends of the confidence interval of the coefficient.

    output : ndarray of shape (n_rows,), or None
        The class, the label or the number of the target, if there are several.

    deviation : ndarray of shape (n_rows,)
        Standard deviations of the columns; NaN for an intercept. No column of the
        table.

    confidence_level : float
        That of the intervals.
    """

    name: np.ndarray
    coefficient: np.ndarray
    per_deviation: np.ndarray
    standard_error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    output: np.ndarray | None
    deviation: np.ndarray
    confidence_level: float

    @property
    def columns(self):
        """Names of the columns of the table."""
        return (*(["output"] if self.output is not None else []), "name", *HEADINGS)

    def __len__(self):
        return len(self.name)

    def __iter__(self):
        values = [getattr(self, column).tolist() for column in self.columns]
        for row in zip(*values, strict=True):
            yield dict(zip(self.columns, row, strict=True))

    def to_frame(self):
        """The table as a pandas DataFrame."""
        from pandas import DataFrame

        return DataFrame({column: getattr(self, column) for column in self.columns})

    def __repr__(self):
        level = f"{100 * self.confidence_level:g} %"
        headings = [column.replace("_", " ") for column in self.columns]
        headings[-2:] = [f"{level} from", "to"]
        n_labels = len(headings) - len(HEADINGS)
        rows = [headings]
        for row in self:
            labels = [printable(str(value)) for value in row.values()][:n_labels]
            numbers = list(row.values())[n_labels:]
            rows.append([*labels, *(shown(number) for number in numbers)])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        aligned = [*[str.ljust] * n_labels, *[str.rjust] * len(HEADINGS)]
        return "\n".join(
            "  ".join(
                align(cell, width)
                for align, cell, width in zip(aligned, row, widths, strict=True)
            )
            for row in rows
        )


def printable(name):
    """A name on one line."""
    return name if name.isprintable() else repr(name)[1:-1]


def shown(number):
    """A number as the table shows it."""
    return "" if np.isnan(number) else f"{number:#.4g}"
