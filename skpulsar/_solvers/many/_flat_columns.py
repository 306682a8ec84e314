# SPDX-License-Identifier: BSD-3-Clause
"""Columns that do not vary in the rows that a fold leaves."""

from dataclasses import dataclass

import numpy as np

from skpulsar._problem._moments import EPSILON, MIN_DEVIATION
from skpulsar._solvers.many._columns import total

FEW_ROWS = 2048  # A column that varies in so many rows need not be looked at.


@dataclass(frozen=True)
class FlatColumns:
    """Which columns do not vary in the rows of a model, and what they are there.

    A column that varies in all rows may be the same in all that are trained on. Its
    weight is 0 then, as where there are no others. Without an intercept only a column
    of zeros is flat.

    Parameters
    ----------
    mask : ndarray of shape (K + 1, n_columns), bool
        By fold left out.

    entry : ndarray of shape (K + 1, n_columns)
        The scaled entry of such a column; 0 for others.
    """

    mask: np.ndarray
    entry: np.ndarray

    @classmethod
    def of_groups(cls, groups, n_folds, scaling):
        shape = (n_folds + 1, groups.rows.n_columns)
        mask, entry = np.zeros(shape, bool), np.zeros(shape)
        suspect = _suspects(groups, n_folds) & (scaling.scale[:-1] > 0)
        by_row = {}  # What rows tell that others deviate from
        for k in np.flatnonzero(suspect.any(axis=1)).tolist():
            row = int(groups.outside(k)[0])
            if row not in by_row:
                by_row[row] = _deviations(groups, n_folds, row, scaling.fit_intercept)
            first, squares = by_row[row]
            deviation = np.sqrt(total(squares[np.arange(n_folds) != k]))
            least = np.maximum(EPSILON * np.abs(first), MIN_DEVIATION)
            mask[k] = suspect[k] & (deviation <= least)
            scaled = (first - scaling.centre) * scaling.scale[:-1]
            entry[k] = np.where(mask[k], scaled, 0.0)
        return cls(mask, entry)

    def without(self, point, left_out, live):
        """Points with the same logits in the rows that are trained on, which have no
        weights where none are live."""
        constant = np.where(live[:-1], 0.0, point[:-1]) * self.entry[left_out].T
        moved = np.where(live, point, 0.0)
        moved[-1] += total(constant)
        return moved


def _suspects(groups, n_folds):
    """Columns that do not vary in a few rows outside a fold, by fold."""
    rows = groups.rows
    places = np.linspace(0, rows.n_rows - 1, min(rows.n_rows, FEW_ROWS))
    few = rows.entries(places.astype(np.int64))
    fold = np.searchsorted(groups.bounds[2::2], places.astype(np.int64), side="right")
    return np.array([_alike(few[fold != k]) for k in range(n_folds)])


def _alike(entries):
    """Columns whose entries are all the same."""
    return (entries == entries[:1]).all(axis=0)


def _deviations(groups, n_folds, row, fit_intercept):
    """Entries of a row, or zeros without an intercept; and by fold the mean squares of
    deviations from them, which show without rounding that there are none."""
    first = np.zeros(groups.rows.n_columns)
    if fit_intercept:
        first = groups.rows.entries(np.array([row]))[0].astype(np.float64)
    squares, places = np.zeros((n_folds, len(first))), np.arange(groups.rows.n_rows)
    for k in range(n_folds):
        part = groups.rows.at(places[groups.bounds[2 * k] : groups.bounds[2 * k + 2]])
        if part.n_rows:
            sums = part.column_sums(first, part.sample_weight())
            squares[k] = sums[1] / total(groups.total)
    return first, squares
