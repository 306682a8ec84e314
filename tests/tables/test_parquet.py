# SPDX-License-Identifier: BSD-3-Clause
import pickle
from itertools import pairwise
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from _tables import NUMBERS, column, expected, packed, some_rows
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skpulsar._tables._parquet import ParquetTable

properties = settings(derandomize=True, database=None, deadline=None, max_examples=20)


@pytest.fixture
def write(tmp_path):
    def write(name, rows, **options):
        pq.write_table(rows, tmp_path / f"{name}.parquet", **options)
        return tmp_path / f"{name}.parquet"

    return write


def test_starts_are_row_groups_with_rows(tmp_path, write):
    rows = some_rows()
    write("a", rows[:100], row_group_size=60)
    write("b", rows[:0])
    with pq.ParquetWriter(tmp_path / "c.parquet", rows.schema) as file:
        for part in (rows[:0], rows[100:130], rows[:0], rows[130:], rows[:0]):
            file.write_table(part)
    write("d", rows[:0])
    table = ParquetTable(tmp_path)
    assert (table.n_rows, table.starts) == (400, (0, 60, 100, 130))
    assert_array_equal(packed(table, ["double"])[:, 0], rows["double"])


@properties
@given(st.data())
def test_any_grouping_is_the_same_rows(data):
    rows = some_rows(300)
    n_rows = st.integers(0, 300)
    cuts = sorted(data.draw(st.lists(n_rows, max_size=4)))
    with TemporaryDirectory() as folder:
        for k, (first, end) in enumerate(pairwise([0, *cuts, 300])):
            size = data.draw(st.integers(1, 300))
            part = rows[first:end].select(data.draw(st.permutations(rows.column_names)))
            pq.write_table(part, f"{folder}/{k}.parquet", row_group_size=size)
        table = ParquetTable(folder)
        assert table.n_rows == 300
        start, stop = data.draw(n_rows), data.draw(st.none() | n_rows)
        wanted = expected(rows, NUMBERS)[start:stop]
        assert_array_equal(packed(table, NUMBERS, start, stop), wanted)
        labels = rows["label"].to_pylist()[start:stop]
        assert column(table, "label", start, stop).tolist() == labels
        for first in table.starts:
            batch = next(table.read(("double",), first))
            assert batch.column("double")[0] == rows["double"][first].as_py()


def test_no_rows_are_no_starts(write):
    table = ParquetTable(write("a", some_rows()[:0]))
    assert (table.n_rows, table.starts) == (0, ())
    assert list(table.read(("double",))) == []


def test_no_columns_are_rows_all_the_same(write):
    table = ParquetTable(write("a", some_rows(), row_group_size=300))
    assert [batch.n_rows for batch in table.read((), 100)] == [200, 100]


def test_columns_may_be_in_any_order_and_of_types_of_a_kind(write):
    one = pa.table({"x": np.arange(3, dtype="f4"), "y": ["a", "b", "c"]})
    label = pa.array(["d", None]).dictionary_encode()
    two = pa.table({"y": label, "x": pa.array([3, None], pa.int64())})
    three = pa.table({"x": pa.nulls(1), "y": pa.nulls(1)})
    files = [write(str(k), rows) for k, rows in enumerate([three, one, two])]
    table = ParquetTable(files)
    assert (table.columns, table.dtype(("x",))) == (("x", "y"), np.float64)
    assert_array_equal(packed(table, ["x"])[:, 0], [np.nan, 0, 1, 2, 3, np.nan])
    assert column(table, "y").tolist() == [None, "a", "b", "c", "d", None]


@pytest.mark.parametrize(
    "other, words",
    [
        ({"x": [1.0]}, "b.parquet has no column 'y', unlike the first file"),
        ({"x": [1.0], "y": [0], "z": [0]}, "b.parquet has a column 'z', unlike"),
        ({"x": [1.0], "y": ["a"]}, "b.parquet has string in column 'y', files before"),
    ],
)
def test_a_file_with_other_columns_is_named(write, other, words):
    files = [write("a", pa.table({"x": [0.0], "y": [1]})), write("b", pa.table(other))]
    with pytest.raises(ValueError, match=words):
        ParquetTable(files)


def test_names_with_dots_are_names(write):
    rows = pa.table({"a": [1.0], "a.b": [2.0], "a.b.c": [3.0]})
    table = ParquetTable(write("a", rows))
    assert_array_equal(packed(table, ["a.b", "a", "a.b.c"]), [[2, 1, 3]])


def test_a_pickle_holds_no_rows_and_knows_a_changed_file(write):
    table = ParquetTable(write("a", some_rows()))
    stored = pickle.dumps(table)
    assert len(stored) < 1000
    assert_array_equal(column(pickle.loads(stored), "whole"), some_rows()["whole"])
    write("a", some_rows()[:9])
    with pytest.raises(ValueError, match=r"a.parquet has changed since"):
        column(pickle.loads(stored), "whole")


def test_the_key_tells_contents_apart(tmp_path, write):
    path, rows = write("a", some_rows()), some_rows()
    table = ParquetTable(path)
    key = table.key()
    assert ParquetTable(str(path)).key() == key
    assert ParquetTable([path, write("b", rows)]).key() != key
    write("a", rows[:100])
    assert ParquetTable(path).key() != key
    with pytest.raises(ValueError, match=r"a\.parquet has changed"):
        table.key()
