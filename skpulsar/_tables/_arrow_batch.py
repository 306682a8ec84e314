# SPDX-License-Identifier: BSD-3-Clause
"""A batch of rows that Arrow holds, column by column."""

import numpy as np
import pyarrow as pa

from skpulsar._kernels import _core
from skpulsar._tables._arrow_columns import is_text


class ArrowBatch:
    """A `Batch` over a `pyarrow.RecordBatch`, whose columns are not copied if they are
    numbers without a missing one."""

    sparse = False

    def __init__(self, batch, where):
        self.n_rows, self.where, self._batch = batch.num_rows, where, batch
        self._packed = {}  # columns as they are packed: converted once, if at all

    def column(self, name):
        return _as_numpy(self._batch.column(name))

    def pack(self, columns, first, stop, out):
        arrays = [self._as(name, out.dtype) for name in columns]
        _core.stack_columns(arrays, first, stop, out)

    def _as(self, name, dtype):
        if name not in self._packed:
            array = np.asarray(self.column(name), dtype)
            self._packed[name] = np.ascontiguousarray(array)
        return self._packed[name]


def _as_numpy(values):
    """Numbers with NaN, text with None, for what is missing."""
    type_ = values.type
    missing = values.null_count > 0
    if pa.types.is_decimal(type_) or (missing and pa.types.is_boolean(type_)):
        values = values.cast(pa.float64())
    if is_text(type_):  # Few objects for many rows are made sooner.
        values = values.dictionary_encode()
    if pa.types.is_dictionary(values.type) and is_text(values.type.value_type):
        texts = values.dictionary.to_numpy(zero_copy_only=False)
        texts = np.append(texts.astype(object), None)
        return texts[values.indices.fill_null(len(texts) - 1).to_numpy()]
    return values.to_numpy(zero_copy_only=False)
