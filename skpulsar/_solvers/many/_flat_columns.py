# SPDX-License-Identifier: BSD-3-Clause
"""Columns that do not vary in the rows that a fold leaves."""

from dataclasses import dataclass

import numpy as np

from skpulsar._problem._moments import EPSILON, MIN_DEVIATION
from skpulsar._solvers.many._columns import total

SUSPECT = 1e-6  # A variance of less than this share of all rows' may be rounding.


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
        weight = groups.total.reshape(n_folds, 2).sum(axis=1)
        sums, squares = _sums_by_fold(groups, n_folds, scaling)
        for k in range(n_folds):
            kept = np.arange(n_folds) != k
            mean = total(sums[kept]) / weight[kept].sum()
            variance = total(squares[kept]) / weight[kept].sum()
            if scaling.fit_intercept:
                variance -= mean * mean
            few = (variance < SUSPECT) & (scaling.scale[:-1] > 0)
            if few.any():
                others = [groups.places(g) for g in groups.groups() if g // 2 != k]
                rows = groups.rows.at(np.concatenate(others))
                flat, first = _constants(rows, scaling.fit_intercept)
                mask[k] = few & flat
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


def _sums_by_fold(groups, n_folds, scaling):
    """Of every fold, sums of the scaled columns and of their squares."""
    shape, scale = (n_folds, groups.rows.n_columns), scaling.scale[:-1]
    sums, squares = np.zeros(shape), np.zeros(shape)
    for g in groups.groups():
        part = groups.part(g)
        first, second = part.column_sums(scaling.centre, part.sample_weight())
        sums[g // 2] += first * scale
        squares[g // 2] += second * scale * scale
    return sums, squares


def _constants(rows, fit_intercept):
    """Whether columns do not vary, or, without an intercept, are 0; and the first row.
    Sums of deviations from it show it without rounding."""
    first = np.zeros(rows.n_columns)
    if fit_intercept:
        first = rows.entries(np.zeros(1, np.int64))[0].astype(np.float64)
    _, squares = rows.column_sums(first, rows.sample_weight())
    deviation = np.sqrt(squares / rows.total())
    return deviation <= np.maximum(EPSILON * np.abs(first), MIN_DEVIATION), first
