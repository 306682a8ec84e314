# SPDX-License-Identifier: BSD-3-Clause
"""Rows of a table on their way into chunks."""

import numpy as np

from skpulsar._problem._memory import Rows
from skpulsar._problem._table_columns import refuse_not_finite


class KeptRows:
    """The rows of a part that have a positive weight."""

    def __init__(self, chunks, part, features):
        self._features, self._batch = chunks.columns.features, part.batch
        target, weight = chunks.weights.targets(part), chunks.weights.relative(part)
        kept = chunks.weights.kept(part, target)
        self._matrix = None
        if kept is not None:
            target = target[kept]
            weight = None if weight is None else weight[kept]
        if features and kept is not None:
            self._matrix = np.empty((len(kept), chunks.n_columns), chunks.dtype)
            part.batch.pack(self._features, 0, len(kept), self._matrix)
            refuse_not_finite(self._matrix, part.where, self._features)
            self._matrix = self._matrix[kept]
        self.target, self.weight, self.n_rows = target, weight, len(target)
        self._kept = kept

    def n_before(self, row):
        """How many of them are before a row of the part."""
        return row if self._kept is None else int(np.count_nonzero(self._kept[:row]))

    def pack(self, first, stop, out):
        """Write the features of some of them into an array."""
        if self._matrix is None:
            self._batch.pack(self._features, first, stop, out)
        else:
            out[:] = self._matrix[first:stop]


class ChunkBuffer:
    """Rows that are being filled in."""

    def __init__(self, chunks, size, features):
        self._weights, self._size, self.n_rows = chunks.weights, size, 0
        n_columns = chunks.n_columns if features else 0
        self._matrix = np.empty((size, n_columns), chunks.dtype)
        self._target, self._weight = np.empty(size), None

    def fill(self, kept, begin):
        """Add rows, from the one at `begin` on, and return how many there was room
        for."""
        n = min(kept.n_rows - begin, self._size - self.n_rows)
        rows, stop = slice(self.n_rows, self.n_rows + n), begin + n
        if self._matrix.shape[1]:
            kept.pack(begin, stop, self._matrix[rows])
        self._target[rows] = kept.target[begin:stop]
        if kept.weight is not None:
            if self._weight is None:
                self._weight = np.empty(self._size)
            self._weight[rows] = kept.weight[begin:stop]
        self.n_rows += n
        return n

    def rows(self):
        n = self.n_rows
        target = self._target[:n]
        relative = None if self._weight is None else self._weight[:n]
        weight = self._weights.weights(target, relative)
        return Rows(self._matrix[:n], target, weight)
