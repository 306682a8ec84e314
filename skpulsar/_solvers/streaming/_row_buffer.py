# SPDX-License-Identifier: BSD-3-Clause
"""Arrays with room behind the kept rows, so that few new ones copy none."""

import numpy as np

from skpulsar._problem._memory import Rows

SLACK = 4  # one part in so many is left free


class RowBuffer:
    """Dense rows and free places behind them.

    A memory, not a state: it is not pickled, and rows that are joined to the same ones
    twice, after an error or by a copy of the estimator, find the place taken and are
    copied to a buffer of their own.
    """

    array = None
    n_taken = 0

    def __getstate__(self):
        return {}

    def join(self, kept, rows):
        """Kept rows and then others, and the buffer that they are in.

        float32 rows become float64 where the others are.
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
            buffer.array = np.empty((m + m // SLACK + 1, kept.n_columns), dtype)
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
