# SPDX-License-Identifier: BSD-3-Clause
import sys

import pytest
from _commands import standard_input

from skpulsar._command_line import CommandError
from skpulsar._command_line.source import opened, shown


def test_a_file_and_standard_input(monkeypatch, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"1")
    with opened(str(path)) as stream:
        assert stream.read() == b"1"
    assert stream.closed
    standard_input(monkeypatch, b"2")
    with opened("-") as stream:
        assert stream.read() == b"2"
    assert not stream.closed
    assert shown("-") == "standard input"


@pytest.mark.parametrize("path", ["nowhere.csv", ".", "a\0b"])
def test_what_cannot_be_opened(path):
    with pytest.raises(CommandError, match=r"^cannot read '"), opened(path):
        pass


def test_closed_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(CommandError, match="closed"), opened("-"):
        pass
