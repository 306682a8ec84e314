# SPDX-License-Identifier: BSD-3-Clause
"""A table in a Parquet file."""

import pyarrow as pa
from pyarrow import parquet

from skpulsar._command_line import CommandError
from skpulsar._command_line.source import STANDARD_INPUT, shown, unreadable

BATCH = 2**16  # rows
BUFFER = 2**20  # bytes of a column that are read at once


class ParquetTable:
    """Rows that are read row group by row group, in record batches.

    The columns in which pandas keeps an index are no features, and have to be asked
    for.

    Parameters
    ----------
    stream : binary stream
        The file. Its end says what is in it: a pipe is read as a whole, into memory.

    path : str
        Where it comes from, for messages.
    """

    def __init__(self, stream, path):
        self._path, self.name = path, shown(path)
        try:
            if path == STANDARD_INPUT or not stream.seekable():
                source = pa.BufferReader(stream.read())
            else:
                source = pa.OSFile(path)  # It is read without Python.
            self._file = parquet.ParquetFile(
                source, pre_buffer=False, buffer_size=BUFFER
            )
        except (OSError, pa.ArrowException) as error:
            raise unreadable(path, error) from error
        schema = self._file.schema_arrow
        index = (schema.pandas_metadata or {}).get("index_columns", [])
        self.columns = tuple(name for name in schema.names if name not in index)
        self.texts = tuple(name for name in schema.names if name in index)

    def batches(self, numbers, texts):
        """Yield record batches of columns of numbers, each of its own type or double,
        followed by others, as they are. The first has no rows.

        Raises
        ------
        CommandError
            If a column that is to hold numbers does not.
        """
        schema = self._file.schema_arrow
        for name in numbers:
            if not _holds_numbers(type_ := schema.field(name).type):
                raise CommandError(
                    f"{self.name}, column {name!r:.80}: holds {type_!s:.60}, expected "
                    "numbers"
                )
        columns = [*numbers, *texts]
        for batch in self._read(columns):
            arrays = [_plain(batch.column(name)) for name in numbers]
            arrays += [batch.column(name) for name in texts]
            yield pa.RecordBatch.from_arrays(arrays, names=columns)

    def _read(self, columns):
        types = [self._file.schema_arrow.field(name).type for name in columns]
        none = [pa.array([], type_) for type_ in types]
        yield pa.RecordBatch.from_arrays(none, names=columns)
        try:
            yield from self._file.iter_batches(BATCH, columns=columns)
        except (OSError, pa.ArrowException) as error:
            raise unreadable(self._path, error) from error


def _holds_numbers(type_):
    kinds = "is_integer", "is_floating", "is_boolean", "is_decimal"
    if pa.types.is_dictionary(type_):
        type_ = type_.value_type
    return any(getattr(pa.types, kind)(type_) for kind in kinds)


def _plain(array):
    """Single and double precision as they are, and all other numbers as doubles."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    plain = pa.types.is_float32(array.type) or pa.types.is_float64(array.type)
    return array if plain else array.cast(pa.float64(), safe=False)
