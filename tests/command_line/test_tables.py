# SPDX-License-Identifier: BSD-3-Clause
from types import SimpleNamespace

import pytest
from _commands import FORMATS, candidates, save

from skpulsar._command_line import CommandError
from skpulsar._command_line.tables import find, format_of, table_of


@pytest.mark.parametrize(
    ("path", "format"),
    [
        ("a.csv", "csv"),
        ("A.CSV.GZ", "csv"),
        ("a.b.arff", "arff"),
        ("a.pq", "parquet"),
        ("a/b.parquet", "parquet"),
        ("-", "csv"),
    ],
)
def test_formats_by_name(path, format):
    assert format_of(path) == format


@pytest.mark.parametrize("path", ["a", "a.csv.bz2", "/dev/fd/63", "csv/a", "."])
def test_names_that_say_nothing(path):
    with pytest.raises(CommandError, match="give --format csv, arff or parquet"):
        format_of(path)


@FORMATS
def test_format_before_name(tmp_path, end):
    rows = candidates()
    path = save(tmp_path / f"a.{end}", rows)
    (tmp_path / "b.csv").write_bytes((tmp_path / f"a.{end}").read_bytes())
    with table_of(str(tmp_path / "b.csv"), end) as table:
        assert list(table.columns) == rows.column_names
    with table_of(path) as table:
        assert list(table.columns) == rows.column_names


@pytest.mark.parametrize("path", ["a.arff", "a.parquet"])
def test_names_are_for_csv(path):
    with pytest.raises(CommandError, match="--names is for CSV"):
        with table_of(path, names=["a"]):
            pass


def test_columns_are_found_by_name():
    table = SimpleNamespace(
        columns=(" a", "b", "b ", "c", "c", "d"), texts=("%",), name="t"
    )
    assert find(["b", "d ", "a", "%"], table) == ["b", "d", " a", "%"]
    with pytest.raises(CommandError, match="t has 2 columns 'c'"):
        find(["c"], table)
    with pytest.raises(CommandError, match="t has 2 columns ' b'"):
        find([" b"], table)
    with pytest.raises(
        CommandError, match="t has no column 'e'; its columns are ' a', 'b'"
    ):
        find(["e"], table)
