# SPDX-License-Identifier: BSD-3-Clause
"""A table over an array of dask."""

from itertools import accumulate

import numpy as np
from dask.array.utils import meta_from_array
from scipy.sparse import issparse

from skpulsar._tables._array_batch import ArrayBatch
from skpulsar._tables._arrays import check_numbers, packed_dtype
from skpulsar._tables._csr_batch import CsrBatch
from skpulsar._tables._partitions import Partitions, apart
from skpulsar._tables._protocol import batch_rows


class DaskArrayTable(Partitions):
    """The rows of a `dask.array.Array` of shape (n_rows, n_columns), which are computed
    a row of blocks after the other; a `Table` whose columns are known by their numbers.

    Blocks are arrays, or all are CSR matrices of SciPy.
    """

    def __init__(self, array):
        check_numbers(array)
        self.sparse = issparse(meta_from_array(array))
        self._check_block(meta_from_array(array))
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
            self._check_block(block)
            self._check_content(number, block)
            begin, where = max(start - first, 0), f"row {number} of blocks"
            end = self._lengths[number] if stop is None else stop - first
            if self.sparse:
                n_rows = min(end, self._lengths[number]) - begin
                yield CsrBatch(block, begin, max(n_rows, 0), where)
                continue
            rows = block[begin:end]
            for begin in range(0, len(rows), size):
                yield ArrayBatch(rows[begin : begin + size], where)

    def _check_block(self, block):
        """Refuse one that is not as the meta of the array says, or cannot be read."""
        if self.sparse:
            fits = issparse(block) and block.format == "csr"
        else:
            fits = isinstance(block, np.ndarray)
        if not fits:
            promised = "CSR matrices of scipy" if self.sparse else "numpy arrays"
            raise TypeError(
                f"Blocks of the dask array are of type {type(block).__name__}, and by "
                f"its meta they have to be {promised}. Turn them into what can be read "
                "by array.map_blocks(..., meta=...)."
            )

    def _check_content(self, number, block):
        """Refuse one whose columns would be left out, or whose numbers be rounded."""
        if block.shape[1:] != (len(self.columns),):
            raise ValueError(
                f"Row {number} of blocks of the dask array has the shape "
                f"{block.shape}, where {len(self.columns)} columns were promised. Tell "
                "dask how many there are by array.map_blocks(..., chunks=...)."
            )
        check_numbers(block)
        if not np.can_cast(packed_dtype(block.dtype), self._dtype):
            raise TypeError(
                f"Row {number} of blocks of the dask array is of dtype {block.dtype}, "
                f"and by its meta of {self._dtype}. Tell dask what it is by "
                "array.map_blocks(..., meta=...)."
            )


def _itself(block):
    return block
