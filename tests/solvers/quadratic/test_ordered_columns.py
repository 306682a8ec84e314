# SPDX-License-Identifier: BSD-3-Clause
"""Columns that order two classes, against the definition."""

import numpy as np
import pytest
from _layouts import LAYOUTS, layouts
from hypothesis import given, settings
from hypothesis import strategies as st

from skpulsar._problem._memory import Rows
from skpulsar._solvers.quadratic._ordered_columns import has_ordered_column

deterministic = settings(derandomize=True, database=None, deadline=None)


def matrix(X, layout):
    return dict(layouts(X))[layout]


def by_definition(X, target, fit_intercept):
    """Some weight of one column, and an intercept if there is one,
    puts no row on the wrong side, and some on the right."""
    signs = np.where(target == 1, 1, -1)
    for column in X.T:
        for bound in [*column] if fit_intercept else [0]:
            for weight in (-1, 1):
                margins = signs * weight * (column - bound)
                if margins.min() >= 0 and margins.max() > 0:
                    return True
    return False


@deterministic
@given(
    n=st.integers(2, 7),
    n_columns=st.integers(1, 3),
    size=st.integers(1, 4),
    seed=st.integers(0, 999),
    layout=st.sampled_from(LAYOUTS),
    part=st.booleans(),
    fit_intercept=st.booleans(),
)
def test_ordered_columns(n, n_columns, size, seed, layout, part, fit_intercept):
    X = np.random.default_rng(seed).integers(-size, size, (n, n_columns)) * 1.0
    target = np.random.default_rng(seed + 1).integers(0, 2, n).astype(float)
    used = np.arange(0, n, 2) if part else np.arange(n)
    rows = Rows(matrix(X, layout), target, None, used if part else None)
    X, target = X[used], target[used]
    if len(np.unique(target)) < 2:
        return  # refused before
    expected = by_definition(X, target, fit_intercept)
    assert has_ordered_column(rows, fit_intercept, True) == expected


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "column, with_intercept, without",
    [
        ([1, 1, 1, 1], False, False),  # constant; the labels are 0, 0, 1, 1
        ([0, 0, 0, 1], True, True),  # a flag of some positives
        ([0, 1, 0, 0], True, True),
        ([0, 1, 0, 1], False, False),
        ([-1, 2, 2, 3], True, False),
        ([-3, -1, 0, 1], True, True),
        ([1, 2, 3, 4], True, False),
    ],
)
def test_an_ordered_column_among_others(layout, column, with_intercept, without):
    X = np.array([[1, -1, 1, -1], column, [-1, 2, 2, -1]], float).T
    rows = Rows(matrix(X, layout), np.array([0.0, 0, 1, 1]))
    assert has_ordered_column(rows, True, True) == with_intercept
    assert has_ordered_column(rows, False, True) == without
