# SPDX-License-Identifier: BSD-3-Clause
"""A table of Parquet files."""

from itertools import accumulate

import pyarrow as pa

from skpulsar._tables._arrow_columns import ArrowColumns, check_names, common_type
from skpulsar._tables._parquet_file import ParquetFile
from skpulsar._tables._paths import parquet_files


class ParquetTable(ArrowColumns):
    """The rows of Parquet files, one file after the other; a `Table`.

    Footers are read when it is made. Afterwards no file may change. Row groups are
    decoded one at a time, and only columns that are asked for. Columns in which pandas
    keeps an index are left out.

    Parameters
    ----------
    paths : str, path-like, or list or tuple of these
        See `parquet_files`. All files have the same columns, in any order.
    """

    def __init__(self, paths):
        self._files = tuple(map(ParquetFile, parquet_files(paths)))
        schema = self._files[0].schema()
        for file in self._files[1:]:
            schema = _agreed(schema, file)
        super().__init__(schema, f"File {self._files[0].path}")
        *firsts, self.n_rows = accumulate((f.n_rows for f in self._files), initial=0)
        self._firsts = tuple(firsts)
        starts = {
            first + start
            for first, file in zip(firsts, self._files, strict=True)
            for start in file.starts
        }
        self.starts = tuple(sorted(starts - {self.n_rows}))

    def read(self, columns, start=0, stop=None):
        stop = self.n_rows if stop is None else stop
        for first, file in zip(self._firsts, self._files, strict=True):
            begin, end = max(start - first, 0), min(stop - first, file.n_rows)
            yield from file.read(columns, begin, end)

    def key(self):
        """What another content of the files would change: their paths, sizes and times.

        Raises
        ------
        ValueError
            If a file has changed.
        """
        return tuple(file.key() for file in self._files)


def _agreed(schema, file):
    """The schema of files, and of one more."""
    other = file.schema()
    check_names(other, f"File {file.path}")
    for name in {*schema.names} ^ {*other.names}:
        has = "has a" if name in other.names else "has no"
        raise ValueError(
            f"File {file.path} {has} column {name!r}, unlike the first file. All files "
            "of a source must have the same columns."
        )
    fields = []
    for name, type_ in zip(schema.names, schema.types, strict=True):
        common = common_type(type_, other.field(name).type)
        if common is None:
            raise ValueError(
                f"File {file.path} has {other.field(name).type} in column {name!r}, "
                f"files before it have {type_}. Write it anew with one type."
            )
        fields.append((name, common))
    return pa.schema(fields)
