# SPDX-License-Identifier: BSD-3-Clause
"""The first field of some text that is not what its column holds."""

import reprlib

import pyarrow as pa

from skpulsar._command_line.fields import converted

_short = reprlib.Repr()
_short.maxstring = 50


def first_fault(fields, types, names, n_rows):
    """Say where it is, and what it holds; None where there is no such field.

    Parameters
    ----------
    fields : pyarrow.Table
        The text, as bytes; columns are called by their places.

    types : dict
        What columns are to hold, by place: float64 or string.

    names : sequence of str
        The names of all columns, by place.

    n_rows : int
        How many rows come before.
    """
    faults = []
    for place, type_ in types.items():
        column = fields.column(place).combine_chunks()
        row = _first(column, type_)
        if row is not None:
            faults.append((row, int(place), type_))
    if not faults:
        return None
    row, place, type_ = min(faults, key=lambda fault: fault[:2])
    value = fields.column(str(place))[row].as_py().decode(errors="replace")
    expected = "a number" if type_ == pa.float64() else "text in UTF-8"
    return (
        f"row {n_rows + row + 1:,}, column {names[place]!r:.80}: found "
        f"{_short.repr(value)}, expected {expected}"
    )


def _first(column, type_):
    """The first of them that cannot become what it should; None where all can."""
    if _becomes(column, type_):
        return None
    start, stop = 0, len(column)
    while stop - start > 1:
        middle = (start + stop) // 2
        if _becomes(column[start:middle], type_):
            start = middle
        else:
            stop = middle
    return start


def _becomes(column, type_):
    try:
        converted(column, type_)
    except pa.ArrowInvalid:
        return False
    return True
