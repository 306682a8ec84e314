# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
import pytest
from _rows import LAYOUTS, every_kind, matrix_of, rows_of, sparse_table
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._kernels import reference
from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._problem._row_statistics import LEAF


@every_kind
def test_moments(layout, weighted, part, n):
    rows, X, _, weight = rows_of(sparse_table(n), layout, weighted, part)
    moments = rows.moments()
    mean = np.average(X, axis=0, weights=weight)
    variance = np.average((X - mean) ** 2, axis=0, weights=weight)
    assert moments.n_rows == rows.n_rows == len(X)
    assert_allclose(moments.mean, mean, rtol=1e-12, atol=1e-14)
    assert_allclose(moments.variance, variance, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("layout", ["dense float64", "csr float64"])
def test_moments_of_columns_far_from_zero(layout, weighted):
    offsets = np.array([0, 1e3, 1e6, -1e9, 1e9])
    X = np.random.default_rng(0).standard_normal((3 * LEAF, 5)) + offsets
    rows, X, _, weight = rows_of(X, layout, weighted)
    moments = rows.moments()
    mean = np.average(X - offsets, axis=0, weights=weight) + offsets
    variance = np.average((X - mean) ** 2, axis=0, weights=weight)
    assert_allclose(moments.mean, mean, rtol=1e-15, atol=1e-15)
    assert_allclose(moments.variance, variance, rtol=1e-6)


@pytest.mark.parametrize("layout", ["dense float64", "csr float64"])
def test_moments_of_constant_columns(layout):
    X = np.tile([0.0, 0.1, -7, 1e9, 1e150], (5000, 1))
    for weighted in (False, True):
        moments = rows_of(X, layout, weighted)[0].moments()
        assert_allclose(moments.mean, X[0], rtol=1e-15)
        assert_array_equal(moments.variance, 0)


@pytest.mark.parametrize("layout", ["dense float64", "csr float64"])
def test_a_row_of_little_weight_has_little_say(layout):
    # Sums are taken about one row: it must not be one far off that hardly counts.
    X = sparse_table(1000)
    X[0] = 1e9
    weight = np.ones(1000)
    weight[0] = 1e-20
    moments = Rows(matrix_of(X, layout), np.zeros(1000), weight).moments()
    assert_allclose(moments.variance, X[1:].var(axis=0), rtol=1e-3)


@pytest.mark.parametrize("layout", ["dense float64", "csr float64"])
@pytest.mark.parametrize("value", [1e200, -1.7e308])
def test_columns_too_large_to_be_squared_are_named(layout, value):
    X = sparse_table(100)
    X[50, 3] = value
    with pytest.raises(
        ValueError, match=f"Column 3 of X.* holds {value:.3g}".replace("+", r"\+")
    ):
        rows_of(X, layout)[0].moments()


@every_kind
def test_smoothness(layout, weighted, part, n):
    rows, X, _, weight = rows_of(sparse_table(n), layout, weighted, part)
    centre, scale = np.linspace(-1, 1, 5), np.array([0, 0.5, 1, 2, 3])
    norms = weight * ((((X - centre) * scale) ** 2).sum(axis=1) + 1)
    mean, largest = rows.smoothness(centre, scale)
    assert_allclose([mean, largest], [norms.mean(), norms.max()], rtol=1e-12)


@every_kind
def test_objective(layout, weighted, part, n):
    rows, X, target, weight = rows_of(sparse_table(n), layout, weighted, part)
    w = np.linspace(-2, 2, 6)
    loss = reference.cross_entropy(X @ w[:-1] + w[-1], target)[0]
    expected = np.mean(weight * loss) + 0.3 / 2 * np.sum(w[:-1] ** 2)
    assert_allclose(
        rows.objective(w[np.newaxis], LOGISTIC, Penalty(0.3)), expected, rtol=1e-12
    )


@pytest.mark.parametrize("layout", ["dense float64", "csr float64"])
def test_smoothness_of_columns_far_from_zero(layout):
    centre, scale = np.array([0, 1e3, 1e6, -1e9, 1e9]), np.array([1, 2, 1, 0.5, 1])
    X = np.random.default_rng(0).standard_normal((LEAF + 10, 5)) + centre
    rows, X, _, weight = rows_of(X, layout, True)
    norms = weight * ((((X - centre) * scale) ** 2).sum(axis=1) + 1)
    mean, largest = rows.smoothness(centre, scale)
    assert_allclose([mean, largest], [norms.mean(), norms.max()], rtol=1e-12)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_largest(layout):
    X = sparse_table(100)
    for row, column, value in [(3, 0, 50.0), (99, 4, -70.0), (0, 2, 90.0)]:
        X[row, column] = value
        assert rows_of(X, layout)[0].largest() == (column, value)


def test_largest_of_no_entries():
    empty = Rows(matrix_of(np.zeros((3, 2)), "csr float64"), np.zeros(3))
    assert empty.largest()[1] == 0


def test_entries_per_row():
    X = np.eye(4) + np.eye(4, k=1)
    assert rows_of(X, "dense float64")[0].entries_per_row == 4
    assert rows_of(X, "csr float64")[0].entries_per_row == 7 / 4


@every_kind
def test_norms(layout, weighted, part, n):
    rows, X, *_ = rows_of(sparse_table(n), layout, weighted, part)
    centre, precision = np.linspace(-1, 1, 5), np.array([0, 0.5, 1, 2, 3])
    expected = ((X - centre) ** 2) @ precision
    assert_allclose(rows.norms(centre, precision), expected, rtol=1e-12)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("part", [False, True])
@pytest.mark.parametrize("n_live", [0, 1, 2, 4, 5])
def test_norms_of_a_few_live_columns(layout, part, n_live):
    """Those without a precision need not be read, and have no say."""
    X = sparse_table(LEAF + 10, 40)
    rows, values, *_ = rows_of(X, layout, False, part)
    precision = np.zeros(40)
    precision[np.random.default_rng(0).permutation(40)[:n_live]] = 1 + np.arange(n_live)
    centre = np.linspace(-1, 1, 40)
    expected = ((values - centre) ** 2) @ precision
    assert_allclose(rows.norms(centre, precision), expected, rtol=1e-12)


@every_kind
def test_sums(layout, weighted, part, n):
    rows, X, _, weight = rows_of(sparse_table(n), layout, weighted, part)
    shift = np.linspace(-1, 1, 5)
    expected = weight @ np.column_stack([X - shift, np.ones(len(X))])
    assert_allclose(rows.sums(shift), expected, rtol=1e-10, atol=1e-11 * n)


@every_kind
def test_extremes(layout, weighted, part, n):
    rows, X, target, _ = rows_of(sparse_table(n), layout, weighted, part)
    for label in set(target):
        low, high = rows.extremes(label)
        assert_allclose(low, X[target == label].min(axis=0), rtol=1e-6)
        assert_allclose(high, X[target == label].max(axis=0), rtol=1e-6)


@every_kind
@pytest.mark.parametrize("n_classes", [2, 4])
def test_sums_of_the_targets(layout, weighted, part, n, n_classes):
    rows, _, target, weight = rows_of(sparse_table(n), layout, weighted, part)
    if n_classes == 4:
        target = np.random.default_rng(2).integers(0, 4, n).astype(float)
        every = rows.sample_weight() if weighted else None
        rows = Rows(np.zeros((rows.n_rows, 1)), target[: rows.n_rows], every)
        target = target[: rows.n_rows]
    expected = np.bincount(target.astype(int), weight, minlength=n_classes)
    assert_allclose(rows.class_totals(n_classes), expected, rtol=1e-12)
    assert rows.target_sum() == pytest.approx(weight @ target, rel=1e-12)
    squares = weight @ (target - 0.3) ** 2
    assert rows.target_squares(0.3) == pytest.approx(squares, rel=1e-12)


@every_kind
def test_leverages(layout, weighted, part, n):
    rows, X, _, weight = rows_of(sparse_table(n), layout, weighted, part)
    centre, precision = np.linspace(-1, 1, 5), np.array([0, 0.5, 1, 2, 3])
    expected = weight * (((X - centre) ** 2) @ precision + 1)
    found = rows.leverages(centre, precision)
    assert_allclose(found.values, expected, rtol=1e-12)


@every_kind
def test_leverages_of_which_another_pass_gave_a_part(layout, weighted, part, n):
    rows, X, _, weight = rows_of(sparse_table(n), layout, weighted, part)
    if rows.sparse:
        with pytest.raises(ValueError, match="CSR rows"):
            rows.moments_and_norms(np.zeros(5), np.ones(5))
        return
    shift, centre = np.full(5, 0.2), np.linspace(-1, 1, 5)
    early, late = np.array([0, 0.5, 1, 0, 0]), np.array([2.0, 0, 0, 0, 1])
    sums = ((X - shift) ** 2) @ early
    moments, begun = rows.moments_and_norms(shift, early)
    assert_array_equal(moments.mean, rows.moments_about(shift).mean)
    found = rows.leverages(centre, np.zeros(5), begun)
    assert_allclose(found.values, weight * (sums + 1), rtol=1e-12)
    _, begun = rows.moments_and_norms(shift, early)
    found = rows.leverages(centre, late, begun)
    sums += ((X - centre) ** 2) @ late
    assert_allclose(found.values, weight * (sums + 1), rtol=1e-12)
