# SPDX-License-Identifier: BSD-3-Clause
"""A table over a dataframe in memory."""

import narwhals as nw
import pyarrow as pa

from skpulsar._tables._arrow_batch import ArrowBatch
from skpulsar._tables._arrow_columns import ArrowColumns
from skpulsar._tables._protocol import batch_rows


class DataFrameTable(ArrowColumns):
    """The rows of a dataframe of any library that narwhals knows; a `Table`.

    Batches are turned into Arrow data when they are read.
    """

    def __init__(self, frame):
        self._frame = nw.from_native(frame, eager_only=True)
        super().__init__(arrow_schema(self._frame), "The dataframe")
        self.n_rows = len(self._frame)
        self.starts = tuple(range(0, self.n_rows, batch_rows(self.columns)))

    def read(self, columns, start=0, stop=None):
        stop = self.n_rows if stop is None else min(stop, self.n_rows)
        chosen = self._frame.select(columns or self.columns[:1])
        size = batch_rows(columns)
        for first in range(start, stop, size):
            end = min(first + size, stop)
            for batch in chosen[first:end].to_arrow().to_batches():
                yield ArrowBatch(batch, f"rows {first} to {end} of the dataframe")


def arrow_schema(frame):
    """The Arrow types of the columns of a narwhals dataframe."""
    for name in frame.columns:
        if not isinstance(name, str):
            raise TypeError(
                f"The dataframe has a column {name!r}, whose name is no str. Rename "
                "it, for instance by frame.columns.astype(str)."
            )
    # Arrow may have the index of pandas beside these columns.
    schema = frame.head(1).to_arrow().schema
    return pa.schema(map(schema.field, frame.columns))
