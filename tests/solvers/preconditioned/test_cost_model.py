# SPDX-License-Identifier: BSD-3-Clause
"""What a fit pays for, as a number of full passes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from skpulsar._problem._memory import Rows
from skpulsar._solvers.preconditioned._cost_model import MAX_SPAN_COST, CostModel

deterministic = settings(derandomize=True, database=None, deadline=None)


class Shape:
    """Rows of a shape, of which the costs need not know more."""

    def __init__(self, n_rows, n_columns, entries_per_row=None):
        self.n_rows, self.n_columns = n_rows, n_columns
        self.sparse = entries_per_row is not None
        self.entries_per_row = entries_per_row if self.sparse else n_columns


@deterministic
@given(st.integers(1, 10**6), st.integers(1, 10**5))
def test_a_subsample_takes_some_rows_and_costs_something(n_rows, n_columns):
    for entries in (None, min(n_columns, 5)):
        cost = CostModel(Shape(n_rows, n_columns, entries))
        assert 1 <= cost.m <= n_rows
        assert cost.takes_all(n_rows) and not cost.takes_all(n_rows // 2)
        assert 0 < cost.subsample_cost(cost.m) <= cost.subsample_cost(n_rows) < math.inf
        assert cost.subsampled or not cost.refactor


@deterministic
@given(st.integers(1, 10**5), st.integers(1, 10**5))
def test_the_span_of_the_rows_is_for_fewer_dense_rows_than_columns(n_rows, n_columns):
    span = CostModel(Shape(n_rows, n_columns)).span_cost()
    if n_rows > n_columns:
        assert span == math.inf
    assert 0 < span <= MAX_SPAN_COST or span == math.inf
    assert CostModel(Shape(n_rows, n_columns, 5)).span_cost() == math.inf


@deterministic
@given(st.integers(1, 2000), st.integers(2000, 10**5))
def test_the_span_of_more_rows_costs_more_passes(n_rows, n_columns):
    fewer, more = (CostModel(Shape(n, n_columns)) for n in (n_rows, n_rows + 1))
    assert fewer.span_cost() <= more.span_cost()


@pytest.mark.parametrize(
    ("shape", "worth_while"),
    [
        ((100, 5000), True),
        ((60, 900), True),
        ((300, 10_000), True),
        ((1000, 100_000), True),
        ((10_000, 20_000), False),
        ((5000, 5000), False),
    ],
)
def test_where_the_span_of_the_rows_is_worth_while(shape, worth_while):
    assert (CostModel(Shape(*shape)).span_cost() < math.inf) == worth_while


def test_rows_of_both_layouts():
    X = np.eye(4, 9)
    dense = CostModel(Rows(X, np.zeros(4)))
    rows = csr_array(X)
    sparse = CostModel(Rows((rows.data, rows.indices, rows.indptr, 9), np.zeros(4)))
    assert dense.span_cost() < math.inf and sparse.span_cost() == math.inf
    assert dense.row == 9 + 10 and sparse.row == 1.5 + 10
