# SPDX-License-Identifier: BSD-3-Clause
"""Chooses the table that reads what a user has."""

import os
from collections.abc import Iterator
from importlib import import_module

# Types by library and name, so that no library is imported to ask for its types
READERS = {
    ("numpy", "ndarray"): ("_arrays", "ArrayTable"),
    ("polars", "LazyFrame"): ("_lazy_frame", "LazyFrameTable"),
    ("pyarrow", "Dataset"): ("_arrow_dataset", "DatasetTable"),
    ("dask", "Array"): ("_dask_arrays", "DaskArrayTable"),
    ("dask", "DataFrame"): ("_dask_frames", "DaskFrameTable"),
}
READ_ONCE = ("pyarrow", "RecordBatchReader")


def is_table(data):
    """Whether some data are not in memory, as far as their type tells: NumPy would read
    all of them, or nothing."""
    return any(kind in READERS and kind[0] != "numpy" for kind in _kinds(data))


def is_lazy(data):
    """Whether some data are a dask array or dataframe, as far as their type tells."""
    kinds = [] if type(data).__module__ == "numpy" else _kinds(data)
    return any(kind in READERS and kind[0] == "dask" for kind in kinds)


def table_of(data):
    """The `Table` of some data.

    Raises
    ------
    TypeError
        If there is none for its type.

    ValueError
        If it can be read only once.

    ImportError
        If pyarrow or narwhals is missing.
    """
    kinds = _kinds(data)
    for kind in kinds:
        if kind in READERS:
            return _reader(*READERS[kind])(data)
    if READ_ONCE in kinds or isinstance(data, Iterator):
        raise ValueError(
            f"A {type(data).__name__} can be read only once, and training reads the "
            "rows several times. Give a callable without arguments that opens a new "
            "one each time it is called, as an Arrow stream."
        )
    if _are_paths(data):
        return _reader("_parquet", "ParquetTable")(data)
    if callable(data):
        return _reader("_arrow_streams", "ArrowStreams")(data)
    if hasattr(data, "columns"):
        return _reader("_dataframes", "DataFrameTable")(data)
    raise TypeError(
        f"A {type(data).__name__} is no source of rows. Give paths of Parquet files, a "
        "polars LazyFrame, a pyarrow Dataset, a dask array or dataframe, a dataframe, "
        "a memory map, or a callable that opens an Arrow stream."
    )


def _are_paths(data):
    several = isinstance(data, (list, tuple))
    return all(isinstance(e, (str, os.PathLike)) for e in (data if several else [data]))


def _kinds(data):
    """Library and name of its types."""
    return [(t.__module__.partition(".")[0], t.__name__) for t in type(data).__mro__]


def _reader(module, name):
    try:
        return getattr(import_module(f"skpulsar._tables.{module}"), name)
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{error.name} is not installed, which reads this source. Install it with "
            "pip install 'skpulsar[files]'."
        ) from error
