# SPDX-License-Identifier: BSD-3-Clause
"""Rows of every kind, and the same as plain arrays."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from skpulsar._kernels import reference
from skpulsar._problem._memory import Rows
from skpulsar._problem._row_statistics import LEAF

LAYOUTS = ["dense float64", "dense float32", "csr float64", "csr float32"]


def matrix_of(X, layout):
    kind, real = layout.split()
    if kind == "dense":
        return X.astype(real)
    rows = csr_array(X.astype(real))
    return rows.data, rows.indices, rows.indptr, X.shape[1]


def rows_of(X, layout, weighted=False, part=False, seed=0):
    """Rows, and the same as plain arrays: values, targets, weights."""
    rng = np.random.default_rng(seed)
    n = len(X)
    target = rng.integers(0, 2, n).astype(float)
    weight = rng.exponential(size=n) if weighted else None
    index = rng.permutation(n)[: n - n // 3] if part else None
    matrix = matrix_of(X, layout)
    used = np.arange(n) if index is None else index
    plain = (
        reference.dense(matrix)[used],
        target[used],
        (np.ones(n) if weight is None else weight)[used],
    )
    return Rows(matrix, target, weight, index), *plain


def sparse_table(n, d=5, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)) * (rng.random((n, d)) < 0.5)


every_kind = pytest.mark.parametrize(
    ("layout", "weighted", "part", "n"),
    [
        (layout, weighted, part, n)
        for layout in LAYOUTS
        for weighted in (False, True)
        for part in (False, True)
        for n in (1, 100, 2 * LEAF + 1000)
    ],
)
