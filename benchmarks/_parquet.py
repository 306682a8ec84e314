# SPDX-License-Identifier: BSD-3-Clause
"""Random rows in Parquet files, and what reads them."""

from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from skpulsar import rows

N_COLUMNS = 28
FEATURES = tuple(f"x{j}" for j in range(N_COLUMNS))
LABEL = "label"
GROUP = 2**20  # rows of a row group, as pyarrow has them by default

# Name to the dtype and what `pyarrow.parquet.ParquetWriter` is told
FORMATS = {
    "float64": (np.float64, {}),
    "float32, plain": (
        np.float32,
        {"use_dictionary": False, "compression": "none"},
    ),
}


def write_random(path, n_rows, form):
    """Write normal columns and labels, some 12 % positive, a row group at a time."""
    dtype, options = FORMATS[form]
    weights = np.random.default_rng(0).standard_normal(N_COLUMNS) / np.sqrt(N_COLUMNS)

    def groups():
        for start in range(0, n_rows, GROUP):
            rng = np.random.default_rng((1, start))
            shape = min(GROUP, n_rows - start), N_COLUMNS
            X = rng.standard_normal(shape, dtype)
            share = 1 / (1 + np.exp(3 - 2 * (X @ weights)))
            yield X, (rng.random(len(X)) < share).astype(np.int8)

    write(path, groups(), **options)


def write(path, groups, row_group_size=GROUP, **options):
    """Write pairs of an array and labels, each as a row group or several."""
    file = None
    for X, y in groups:
        columns = {f"x{j}": np.ascontiguousarray(x) for j, x in enumerate(X.T)}
        table = pa.table({**columns, LABEL: y})
        file = file or pq.ParquetWriter(path, table.schema, **options)
        file.write_table(table, row_group_size)
    file.close()


def read(path):
    """Features and labels of a file, as arrays."""
    table = pq.read_table(path)
    X = [table.column(name).to_numpy() for name in table.column_names[:-1]]
    return np.column_stack(X), table.column(LABEL).to_numpy()


def scan(path):
    """Decode all rows once, on one thread."""
    file = pq.ParquetFile(path, pre_buffer=False)
    for _ in file.iter_batches(use_threads=False):
        pass


class CountedTable:
    """A table that notes how it is read.

    Attributes
    ----------
    full : list of float
        Seconds of every reading of all rows with their features.

    n_read : int
        How many rows were read with their features.

    n_light : int
        How many readings were of labels alone.
    """

    def __init__(self, table):
        self._table, self.full, self.n_read, self.n_light = table, [], 0, 0
        self.columns, self.starts = table.columns, table.starts
        self.n_rows, self.dtype, self.sparse = table.n_rows, table.dtype, table.sparse

    def read(self, columns, start=0, stop=None):
        began, light = perf_counter(), len(columns) == 1
        for batch in self._table.read(columns, start, stop):
            if not light:
                self.n_read += batch.n_rows
            yield batch
        if light:
            self.n_light += 1
        elif stop is None:
            self.full.append(perf_counter() - began)


def counted(path):
    """Rows of a file for `fit`, and the `CountedTable` that they are read from."""
    source = rows(path)
    source.table = CountedTable(source.table)
    return source, source.table
