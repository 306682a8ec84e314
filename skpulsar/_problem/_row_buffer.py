# SPDX-License-Identifier: BSD-3-Clause
"""A growable array of rows, so that a few new rows copy none of the kept ones."""

import numpy as np

SPARE_SHARE = 4  # A new array has room for one more row in so many.


class RowBuffer:
    """An array of dense rows with room for more behind them.

    Rows are appended in place, unless others have been appended to the same rows
    before: after an error, or in a copy of the estimator. Then all rows are copied to
    another buffer. The buffer only saves copies, and is not pickled.

    Attributes
    ----------
    array : ndarray of shape (n_places, n_columns), or None
        The rows, and the free places behind them.

    n_taken : int
        Number of places that are taken.
    """

    array = None
    n_taken = 0

    def __getstate__(self):
        return {}

    def stored(self):
        """The arguments that make an equal buffer for others."""
        return {}

    def join(self, kept, rows):
        """Append rows to the kept ones; return all of them, and the buffer that holds
        them.

        float32 rows become float64 where the others are float64.

        Parameters
        ----------
        kept, rows : ndarray of shape (n, n_columns), or tuple
            Rows as the kernel reads them, both dense or both CSR.
        """
        if isinstance(kept, tuple):
            return _stacked(kept, rows), self
        n, m = len(kept), len(kept) + len(rows)
        dtype = np.result_type(kept, rows)
        buffer = self
        if not (
            kept.base is self.array is not None
            and self.n_taken == n
            and m <= len(self.array)
            and self.array.dtype == dtype
        ):
            buffer = RowBuffer()
            buffer.array = np.empty((m + m // SPARE_SHARE + 1, kept.shape[1]), dtype)
            buffer.array[:n] = kept
        buffer.array[n:m] = rows
        buffer.n_taken = m
        return buffer.array[:m], buffer


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
