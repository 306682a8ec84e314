# SPDX-License-Identifier: BSD-3-Clause
"""The same rows in everything that `skpulsar.rows` takes."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from _parquet import FEATURES, LABEL, write

from skpulsar import rows


def sources(folder, path, X, y):
    """Yield (name, rows, y) of all libraries that are installed.

    Parameters
    ----------
    folder : str
        Where other files are written.

    path : Path
        A Parquet file.

    X, y : ndarray
        What is in it.
    """
    yield "Parquet", rows(path), LABEL
    regrouped = Path(folder, "regrouped.parquet")
    write(regrouped, [(X, y)], row_group_size=10_007)
    yield "row groups of 10,007 rows", rows(regrouped), LABEL
    parts = Path(folder, "parts")
    parts.mkdir(exist_ok=True)
    ends = 0, 1, len(X) // 3, len(X)
    for number, (start, stop) in enumerate(pairwise(ends)):
        write(parts / f"{number}.parquet", [(X[start:stop], y[start:stop])])
    yield "three files", rows(parts), LABEL
    mapped = Path(folder, "rows.npy")
    np.save(mapped, X)
    yield "memory map", rows(np.load(mapped, mmap_mode="r")), y
    yield "Arrow streams of a callable", rows(lambda: stream(path)), LABEL
    yield from of_libraries(path, parts, X, y)


def stream(path):
    """A new Arrow stream of a file."""
    file = pq.ParquetFile(path, pre_buffer=False)
    batches = file.iter_batches(5_000, use_threads=False)
    return pa.RecordBatchReader.from_batches(file.schema_arrow, batches)


def of_libraries(path, parts, X, y):
    """The same with what may not be installed, or a line that it is not."""
    for of_one in (of_pyarrow, of_polars, of_dask):
        try:
            yield from of_one(path, parts, X, y)
        except ImportError as error:
            print(f"{of_one.__name__[3:]} is skipped: {error}\n")


def of_pyarrow(path, parts, X, y):
    from pyarrow import dataset

    yield "pyarrow Dataset", rows(dataset.dataset(path)), LABEL


def of_polars(path, parts, X, y):
    import polars as pl

    yield "polars LazyFrame", pl.scan_parquet(path), LABEL


def of_dask(path, parts, X, y):
    import dask.array as da
    import dask.dataframe as dd

    blocks = da.from_array(X, chunks=(100_000, len(FEATURES)))
    yield "dask array", blocks, y
    frame = dd.read_parquet(sorted(map(str, parts.iterdir())))
    yield "dask dataframe", frame, LABEL
