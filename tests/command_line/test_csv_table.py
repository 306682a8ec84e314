# SPDX-License-Identifier: BSD-3-Clause
import io

import pyarrow as pa
import pytest

from skpulsar._command_line import CommandError
from skpulsar._command_line.csv_table import csv_table
from skpulsar._command_line.lines import Lines


def table_of(content, names=None):
    source = Lines(io.BufferedReader(io.BytesIO(content)), "a.csv")
    return csv_table(source, "a.csv", names)


@pytest.mark.parametrize(
    "header",
    [
        b"a,b\n",
        b"a,b\r\n",
        b'"a","b"\n',
        b"\xef\xbb\xbfa,b\n",
        b"\n\n a ,b\n",
        b'\xef\xbb\xbf"a",b\n',
    ],
)
def test_names_of_columns(header):
    table = table_of(header + b"1,2\n")
    assert [name.strip() for name in table.columns] == ["a", "b"]
    found = pa.Table.from_batches(table.batches([table.columns[1]], []))
    assert found.column(0).to_pylist() == [2.0]


def test_names_that_are_given():
    table = table_of(b"1,2\n", ["a", "b"])
    assert pa.Table.from_batches(table.batches(["a"], [])).to_pydict() == {"a": [1.0]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a;b\n1;2\n", "separated by semicolons"),
        (b"a\tb\n", "separated by tabs"),
        (b"1.5,2\n", "--names"),
        ("a,b\n".encode("utf-16"), "UTF-16"),
        (b"PAR1\x15\x04", "--format arff or parquet"),
        (b"@relation x\n", "--format arff"),
        (b"a\0b\n", "is no CSV file"),
        (b"a,b\r1,2\r3,4\r", "end in carriage returns alone"),
    ],
)
def test_what_is_no_header(content, words):
    with pytest.raises(CommandError, match=words):
        table_of(content)
