# SPDX-License-Identifier: BSD-3-Clause
from fractions import Fraction
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpulsar._problem._class_totals import class_totals, log_odds

rows = st.lists(st.tuples(st.booleans(), st.floats(0, 1e6)), max_size=50)


@given(rows=rows)
def test_totals_are_those_of_each_class(rows):
    target = np.array([positive for positive, _ in rows], dtype=float)
    weight = np.array([w for _, w in rows])
    n_rows, sums = class_totals(target, weight)
    assert n_rows.dtype == np.int64
    for k in (0, 1):
        of_class = [Fraction(w) for positive, w in rows if positive == k]
        assert n_rows[k] == len(of_class)
        assert sums[k] == pytest.approx(float(sum(of_class)), rel=1e-12)


def test_rows_without_weights_count_one_each():
    n_rows, sums = class_totals(np.array([1.0, 0.0, 1.0]))
    assert n_rows.tolist() == sums.tolist() == [1, 2]


@given(no=st.floats(1e-300, 1e300), yes=st.floats(1e-300, 1e300))
def test_log_odds_are_of_the_second_class(no, yes):
    assert log_odds((no, yes)) == pytest.approx(log(yes) - log(no), abs=1e-12)
    assert log_odds((no, yes)) == -log_odds((yes, no))
