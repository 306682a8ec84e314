# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pyarrow as pa
import pytest
from _tables import column
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skpulsar._tables import _protocol
from skpulsar._tables._streamed_table import StreamedTable

properties = settings(derandomize=True, database=None, deadline=None, max_examples=100)
SIZES = st.lists(st.integers(0, 40), max_size=6)


class Counting(StreamedTable):
    """Rows 0, 1, 2 and so on, in record batches of these sizes."""

    def __init__(self, sizes, n_rows=None):
        super().__init__(pa.schema({"x": pa.int64()}), "It", n_rows)
        self.sizes, self.given = sizes, 0

    def record_batches(self, columns):
        ends = np.cumsum(self.sizes)
        for end, size in zip(ends, self.sizes, strict=True):
            self.given += 1
            rows = pa.array(np.arange(end - size, end))
            yield pa.RecordBatch.from_pydict({"x": rows}), f"up to {end}"


@properties
@given(SIZES, st.integers(0, 250), st.none() | st.integers(0, 250))
def test_any_rows_are_cut_out_of_record_batches(sizes, start, stop):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_protocol, "MOST_ROWS", 16)
        table = Counting(sizes)
        wanted = np.arange(sum(sizes))[start:stop]
        assert_array_equal(column(table, "x", start, stop), wanted)
        assert max((b.n_rows for b in table.read(("x",))), default=0) <= 16


def test_nothing_is_read_beyond_the_last_row():
    table = Counting([5, 5, 5])
    assert len(column(table, "x", 2, 10)) == 8
    assert table.given == 2


def test_all_readings_to_the_end_have_the_same_number_of_rows():
    table = Counting([5, 5])
    assert (table.n_rows, table.starts) == (None, (0,))
    column(table, "x", 3)
    table.sizes = [5, 4]
    column(table, "x", 0, 9)
    for stop in (None, 10):
        with pytest.raises(ValueError, match="gave 9 rows, where 10 were counted"):
            column(table, "x", 0, stop)


def test_rows_may_be_counted_before():
    table = Counting([5, 5], n_rows=11)
    assert table.n_rows == 11
    with pytest.raises(ValueError, match="gave 10 rows, where 11 were counted"):
        column(table, "x")
