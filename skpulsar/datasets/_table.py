# SPDX-License-Identifier: BSD-3-Clause
"""The text of HTRU2, in any of its public layouts, as one table of numbers.

Read by hand, because damage is told by line and column, and never read over: pandas
makes text of a column where one cell is no number, and fills rows that are short;
numpy.loadtxt takes nan, infinities and any label, and knows neither headers nor lines.
"""

import csv
import io
import math
import reprlib
from array import array
from itertools import chain, islice
from typing import NamedTuple

import numpy as np

from skpulsar.datasets._formats import (
    refuse_other_counts,
    refuse_other_formats,
    refuse_other_separators,
)
from skpulsar.datasets._htru2_facts import FEATURE_NAMES

COLUMNS = (*FEATURE_NAMES, "target")

# Words for a missing number; an empty field is one, too
MISSING = {"", "?", "n/a", "na", "nan", "none", "null"}

HOW_TO_DROP = (
    ". load_htru2(..., drop_incomplete=True) or --drop-incomplete drops such rows"
)


def _shortener(length):
    """Return a repr that cuts strings in the middle where they are long."""
    short = reprlib.Repr()
    short.maxstring = length
    return short.repr


short_name, _short = _shortener(90), _shortener(50)


class Table(NamedTuple):
    """The content of a file of candidates."""

    values: np.ndarray  # (n_samples, 9), the label last
    header: list | None  # nine names
    dropped_target: np.ndarray  # of the rows left out, nan where it is missing


def read_table(content, name, *, drop_incomplete=False):
    """Parse comma-separated pulsar candidates, with a header line or without one.

    A byte order mark, any line ending, quoted fields and blank lines are accepted.

    Parameters
    ----------
    content : bytes
        The file.

    name : str
        What messages call it.

    drop_incomplete : bool, default=False
        Whether rows with an empty cell, or one that says that there is no value, are
        left out; otherwise they are errors like any other.

    Returns
    -------
    table : Table
        All its values are finite, the labels 0 or 1.

    Raises
    ------
    ValueError
        At the first line that is not nine finite numbers, the last of them 0 or 1,
        naming line and column; or when there is no such line at all. For a file of
        another kind the message says which it looks like.
    """
    name = short_name(name)
    refuse_other_formats(content, name)
    # Bytes that are not UTF-8 may stand in a header; elsewhere they are no number.
    text = io.StringIO(content.decode("utf-8-sig", errors="replace"), newline=None)
    rows = (
        (f"{name}, line {k}", line)
        for k, line in enumerate(text, start=1)
        if not line.isspace()
    )
    first = list(islice(rows, 1))
    header = _header(*first[0]) if first else None
    columns = header or COLUMNS

    numbers, dropped = array("d"), array("d")
    for where, line in rows if header else chain(first, rows):
        fields = _fields(line)
        refuse_other_counts(fields, where)
        row = list(map(_number, fields))
        if drop_incomplete and not _is_candidate(row):
            label, row = row[-1], _filled(row, fields)
            if _is_candidate(row):
                dropped.append(label)
                continue
        if not _is_candidate(row):
            raise ValueError(f"{where}, {_fault(row, fields, columns)}")
        numbers.extend(row)
    if dropped and not numbers:
        raise ValueError(f"{name} has no complete row: {len(dropped)} lack a value")
    if not numbers:
        raise ValueError(
            f"{name} has no rows: expected lines of {len(COLUMNS)} comma-separated "
            "numbers, from line 1 on or below one header line"
        )
    values = np.array(numbers).reshape(-1, len(COLUMNS))
    return Table(values, header, np.array(dropped))


def _header(where, line):
    """Return the names in the first line, None where it is a row."""
    refuse_other_separators(line, where)
    fields = [field.strip() for field in _fields(line)]
    refuse_other_counts(fields, where)
    # One number makes it a row, so that a damaged first row is an error and no header;
    # but pandas calls columns that it has no names for 0, 1, ..., 8.
    if any(map(_is_float, fields)) and fields != list(map(str, range(len(fields)))):
        return None
    if "" in fields:
        raise ValueError(
            f"{where}, column {fields.index('') + 1}: the header line has no name "
            "here. Write one, or delete the line"
        )
    return fields


def _fields(line):
    try:
        return next(csv.reader([line], skipinitialspace=True))
    except csv.Error:  # a field of more than csv.field_size_limit() characters
        return [line]


def _is_float(field):
    try:
        float(field)
    except ValueError:
        return False
    return True


def _number(field):
    """Return the value of a field, nan where it is not a plain decimal number."""
    # float would take 1_000 and the digits of other scripts as well.
    if "_" in field or not field.isascii():
        return math.nan
    try:
        return float(field)
    except ValueError:
        return math.nan


def _is_candidate(row):
    return all(map(math.isfinite, row)) and row[-1] in (0.0, 1.0)


def _is_missing(field):
    return field.strip().lower() in MISSING


def _filled(row, fields):
    """Return a row with 0 for what is missing."""
    pairs = zip(row, fields, strict=True)
    return [0.0 if _is_missing(field) else value for value, field in pairs]


def _fault(row, fields, columns):
    """Say which column of a bad row is at fault, what it holds and what it should."""
    column = next((j for j, v in enumerate(row) if not math.isfinite(v)), len(row) - 1)
    expected = "a finite number" if column < len(row) - 1 else "the label 0 or 1"
    field, remedy = fields[column], ""
    if _is_missing(field):
        remedy = HOW_TO_DROP
    elif "," in field:
        remedy = " with a decimal point"
    return (
        f"column {column + 1} ({_short(columns[column])}): found {_short(field)}, "
        f"expected {expected}{remedy}"
    )
