# SPDX-License-Identifier: BSD-3-Clause
"""What holds of every table of the same rows."""

from itertools import combinations

import dask.dataframe as dd
import numpy as np
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from _tables import N_ROWS, NUMBERS, column, expected, packed, some_rows
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skpulsar._tables._table_of import table_of

properties = settings(derandomize=True, database=None, deadline=None, max_examples=50)
ROWS = some_rows()
LABELS = ROWS["label"].to_pylist()


def one_file(folder):
    pq.write_table(ROWS, folder / "rows.parquet")
    return folder / "rows.parquet"


def many_files(folder):
    for k, first in enumerate(range(0, N_ROWS, 90)):
        path = folder / f"{k}.parquet"
        pq.write_table(ROWS[first : first + 90], path, row_group_size=7 + 30 * k)
    return str(folder / "*.parquet")


SOURCES = {
    "one file": one_file,
    "many files": many_files,
    "streams": lambda _: lambda: ROWS.to_reader(max_chunksize=37),
    "dataframe": lambda _: ROWS,
    "query": lambda folder: pl.scan_parquet(one_file(folder)),
    "dataset": lambda folder: ds.dataset(one_file(folder).parent),
    "dask": lambda _: dd.from_pandas(ROWS.to_pandas(), chunksize=90),
}


@pytest.fixture(scope="module", params=SOURCES)
def table(request, tmp_path_factory):
    return table_of(SOURCES[request.param](tmp_path_factory.mktemp("rows")))


def test_columns_have_their_names(table):
    assert table.columns == tuple(ROWS.column_names)
    assert table.n_rows in (None, N_ROWS)
    assert table.starts[0] == 0
    assert list(table.starts) == sorted(set(table.starts))


def test_all_subsets_of_columns_are_read(table):
    for count in range(1, len(NUMBERS) + 1):
        for columns in combinations(NUMBERS, count):
            short = columns == ("single",)
            assert table.dtype(columns) == (np.float32 if short else np.float64)
            assert_array_equal(packed(table, columns), expected(ROWS, columns))
    with pytest.raises(TypeError, match="Column 'label' holds no numbers"):
        table.dtype(("double", "label"))


@properties
@given(st.integers(0, N_ROWS), st.integers(0, N_ROWS))
def test_any_rows_are_read(table, start, stop):
    columns = ("whole", "double")
    wanted = expected(ROWS, columns)[start:stop]
    assert_array_equal(packed(table, columns, start, stop), wanted)
    assert column(table, "label", start, stop).tolist() == LABELS[start:stop]


def test_reading_begins_at_starts(table):
    parts = zip(table.starts, [*table.starts[1:], None], strict=True)
    labels = np.concatenate([column(table, "label", *part) for part in parts])
    assert labels.tolist() == LABELS


def test_rows_without_columns_are_counted(table):
    assert sum(batch.n_rows for batch in table.read((), 30, 390)) == 360


def test_readings_do_not_disturb_each_other(table):
    pairs = zip(table.read(("whole",)), table.read(("whole",)), strict=True)
    for one, other in pairs:
        assert_array_equal(one.column("whole"), other.column("whole"))


def test_a_reading_may_be_left(table):
    for _ in range(5):
        next(table.read(("label",)))
    assert column(table, "label").tolist() == LABELS


def test_batches_say_where(table):
    assert all(batch.where for batch in table.read(("double",)))
