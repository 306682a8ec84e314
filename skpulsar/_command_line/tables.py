# SPDX-License-Identifier: BSD-3-Clause
"""Opens the table that a name stands for, and finds columns in it."""

from contextlib import contextmanager

from skpulsar._command_line import CommandError
from skpulsar._command_line.arff_table import ArffTable
from skpulsar._command_line.csv_table import csv_table
from skpulsar._command_line.lines import Lines
from skpulsar._command_line.parquet_table import ParquetTable
from skpulsar._command_line.source import STANDARD_INPUT, opened, shown

FORMATS = "csv", "arff", "parquet"


@contextmanager
def table_of(path, format=None, names=None):
    """The table of a file or, for "-", of standard input.

    Parameters
    ----------
    path : str

    format : {"csv", "arff", "parquet"}, default=None
        None: what the file's name says, and CSV of standard input.

    names : list of str, default=None
        The names of the columns of CSV that has no line of them.

    Raises
    ------
    CommandError
        If it cannot be read, or the format is not known.
    """
    format = format or format_of(path)
    if names is not None and format != "csv":
        raise CommandError(f"--names is for CSV, and {shown(path)} is {format.upper()}")
    with opened(path) as stream:
        if format == "parquet":
            yield ParquetTable(stream, path)
        elif format == "arff":
            yield ArffTable(Lines(stream, path), path)
        else:
            yield csv_table(Lines(stream, path), path, names)


def format_of(path):
    """The format that the name of a file says."""
    if path == STANDARD_INPUT:
        return "csv"
    end = path.lower().removesuffix(".gz").rpartition(".")[2]
    found = "parquet" if end == "pq" else end
    if found not in FORMATS:
        raise CommandError(
            f"the name {path!r} does not say what the table is: give --format csv, "
            "arff or parquet"
        )
    return found


def find(names, table):
    """These columns as the table spells them.

    Spaces around a name do not count where nothing else tells columns apart: headers
    of CSV files have them behind commas.

    Raises
    ------
    CommandError
        If a column is not there, or more than once.
    """
    return [_find(name, table) for name in names]


def _find(name, table):
    columns = [*table.columns, *table.texts]
    found = [each for each in columns if each == name]
    found = found or [each for each in columns if each.strip() == name.strip()]
    if len(found) == 1:
        return found[0]
    if found:
        raise CommandError(f"{table.name} has {len(found)} columns {name!r:.80}")
    raise CommandError(
        f"{table.name} has no column {name!r:.80}; its columns are "
        f"{', '.join(map(repr, table.columns)):.150}"
    )
