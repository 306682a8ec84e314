# SPDX-License-Identifier: BSD-3-Clause
"""A table over an array of dask."""

from itertools import accumulate

import numpy as np
from dask.array.utils import meta_from_array

from skpulsar._tables._array_batch import ArrayBatch
from skpulsar._tables._arrays import check_numbers, packed_dtype
from skpulsar._tables._partitions import Partitions, apart
from skpulsar._tables._protocol import batch_rows


class DaskArrayTable(Partitions):
    """The rows of a `dask.array.Array` of shape (n_rows, n_columns), which are computed
    a row of blocks after the other; a `Table` whose columns are known by their numbers.
    """

    def __init__(self, array):
        check_numbers(array)
        _check_dense(meta_from_array(array))
        if np.isnan(array.shape).any():
            raise ValueError(
                "The dask array does not know the sizes of its chunks. Call its method "
                "compute_chunk_sizes first."
            )
        self._collection, self._dtype = array, packed_dtype(array.dtype)
        self.columns = tuple(range(array.shape[1]))
        self._lengths = list(array.chunks[0])
        *starts, self.n_rows = accumulate(self._lengths, initial=0)
        self.starts = tuple(sorted({*starts} - {self.n_rows}))

    def dtype(self, columns):
        return self._dtype

    def partitions(self, columns):
        rows = self._collection.rechunk({1: -1})
        # What has been persisted is computed by no task: each block becomes one.
        rows = rows.map_blocks(_itself, meta=meta_from_array(rows))
        return apart(rows.to_delayed().ravel().tolist())

    def read(self, columns, start=0, stop=None):
        size = batch_rows(columns)
        for number, first, block in self.parts(columns, start, stop):
            _check_dense(block)
            rows = block[max(start - first, 0) : None if stop is None else stop - first]
            for begin in range(0, len(rows), size):
                yield ArrayBatch(rows[begin : begin + size], f"row {number} of blocks")


def _itself(block):
    return block


def _check_dense(block):
    if not isinstance(block, np.ndarray):
        raise TypeError(
            f"Blocks of the dask array are of type {type(block).__name__}. Only numpy "
            "arrays can be read: turn them into such by array.map_blocks."
        )
