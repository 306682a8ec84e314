# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skpulsar._problem._spans import Span, check_tiles, spans_of

properties = settings(derandomize=True, database=None, deadline=None, max_examples=200)


@properties
@given(
    st.lists(st.lists(st.booleans(), max_size=30), min_size=1, max_size=12),
    st.integers(1, 16),
    st.integers(1, 40),
)
def test_spans_tile_the_rows_that_are_kept(parts, size, number):
    """Each reads whole chunks, and all of them from where the table can begin."""
    kept = np.concatenate(parts).astype(bool)
    before = np.append(0, np.cumsum(kept))
    rows = np.cumsum([0, *map(len, parts[:-1])])
    n_rows, starts = int(before[-1]), [(int(row), int(before[row])) for row in rows]
    if n_rows == 0:
        return
    spans = spans_of(starts, n_rows, size, number)
    check_tiles(spans, n_rows)
    assert 1 <= len(spans) <= number
    for span in spans:
        assert span.start % size == 0
        assert (span.row, span.place) in [(0, 0), *starts]
        read = before[len(kept) if span.end is None else span.end]
        assert span.place <= span.start < span.stop <= read


def test_many_parts_are_read_by_as_many_as_are_wanted():
    starts = [(row, row) for row in range(0, 1000, 10)]
    lengths = [s.stop - s.start for s in spans_of(starts, 1000, 10, 8)]
    assert sorted(lengths) == [120] * 4 + [130] * 4
    assert len(spans_of(starts, 1000, 10, 10)) == 10
    assert spans_of(starts, 1000, 10, 1) == [Span(0, 1000)]
    assert spans_of([], 1000, 10, 8) == [Span(0, 1000)]


@pytest.mark.parametrize(
    "spans",
    [[Span(0, 10)], [Span(0, 12), Span(10, 20)], [Span(0, 8), Span(10, 20)]],
    ids=["the last are missing", "some are there twice", "some are missing"],
)
def test_spans_that_do_not_tile_are_refused(spans):
    with pytest.raises(RuntimeError, match="leave some out, or have some twice"):
        check_tiles(spans, 20)
