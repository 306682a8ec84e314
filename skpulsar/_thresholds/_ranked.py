# SPDX-License-Identifier: BSD-3-Clause
"""Labelled rows in the order of falling scores."""

import numpy as np


class RankedRows:
    """Labels and weights of rows in the order of falling scores.

    Parameters
    ----------
    ends : ndarray of int of shape (n_cutoffs,)
        The cut-off k selects the first ends[k] rows.

    positive : ndarray of bool of shape (n_rows,)

    weight : ndarray of shape (n_rows,) or None
    """

    def __init__(self, ends, positive, weight):
        self.ends, self.positive, self.weight = ends, positive, weight

    def counts(self):
        """True and false positives at every cut-off: numbers, or sums of weights."""
        if self.weight is None:
            tp = self._sums(self.positive)
            return tp, self.ends - tp
        # Two separate sums never fall, and are exactly 0 where there is no row.
        return (
            self._sums(np.where(self.positive, self.weight, 0)),
            self._sums(np.where(self.positive, 0, self.weight)),
        )

    def in_order(self):
        """The same rows, with ties in an order that depends only on the rows.

        A sort leaves ties in an order that depends on the CPU.
        """
        group = np.searchsorted(self.ends, np.arange(len(self.positive)), side="right")
        if self.weight is None:
            order = np.lexsort((self.positive, group))
            return RankedRows(self.ends, self.positive[order], None)
        order = np.lexsort((self.weight, self.positive, group))
        return RankedRows(self.ends, self.positive[order], self.weight[order])

    def resampled(self, random):
        """As many rows drawn with replacement, each with its weight; no sort."""
        n_rows = len(self.positive)
        times = np.bincount(random.randint(n_rows, size=n_rows), minlength=n_rows)
        weight = times if self.weight is None else times * self.weight
        return RankedRows(self.ends, self.positive, weight)

    def parts(self, index):
        """Weights of the true positives, false positives and false negatives."""
        weight = np.ones(len(self.positive)) if self.weight is None else self.weight
        selected = np.arange(len(weight)) < self.ends[index]
        return (
            weight[self.positive & selected],
            weight[~self.positive & selected],
            weight[self.positive & ~selected],
        )

    def _sums(self, values):
        """Sums of the first ends[k] values."""
        dtype = np.int64 if values.dtype.kind in "bi" else np.float64
        total = np.zeros(len(values) + 1, dtype)
        np.cumsum(values, out=total[1:])
        return total[self.ends]
