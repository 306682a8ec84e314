# SPDX-License-Identifier: BSD-3-Clause
"""A table of streams that a function opens anew for every reading."""

from itertools import count

import pyarrow as pa

from skpulsar._tables._arrow_errors import explained
from skpulsar._tables._streamed_table import StreamedTable


class ArrowStreams(StreamedTable):
    """The rows of Arrow streams that are all the same; a `Table`.

    Parameters
    ----------
    open : callable
        Called without arguments for each reading, and once before. It returns a new
        object with ``__arrow_c_stream__``, such as a `pyarrow.RecordBatchReader`. All
        must give the same rows in the same order. It has to be pickled where the table
        is.
    """

    remedy = "The callable must open a new stream of the same rows each time."

    def __init__(self, open):
        self._open = open
        with self._stream() as stream:
            super().__init__(stream.schema, "The stream")

    def record_batches(self, columns):
        with self._stream() as stream:
            self._check_schema(stream.schema)
            for number in count():
                where = f"batch {number} of the stream"
                batch = _next(stream, where)
                if batch is None:
                    return
                yield batch, where

    def _stream(self):
        opened = self._open()
        if not hasattr(opened, "__arrow_c_stream__"):
            raise TypeError(
                f"{self._open!r} returned a {type(opened).__name__}. Let it return an "
                "Arrow stream, for instance a pyarrow.RecordBatchReader."
            )
        with explained(lambda: "the stream, which has to be a new one each time,"):
            return pa.RecordBatchReader.from_stream(opened)

    def _check_schema(self, schema):
        types = dict(zip(schema.names, schema.types, strict=True))
        for name in {**self._types, **types}:
            if types.get(name) != self._types.get(name):
                raise ValueError(
                    f"The stream has changed: column {name!r} was "
                    f"{self._types.get(name, 'absent')}, now it is "
                    f"{types.get(name, 'absent')}. All streams must be alike."
                )


def _next(stream, where):
    with explained(lambda: where):
        try:
            return stream.read_next_batch()
        except StopIteration:
            return None
