# SPDX-License-Identifier: BSD-3-Clause
"""A first look is at evenly spaced rows or, of very many, at runs of rows."""

from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skpulsar._problem._spaced_rows import MANY, N_RUNS, spaced


def look(n_rows, n_columns, most=1024):
    return spaced(SimpleNamespace(n_rows=n_rows, entries_per_row=n_columns), most)


@given(st.integers(1, 10**9), st.integers(1, 1000))
def test_places_ascend_from_the_first_row_to_the_last(n_rows, n_columns):
    places = look(n_rows, n_columns)
    assert len(places) == min(n_rows, 1024)
    assert (places[0], places[-1]) == (0, n_rows - 1 if n_rows > 1 else 0)
    assert (np.diff(places) > 0).all()


def test_very_many_rows_are_looked_at_in_runs():
    few, many = look(MANY // 8, 8), look(MANY // 8 + 1, 8)
    assert np.diff(few).min() > 1000
    assert np.count_nonzero(np.diff(many) > 1) == N_RUNS - 1
