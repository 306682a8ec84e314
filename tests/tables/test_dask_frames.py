# SPDX-License-Identifier: BSD-3-Clause

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from _tables import NUMBERS, column, expected, packed, pickled, some_rows
from numpy.testing import assert_array_equal

from skpulsar._tables._dask_frames import DaskFrameTable

ROWS = some_rows()
pytestmark = pytest.mark.filterwarnings(  # dask asks pandas in an old way
    "ignore:The inplace keyword in DataFrame.reset_index"
)


@pytest.fixture
def frame(tmp_path):
    for k, first in enumerate(range(0, 400, 90)):
        pq.write_table(ROWS[first : first + 90], tmp_path / f"{k}.parquet")
    return dd.read_parquet(tmp_path)


def test_partitions_are_read_in_order(frame):
    table = DaskFrameTable(frame)
    assert table.columns == tuple(ROWS.column_names)
    assert table.dtype(("single",)) == np.float32
    assert_array_equal(packed(table, NUMBERS), expected(ROWS, NUMBERS))
    assert (
        column(table, "label", 100, 300).tolist() == ROWS["label"].to_pylist()[100:300]
    )
    assert next(table.read(("flag",), 100)).where == "partition 1"


def test_partitions_may_be_empty(frame):
    wanted = ROWS["double"].to_pandas()
    wanted = wanted[wanted > 2]
    table = DaskFrameTable(frame[frame["double"] > 2])
    assert_array_equal(column(table, "double"), wanted)
    assert len(column(DaskFrameTable(frame[frame["double"] > 99]), "double")) == 0


def test_labels_may_be_categories(frame):
    table = DaskFrameTable(frame.astype({"label": "category"}))
    assert column(table, "label").tolist() == ROWS["label"].to_pylist()


def test_a_pickle_holds_no_rows(frame):
    again = pickled(DaskFrameTable(frame), 20_000)
    assert_array_equal(column(again, "double"), ROWS["double"])


def test_a_partition_of_another_type_is_named(frame):
    meta = pd.DataFrame({"x": pd.Series(dtype=float)})
    texts = frame.map_partitions(lambda part: pd.DataFrame({"x": ["a"]}), meta=meta)
    with pytest.raises(ValueError, match=r"Column 'x' has .* in partition 0, but dask"):
        column(DaskFrameTable(texts), "x")


def test_a_partition_of_longer_numbers_is_named():
    """They would be rounded to what was promised."""
    numbers = dd.from_pandas(pd.DataFrame({"x": [0.1, 0.2]}), npartitions=1)
    for meta, refused in ((np.float32, True), (np.float64, False)):
        meta = pd.DataFrame({"x": pd.Series(dtype=meta)})
        table = DaskFrameTable(numbers.map_partitions(lambda part: part, meta=meta))
        if refused:
            with pytest.raises(ValueError, match="'x' has double in partition 0, but"):
                column(table, "x")
        else:
            assert column(table, "x").tolist() == [0.1, 0.2]


def test_names_are_str():
    with pytest.raises(TypeError, match="has a column 0, whose name is no str"):
        DaskFrameTable(dd.from_pandas(pd.DataFrame(np.eye(2)), npartitions=1))
