# SPDX-License-Identifier: BSD-3-Clause
"""A table in a CSV file: the names of its columns, and its rows."""

import csv

from skpulsar._command_line import CommandError
from skpulsar._command_line.source import shown
from skpulsar._command_line.text_table import TextTable

OTHERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
UTF_16 = b"\xff\xfe", b"\xfe\xff"


def csv_table(lines, path, names=None):
    """The table of a CSV file.

    Parameters
    ----------
    lines : Lines
        All its lines. The first names the columns, unless `names` does.

    path : str
        Where they come from, for messages.

    names : list of str, default=None
        The names of the columns.
    """
    if names is not None:
        return TextTable(lines, path, names)
    line = lines.line()
    while line is not None and not line.strip():
        line = lines.line()
    if line is None:
        raise CommandError(f"{shown(path)} is empty: expected a line of column names")
    if line.startswith(UTF_16):
        raise CommandError(f"{shown(path)} is text in UTF-16: save it as UTF-8")
    if line.startswith((b"PAR1", b"@relation", b"@RELATION")) or b"\0" in line:
        raise CommandError(
            f"{shown(path)} is no CSV file: say what it is, --format arff or parquet"
        )
    text = line.decode("utf-8-sig", errors="backslashreplace")
    found = _names(text, path)
    _check(found, text, path)
    return TextTable(lines, path, found)


def _names(text, path):
    """The fields of a first line."""
    try:
        return next(csv.reader([text]))
    except csv.Error as error:
        why = "its lines end in carriage returns alone" if "\r" in text else error
        raise CommandError(
            f"the first line of {shown(path)} cannot be read: {why}"
        ) from error


def _check(found, text, path):
    """Refuse a first line that names no columns."""
    for separator, word in OTHERS.items():
        if len(found) == 1 and separator in text:
            raise CommandError(
                f"the fields of {shown(path)} are separated by {word}, expected commas"
            )
    if found and all(map(_is_number, found)):
        raise CommandError(
            f"the first line of {shown(path)} names no columns but holds numbers: give "
            "their names, --names NAME,NAME,..."
        )


def _is_number(field):
    try:
        float(field)
    except ValueError:
        return False
    return True
