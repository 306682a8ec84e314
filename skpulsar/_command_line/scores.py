# SPDX-License-Identifier: BSD-3-Clause
"""Scores as CSV or Parquet, written batch by batch."""

import csv
import io
import os
import sys
from contextlib import contextmanager

import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from skpulsar._command_line import CommandError
from skpulsar._replace import replacing


@contextmanager
def writer_to(path, schema):
    """A callable that writes record batches of a schema to a file, or as CSV to
    standard output where `path` is None.

    A file appears under its name when all is written, and not at all after an error.

    Raises
    ------
    CommandError
        If the file cannot be written.
    """
    if path is None:
        yield CsvWriter(sys.stdout.buffer, schema).write
        return
    try:
        with replacing(path) as file:
            if path.lower().endswith((".parquet", ".pq")):
                with parquet.ParquetWriter(file, schema) as writer:
                    yield writer.write_batch
            else:
                yield CsvWriter(file, schema).write
    except OSError as error:
        raise CommandError(
            f"cannot write {path!r}: {error.strerror or error}"
        ) from error


class CsvWriter:
    """Lines of CSV; those of a batch are out when `write` returns."""

    def __init__(self, file, schema):
        self._file = file
        for field in schema:
            _check_type(field)
        header = io.StringIO()
        csv.writer(header, lineterminator="\n").writerow(schema.names)
        self._file.write(header.getvalue().encode())

    def write(self, batch):
        try:
            lines = _lines(batch, "none")
        except pa.ArrowInvalid:  # Some text has to be quoted; arrow then quotes all.
            lines = _lines(batch, "needed")
        self._file.write(lines)
        self._file.flush()


def _check_type(field):
    """Refuse a column that is kept, and has no form in CSV, before rows are written."""
    try:
        empty = pa.record_batch([pa.array([], field.type)], names=[field.name])
        _lines(empty, "needed")
    except pa.ArrowException as error:
        raise CommandError(
            f"--keep {field.name!r:.80}: CSV has no form for {field.type!s:.60}: give "
            "-o a name that ends in .parquet"
        ) from error


def _lines(batch, quoting):
    lines = pa.BufferOutputStream()
    options = arrow_csv.WriteOptions(include_header=False, quoting_style=quoting)
    arrow_csv.write_csv(batch, lines, options)
    return memoryview(lines.getvalue())


def check_place(path, *inputs):
    """Refuse to write to a folder, one of some files that are read, or compressed
    text."""
    if os.path.isdir(path):
        raise CommandError(f"cannot write {path!r}: it is a folder")
    if path.lower().endswith(".gz"):
        raise CommandError(f"cannot write {path!r}: output is not compressed by gzip")
    for other in inputs:
        if os.path.exists(path) and os.path.exists(other):
            if os.path.samefile(path, other):
                raise CommandError(f"{path!r} is read: write to another file")
