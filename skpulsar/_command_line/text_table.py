# SPDX-License-Identifier: BSD-3-Clause
"""A table whose rows are lines of text with commas: CSV, and the data of ARFF."""

import pyarrow as pa
from pyarrow import csv

from skpulsar._command_line import CommandError
from skpulsar._command_line.faults import first_fault
from skpulsar._command_line.source import shown

# Words for a missing number; "nan" is one as well.
MISSING = [
    "",
    "?",
    " ?",
    "? ",
    "NA",
    "N/A",
    "n/a",
    "NULL",
    "null",
    "None",
    "NaN",
    "nan",
]


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

    quote : str, default='"'
        What encloses a field that has a comma in it.

    clean : callable, default=None
        Turns bytes of whole lines into those that are parsed.
    """

    texts = ()  # columns that are no features

    def __init__(self, lines, path, columns, *, quote='"', clean=None):
        self._lines, self._clean = lines, clean
        self.name, self.columns = shown(path), tuple(columns)
        self._parse_options = {"quote_char": quote}

    def batches(self, numbers, texts):
        """Yield record batches of columns that are to be numbers, in double, followed
        by columns that are taken as the text that they are. The first has no rows.

        Raises
        ------
        CommandError
            If a line has another number of fields, or a field is no number: it names
            row and column.
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
            if block.isspace():
                continue
            batch = self._parsed(block, n_rows, **options)
            n_rows += batch.num_rows
            yield batch.rename_columns([*numbers, *texts])

    def _parsed(self, block, n_rows, columns, types):
        """The record batch of a block of lines, which follows so many rows."""
        faulty = []

        def refuse(row):
            faulty.append(row)
            return "error"

        def read(types):
            return csv.read_csv(
                pa.BufferReader(block),
                csv.ReadOptions(
                    column_names=columns, use_threads=False, block_size=len(block) + 1
                ),
                csv.ParseOptions(**self._parse_options, invalid_row_handler=refuse),
                csv.ConvertOptions(
                    column_types=types,
                    include_columns=list(types),
                    null_values=MISSING,
                ),
            )

        try:
            table = read(types)
        except pa.ArrowInvalid as error:
            if faulty:
                fault = self._other_fields(faulty[0], n_rows)
            else:
                fields = read(dict.fromkeys(types, pa.binary()))
                fault = first_fault(fields, types, self.columns, n_rows)
            raise CommandError(f"{self.name}, {fault or error}") from error
        return (
            table.to_batches()[0] if table.num_rows else _empty(types.values(), types)
        )

    def _other_fields(self, row, n_rows):
        return (
            f"row {n_rows + row.number:,} has {row.actual_columns} fields separated by "
            f"commas, and the table has {row.expected_columns} columns"
        )


def _empty(types, names):
    arrays = [pa.array([], type_) for type_ in types]
    return pa.RecordBatch.from_arrays(arrays, names=list(names))
