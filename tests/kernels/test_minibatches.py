# SPDX-License-Identifier: BSD-3-Clause
"""The compiled minibatch steps against their twin in NumPy."""

import copy
from itertools import product

import numpy as np
import pytest
from _heads import HEADS, INDEPENDENT
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array

from skpulsar._kernels import _core, reference

RULES = {
    "plain": ("momentum", False, 0.0, 0.0, 0.0),
    "momentum": ("momentum", False, 0.9, 0.0, 0.0),
    "nesterov": ("momentum", True, 0.9, 0.0, 0.0),
    "adam": ("adam", False, 0.9, 0.999, 1e-8),
    "rmsprop": ("adam", False, 0.0, 0.999, 1e-8),
}
LAYOUTS = [
    f"{kind} {real}"
    for kind, real in product(
        ["dense", "csr int32", "csr int64"], ["float64", "float32"]
    )
]
SIZES = [1, 7, 200, 1000]
COLUMNS = [1, 3, 8, 9, 64, 130]  # at the edges of the lanes; several blocks a batch
deterministic = settings(derandomize=True, database=None, deadline=None)


def matrix_of(X, layout):
    *kind, real = layout.split()
    if kind == ["dense"]:
        return X.astype(real)
    rows, index = csr_array(X.astype(real)), kind[1]
    return rows.data, rows.indices.astype(index), rows.indptr.astype(index), X.shape[1]


