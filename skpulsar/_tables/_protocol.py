# SPDX-License-Identifier: BSD-3-Clause
"""The protocol of tables: columns with a fixed order of rows, read in batches."""

from typing import Protocol

MOST_ROWS, MOST_ENTRIES = 65_536, 2**21  # of a batch, where the table has the choice,
LEAST_ROWS = 1024  # but so many rows at least


def batch_rows(columns):
    """How many rows of these columns a batch has at most."""
    return min(MOST_ROWS, max(LEAST_ROWS, MOST_ENTRIES // max(len(columns), 1)))


class Table(Protocol):
    """Columns of numbers or labels, on disk or elsewhere, that can be read often.

    A table holds no data of its own that grows with the rows, and can be pickled.
    Columns are known by their names, or by their numbers where there are none.

    Attributes
    ----------
    columns : tuple
        The names of the columns, all str; or their numbers, from 0 on.

    n_rows : int or None
        How many rows there are; None where only a reading tells.

    starts : tuple of int
        The first rows of parts in which reading may begin without reading what comes
        before, in ascending order, 0 the first: row groups, partitions, files. Empty
        where there are no rows.

    sparse : bool
        Whether batches have CSR rows.
    """

    def dtype(self, columns):
        """What rows of these columns are packed into: float32 if all of them are
        float32 (or float16), else float64.

        Raises
        ------
        TypeError
            If a column holds no numbers.
        """

    def read(self, columns, start=0, stop=None):
        """Yield `Batch` objects of these columns, in order, which together have the
        rows from `start` up to `stop`; None: up to the last.

        Raises
        ------
        ValueError
            If the table has changed since it was made, naming what has; or if it cannot
            be read, naming file and row group.
        """


class Batch(Protocol):
    """Some consecutive rows of a table.

    Attributes
    ----------
    n_rows : int
        How many there are.

    where : str
        Where they were read, for messages: ``"file a.parquet, row group 3"``.

    sparse : bool
        Whether they are CSR rows: then a `CsrBatch` shows what there is in place of the
        methods.
    """

    def column(self, name):
        """One column as an array of shape (n_rows,); missing numbers are NaN, missing
        labels None."""

    def pack(self, columns, first, stop, out):
        """Write rows first to stop of these columns, numbers, into a C-ordered array of
        shape (stop - first, len(columns)). Missing numbers are NaN."""
