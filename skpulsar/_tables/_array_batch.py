# SPDX-License-Identifier: BSD-3-Clause
"""A batch of rows of an array."""


class ArrayBatch:
    """A `Batch` over an array of shape (n_rows, n_columns), whose columns are known by
    their numbers."""

    sparse = False

    def __init__(self, array, where):
        self.n_rows, self.where, self._array = len(array), where, array

    def column(self, name):
        return self._array[:, name]

    def pack(self, columns, first, stop, out):
        rows = self._array[first:stop]
        every = columns == tuple(range(rows.shape[1]))
        out[...] = rows if every else rows[:, list(columns)]
