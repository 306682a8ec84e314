# SPDX-License-Identifier: BSD-3-Clause
"""The first look at the rows."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array

from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._column_statistics import (
    ColumnStatistics,
    hidden_entries,
)


def statistics(X, fit_intercept=True):
    rows = Rows(X, np.zeros(len(X)), None)
    return ColumnStatistics(rows, Penalty(1e-4), fit_intercept, True)


def filled(share, fill, n=4000, d=3, mean=0.0, dtype=np.float64, seed=0):
    """A share of the first column is a number that stands for none."""
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, d)) + mean
    X[random.random(n) < share, 0] = fill
    return X.astype(dtype)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("fill", [-1e12, 1e20, -9.96921e36, 1e100])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_entries_that_a_fill_value_hides_are_found(share, fill, dtype):
    if dtype == np.float32 and abs(fill) > 1e38:
        pytest.skip("beyond float32")
    X = filled(share, fill, dtype=dtype)
    look = statistics(X)
    others = look.scaling.centre[1:]
    assert look.recentre()
    assert abs(look.scaling.centre[0]) < 5
    assert_array_equal(look.scaling.centre[1:], others)
    square = np.square(X[:, 0].astype(float) * look.scaling.scale[0]).mean()
    assert square == pytest.approx(1, rel=1e-6)
    assert not look.recentre()  # once


@pytest.mark.parametrize("mean", [0.0, 100.0])
def test_the_new_centre_is_among_them(mean):
    look = statistics(filled(0.3, 1e15, mean=mean))
    assert look.recentre()
    assert abs(look.scaling.centre[0] - mean) < 5


ORDINARY = {
    "normal": lambda random: random.standard_normal((500, 3)),
    "few values": lambda random: random.integers(0, 3, (500, 3)).astype(float),
    "constant": lambda random: np.ones((500, 3)),
    "sentinels": lambda random: filled(0.3, -999.0),
    "Cauchy": lambda random: random.standard_cauchy((500, 3)),
    "rounding": lambda random: random.integers(0, 2, (500, 3)) * (1 + 2.0**-52),
    "one row": lambda random: random.standard_normal((1, 3)),
}


@pytest.mark.parametrize("kind", ORDINARY)
def test_ordinary_columns_hide_nothing(kind):
    X = ORDINARY[kind](np.random.default_rng(0))
    look = statistics(X)
    assert not hidden_entries(look.rows, look.scaling)
    assert not look.recentre()


def test_there_is_no_other_centre_without_one():
    X = filled(0.3, 1e15)
    assert not statistics(X, fit_intercept=False).recentre()
    X = csr_array(X)
    rows = Rows((X.data, X.indices, X.indptr, 3), np.zeros(4000), None)
    assert not ColumnStatistics(rows, Penalty(1e-4), True, True).recentre()
