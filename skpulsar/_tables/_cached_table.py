# SPDX-License-Identifier: BSD-3-Clause
"""A table of files whose features have been decoded once, into a map."""

import hashlib
import os
from contextlib import closing
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from skpulsar._replace import replacing
from skpulsar._tables._array_batch import ArrayBatch
from skpulsar._tables._arrays import ArrayTable

LAYOUT = 1  # of an entry: one of another layout has another name.


class CachedTable(ArrayTable):
    """The rows of files, of which the features are mapped from a cache; a `Table`.

    An entry of the cache is a ``.npy`` file of the features, row by row. Its name holds
    a digest of them and of the paths, sizes and times of the files. It is written
    completely or not at all, so that several processes may write the same, and anew if
    it has another size or another head than it was given. All other columns are read
    from the files, which must not have changed.

    Parameters
    ----------
    table : ParquetTable
        What reads the files, and knows their `key`.

    features : tuple of str
        The columns that are cached.

    folder : str
        The cache. It is made, and so is the entry, if there is none.

    Raises
    ------
    ValueError
        If files have no key.

    OSError
        If the entry cannot be written.
    """

    def __init__(self, table, features, folder):
        check_key(table)
        entry, head = _entry(table, features, folder), _head(table, features)
        if not _is_whole(entry, head, _size(table, features)):
            _write(entry, head, table, features)
        super().__init__(np.load(entry, mmap_mode="r"))
        self._table, self._features = table, features
        self.columns, self.starts = table.columns, table.starts

    def dtype(self, columns):
        return self._table.dtype(columns)

    def read(self, columns, start=0, stop=None):
        others = tuple(name for name in columns if name not in self._features)
        if len(others) < len(columns):
            yield from self._mapped(others, start, stop)
        else:
            yield from self._table.read(columns, start, stop)

    def _mapped(self, others, start, stop):
        """Features, and other columns beside them."""
        if others:
            batches = self._table.read(others, start, stop)
        else:
            self._table.key()
            batches = super().read(self._features, start, stop)
        with closing(batches):
            for batch in batches:
                rows = self._array[start : start + batch.n_rows]
                yield CachedBatch(rows, self._features, batch)
                start += batch.n_rows


class CachedBatch(ArrayBatch):
    """A `Batch` of features, given as an array, and of what has been read of the same
    rows beside them."""

    def __init__(self, array, features, beside):
        super().__init__(array, beside.where)
        self._features, self._beside = features, beside

    def column(self, name):
        if name not in self._features:
            return self._beside.column(name)
        return super().column(self._features.index(name))

    def pack(self, columns, first, stop, out):
        places = tuple(map(self._features.index, columns))
        super().pack(places, first, stop, out)


def check_key(table):
    """Raise a ValueError if nothing tells whether the rows of a table have changed."""
    if not hasattr(table, "key"):
        raise ValueError(
            "cache is for Parquet files, whose sizes and times tell whether they have "
            f"changed. A {type(table).__name__} has nothing of that kind: leave cache "
            "out, or write the rows to a Parquet file."
        )


def folder_of(cache):
    """The absolute path of what is given as a cache; a ValueError if it is none."""
    if not (isinstance(cache, (str, os.PathLike)) and os.fspath(cache)):
        raise ValueError(
            f"cache must be the path of a folder. Got {cache!r:.80} instead; '.' is "
            "the current one."
        )
    return os.path.abspath(os.path.expanduser(cache))


def _entry(table, features, folder):
    """The path of an entry, which begins with the name of the first file."""
    key = table.key()
    digest = hashlib.sha256(repr((LAYOUT, key, features)).encode()).hexdigest()
    return Path(folder, f"{Path(key[0][0]).stem[:50]}-{digest[:32]}.npy")


def _head(table, features):
    """What an entry begins with."""
    head = BytesIO()
    description = {
        "descr": npy.dtype_to_descr(table.dtype(features)),
        "fortran_order": False,
        "shape": (table.n_rows, len(features)),
    }
    npy.write_array_header_1_0(head, description)
    return head.getvalue()


def _size(table, features):
    """How many bytes the features take."""
    return table.n_rows * len(features) * table.dtype(features).itemsize


def _is_whole(entry, head, size):
    """Whether there is an entry, which nobody has cut short or written over since."""
    try:
        with open(entry, "rb") as file:
            whole = os.fstat(file.fileno()).st_size == len(head) + size
            return whole and file.read(len(head)) == head
    except OSError:  # Writing says what is wrong.
        return False


def _write(entry, head, table, features):
    dtype = table.dtype(features)
    try:
        os.makedirs(entry.parent, exist_ok=True)
        with replacing(entry) as file:
            file.write(head)
            for batch in table.read(features):
                rows = np.empty((batch.n_rows, len(features)), dtype)
                batch.pack(features, 0, batch.n_rows, rows)
                file.write(rows.data)
    except OSError as error:
        size = _size(table, features)
        reason = f"{error.strerror}: {size} bytes of a cache cannot be written"
        raise OSError(error.errno, reason, str(entry)) from error
