# SPDX-License-Identifier: BSD-3-Clause
"""The rows that `skpulsar train` learns from: features to read, and labels."""

import os

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import skpulsar
from skpulsar._command_line import CommandError
from skpulsar._command_line.features import HOW_TO_SKIP, Features
from skpulsar._command_line.fields import is_missing
from skpulsar._command_line.parquet_table import ParquetTable
from skpulsar._command_line.source import STANDARD_INPUT
from skpulsar._command_line.tables import find


def training_rows(table, path, label, drop, skip):
    """What `fit` takes as X, and the labels.

    Parquet files are read in chunks, again and again, without their rows in memory;
    other tables are read into memory once.

    Parameters
    ----------
    table : ArffTable, ParquetTable or TextTable
        Where the rows are.

    path : str
        Its file.

    label : str
        The column of labels.

    drop : list of str
        Columns that are no features.

    skip : bool
        Whether rows that lack a value are left out; otherwise they are errors.

    Returns
    -------
    rows : TableRows

    y : ndarray of shape (n_rows,)

    names : list of str
        The features.

    n_skipped : int
        How many rows were left out.
    """
    label, *drop = find([label, *drop], table)
    names = [name for name in table.columns if name not in (label, *drop)]
    if not names:
        raise CommandError(f"{table.name} has no column left for a feature")
    find(names, table)  # None may be there twice.
    if isinstance(table, ParquetTable) and _is_file(path) and not skip:
        next(table.batches(names, []))  # It refuses columns that hold no numbers.
        rows, n_skipped = skpulsar.rows(path, columns=names), 0
        labels = [_plain(batch.column(0)) for batch in table.batches([], [label])]
    else:
        in_memory, labels, n_skipped = _read(table, names, label, skip)
        rows = skpulsar.rows(in_memory)
    labels = pa.chunked_array(labels)
    row = pc.index(_is_missing(labels), True).as_py()
    if row >= 0:
        raise CommandError(
            f"{table.name}, row {row + 1:,}, column {label!r:.80}: found no "
            f"label{HOW_TO_SKIP}"
        )
    if len(labels) == 0:
        raise CommandError(f"{table.name} has no rows")
    return rows, _as_array(labels), names, n_skipped


def _is_file(path):
    """Whether it can be read again, as a pipe cannot."""
    return path != STANDARD_INPUT and os.path.isfile(path)


def _read(table, names, label, skip):
    """The features as a table in memory, labels in parts, how many rows were left
    out."""
    features, parts, labels, n_skipped = Features(names, table.name, skip), [], [], 0
    for batch in table.batches(names, [label]):
        _, batch = features.of(batch)
        found = _plain(batch.column(label))
        if skip:
            kept = pc.invert(_is_missing(found))
            n_skipped += len(found) - kept.true_count
            batch, found = batch.filter(kept), found.filter(kept)
        parts.append(batch.select(names))
        labels.append(found)
    return pa.Table.from_batches(parts), labels, n_skipped + features.n_skipped


def _plain(labels):
    """Labels as what they stand for: categories as their values, text as string."""
    type_ = labels.type
    if pa.types.is_dictionary(type_):
        type_ = type_.value_type
    if pa.types.is_large_string(type_) or pa.types.is_string_view(type_):
        type_ = pa.string()
    return labels.cast(type_)


def _is_missing(labels):
    """Where labels are null or NaN, or words for a missing value."""
    missing = pc.is_null(labels, nan_is_null=True)
    if pa.types.is_string(labels.type):
        missing = pc.or_(missing, is_missing(labels))
    return missing


def _as_array(labels):
    """Labels as an array; text as whole numbers if all of it are, else as numbers if
    all of it are."""
    if not pa.types.is_string(labels.type):
        return labels.to_numpy()
    codes = pc.utf8_trim_whitespace(labels).combine_chunks().dictionary_encode()
    return _as_numbers(codes.dictionary)[codes.indices.to_numpy()]


def _as_numbers(texts):
    for type_ in (pa.int64(), pa.float64()):
        try:
            return texts.cast(type_).to_numpy()
        except pa.ArrowInvalid:
            continue
    return np.array(texts.to_pylist())
