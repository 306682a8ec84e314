# SPDX-License-Identifier: BSD-3-Clause
import pickle

import pyarrow as pa
import pytest
from _tables import column, expected, packed, some_rows
from numpy.testing import assert_array_equal

from skpulsar._tables._arrow_streams import ArrowStreams

ROWS = some_rows()


def reader(rows=ROWS):
    return rows.to_reader(max_chunksize=70)


def one_after_the_other(*streams):
    """A callable that opens these, the first of them twice: to look at, and to read."""
    left = [streams[0], *streams]
    return lambda: left.pop(0)


def test_streams_are_opened_for_every_reading():
    opened = []
    table = ArrowStreams(lambda: opened.append(0) or reader())
    assert (table.columns, table.n_rows) == (tuple(ROWS.column_names), None)
    for _ in range(2):
        assert_array_equal(
            packed(table, ["double", "gaps"]), expected(ROWS, ["double", "gaps"])
        )
    assert len(opened) == 3
    batches = list(table.read(("label",), 100, 150))
    assert [batch.where for batch in batches] == [
        "batch 1 of the stream",
        "batch 2 of the stream",
    ]


def test_any_stream_will_do():
    polars = pytest.importorskip("polars")
    for stream in (ROWS, polars.from_arrow(ROWS), ROWS.to_pandas()):
        assert_array_equal(
            column(ArrowStreams(lambda s=stream: s), "whole"), ROWS["whole"]
        )


def test_a_pickle_holds_the_callable_and_the_number_of_rows():
    table = ArrowStreams(reader)
    column(table, "whole")
    again = pickle.loads(pickle.dumps(table))
    assert_array_equal(column(again, "whole"), ROWS["whole"])


def test_a_reader_that_is_exhausted_is_refused():
    stream = reader()
    table = ArrowStreams(lambda: stream)
    assert_array_equal(column(table, "whole"), ROWS["whole"])
    with pytest.raises(ValueError, match=r"gave 0 rows, where 400 .* before. The call"):
        column(table, "whole")


def test_another_number_of_rows_is_refused():
    table = ArrowStreams(one_after_the_other(ROWS, ROWS[:10], ROWS[10:]))
    column(table, "whole")
    column(table, "whole", 0, 5)
    with pytest.raises(ValueError, match="gave 390 rows, where 400 were counted"):
        column(table, "whole")


@pytest.mark.parametrize(
    "other, words",
    [
        (ROWS.drop_columns(["flag"]), "'flag' was bool, now it is absent"),
        (ROWS.append_column("x", ROWS["flag"]), "'x' was absent, now it is bool"),
        (ROWS.set_column(0, "double", ROWS["whole"]), "'double' was double, now it is"),
    ],
)
def test_another_schema_is_refused(other, words):
    table = ArrowStreams(one_after_the_other(ROWS, other))
    column(table, "whole")
    with pytest.raises(ValueError, match=f"The stream has changed: column {words}"):
        column(table, "whole")


def test_what_is_no_stream_is_refused():
    with pytest.raises(TypeError, match=r"returned a list. Let it return an Arrow"):
        ArrowStreams(lambda: [1])


def test_an_error_in_the_stream_says_where():
    def broken():
        def batches():
            yield from ROWS.to_batches(max_chunksize=70)[:2]
            raise OSError("the disk is gone")

        return pa.RecordBatchReader.from_batches(ROWS.schema, batches())

    with pytest.raises(ValueError, match=r"Batch 2 of the stream .*the disk is gone"):
        column(ArrowStreams(broken), "whole")
