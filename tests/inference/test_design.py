# SPDX-License-Identifier: BSD-3-Clause
"""The coordinates of curvature, beside rows that are written out."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.sparse import csr_array

from skpulsar._inference import _design
from skpulsar._inference._design import Design
from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty


def made(sparse, fit_intercept=True, n_rows=700):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n_rows, 3)) * [1, 10, 0.1] + [0, 30, 2]
    X[rng.random(X.shape) < 0.3] = 0
    matrix = kernel_matrix(csr_array(X)) if sparse else X
    rows = Rows(matrix, np.zeros(n_rows), rng.uniform(0.5, 2, n_rows))
    moments = rows.moments()
    penalty = Penalty(0.3, moments.deviation())
    return Design(rows, moments, penalty, fit_intercept, LOGISTIC), X, moments


@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize("sparse", [False, True])
def test_products_with_a_matrix_block_by_block(sparse, fit_intercept, monkeypatch):
    monkeypatch.setattr(_design, "ENTRIES_AT_ONCE", 0)
    design, X, moments = made(sparse, fit_intercept)
    centred = fit_intercept and not sparse
    a = np.column_stack([X - moments.mean * centred, np.ones(len(X))]) * design.scale
    squares = (X - moments.mean) ** 2 / moments.variance
    matrix = np.random.default_rng(1).standard_normal((4, 2))
    sizes = []
    for rows, block in design.blocks():
        assert_allclose(block.products(matrix), a[rows] @ matrix, atol=1e-12)
        found = block.squared_deviations(matrix[:3])
        assert_allclose(found, squares[rows] @ matrix[:3], rtol=1e-10, atol=1e-10)
        there = squares[rows] * ((X[rows] != 0) | (not sparse))
        assert_allclose(block.largest_squared_deviation(), there.max(axis=1))
        sizes.append(len(found))
    assert sizes == [256, 256, 188]


def test_logits_of_changed_weights():
    design, X, _ = made(False)
    change = np.random.default_rng(2).standard_normal(4)
    weights = design.to_weights() @ change
    (_, block), *_ = design.blocks()
    logits = X @ weights[:-1] + weights[-1]
    assert_allclose(block.products(change[:, np.newaxis])[:, 0], logits)


def test_a_column_that_does_not_vary_has_no_deviations():
    X = np.column_stack([np.full(5, 2.0), np.arange(5.0)])
    rows = Rows(X, np.zeros(5))
    moments = rows.moments()
    penalty = Penalty(0.3, moments.deviation())
    design = Design(rows, moments, penalty, True, LOGISTIC)
    (_, block), *_ = design.blocks()
    found = block.squared_deviations(np.eye(2))
    assert_allclose(found, np.column_stack([np.zeros(5), [2, 0.5, 0, 0.5, 2]]))
