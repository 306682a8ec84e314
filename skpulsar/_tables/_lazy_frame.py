# SPDX-License-Identifier: BSD-3-Clause
"""A table over a query of polars."""

import polars as pl

from skpulsar._tables._arrow_errors import explained
from skpulsar._tables._protocol import batch_rows
from skpulsar._tables._streamed_table import StreamedTable


class LazyFrameTable(StreamedTable):
    """The rows of a `polars.LazyFrame`; a `Table`.

    The query is run anew for every reading, by the streaming engine and for the columns
    that are asked for. It must give the same rows in the same order each time.

    They are counted when the table is made, which is a query of its own: if something
    in polars panics, its batches end too soon, and nothing else tells.
    """

    def __init__(self, frame):
        self._frame = frame
        schema = frame.clear().collect().to_arrow().schema
        n_rows = frame.select(pl.len()).collect(engine="streaming").item()
        super().__init__(schema, "The LazyFrame", n_rows)

    def record_batches(self, columns):
        # Of no columns polars would say that there are no rows.
        chosen = self._frame.select(columns or self.columns[:1])
        with explained(lambda: "the LazyFrame", (pl.exceptions.PolarsError, OSError)):
            frames = chosen.collect_batches(chunk_size=batch_rows(columns))
            for number, frame in enumerate(frames):
                for batch in frame.to_arrow().to_batches():
                    yield batch, f"batch {number} of the LazyFrame"
