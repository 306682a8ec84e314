# SPDX-License-Identifier: BSD-3-Clause
import os
from pathlib import Path

import pytest

from skpulsar._tables._paths import parquet_files

FILES = "b.parquet", "a.parquet", "c/d.parquet", "notes.txt", "[x].parquet"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    (tmp_path / "c").mkdir()
    for name in FILES:
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def names(paths, folder):
    files = parquet_files(paths)
    assert all(map(os.path.isabs, files))
    return [os.path.relpath(file, folder) for file in files]


@pytest.mark.parametrize(
    "paths, found",
    [
        ("a.parquet", ["a.parquet"]),
        (Path("c/d.parquet"), ["c/d.parquet"]),
        ("~/notes.txt", ["notes.txt"]),
        ("[x].parquet", ["[x].parquet"]),
        ("[ab].parquet", ["a.parquet", "b.parquet"]),
        ("~/**/d.parquet", ["c/d.parquet"]),
        (".", ["[x].parquet", "a.parquet", "b.parquet", "c/d.parquet"]),
        (["c", "b.parquet", "a*"], ["c/d.parquet", "b.parquet", "a.parquet"]),
    ],
)
def test_paths_are_found_in_order(folder, paths, found):
    assert names(paths, folder) == found


@pytest.mark.parametrize("path", ["z.parquet", "z*.parquet", ["a.parquet", "z"]])
def test_what_is_missing_is_named(path):
    with pytest.raises(FileNotFoundError, match="There is no Parquet file at 'z"):
        parquet_files(path)


def test_an_empty_list_and_addresses_are_refused():
    with pytest.raises(ValueError, match="list of paths is empty"):
        parquet_files([])
    with pytest.raises(ValueError, match=r"s3://x/y.parquet' is no path of a file"):
        parquet_files("s3://x/y.parquet")


def test_columns_in_names_of_folders_are_not_dropped_in_silence(folder):
    (folder / "year=2026").mkdir()
    (folder / "year=2026" / "a.parquet").touch()
    with pytest.raises(ValueError, match="folders named key=value"):
        parquet_files(folder)
    assert names("year=*/*.parquet", folder) == ["year=2026/a.parquet"]
