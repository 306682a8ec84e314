# SPDX-License-Identifier: BSD-3-Clause
import gzip
import io
import os
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpulsar._command_line import CommandError, lines
from skpulsar._command_line.lines import Lines


def lines_of(content):
    return Lines(io.BufferedReader(io.BytesIO(content)), "a.csv")


@given(
    st.lists(st.sampled_from([b"", b"a", b"bc,d", b"e" * 30]), max_size=12),
    st.integers(1, 40),
    st.integers(0, 3),
    st.booleans(),
)
def test_blocks_are_whole_lines_and_all_of_them(content, size, n_first, ended):
    text = b"\n".join(content) + b"\n" * ended
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", size)
        source = lines_of(text)
        first = [source.line() for _ in range(n_first)]
        blocks = list(source.blocks())
    expected = text.split(b"\n")
    expected = expected[:-1] if expected[-1] == b"" else expected
    first = [line for line in first if line is not None]
    assert first == expected[:n_first]
    assert b"".join(blocks) == text[sum(len(line) + 1 for line in first) :]
    assert all(block.endswith(b"\n") for block in blocks[:-1])


def test_windows_line_ends_and_the_end():
    source = lines_of(b"a,b\r\n1,2")
    assert [source.line() for _ in range(3)] == [b"a,b", b"1,2", None]


def test_gzip():
    content = b"1,2\n" * 10_000
    source = Lines(io.BufferedReader(io.BytesIO(gzip.compress(content))), "a.csv.gz")
    assert b"".join(source.blocks()) == content


def test_gzip_byte_by_byte():
    class Slow(io.BytesIO):
        def readinto(self, buffer):
            return super().readinto(memoryview(buffer)[:1])

    packed = gzip.compress(content := b"1,2\n" * 10)
    source = Lines(io.BufferedReader(Slow(packed)), "a.csv.gz")
    assert b"".join(source.blocks()) == content


@pytest.mark.parametrize("n_bytes", [3, 30])
def test_gzip_cut_short(n_bytes):
    packed = gzip.compress(os.urandom(100))[:n_bytes]
    with pytest.raises(CommandError, match=r"cannot read 'a\.csv': Compressed"):
        Lines(io.BufferedReader(io.BytesIO(packed)), "a.csv").line()


def test_a_line_without_an_end(monkeypatch):
    monkeypatch.setattr(lines, "BLOCK", 10)
    monkeypatch.setattr(lines, "LONGEST", 100)
    for read in (Lines.line, lambda source: list(source.blocks())):
        with pytest.raises(CommandError, match="line of more than 100 bytes"):
            read(lines_of(b"x" * 200))


def test_a_pause_holds_no_line_back():
    """What was written to a pipe is read before more is written."""
    reader, writer = os.pipe()
    seen = []

    def write():
        for text in (b"a\n1\n2", b"\n3\n", b"4\n5\n"):
            n_before = len(seen)
            os.write(writer, text)
            while len(seen) == n_before:
                pass
        os.close(writer)

    thread = Thread(target=write)
    thread.start()
    with open(reader, "rb") as stream:
        source = Lines(stream, "-")
        assert source.line() == b"a"
        for block in source.blocks():
            seen.append(block)
    thread.join()
    assert seen == [b"1\n", b"2\n3\n", b"4\n5\n"]
