# SPDX-License-Identifier: BSD-3-Clause
"""The files that paths, globs and folders stand for, in a fixed order."""

import glob
import os
from pathlib import Path


def parquet_files(paths):
    """Absolute paths of files.

    Parameters
    ----------
    paths : str, path-like, or list or tuple of these
        Files, globs, and folders, which stand for all that ends in .parquet at any
        depth. A list keeps its order; what a glob or a folder stands for is sorted by
        path.

    Raises
    ------
    FileNotFoundError
        If one of them stands for no file.

    ValueError
        If a path is a URL, or a folder holds folders named key=value.
    """
    several = isinstance(paths, (list, tuple))
    found = [file for path in (paths if several else [paths]) for file in _files(path)]
    if not found:
        raise ValueError("The list of paths is empty: give at least one file.")
    return [os.path.abspath(file) for file in found]


def _files(path):
    path = os.path.expanduser(os.fspath(path))
    if "://" in path:
        raise ValueError(
            f"{path!r} is no path of a file. Open what is elsewhere with "
            "pyarrow.dataset.dataset or polars.scan_parquet, and give that."
        )
    if os.path.isfile(path):
        return [path]
    if os.path.isdir(path):
        found = sorted(map(str, Path(path).rglob("*.parquet")))
        _refuse_partitions(path, found)
    else:
        found = sorted(filter(os.path.isfile, glob.iglob(path, recursive=True)))
    if not found:
        raise FileNotFoundError(f"There is no Parquet file at {path!r}.")
    return found


def _refuse_partitions(folder, files):
    """Names of folders may hold a column: a reader that drops it in silence is worse
    than none."""
    for file in files:
        if "=" in os.path.dirname(os.path.relpath(file, folder)):
            raise ValueError(
                f"{folder!r} holds folders named key=value, whose columns are not in "
                "the files. Give pyarrow.dataset.dataset(folder, partitioning='hive'), "
                "or a glob of the files to do without these columns."
            )
