# SPDX-License-Identifier: BSD-3-Clause
"""The text of HTRU2, in any of its public layouts, as one table of numbers."""

import csv
import io
import math
import reprlib
from array import array

import numpy as np

from skpulsar.datasets._htru2_facts import FEATURE_NAMES

COLUMNS = (*FEATURE_NAMES, "target")

# Names and fields in messages, cut in the middle where they are long.
_short = reprlib.Repr()
_short.maxstring = 100


def read_table(content, name):
    """Parse comma-separated pulsar candidates, with a header line or without one.

    A byte order mark, any line ending, quoted fields and blank lines are accepted.

    Parameters
    ----------
    content : bytes
        The file.

    name : str
        What messages call it.

    Returns
    -------
    table : ndarray of shape (n_samples, 9), float64
        The eight features and, last, the label 0 or 1. All values are finite.

    Raises
    ------
    ValueError
        At the first line that is not nine finite numbers, the last of them 0 or 1,
        naming line and column; or when there is no such line at all.
    """
    # Bytes that are not UTF-8 may stand in a header; elsewhere they are no number.
    lines = io.StringIO(content.decode("utf-8-sig", errors="replace"), newline=None)
    numbers = array("d")
    may_be_header = True
    for line_number, line in enumerate(lines, start=1):
        if line.isspace():
            continue
        fields = _fields(line)
        if len(fields) != len(COLUMNS):
            raise ValueError(
                f"{_short.repr(name)}, line {line_number}: found {len(fields)} "
                f"comma-separated fields, expected {len(COLUMNS)}"
            )
        is_header = may_be_header and all(map(_is_name, fields))
        may_be_header = False
        if is_header:
            continue
        row = list(map(_number, fields))
        if not all(map(math.isfinite, row)) or row[-1] not in (0.0, 1.0):
            where = f"{_short.repr(name)}, line {line_number}"
            raise ValueError(f"{where}, {_fault(fields, row)}")
        numbers.extend(row)
    if not numbers:
        raise ValueError(
            f"{_short.repr(name)} has no rows: expected lines of {len(COLUMNS)} "
            "comma-separated numbers, from line 1 on or below one header line"
        )
    return np.array(numbers).reshape(-1, len(COLUMNS))


def _fields(line):
    try:
        return next(csv.reader([line], skipinitialspace=True))
    except csv.Error:  # a field of more than csv.field_size_limit() characters
        return [line]


def _is_name(field):
    """Whether a field can stand in a header: neither empty nor a number, nan included.

    One number in the first line makes it a row, so that a damaged first row is an error
    and not a header.
    """
    try:
        float(field)
    except ValueError:
        return bool(field.strip())
    return False


def _number(field):
    """Return the value of a field, nan where it is not a plain decimal number."""
    # float would take 1_000 and the digits of other scripts as well.
    if "_" in field or not field.isascii():
        return math.nan
    try:
        return float(field)
    except ValueError:
        return math.nan


def _fault(fields, row):
    """Say which column of a bad row is at fault, what it holds and what it should."""
    column = next((j for j, v in enumerate(row) if not math.isfinite(v)), len(row) - 1)
    expected = "a finite number" if column < len(row) - 1 else "the label 0 or 1"
    return (
        f"column {column + 1} ({COLUMNS[column]}): found "
        f"{_short.repr(fields[column])}, expected {expected}"
    )
