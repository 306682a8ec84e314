# SPDX-License-Identifier: BSD-3-Clause
"""The rows that `skpulsar train` learns from: features to read, and labels."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import skpulsar
from skpulsar._command_line import CommandError
from skpulsar._command_line.features import HOW_TO_SKIP, Features
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
    if isinstance(table, ParquetTable) and path != STANDARD_INPUT and not skip:
        labels = [batch.column(0) for batch in table.batches([], [label])]
        rows, n_skipped = skpulsar.rows(path, columns=names), 0
        labels = pa.chunked_array(labels)
        _check_labels(labels, table, label)
    else:
        in_memory, n_skipped = _in_memory(table, names, label, skip)
        rows = skpulsar.rows(in_memory, columns=names)
        labels = in_memory.column(label)
    if len(labels) == 0:
        raise CommandError(f"{table.name} has no rows")
    return rows, _as_labels(labels), names, n_skipped


def _in_memory(table, names, label, skip):
    """A table of features and labels, and how many rows were left out."""
    features, parts, n_skipped = Features(names, table.name, skip), [], 0
    for batch in table.batches(names, [label]):
        _, batch = features.of(batch)
        unlabelled = _is_missing(batch.column(label))
        if skip:
            n_skipped += pc.sum(unlabelled).as_py() or 0
            batch = batch.filter(pc.invert(unlabelled))
        parts.append(batch)
    found = pa.Table.from_batches(parts)
    _check_labels(found.column(label), table, label)
    return found, n_skipped + features.n_skipped


def _check_labels(labels, table, name):
    row = pc.index(_is_missing(labels), True).as_py()
    if row >= 0:
        raise CommandError(
            f"{table.name}, row {row + 1:,}, column {name!r:.80}: found no "
            f"label{HOW_TO_SKIP}"
        )


def _is_missing(labels):
    """Where labels are null, empty, or the question mark of ARFF."""
    missing = pc.is_null(labels, nan_is_null=pa.types.is_floating(labels.type))
    if pa.types.is_string(labels.type) or pa.types.is_large_string(labels.type):
        words = pa.array(["", "?"], labels.type)
        missing = pc.or_(missing, pc.is_in(pc.utf8_trim_whitespace(labels), words))
    return missing


def _as_labels(labels):
    """Labels as an array: whole numbers where all of them are, else numbers, else
    text."""
    if pa.types.is_dictionary(labels.type):
        labels = labels.cast(labels.type.value_type)
    if pa.types.is_string(labels.type) or pa.types.is_large_string(labels.type):
        codes = pc.utf8_trim_whitespace(labels).dictionary_encode().unify_dictionaries()
        codes = codes.combine_chunks()
        values = _as_numbers(codes.dictionary.to_pylist())
        return values[codes.indices.to_numpy()]
    return labels.to_numpy()


def _as_numbers(texts):
    for kind in (int, float):
        try:
            return np.array([kind(text) for text in texts])
        except ValueError:
            continue
    return np.array(texts)