class Training:
    """Arguments of one epoch of minibatches, drawn from a seed."""

    def __init__(
        self, seed, d, size, rule="nesterov", n=230, head=("logistic", 1, False)
    ):
        rng = np.random.default_rng(seed)
        self.loss, self.n_outputs, own = head
        self.X = rng.standard_normal((n, d)) * (rng.random((n, d)) < 0.5)
        n_classes = self.n_outputs if self.loss == "softmax" else 2
        shape = (self.n_outputs, n) if own else n
        self.target = rng.integers(0, n_classes, shape).astype(float)
        self.weight = rng.exponential(size=shape) if rng.random() < 0.5 else None
        self.order = rng.permutation(n)
        self.size = size
        self.ends = np.arange(size, n + size, size).clip(max=n)
        self.rates = 0.5 / (d + 1) * rng.random(len(self.ends))
        self.centre, self.scale = 0.3 * rng.random(d), 0.5 + rng.random(d + 1)
        self.weights = rng.standard_normal((self.n_outputs, d + 1))
        self.penalty = np.append(rng.choice([0.0, 0.1]) * (1 + np.arange(d)), 0.0)
        self.fit_intercept = rng.random() < 0.7
        self.average_from = rng.choice([0, len(self.ends) // 2, len(self.ends)])
        self.optimizer = RULES[rule]

    def params(self):
        """What the steps change."""
        zeros, d = np.zeros_like(self.weights), self.X.shape[1]
        return (
            self.weights.copy(),
            zeros,
            zeros.copy(),
            np.ones(2),
            self.weights.copy(),
            np.zeros(1),
            _core.padded(np.empty((self.n_outputs, 0)), d),
        )

    def run(self, kernel, matrix, cuts=()):
        """Train, in calls that end at `cuts`: (batches done, loss) and the params."""
        params, done, loss = self.params(), 0, 0.0
        dataset = kernel.Dataset(
            matrix, self.target, self.weight, centre=self.centre,
            fit_intercept=self.fit_intercept, loss=self.loss,
        )  # fmt: skip
        start = begin = 0  # of the call, of the batch that is open
        for stop in [*cuts, len(self.order)]:
            ended = self.ends[(self.ends > start) & (self.ends <= stop)]
            some, part = dataset.minibatches(
                (self.scale, self.penalty, None),
                self.optimizer,
                params,
                self.order[start:stop],
                np.array([begin, *ended]) - start,
                self.rates[done : done + len(ended)],
                max(0, self.average_from - done),
            )
            done, loss = done + some, loss + part
            if some < len(ended) or not np.isfinite(loss):  # of an open batch, maybe
                break
            start, begin = stop, ended[-1] if len(ended) else begin
        return done, loss, *params[:-1]  # without the sums

    @staticmethod
    def close(one, other, rtol=1e-12):
        assert one[0] == other[0]
        for a, b in zip(one[1:], other[1:], strict=True):
            assert_allclose(a, b, rtol=rtol, atol=rtol)


def bits(results):
    return [np.asarray(result).tobytes() for result in results]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("rule", RULES)
def test_steps(rule, layout, size):
    for seed, d in enumerate(COLUMNS):
        training = Training(seed + 100 * size, d, size, rule)
        matrix = matrix_of(training.X, layout)
        got = training.run(_core, matrix)
        assert got[0] == len(training.rates)
        training.close(got, training.run(reference, matrix))


@pytest.mark.parametrize("most", [0.0, 0.5])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("average_from", [0, 5, 99])
@pytest.mark.parametrize("rule", ["nesterov", "adam"])
def test_every_option(rule, average_from, fit_intercept, most):
    for weighted in (False, True):
        training = Training(3, 9, 10, rule)
        rng = np.random.default_rng(0)
        training.weight = rng.exponential(size=230) if weighted else None
        training.penalty = np.linspace(0, most, 10)  # the intercept's is not read
        training.fit_intercept, training.average_from = fit_intercept, average_from
        if not fit_intercept:
            training.weights[:, -1] = 0
        done, loss, weights, *_, average, n_averaged = got = training.run(
            _core, training.X
        )
        training.close(got, training.run(reference, training.X))
        assert n_averaged[0] == max(0, len(training.rates) - average_from)
        assert np.array_equal(average, training.weights) == (n_averaged[0] == 0)
        assert (weights[0, -1] == 0) == (not fit_intercept)
        assert done == 23 and loss > 0


@pytest.mark.parametrize("layout", ["dense float64", "csr float32 int32"])
@pytest.mark.parametrize("rule", ["nesterov", "adam"])
@pytest.mark.parametrize("head", HEADS, ids=str)
def test_every_head(head, rule, layout):
    layout = {"csr float32 int32": "csr int32 float32"}.get(layout, layout)
    for seed, (d, size) in enumerate(product(COLUMNS, [7, 200])):
        training = Training(seed, d, size, rule, head=head)
        matrix = matrix_of(training.X, layout)
        got = training.run(_core, matrix)
        assert got[0] == len(training.rates)
        training.close(got, training.run(reference, matrix))


@pytest.mark.parametrize("layout", ["dense float64", "csr int64 float64"])
@pytest.mark.parametrize("loss", INDEPENDENT)
def test_independent_outputs_are_trained_as_if_alone(loss, layout):
    both = Training(5, 9, 20, "adam", head=(loss, 3, True))
    matrix = matrix_of(both.X, layout)
    together = both.run(_core, matrix)
    losses = []
    for k in range(3):
        one = copy.copy(both)
        one.n_outputs, one.weights = 1, both.weights[[k]]
        one.target = both.target[k]
        one.weight = None if both.weight is None else both.weight[k]
        alone = one.run(_core, matrix)
        losses.append(alone[1])
        for name, a, b in zip("wmv", alone[2:5], together[2:5], strict=True):
            assert_array_equal(a[0], b[k], err_msg=name)
    assert sum(losses) == pytest.approx(together[1], rel=1e-13)


@pytest.mark.parametrize("real", ["float64", "float32"])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("d", COLUMNS)
def test_dense_and_csr_agree(d, rule, real):
    training = Training(d, d, 20, rule)
    dense, *sparse = (
        training.run(_core, matrix_of(training.X, layout))
        for layout in LAYOUTS
        if layout.endswith(real)
    )
    for csr in sparse:
        training.close(dense, csr)


@deterministic
@given(
    st.integers(0, 99),
    st.sampled_from(COLUMNS),
    st.sampled_from([1, 7, 64, 200, 1000]),
    st.sampled_from(sorted(RULES)),
    st.sampled_from(LAYOUTS),
    st.sets(st.integers(1, 229), max_size=6).map(sorted),
)
def test_calls_may_end_anywhere(seed, d, size, rule, layout, cuts):
    training = Training(seed, d, size, rule)
    matrix = matrix_of(training.X, layout)
    whole = training.run(_core, matrix)
    training.close(training.run(_core, matrix, cuts), whole)
    training.close(training.run(reference, matrix, cuts), whole)


def test_calls_that_end_with_a_batch_give_the_same_bits():
    training = Training(0, 9, 10)
    one, *whole = training.run(_core, training.X)
    other, *parts = training.run(_core, training.X, [30, 40, 200])
    assert one == other
    assert bits(whole[1:]) == bits(parts[1:])  # the losses add up in another order


@pytest.mark.parametrize("layout", LAYOUTS)
def test_read_only_and_memory_mapped_rows_give_the_same_bits(layout, tmp_path):
    training = Training(0, 9, 10)
    matrix = matrix_of(training.X, layout)
    expected = bits(training.run(_core, matrix))

    def mapped(array, name):
        np.save(tmp_path / name, array)
        return np.load(tmp_path / name, mmap_mode="r")

    names = ("data.npy", "indices.npy", "indptr.npy")
    if isinstance(matrix, tuple):
        matrix = (*map(mapped, matrix[:3], names), matrix[3])
    else:
        matrix = mapped(matrix, "values.npy")
    for name in ("target", "order", "rates", "centre", "scale"):
        getattr(training, name).flags.writeable = False
    assert bits(training.run(_core, matrix)) == expected


@pytest.mark.parametrize("rule", RULES)
def test_every_level_gives_the_same_bits(rule, level):
    def all_bits():
        return [
            bits(training.run(_core, matrix_of(training.X, layout)))
            for layout, d, size in product(LAYOUTS, COLUMNS, [1, 50])
            for training in [Training(d, d, size, rule, head=HEADS[d % len(HEADS)])]
        ]

    got = all_bits()
    _core.use_level(_core.LEVELS[-1])
    assert got == all_bits()


def test_zero_weights_leave_their_rows_out():
    # The size of a batch counts them still; a batch of one row is easily compared.
    training = Training(1, 3, 1, "plain")
    training.penalty, training.average_from = np.zeros(4), 0
    training.weight = np.ones(230)
    training.weight[training.order[::2]] = 0
    kept = copy.copy(training)
    kept.weight, kept.order = None, training.order[1::2].copy()
    kept.ends, kept.rates = np.arange(1, 116), training.rates[1::2].copy()
    one, other = (t.run(_core, t.X) for t in (training, kept))
    assert_array_equal(one[2], other[2])


@pytest.mark.parametrize("kernel", [_core, reference], ids=["core", "reference"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("rule", ["momentum", "adam"])
class TestNotFinite:
    @pytest.mark.parametrize("rate", [np.inf, np.nan, 1e308])
    def test_weights(self, rule, layout, kernel, rate):
        training = Training(0, 9, 10, rule)
        training.scale *= 100
        training.rates[7] = rate
        assert training.run(kernel, matrix_of(training.X, layout))[0] == 7

    @pytest.mark.parametrize("cuts", [(), (35,), (50,), (55, 57)])
    def test_loss(self, rule, layout, kernel, cuts):
        # A logit of about 1e309 on the wrong side, from finite weights and rows
        training = Training(0, 9, 10, rule)
        largest = 1e300 if layout.endswith("float64") else 1e38
        row = training.order[53]
        training.weights[:, :-1], training.target[row] = 1e9 * (1e300 / largest), 0
        training.X[row] = largest
        training.rates[:] = 0
        assert training.run(kernel, matrix_of(training.X, layout), cuts)[0] == 5


@pytest.mark.parametrize(
    "name, wrong",
    [
        ("centre", np.zeros(4)),
        ("penalty", np.zeros(3)),
        ("penalty", None),
        ("scale", np.ones(3)),
        ("weights", np.ones((1, 5))),
        ("weights", np.ones((0, 4))),
        ("target", np.ones((3, 230))),
        ("target", np.ones(229)),
        ("target", None),
        ("weight", np.ones((2, 230))),
        ("weight", np.asfortranarray(np.ones((230, 2))).T[:, ::2]),
        ("rates", np.ones(3)),
        ("order", np.arange(0)),
    ],
)
def test_vectors_that_do_not_fit_are_refused(name, wrong):
    training = Training(0, 3, 10)
    setattr(training, name, wrong)
    with pytest.raises(ValueError):
        training.run(_core, training.X)


@pytest.mark.parametrize("loss", ["logistic", "squared", "softmax"])
@pytest.mark.parametrize("n_targets, n_weights", [(2, 3), (3, 2), (0, 2), (2, 0)])
def test_targets_and_weights_of_other_outputs_are_refused(loss, n_targets, n_weights):
    training = Training(0, 3, 10, head=(loss, 3, False))
    if n_targets:
        training.target = np.ones((n_targets, 230))
    training.weight = np.ones((n_weights, 230)) if n_weights else None
    with pytest.raises(ValueError, match="outputs"):
        training.run(_core, training.X)


def test_coupled_outputs_have_one_target_and_one_weight():
    for name in ("target", "weight"):
        training = Training(0, 3, 10, head=("softmax", 3, False))
        setattr(training, name, np.ones((3, 230)))
        with pytest.raises(ValueError, match="share"):
            training.run(_core, training.X)


def test_columns_of_an_array_are_no_rows_of_outputs():
    """They are not read from a copy that is gone."""
    training = Training(0, 3, 10, head=("logistic", 2, True))
    training.target = np.asfortranarray(training.target)
    with pytest.raises(ValueError):
        training.run(_core, training.X)


@pytest.mark.parametrize("kernel", [_core, reference], ids=["core", "reference"])
def test_names_that_are_not_known_are_refused(kernel):
    training = Training(0, 3, 10)
    training.loss = "hinge"
    with pytest.raises((KeyError, ValueError), match="hinge"):
        training.run(kernel, training.X)


def test_an_optimizer_that_is_not_known_is_refused():
    training = Training(0, 3, 10)
    training.optimizer = ("none", False, 0.9, 0.9, 1e-8)
    with pytest.raises(ValueError, match="there are momentum, adam"):
        training.run(_core, training.X)
    assert tuple(_core.OPTIMIZERS) == reference.OPTIMIZERS
    assert list(_core.LOSSES) == list(reference.LOSSES)
