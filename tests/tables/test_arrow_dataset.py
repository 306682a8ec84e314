# SPDX-License-Identifier: BSD-3-Clause
import os

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from _tables import NUMBERS, column, expected, packed, pickled, some_rows
from numpy.testing import assert_array_equal

from skpulsar._tables._arrow_dataset import DatasetTable

ROWS = some_rows()


@pytest.fixture
def files(tmp_path):
    """Of which the first in order is not the first by name."""
    paths = [str(tmp_path / f"{k}.parquet") for k in (3, 1, 2)]
    for path, first in zip(paths, (0, 150, 300), strict=True):
        pq.write_table(ROWS[first : first + 150], path, row_group_size=40)
    return paths


def test_fragments_keep_their_order(files):
    table = DatasetTable(ds.dataset(files))
    assert_array_equal(packed(table, NUMBERS), expected(ROWS, NUMBERS))
    assert next(table.read(("flag",), 160)).where == f"file {files[1]}"


def test_filters_and_options_are_respected(files):
    options = ds.ParquetFragmentScanOptions(pre_buffer=True)
    parquet = ds.ParquetFileFormat(default_fragment_scan_options=options)
    dataset = ds.dataset(files, format=parquet).filter(ds.field("whole") > 0)
    wanted = ROWS.filter(np.asarray(ROWS["whole"]) > 0)
    assert_array_equal(column(DatasetTable(dataset), "double"), wanted["double"])
    assert options.pre_buffer


def test_columns_may_come_from_names_of_folders(tmp_path):
    for year in (2025, 2026):
        (tmp_path / f"year={year}").mkdir()
        pq.write_table(ROWS[:3], tmp_path / f"year={year}" / "a.parquet")
    table = DatasetTable(ds.dataset(tmp_path, partitioning="hive"))
    assert column(table, "year").tolist() == 3 * [2025] + 3 * [2026]


def test_other_formats_are_read(tmp_path):
    pa.csv.write_csv(ROWS, tmp_path / "rows.csv")
    table = DatasetTable(ds.dataset(tmp_path, format="csv"))
    assert_array_equal(
        packed(table, ["double", "gaps"]), expected(ROWS, ["double", "gaps"])
    )
    union = ds.dataset([ds.dataset(ROWS), ds.dataset(ROWS)])
    assert_array_equal(
        column(DatasetTable(union), "whole"), 2 * ROWS["whole"].to_pylist()
    )


def test_names_with_dots_are_names():
    rows = pa.table({"a": [1.0], "a.b": [2.0], "a.b.c": [3.0]})
    table = DatasetTable(ds.dataset(rows))
    assert_array_equal(packed(table, ["a.b", "a", "a.b.c"]), [[2, 1, 3]])


def test_a_pickle_holds_no_rows(files):
    again = pickled(DatasetTable(ds.dataset(files)), 9000)
    assert_array_equal(column(again, "double"), ROWS["double"])


def test_a_file_that_changed_is_named(files):
    table = DatasetTable(ds.dataset(files))
    column(table, "double")
    status = os.stat(files[1])
    os.utime(files[1], ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    with pytest.raises(ValueError, match=rf"The file {files[1]} has changed since the"):
        column(table, "double")
    os.remove(files[1])
    with pytest.raises(ValueError, match=rf"The file {files[1]} has changed since the"):
        column(table, "double")


def test_a_file_that_cannot_be_read_is_named(files):
    with open(files[2], "r+b") as file:
        file.seek(4)
        file.write(b"\xff" * 2000)
    for dataset in (ds.dataset(files), ds.dataset(files).filter(ds.field("whole") > 0)):
        with pytest.raises(ValueError, match=rf"File {files[2]} cannot be read: "):
            column(DatasetTable(dataset), "double")
