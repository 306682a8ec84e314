# SPDX-License-Identifier: BSD-3-Clause
"""What tables share whose rows are counted by reading them."""

from skpulsar._tables._arrow_batch import ArrowBatch
from skpulsar._tables._arrow_columns import ArrowColumns
from skpulsar._tables._protocol import batch_rows


class StreamedTable(ArrowColumns):
    """Base of tables that are read from their first row on: a subclass has a method
    `record_batches(columns)`, which yields pairs of a `pyarrow.RecordBatch`, with these
    columns at least, and where it was read.

    Where the number of rows is unknown, the first reading to the end counts them. All
    others must have as many.
    """

    starts = (0,)
    remedy = "A source must give the same rows each time it is read."

    def __init__(self, schema, where, n_rows=None):
        super().__init__(schema, where)
        self.n_rows = self._counted = n_rows

    def read(self, columns, start=0, stop=None):
        first, size = 0, batch_rows(columns)
        for batch, where in self.record_batches(columns):
            end = len(batch) if stop is None else min(stop - first, len(batch))
            for begin in range(max(start - first, 0), end, size):
                rows = batch.slice(begin, min(size, end - begin))
                yield ArrowBatch(rows, where)
            first += len(batch)
            if stop is not None and first >= stop:
                return
        if self._counted is None:
            self._counted = first
        if first != self._counted:
            raise ValueError(
                f"A reading gave {first} rows, where {self._counted} were counted "
                f"before. {self.remedy}"
            )
