# SPDX-License-Identifier: BSD-3-Clause
"""Files that are written whole or not at all; tests/study has more of `replace`."""

import os

import pytest

from skpulsar._replace import replace, replacing


@pytest.mark.parametrize("old", [None, b"earlier"])
def test_a_file_appears_when_it_is_complete(tmp_path, old):
    path = tmp_path / "a"
    if old:
        path.write_bytes(old)
    with replacing(path) as file:
        file.write(b"one ")
        assert (path.read_bytes() if path.exists() else None) == old
        file.write(b"two")
    assert path.read_bytes() == b"one two"
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
def test_an_error_leaves_what_was_there(tmp_path, error):
    path = tmp_path / "a"
    replace(path, b"earlier")
    with pytest.raises(error), replacing(path) as file:
        file.write(b"one")
        raise error
    assert path.read_bytes() == b"earlier"
    assert os.listdir(tmp_path) == ["a"]
