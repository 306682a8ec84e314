# SPDX-License-Identifier: BSD-3-Clause
import os

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from _tables import column, packed, pickled, some_rows
from numpy.testing import assert_array_equal

from skpulsar._tables import _protocol
from skpulsar._tables._lazy_frame import LazyFrameTable

ROWS = some_rows()
TEXT = ["hot", None, "cold", "hot"]


@pytest.fixture
def files(tmp_path):
    for k, first in enumerate(range(0, 400, 90)):
        path = tmp_path / f"{k}.parquet"
        pq.write_table(ROWS[first : first + 90], path, row_group_size=20)
    return str(tmp_path / "*.parquet")


def test_the_order_of_files_is_kept_through_a_query(files, monkeypatch):
    monkeypatch.setattr(_protocol, "MOST_ROWS", 31)
    query = pl.scan_parquet(files).filter(pl.col("whole") > 0)
    query = query.with_columns(pl.col("single") * 2)
    table = LazyFrameTable(query)
    wanted = ROWS.filter(np.asarray(ROWS["whole"]) > 0)
    for _ in range(5):
        assert_array_equal(column(table, "double"), wanted["double"])
    assert table.dtype(("single",)) == np.float32
    assert_array_equal(
        packed(table, ["single"])[:, 0], 2 * np.asarray(wanted["single"])
    )


def test_a_column_is_not_read_to_make_it(files):
    table = LazyFrameTable(failing(files))
    assert (table.columns, table.n_rows) == (tuple(ROWS.column_names), 400)
    assert_array_equal(column(table, "double"), ROWS["double"])


def failing(files):
    failing = pl.col("whole").map_batches(fail, return_dtype=pl.Int16)
    return pl.scan_parquet(files).with_columns(failing)


def fail(series):
    raise OSError("the disk is gone")


@pytest.mark.parametrize(
    "dtype", [pl.String, pl.Categorical, pl.Enum(["hot", "cold"])], ids=str
)
def test_labels_are_text(dtype):
    frame = pl.LazyFrame({"label": pl.Series(TEXT, dtype=dtype)})
    assert column(LazyFrameTable(frame), "label").tolist() == TEXT


@pytest.mark.parametrize(
    "dtype", [pl.Int8, pl.UInt64, pl.Float32, pl.Boolean, pl.Decimal(9, 2)], ids=str
)
def test_missing_numbers_are_nan(dtype):
    frame = pl.LazyFrame({"x": pl.Series([1, None, 0]).cast(dtype)})
    assert_array_equal(packed(LazyFrameTable(frame), ["x"])[:, 0], [1, np.nan, 0])


def test_a_pickle_of_a_query_of_files_holds_no_rows(files):
    again = pickled(LazyFrameTable(pl.scan_parquet(files)), 5000)
    assert_array_equal(column(again, "double"), ROWS["double"])


def test_other_rows_than_before_are_refused(files):
    table = LazyFrameTable(pl.scan_parquet(files))
    column(table, "double")
    os.remove(files.replace("*", "4"))
    pq.write_table(ROWS[:10], files.replace("*", "4"))
    with pytest.raises(ValueError, match="rows, where 400 were counted before"):
        column(table, "double")


def test_a_failing_query_is_a_value_error(files):
    table = LazyFrameTable(failing(files))
    words = r"The LazyFrame cannot be read: .*disk is gone"
    with pytest.raises(ValueError, match=words):
        column(table, "whole")
