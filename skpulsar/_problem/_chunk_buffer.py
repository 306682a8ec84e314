# SPDX-License-Identifier: BSD-3-Clause
"""Rows of a table on their way into chunks."""

import numpy as np

from skpulsar._problem._matrix import kernel_matrix, sum_repeated
from skpulsar._problem._memory import Rows
from skpulsar._problem._packed_rows import (
    consecutive,
    packed_rows,
    refuse_not_finite,
    stacked,
)


class KeptRows:
    """The rows of a part that have a positive weight."""

    def __init__(self, chunks, part, features):
        self._chunks, self._batch = chunks, part.batch
        target, weight = chunks.weights.targets(part), chunks.weights.relative(part)
        kept = chunks.weights.kept(part, target)
        self._packed = None  # They are packed where they go, if all are kept.
        if kept is not None:
            target = target[kept]
            weight = None if weight is None else weight[kept]
        if features and (kept is not None or part.batch.sparse):
            columns = chunks.columns.features
            packed = packed_rows(part.batch, columns, chunks.dtype)
            refuse_not_finite(packed, part.where, columns)
            packed = sum_repeated(packed)
            self._packed = packed if kept is None else packed[kept]
        self.target, self.weight, self.n_rows = target, weight, len(target)
        self._kept = kept

    def n_before(self, row):
        """How many of them are before a row of the part."""
        return row if self._kept is None else int(np.count_nonzero(self._kept[:row]))

    def pack(self, first, stop, out):
        """Write the features of some of them into an array."""
        if self._packed is None:
            self._batch.pack(self._chunks.columns.features, first, stop, out)
        else:
            rows = self._packed[first:stop]
            out[:] = rows.toarray() if self._batch.sparse else rows

    def csr(self, first, stop):
        """The features of some of them, as a CSR array."""
        return consecutive(self._packed, first, stop)

    def at(self, places):
        """A copy of some of them, whose places ascend."""
        chunks, target = self._chunks, self.target[places]
        if chunks.sparse:
            matrix = kernel_matrix(self._packed[places])
        else:
            ends = (places[0], places[-1] + 1) if len(places) else (0, 0)
            packed = np.empty((ends[1] - ends[0], chunks.n_columns), chunks.dtype)
            self.pack(*ends, packed)
            matrix = packed[places - ends[0]]
        relative = None if self.weight is None else self.weight[places]
        return Rows(matrix, target, chunks.weights.weights(target, relative))


class ChunkBuffer:
    """Rows that are being filled in."""

    def __init__(self, chunks, size, features):
        self._chunks, self._size, self.n_rows = chunks, size, 0
        self._parts = [] if features and chunks.sparse else None  # CSR arrays
        if self._parts is None:
            n_columns = chunks.n_columns if features else 0
            self._matrix = np.empty((size, n_columns), chunks.dtype)
        self._target, self._weight = np.empty(size), None

    def fill(self, kept, begin):
        """Add rows, from the one at `begin` on, and return how many there was room
        for."""
        n = min(kept.n_rows - begin, self._size - self.n_rows)
        rows, stop = slice(self.n_rows, self.n_rows + n), begin + n
        if self._parts is not None:
            self._parts.append(kept.csr(begin, stop))
        elif self._matrix.shape[1]:
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
        weight = self._chunks.weights.weights(target, relative)
        if self._parts is None:
            return Rows(self._matrix[:n], target, weight)
        rows = Rows(kernel_matrix(stacked(self._parts)), target, weight)
        rows.leaf = self._chunks.leaf  # that of all rows
        return rows
