# SPDX-License-Identifier: BSD-3-Clause
"""Rows that are read in chunks, from arrays in memory."""

import numpy as np

from skpulsar._problem._chunked_rows import ChunkedRows
from skpulsar._problem._orders import EveryRow
from skpulsar._problem._table_chunks import TableChunks
from skpulsar._problem._table_columns import TableColumns
from skpulsar._tables._arrays import ArrayTable
from skpulsar._tables._csr_batch import CsrBatch


class GivenWeights:
    """`RowWeights` of numbers that are what they are: weights that are 1 in the mean,
    of which those of 0 are left out, and targets."""

    largest = None

    def __init__(self, weighted):
        self.weighted = weighted

    def targets(self, part):
        return part.target

    def kept(self, part, target):
        return part.weight > 0 if self.weighted and not part.weight.all() else None

    def relative(self, part):
        return part.weight

    def weights(self, target, relative):
        return relative

    def of_samples(self):
        return self


class PartedTable(ArrayTable):
    """A table of an array that may be read from any of these rows on, in batches of
    `n_at_once` rows."""

    def __init__(self, X, starts=(0,), n_at_once=1000):
        super().__init__(X)
        self.starts, self.n_at_once = starts, n_at_once

    def read(self, columns, start=0, stop=None):
        stop = self.n_rows if stop is None else stop
        for first in range(start, stop, self.n_at_once):
            last = min(first + self.n_at_once, stop)
            yield from super().read(columns, first, last)


class CsrTable:
    """A table of CSR rows, in batches of `n_at_once`."""

    sparse = True

    def __init__(self, X, starts=(0,), n_at_once=1000):
        self.X, self.starts, self.n_at_once = X, starts, n_at_once
        self.columns, self.n_rows = tuple(range(X.shape[1])), X.shape[0]

    def dtype(self, columns):
        return self.X.dtype

    def read(self, columns, start=0, stop=None):
        stop = self.n_rows if stop is None else min(stop, self.n_rows)
        for first in range(start, stop, self.n_at_once):
            n_rows = min(self.n_at_once, stop - first)
            yield CsrBatch(self.X, first, n_rows, "the matrix")


def chunked(X, y, weight=None, table=PartedTable):
    """`ChunkedRows` of arrays; y holds the numbers of two classes, or targets."""
    columns = TableColumns(table(X), tuple(range(X.shape[1])), y, weight)
    kept = np.ones(len(y), bool) if weight is None else weight > 0
    counts = [np.count_nonzero(y[kept] == k) for k in (0, 1)]
    if sum(counts) < np.count_nonzero(kept):
        counts = [np.count_nonzero(kept)]
    chunks = TableChunks(columns, GivenWeights(weight is not None), sum(counts))
    return ChunkedRows(chunks, EveryRow(tuple(map(int, counts))))
