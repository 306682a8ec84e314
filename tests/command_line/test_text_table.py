# SPDX-License-Identifier: BSD-3-Clause
import io
import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpulsar._command_line import CommandError, lines
from skpulsar._command_line.lines import Lines
from skpulsar._command_line.text_table import MISSING, TextTable


def read(content, numbers, texts=(), columns="abc"):
    source = Lines(io.BufferedReader(io.BytesIO(content)), "a.csv")
    table = TextTable(source, "a.csv", columns)
    batches = list(table.batches(list(numbers), list(texts)))
    assert batches[0].num_rows == 0
    return pa.Table.from_batches(batches).to_pydict()


@given(
    st.lists(st.tuples(*[st.floats(allow_nan=False)] * 2), min_size=1),
    st.integers(1, 50),
)
def test_numbers_are_those_of_python(rows, block):
    content = "".join(f"{a!r},x, {b!r} \n" for a, b in rows).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", block)
        found = read(content, "ca")
    assert found == {"c": [b for _, b in rows], "a": [a for a, _ in rows]}


def test_text_is_as_it_is():
    found = read(b'007, y ,"1,5"\r\n\r\n,NA,""\r\n', "", "abc")
    assert found == {"a": ["007", ""], "b": [" y ", "NA"], "c": ["1,5", ""]}


@pytest.mark.parametrize("word", MISSING)
def test_missing_numbers(word):
    (value,) = read(f"{word},1,2\n".encode(), "a")["a"]
    assert value is None or math.isnan(value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"1,2,3\n\n1,2,x\n", "row 2, column 'c': found 'x', expected a number"),
        (b"y,2,3\n1,2,x\n", "row 1, column 'a': found 'y'"),
        (b"1;5,2,3\n", "row 1, column 'a': found '1;5'"),
        (
            b"1,2,3\n1,2\n",
            "row 2 has 2 fields separated by commas, and the table has 3",
        ),
        (b"1,2,3,4\n", "row 1 has 4 fields"),
        (b"?,2,3\n1,x,y\n", "row 2, column 'c': found 'y'"),
        (b"1,2,3\n \n1,2\n", "row 2 has 2 fields"),
        (b'1,"b,3\n4,"e,6\n', "row 1: a field in quotes does not end on its line"),
        (b'1,"b,3\n4,e,6\n', "row 1: a field in quotes"),
        (b'1,b,3\n4,"e""\n",6\n', "row 2: a field in quotes"),
        (b'1,b,"3\r\n4,e,"6\r\n', "row 1: a field in quotes"),
        (b"1,\xff,3\n", "row 1, column 'b': found '\ufffd', expected text in UTF-8"),
    ],
)
@pytest.mark.parametrize("n_before", [0, 7])
def test_faults_are_told_by_row_and_column(monkeypatch, content, words, n_before):
    monkeypatch.setattr(lines, "BLOCK", 2 if n_before else 100)
    row = int(words.split()[1].rstrip(",:"))
    words = words.replace(f"row {row}", f"row {row + n_before}", 1)
    with pytest.raises(CommandError, match=rf"^'a\.csv', {words}"):
        read(b"1,2,3\n" * n_before + content, "ac", "b")


@given(
    st.lists(st.sampled_from(['"', '""', ",", "x", "1", " ", "?"])).map("".join),
    st.lists(st.sampled_from([b"1,2,3\n", b'1,"x,""y",3\n', b'1,5" x,?\n', b" \n"])),
    st.integers(1, 50),
)
def test_no_row_is_lost_and_blocks_do_not_count(odd, lines_of_text, block):
    """Whatever quotes there are: a row is a line."""
    content = b"".join([*lines_of_text[::2], f"{odd}\n".encode(), *lines_of_text[1::2]])

    def outcome(size):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lines, "BLOCK", size)
            try:
                return read(content, "c", "b")
            except CommandError as error:
                return str(error)

    found = outcome(2**20)
    assert outcome(block) == found
    if isinstance(found, dict):
        n_rows = sum(not line.isspace() for line in content.splitlines() if line)
        assert len(found["c"]) == n_rows


def test_columns_nobody_asks_for_may_hold_anything():
    assert read(b"1,\xff,x\n", "a") == {"a": [1.0]}


def test_names_that_are_there_twice():
    assert read(b"1,2,3\n", "a", columns="axx") == {"a": [1.0]}


def test_blank_lines_only():
    assert read(b"\n \n", "a") == {"a": []}
    assert read(b"\n \n1,2,3\n\t\r\n4,5,6\n\r\n", "a") == {"a": [1.0, 4.0]}
    assert read(b"", "a") == {"a": []}
