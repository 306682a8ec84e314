# SPDX-License-Identifier: BSD-3-Clause
"""One Parquet file, which must stay as it is."""

import os
from bisect import bisect_right
from contextlib import contextmanager
from itertools import accumulate

import pyarrow as pa
import pyarrow.parquet as pq

from skpulsar._tables._arrow_batch import ArrowBatch
from skpulsar._tables._arrow_errors import ERRORS, explained
from skpulsar._tables._protocol import batch_rows

BUFFER = 2**18  # Bytes of a column chunk that are in memory, not all of it


class ParquetFile:
    """Reads rows of a file; knows where its row groups begin, and when it changed.

    Attributes
    ----------
    path : str

    n_rows : int

    starts : tuple of int
        The first row of every row group, of those without rows too.
    """

    def __init__(self, path):
        self.path, self._stamp = path, _stamp(path)
        with self._opened() as file:
            footer = file.metadata
            sizes = [footer.row_group(k).num_rows for k in range(footer.num_row_groups)]
        *starts, self.n_rows = accumulate(sizes, initial=0)
        self.starts = tuple(starts)

    def schema(self):
        """Its Arrow schema, without the columns in which pandas keeps an index."""
        with self._opened() as file:
            schema = file.schema_arrow
        index = (schema.pandas_metadata or {}).get("index_columns", [])
        kept = [field for field in schema if field.name not in index]
        return pa.schema(kept)

    def read(self, columns, start, stop):
        """Yield `ArrowBatch` objects of the rows from `start` up to `stop`."""
        if start >= stop:
            return
        with self._opened() as file:
            for group in range(bisect_right(self.starts, start) - 1, len(self.starts)):
                first = self.starts[group]
                if first >= stop:
                    return
                where = f"file {self.path}, row group {group}"
                for batch in _batches(file, group, list(columns), where):
                    begin, end = max(start - first, 0), min(stop - first, len(batch))
                    if begin < end:
                        yield ArrowBatch(batch.slice(begin, end - begin), where)
                    first += len(batch)

    def key(self):
        """Path, size and time of change, which must be those of the beginning."""
        stamp = _stamp(self.path)
        if stamp != self._stamp:
            raise ValueError(
                f"The file {self.path} has changed since its footer was read: build "
                "the source anew."
            )
        return self.path, stamp

    @contextmanager
    def _opened(self):
        self.key()
        with explained(lambda: f"file {self.path}"):
            file = pq.ParquetFile(self.path, pre_buffer=False, buffer_size=BUFFER)
        with file:
            yield file


def _stamp(path):
    """Size and time of the last change; None where there is no file."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns


def _batches(file, group, columns, where):
    """Record batches of a row group: of one, so that an error can name it."""
    batches = _iterated(file, group, columns)
    while True:
        with explained(lambda: where + _culprit(file, group, columns)):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def _iterated(file, group, columns):
    return file.iter_batches(batch_rows(columns), [group], columns, use_threads=False)


def _culprit(file, group, columns):
    """Which column cannot be read, in the words of a message; '' if it is unknown."""
    for name in columns:
        try:
            for _ in _iterated(file, group, [name]):
                pass
        except ERRORS:
            return f", column {name!r}"
    return ""
