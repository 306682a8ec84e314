# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pandas as pd
import polars as pl
import pytest
from _tables import NUMBERS, column, expected, packed, some_rows
from numpy.testing import assert_array_equal

from skpulsar._tables import _protocol
from skpulsar._tables._dataframes import DataFrameTable

ROWS = some_rows()
FRAMES = {
    "pyarrow": ROWS, "pandas": ROWS.to_pandas(), "polars": pl.from_arrow(ROWS),
    "indexed": ROWS.to_pandas().set_axis(np.arange(400) % 3),
}  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_dataframes_are_read_in_batches(frame, monkeypatch):
    monkeypatch.setattr(_protocol, "MOST_ROWS", 150)
    table = DataFrameTable(frame)
    assert (table.columns, table.n_rows) == (tuple(ROWS.column_names), 400)
    assert table.starts == (0, 150, 300)
    assert table.dtype(("single",)) == np.float32
    wanted = expected(ROWS, NUMBERS)[100:310]
    assert_array_equal(packed(table, NUMBERS, 100, 310), wanted)
    assert column(table, "label").tolist() == ROWS["label"].to_pylist()


def test_names_are_str_and_had_once():
    with pytest.raises(TypeError, match="has a column 0, whose name is no str"):
        DataFrameTable(pd.DataFrame(np.eye(2)))
    with pytest.raises(ValueError, match="unique column names"):
        DataFrameTable(pd.DataFrame(np.eye(2), columns=["a", "a"]))
