# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
import pytest
from _rows import LAYOUTS, every_kind, matrix_of, rows_of, sparse_table
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._kernels import _core
from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._memory import Rows, joined
from skpulsar._problem._penalty import Penalty
from skpulsar._problem._row_statistics import LEAF

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


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("weighted", [False, True])
def test_parts_are_joined(layout, weighted):
    rows, values, target, weight = rows_of(sparse_table(20), layout, weighted)
    parts = [rows.copied(np.arange(*ends)) for ends in ((0, 3), (3, 3), (3, 20))]
    whole = joined(parts)
    assert_array_equal(whole.dense()._matrix, values)
    assert_array_equal(whole.targets(), target)
    if weighted:
        assert_array_equal(whole.sample_weight(), weight)


def test_rows_that_are_not_full_stay_as_they_are():
    rows, *_ = rows_of(sparse_table(20), "csr float64")
    assert rows.dense_where_full() is rows


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("part", [False, True])
@pytest.mark.parametrize("n_rows", [1, 7, 20, 100])
def test_blocks_are_all_rows_in_their_order(layout, part, n_rows):
    rows, values, *_ = rows_of(sparse_table(20), layout, True, part)
    blocks = list(rows.blocks(n_rows))
    assert [len(range(rows.n_rows)[place]) for place, _ in blocks[:-1]] == (
        [n_rows] * (len(blocks) - 1)
    )
    entries = [block.toarray() if rows.sparse else block for _, block in blocks]
    assert_array_equal(np.concatenate(entries), values)
    joined = np.concatenate([np.arange(rows.n_rows)[place] for place, _ in blocks])
    assert_array_equal(joined, np.arange(len(values)))


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


def test_rows_of_every_output_alone():
    rows, _, target, _ = rows_of(sparse_table(20), "dense float64")
    assert rows.outputs() == [rows]
    several = Rows(np.zeros((20, 2)), np.array([target, 1 - target]))
    assert several.n_targets == 2
    for one, expected in zip(several.outputs(), (target, 1 - target), strict=True):
        assert one.n_targets == 0
        assert_array_equal(one.targets(), expected)


@pytest.mark.parametrize("part", [False, True])
def test_rows_of_one_class(part):
    rows, X, target, weight = rows_of(sparse_table(50), "csr float64", True, part)
    some = rows.of_class(1)
    assert_array_equal(some.targets(), np.ones(target.sum().astype(int)))
    assert_array_equal(some.sample_weight(), weight[target == 1])
    assert_array_equal(some.entries(np.arange(some.n_rows)), X[target == 1])


def test_rows_in_memory_are_their_own_sample():
    rows, *_ = rows_of(sparse_table(5), "dense float64")
    assert rows.in_memory() is rows
