# SPDX-License-Identifier: BSD-3-Clause
"""A growable array of rows, so that a few new rows copy none of the kept ones."""

import numpy as np

from skpulsar._problem._memory import Rows

SPARE_SHARE = 4  # A new array has room for one more row in so many.


class RowBuffer:
    """An array of dense rows with room for more behind them.

    Rows are appended in place where nobody else has appended to the same rows before,
    and are copied to another buffer otherwise: after an error, or where the estimator
    was copied. The buffer only saves copies, and is not pickled.

    Attributes
    ----------
    array : ndarray of shape (n_places, n_columns), or None
        The rows, and the free places behind them.

    n_taken : int
        How many of its places are taken.
    """

    array = None
    n_taken = 0

    def __getstate__(self):
        return {}

    def join(self, kept, rows):
        """Append rows to the kept ones; return all of them, and the buffer that holds
        them.

        float32 rows become float64 where the others are float64.
        """
        target = np.concatenate((kept.target, rows.target))
        weight = np.concatenate((kept.weight, rows.weight))
        if kept.sparse:
            return Rows(_stacked(kept.matrix, rows.matrix), target, weight), self
        n, m = kept.n_rows, len(target)
        dtype = np.result_type(kept.matrix, rows.matrix)
        buffer = self
        if not (
            kept.matrix.base is self.array is not None
            and self.n_taken == n
            and m <= len(self.array)
            and self.array.dtype == dtype
        ):
            buffer = RowBuffer()
            buffer.array = np.empty((m + m // SPARE_SHARE + 1, kept.n_columns), dtype)
            buffer.array[:n] = kept.matrix
        buffer.array[n:m] = rows.matrix
        buffer.n_taken = m
        return Rows(buffer.array[:m], target, weight), buffer


def _stacked(matrix, other):
    """All rows of two CSR matrices."""
    data, indices = (
        np.concatenate(parts) for parts in zip(matrix[:2], other[:2], strict=True)
    )
    later = other[2][1:].astype(np.int64) + len(matrix[0])
    indptr = np.concatenate((matrix[2].astype(np.int64), later))
    if len(data) > np.iinfo(indices.dtype).max:
        indices = indices.astype(np.int64)
    return data, indices, indptr.astype(indices.dtype), matrix[3]
