# SPDX-License-Identifier: BSD-3-Clause
"""Spans: consecutive rows of a table, whole chunks, that are read apart from others."""

from bisect import bisect_left
from itertools import pairwise
from typing import NamedTuple


class Span(NamedTuple):
    """Some consecutive rows of positive weight, and where they are in the table.

    Parameters
    ----------
    start, stop : int, int or None
        The place of the first of them, and the one behind the last; None: nobody has
        counted them.

    row, place : int
        The number of a row at which the table can begin to read, and how many rows of
        positive weight are before it: `start` or less.

    end : int or None
        The number of a row at which reading may end; None: behind the last.
    """

    start: int = 0
    stop: int | None = None
    row: int = 0
    place: int = 0
    end: int | None = None


def spans_of(starts, n_rows, size, number):
    """Spans that together have all rows.

    Parameters
    ----------
    starts : list of (int, int)
        Row and place, as in `Span`, where the table can begin to read; ascending.

    n_rows : int
        How many rows have a positive weight.

    size : int
        How many rows a chunk has.

    number : float
        So many spans, or less, which are about as long.
    """
    begins, wanted = [(0, 0, 0)], 1
    for row, place in starts:
        start = -(-place // size) * size
        if n_rows * wanted <= start * number < n_rows * number:
            begins.append((start, row, place))
            wanted = start * number // n_rows + 1
    places, spans = [place for _, place in starts], []
    for begin, after in pairwise([*begins, (n_rows, 0, 0)]):
        behind = bisect_left(places, after[0])
        end = starts[behind][0] if behind < len(starts) and after[0] < n_rows else None
        spans.append(Span(begin[0], after[0], *begin[1:], end))
    return spans


def check_tiles(spans, n_rows):
    """Refuse spans that leave rows out, or have some twice.

    Raises
    ------
    RuntimeError
        If they do.
    """
    ends = [0, *(end for span in spans for end in span[:2]), n_rows]
    if any(stop != start for stop, start in zip(ends[::2], ends[1::2], strict=True)):
        raise RuntimeError(
            f"Spans of rows leave some out, or have some twice: {spans!s:.200}."
        )
