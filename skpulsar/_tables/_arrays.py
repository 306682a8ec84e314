# SPDX-License-Identifier: BSD-3-Clause
"""A table over an array, in memory or mapped from a file."""

import numpy as np

from skpulsar._tables._array_batch import ArrayBatch
from skpulsar._tables._mapped_file import mapped_file
from skpulsar._tables._protocol import batch_rows


class ArrayTable:
    """The rows of an array of shape (n_rows, n_columns); a `Table` whose columns are
    known by their numbers.

    A memory map is pickled by the name of its file and its place in it.
    """

    sparse = False

    def __init__(self, array):
        check_numbers(array)
        self._array = array
        self.columns = tuple(range(array.shape[1]))
        self.n_rows = len(array)
        self.starts = tuple(range(0, self.n_rows, batch_rows(self.columns)))

    def dtype(self, columns):
        return packed_dtype(self._array.dtype)

    def read(self, columns, start=0, stop=None):
        stop = self.n_rows if stop is None else min(stop, self.n_rows)
        size = batch_rows(columns)
        for first in range(start, stop, size):
            rows = self._array[first : min(first + size, stop)]
            yield ArrayBatch(rows, f"rows {first} to {first + len(rows)}")

    def __getstate__(self):
        state = self.__dict__.copy()
        state["_array"] = mapped_file(self._array) or self._array
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)
        if not isinstance(self._array, np.ndarray):
            self._array = self._array.open()


def check_numbers(array):
    """Raise an error if an array has not two dimensions, or holds no numbers."""
    if np.ma.isMaskedArray(array):
        raise TypeError(
            "A masked array has values that would be read as if they were not masked. "
            "Give array.filled(numpy.nan)."
        )
    if array.ndim != 2:
        raise ValueError(
            f"An array of shape {array.shape} is no table of rows and columns. Reshape "
            "it to two dimensions."
        )
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"An array of dtype {array.dtype} holds no real numbers. Turn it into "
            "numbers, for instance with array.astype(float)."
        )


def packed_dtype(dtype):
    """What rows of an array are packed into."""
    short = dtype.kind == "f" and dtype.itemsize <= 4
    return np.dtype(np.float32 if short else np.float64)
