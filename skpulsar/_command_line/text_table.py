# SPDX-License-Identifier: BSD-3-Clause
"""A table whose rows are lines of text with commas: CSV, and the data of ARFF."""

import re

import pyarrow as pa
from pyarrow import csv

from skpulsar._command_line import CommandError
from skpulsar._command_line.faults import first_fault
from skpulsar._command_line.fields import MISSING, converted
from skpulsar._command_line.source import shown

# Fields in quotes; group 1 is there where the line ends and the field does not.
QUOTED = re.compile(rb'(?:^|,)"(?:[^"]|"")*(?:"(?!")|(\Z))')


class TextTable:
    """Rows that are read once, in record batches.

    Parameters
    ----------
    lines : Lines
        The lines of the rows.

    path : str
        Where they come from, for messages.

    columns : sequence of str
        The name of each field of a line.

    clean : callable, default=None
        Turns bytes of whole lines into those that are parsed.
    """

    texts = ()  # columns that are no features

    def __init__(self, lines, path, columns, *, clean=None):
        self._lines, self._clean = lines, clean
        self.name, self.columns = shown(path), tuple(columns)

    def batches(self, numbers, texts):
        """Yield record batches of columns that are to be numbers, in double, followed
        by columns that are taken as the text that they are. The first has no rows.

        Raises
        ------
        CommandError
            If a line has another number of fields, a field does not end on its line,
            or is no number: it names row and column.
        """
        # By place: names may be there twice, in columns that nobody asks for.
        places = [self.columns.index(name) for name in (*numbers, *texts)]
        types = [pa.float64()] * len(numbers) + [pa.string()] * len(texts)
        options = {
            "columns": [str(place) for place in range(len(self.columns))],
            "types": {str(p): type_ for p, type_ in zip(places, types, strict=True)},
        }
        n_rows = 0
        yield _empty(types, [*numbers, *texts])
        for block in self._lines.blocks():
            block = block if self._clean is None else self._clean(block)
            if not block.strip(b"\r\n"):
                continue  # Arrow refuses text without a row.
            batch = self._parsed(block, n_rows, **options)
            n_rows += batch.num_rows
            yield batch.rename_columns([*numbers, *texts])

    def _parsed(self, block, n_rows, columns, types):
        """The record batch of a block of lines, which follows so many rows."""
        faulty, blank = [], set()

        def refuse(row):
            if row.text.isspace():
                blank.add(row.number)
                return "skip"
            faulty.append(row)
            return "error"

        def read(types):
            return csv.read_csv(
                pa.BufferReader(block),
                csv.ReadOptions(
                    column_names=columns, use_threads=False, block_size=len(block) + 1
                ),
                csv.ParseOptions(invalid_row_handler=refuse),
                csv.ConvertOptions(
                    column_types=types,
                    include_columns=list(types),
                    null_values=MISSING,
                ),
            )

        try:
            table = read(types)
        except pa.ArrowInvalid as error:
            self._check_quotes(block, n_rows)
            if faulty:
                fault = self._other_fields(faulty[0], n_rows - len(blank))
                raise CommandError(f"{self.name}, {fault}") from error
            table = self._converted(
                read(dict.fromkeys(types, pa.binary())), types, n_rows
            )
        if b'"' in block and table.num_rows + len(blank) < _n_lines(block):
            self._check_quotes(block, n_rows)
        return (
            table.to_batches()[0] if table.num_rows else _empty(types.values(), types)
        )

    def _converted(self, fields, types, n_rows):
        """Fields in bytes as what they are to be, where words for missing values may
        have spaces around them."""
        fault = first_fault(fields, types, self.columns, n_rows)
        if fault is not None:
            raise CommandError(f"{self.name}, {fault}")
        columns = [
            converted(fields.column(place).combine_chunks(), type_)
            for place, type_ in types.items()
        ]
        return pa.table(columns, names=list(types))

    def _check_quotes(self, block, n_rows):
        """Refuse a quoted field that goes on in the next line: a row is a line, or
        where blocks end would tell which rows there are."""
        lines = filter(bytes.strip, block.splitlines())
        for row, line in enumerate(lines, start=n_rows + 1):
            if any(field[1] is not None for field in QUOTED.finditer(line)):
                raise CommandError(
                    f"{self.name}, row {row:,}: a field in quotes does not end on its "
                    "line"
                )

    def _other_fields(self, row, n_rows):
        return (
            f"row {n_rows + row.number:,} has {row.actual_columns} fields separated by "
            f"commas, and the table has {row.expected_columns} columns"
        )


def _n_lines(block):
    """How many lines have something in them."""
    return sum(map(bool, block.splitlines()))


def _empty(types, names):
    arrays = [pa.array([], type_) for type_ in types]
    return pa.RecordBatch.from_arrays(arrays, names=list(names))
