# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
import pytest
from hypothesis import settings
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array

from skpulsar._kernels import _core, reference
from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._problem._row_statistics import LEAF

deterministic = settings(derandomize=True, database=None, deadline=None)
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


FULL = 1 + np.arange(60.0).reshape(20, 3)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("part", [False, True])
@pytest.mark.parametrize(
    "method, X", [("dense", sparse_table(20)), ("dense_where_full", FULL)]
)
def test_the_same_rows_as_an_array(method, X, layout, part):
    rows, values, target, weight = rows_of(X, layout, True, part)
    array = getattr(rows, method)()
    assert not array.sparse
    used = slice(None) if array._index is None else array._index
    assert_array_equal(array._matrix[used], values)
    assert_array_equal(array.targets(), target)
    assert_array_equal(array.sample_weight(), weight)


def test_rows_that_are_not_full_stay_as_they_are():
    rows, *_ = rows_of(sparse_table(20), "csr float64")
    assert rows.dense_where_full() is rows


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("part", [False, True])
def test_some_rows_are_the_same_copied_or_where_they_lie(layout, part):
    rows, values, target, _ = rows_of(sparse_table(20), layout, True, part)
    places, weight = np.array([1, 4, 5]), np.array([2.0, 1.0, 0.5])
    for some in (rows.take(places, weight), rows.part(places, weight)):
        assert some.n_rows == 3
        assert_array_equal(some.dense().targets(), target[places])
        assert_array_equal(some.sample_weight(), weight)
        expected = weight @ values[places] / weight.sum()
        assert_allclose(some.moments().mean, expected, rtol=1e-6)


def test_largest_of_no_entries():
    empty = Rows(matrix_of(np.zeros((3, 2)), "csr float64"), np.zeros(3))
    assert empty.largest()[1] == 0


@pytest.mark.parametrize("layout", LAYOUTS)
def test_minibatches_of_a_part_are_those_of_its_rows_alone(layout):
    rows, X, target, weight = rows_of(sparse_table(100), layout, True, True)
    places = np.random.default_rng(1).permutation(rows.n_rows)
    results = []
    for some in (rows, Rows(matrix_of(X, layout), target, weight)):
        weights, m, v, average = vectors = np.zeros((4, 1, 6))
        sums = _core.padded(np.empty((1, 0)), 5)
        params = weights, m, v, np.ones(2), average, np.zeros(1), sums
        some.in_any_order(np.zeros(5), True, LOGISTIC).minibatches(
            (np.ones(6), np.full(6, 0.1), None), ("momentum", True, 0.9, 0.0, 0.0),
            params, some.order_of(places), np.array([0, 30, len(places)]), np.ones(2),
            0,
        )  # fmt: skip
        results.append(vectors)
    assert_array_equal(*results)
    assert results[0][0].all()


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
def test_rows_at_places(layout, weighted, part, n):
    rows, X, target, weight = rows_of(sparse_table(n), layout, weighted, part)
    for used in (target == 0, target == 1):
        some = rows.at(np.flatnonzero(used))
        assert some.n_rows == used.sum()
        assert_array_equal(some.targets(), target[used])
        if some.n_rows == 0:
            continue
        sums = weight[used] @ np.column_stack([X[used], np.ones(used.sum())])
        assert_allclose(some.sums(np.zeros(5)), sums, rtol=1e-10, atol=1e-11 * n)


@every_kind
def test_extremes(layout, weighted, part, n):
    rows, X, target, _ = rows_of(sparse_table(n), layout, weighted, part)
    for label in set(target):
        low, high = rows.extremes(label)
        assert_allclose(low, X[target == label].min(axis=0), rtol=1e-6)
        assert_allclose(high, X[target == label].max(axis=0), rtol=1e-6)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_targets_of_several_outputs(layout):
    X, T = sparse_table(20), np.random.default_rng(0).random((2, 20))
    index = np.arange(0, 20, 2)
    for rows, used in [
        (Rows(matrix_of(X, layout), T, np.ones(20)), np.arange(20)),
        (Rows(matrix_of(X, layout), T, np.ones(20), index), index),
    ]:
        assert rows.n_rows == len(used) and rows.order.counts(0) == (len(used),)
        assert_array_equal(rows.targets(), T[:, used])
        places, weight = np.array([1, 3]), np.array([2.0, 1.0])
        for some in (rows.take(places, weight), rows.part(places, weight)):
            assert_array_equal(some.targets(), T[:, used[places]])
            assert_array_equal(some.sample_weight(), weight)
        assert_array_equal(rows.at(places).targets(), T[:, used[places]])
        other = rows.weighing(np.arange(1.0, len(used) + 1))
        assert_array_equal(other.sample_weight(), np.arange(1.0, len(used) + 1))
        assert_array_equal(other.targets(), T[:, used])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("part", [False, True])
def test_rows_of_one_output_or_of_some(layout, part):
    random = np.random.default_rng(0)
    X, index = random.standard_normal((9, 2)), np.array([7, 2, 3]) if part else None
    target, weight = random.random((3, 9)), random.random((3, 9))
    used = slice(None) if index is None else index
    for own in (weight, weight[0]):
        rows = Rows(matrix_of(X, layout), target, own, index)
        for outputs in (1, [0, 2]):
            some = rows.of_outputs(outputs)
            assert some.n_rows == rows.n_rows
            assert some.targets().flags.c_contiguous
            assert_array_equal(some.targets(), target[outputs][..., used])
            if own.ndim == 1:
                assert_array_equal(some.sample_weight(), own[used])


@pytest.mark.parametrize("layout", ["dense float64", "csr float32"])
@pytest.mark.parametrize("part", [False, True])
@pytest.mark.parametrize("n", [100, 2 * LEAF + 1000])
def test_outputs_with_weights_of_their_own(layout, part, n):
    """Sums are those of every output; columns have the weights' mean."""
    rng = np.random.default_rng(0)
    matrix = matrix_of(sparse_table(n), layout)
    target = rng.integers(0, 2, (3, n)).astype(float)
    weight, index = rng.exponential(size=(3, n)), rng.permutation(n)[: n // 2]
    rows = Rows(matrix, target, weight, index if part else None)
    each, point = [rows.of_outputs(k) for k in range(3)], rng.standard_normal((3, 6))
    for k, one in enumerate(each):
        assert_array_equal(one.targets(), rows.targets()[k])
        assert_array_equal(one.sample_weight(), rows.sample_weight()[k])
    assert_allclose(
        rows.objective(point, LOGISTIC, Penalty(0.1)),
        sum(
            one.objective(point[[k]], LOGISTIC, Penalty(0.1))
            for k, one in enumerate(each)
        ),
        rtol=1e-12,
    )
    found = [one.smoothness(np.ones(5), np.ones(5)) for one in each]
    assert_allclose(rows.smoothness(np.ones(5), np.ones(5)), np.max(found, axis=0))
    assert rows.total() == pytest.approx(np.mean([one.total() for one in each]))
    shared = rows.weighing(weight.mean(axis=0)[index] if part else weight.mean(axis=0))
    assert_allclose(rows.moments().variance, shared.moments().variance, rtol=1e-12)
