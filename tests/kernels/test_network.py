# SPDX-License-Identifier: BSD-3-Clause
"""The compiled networks against their twin in NumPy, differences, and themselves."""

from itertools import pairwise, product

import numpy as np
import pytest
from _heads import HEADS
from _layouts import LAYOUTS, layouts
from numpy.testing import assert_allclose

from skpulsar._kernels import _core, reference

RULES = {
    "momentum": ("momentum", False, 0.9, 0.0, 0.0),
    "nesterov": ("momentum", True, 0.9, 0.0, 0.0),
    "adam": ("adam", False, 0.9, 0.999, 1e-8),
    "rmsprop": ("adam", False, 0.0, 0.99, 1e-6),
}
HIDDEN = [(), (1,), (7,), (16, 9), (33, 1, 8), (100,)]  # at the edges of registers
ROUNDING = {np.float64: 1e-10, np.float32: 2e-3}
DTYPES = tuple(ROUNDING)


class Case:
    """A network, rows in batches and a head, drawn from a seed."""

    def __init__(self, seed=0, hidden=(16, 9), size=32, n=150, d=6, **options):
        rng = np.random.default_rng(seed)
        self.loss, n_outputs, own = options.pop("head", ("logistic", 1, False))
        self.dtype = options.pop("dtype", np.float64)
        self.rule = options.pop("rule", "adam")
        X = rng.standard_normal((n, d)) * (rng.random((n, d)) < 0.6)
        self.X = X.astype(np.float32).astype(np.float64)
        shape = (n_outputs, n) if own else n
        n_classes = n_outputs if self.loss == "softmax" else 2
        self.target = rng.integers(0, n_classes, shape).astype(float)
        self.weight = rng.exponential(size=shape) if rng.random() < 0.5 else None
        self.order = rng.permutation(n)
        self.ends = np.arange(size, n + size, size).clip(max=n)
        self.rates = 0.01 * (1 + rng.random(len(self.ends)))
        self.centre, scale = 0.3 * rng.random(d), 0.5 + rng.random(d)
        sizes = (d, *hidden, n_outputs)
        self.weights = [
            (rng.standard_normal((a + 1, b)) / np.sqrt(a)).astype(self.dtype)
            for a, b in pairwise(sizes)
        ]
        self.options = {
            "activation": "tanh", "scale": scale, "alpha": 0.01, "key": 7,
            "dropout": np.full(len(hidden), 0.3 * rng.integers(2)), **options,
        }  # fmt: skip

    def matrix(self, layout):
        return dict(layouts(self.X))[layout]

    def network(self, kernel):
        return kernel.Network(self.weights, **self.options)

    def dataset(self, kernel, matrix=None):
        matrix = self.X if matrix is None else matrix
        return kernel.Dataset(
            matrix, self.target, self.weight, centre=self.centre, loss=self.loss
        )

    def run(self, kernel, matrix=None, cuts=(), epochs=2):
        """Batches done, loss, and what the steps leave, in calls that end at cuts."""
        network = self.network(kernel)
        dataset, done, loss = self.dataset(kernel, matrix), 0, 0.0
        for epoch in range(epochs):
            start = begin = first = 0
            for stop in [*cuts, len(self.order)]:
                ended = self.ends[(self.ends > start) & (self.ends <= stop)]
                some, part = network.train(
                    dataset, RULES[self.rule], self.order[start:stop],
                    np.array([begin, *ended]) - start,
                    self.rates[first : first + len(ended)],
                    epoch * len(self.order) + start,
                )  # fmt: skip
                done, loss, first = done + some, loss + part, first + some
                start, begin = stop, ended[-1] if len(ended) else begin
        arrays = [network.layers(name) for name in ("weights", "m", "v")]
        return done, loss, network.powers, network.logits(dataset, 0, 20), *arrays


def flat(results):
    done, loss, powers, logits, *arrays = results
    layers = [layer.ravel() for layers in arrays for layer in layers]
    return np.concatenate([[done, loss], powers, logits.ravel(), *layers])


def assert_close(one, other, rounding):
    one, other = flat(one), flat(other)
    assert_allclose(one, other, rtol=rounding, atol=rounding)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout, dtype):
    for seed, (hidden, size) in enumerate(product(HIDDEN, (1, 32, 150))):
        case = Case(seed, hidden, size, n=150 if size > 1 else 30, dtype=dtype)
        matrix = case.matrix(layout)
        got = case.run(_core, matrix)
        assert got[0] == 2 * len(case.rates)
        assert_close(got, case.run(reference, case.X), ROUNDING[dtype])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("unit", _core.ACTIVATIONS)
def test_units_and_rules(unit, rule, dtype):
    for seed in range(4):
        case = Case(seed, rule=rule, activation=unit, dtype=dtype)
        got, expected = case.run(_core), case.run(reference)
        assert_close(got, expected, ROUNDING[dtype])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("head", HEADS, ids=str)
def test_heads(head, dtype):
    for layout in ("dense float64", "csr float64 int64"):
        case = Case(3, head=head, dtype=dtype)
        got = case.run(_core, case.matrix(layout))
        assert_close(got, case.run(reference), ROUNDING[dtype])


def test_many_rows_and_columns():
    """Several panels of a product, and several blocks of a batch."""
    case = Case(1, (40,), size=700, n=1500, d=700)
    assert_close(case.run(_core), case.run(reference), 1e-10)


@pytest.mark.parametrize("layout", ["dense float64", "csr float32 int32"])
def test_a_call_may_end_anywhere(layout):
    for seed, size in enumerate((7, 60, 149)):
        case = Case(seed, size=size, dropout=np.array([0.5, 0.2]))
        matrix = case.matrix(layout)
        whole, cut = case.run(_core, matrix), case.run(_core, matrix, cuts=(1, 64, 101))
        assert whole[0] == cut[0]
        assert_allclose(whole[1], cut[1], rtol=1e-14)
        assert flat(whole)[2:].tobytes() == flat(cut)[2:].tobytes()


@pytest.mark.parametrize("unit", _core.ACTIVATIONS)
@pytest.mark.parametrize("head", HEADS, ids=str)
def test_gradients_are_those_of_differences(head, unit):
    case = Case(5, (7, 5), size=150, head=head, activation=unit)
    case.options["dropout"][:] = 0
    case.rule, case.rates[:] = "momentum", 1.0
    after = case.run(_core, epochs=1)[4]
    rng = np.random.default_rng(0)
    for layer, w in enumerate(case.weights):
        for _ in range(6):
            place = tuple(rng.integers(w.shape))
            gradient, values, h = w[place] - after[layer][place], [], 1e-6
            for step in (h, -h):
                weights = [each.copy() for each in case.weights]
                weights[layer][place] += step
                values.append(objective(case, weights))
            difference = (values[0] - values[1]) / (2 * h)
            assert_allclose(gradient, difference, rtol=1e-5, atol=1e-8)


def objective(case, weights):
    """F by its formula."""
    network = reference.Network(weights, **case.options)
    dataset = case.dataset(reference)
    losses, _ = dataset.head(network.logits(dataset, 0, len(case.order)).T)
    squares = sum(np.sum(layer[:-1] ** 2) for layer in weights)
    return np.sum(losses) / len(case.order) + case.options["alpha"] / 2 * squares


def test_biases_may_be_apart():
    case = Case(4)
    weights, biases = [w[:-1] for w in case.weights], [w[-1] for w in case.weights]
    for kernel in (_core, reference):
        dataset, whole = case.dataset(kernel), kernel.Network(case.weights)
        apart = kernel.Network(weights, biases=biases)
        one, other = (n.logits(dataset, 0, 9).tobytes() for n in (whole, apart))
        assert one == other
    with pytest.raises(ValueError, match="biases"):
        _core.Network(weights, biases=[biases[0][:1], *biases[1:]])


def test_one_layer_steps_as_minibatches():
    """A network without hidden layers is the single layer, step by step."""
    case = Case(2, (), head=("logistic", 1, False), alpha=0.1)
    _, loss, _, _, weights, *_ = case.run(_core, epochs=1)
    flat_weights = case.weights[0].T.copy()
    flat_weights[:, :-1] *= case.options["scale"]
    params = (
        flat_weights, *np.zeros((2, 1, 7)), np.ones(2), flat_weights.copy(),
        np.zeros(1), _core.padded(np.empty((1, 0)), 6),
    )  # fmt: skip
    coordinates = (
        np.append(case.options["scale"], 1.0),
        np.append(np.full(6, 0.1) / case.options["scale"] ** 2, 0.0),
        None,
    )
    _, value = case.dataset(_core).minibatches(
        coordinates, RULES["adam"], params, case.order, np.array([0, *case.ends]),
        case.rates, 99,
    )  # fmt: skip
    assert_allclose(value, loss, rtol=1e-12)
    shown = weights[0].T * np.append(case.options["scale"], 1)
    assert_allclose(shown, params[0], rtol=1e-10)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("unit", _core.ACTIVATIONS)
def test_same_bits_at_every_level(unit, dtype):
    """And on either road of a batch: one block that is stepped at once, or sums."""
    own = {"activation": unit, "dtype": dtype}
    cases = [
        Case(seed, hidden, size, d=d, head=head, rule=rule, **own)
        for seed, (hidden, size, head, rule, d) in enumerate(
            [
                ((37, 19), 17, ("softmax", 5, False), "rmsprop", 23),
                ((16,), 150, ("logistic", 1, False), "adam", 300),
                ((5, 70), 32, ("squared", 2, True), "nesterov", 9),
            ]
        )
    ]
    found = {}
    for level in _core.LEVELS:
        _core.use_level(level)
        for layout in ("dense float32", "csr float64 int32"):
            for number, case in enumerate(cases):
                result = flat(case.run(_core, case.matrix(layout))).tobytes()
                found.setdefault((number, layout), set()).add(result)
    _core.use_level(_core.LEVELS[0])
    assert {len(results) for results in found.values()} == {1}


def test_a_network_keeps_its_level():
    """Its rows are padded to the registers of that level."""
    case, found = Case(hidden=(1, 9)), set()
    for level in reversed(_core.LEVELS):
        _core.use_level(level)
        network = case.network(_core)
        _core.use_level(_core.LEVELS[0])
        network.train(
            case.dataset(_core), RULES["adam"], case.order,
            np.array([0, *case.ends]), case.rates, 0,
        )  # fmt: skip
        found.add(network.logits(case.dataset(_core), 0, 20).tobytes())
    assert len(found) == 1


@pytest.mark.parametrize("dtype", DTYPES)
def test_subnormal_numbers_are_zero_inside_and_kept_outside(dtype):
    """A moment that fades may end at 0, and NumPy's arithmetic is as it was."""
    tiny = np.finfo(dtype).smallest_normal
    case = Case(0, (4,), dtype=dtype, rule="adam")
    case.X[:, 0] = case.centre[0]
    m = [np.full_like(w, tiny) for w in case.weights]
    network = _core.Network(case.weights, m, None, **case.options | {"alpha": 0.0})
    bounds = np.array([0, 150])
    network.train(
        case.dataset(_core), RULES["adam"], case.order, bounds, np.array([0.1]), 0
    )
    assert (network.layers("m")[0][0] == 0).all()
    assert tiny / 2 > 0 and np.array([tiny]) / 2 > 0


def with_units(hidden, dtype):
    """A network of rows whose columns and outputs have units of their own."""
    outputs = {"middle": np.array([2.0, -30.0]), "unit": np.array([0.5, 1e3])}
    head = ("squared", 2, True)
    case = Case(4, hidden, head=head, dtype=dtype, activation="tanh", **outputs)
    case.options["scale"][2] = 0.0
    return case


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("hidden", [(), (5,), (9, 4)])
def test_raw_weights_are_those_of_columns_and_outputs_as_they_are(hidden, dtype):
    case = with_units(hidden, dtype)
    network, dataset = case.network(_core), case.dataset(_core)
    layers, squares, finite = network.raw(dataset)
    twin = case.network(reference).raw(case.dataset(reference))
    assert_allclose(squares, twin[1], rtol=1e-6)
    for one, other in zip(layers, twin[0], strict=True):
        assert one.dtype == np.float64
        assert_allclose(one, other, rtol=1e-6, atol=1e-6)
    assert finite
    assert (layers[0][2] == 0).all()
    raw = _core.Network(layers, activation="tanh")
    plain = _core.Dataset(case.X, None, None, centre=np.zeros(6))
    inside = network.logits(dataset, 0, 50)
    expected = case.options["middle"] + case.options["unit"] * inside
    rounding = 1e-9 if dtype is np.float64 else 2e-3
    assert_allclose(raw.logits(plain, 0, 50), expected, rtol=rounding, atol=rounding)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("hidden", [(), (5,), (9, 4)])
def test_a_network_that_takes_its_raw_weights_is_the_same(hidden, dtype):
    """To the last bit, once it has shown them."""
    case = with_units(hidden, dtype)
    network, dataset = case.network(_core), case.dataset(_core)
    layers, *_ = network.raw(dataset)
    other = case.network(_core)
    other.take(layers, dataset)
    for one, taken in zip(
        network.layers("weights"), other.layers("weights"), strict=True
    ):
        assert one.tobytes() == taken.tobytes()
    twin = case.network(reference)
    twin.take(layers, case.dataset(reference))
    for one, taken in zip(
        network.layers("weights"), twin.layers("weights"), strict=True
    ):
        assert_allclose(one, taken, rtol=1e-6, atol=1e-6)
    with pytest.raises(ValueError, match="not those of"):
        other.take([layer[:, :1] for layer in layers], dataset)


def test_raw_weights_that_are_not_finite_are_found():
    case = with_units((5,), np.float64)
    case.weights[0][0, 0] = np.inf
    for kernel in (_core, reference):
        with np.errstate(invalid="ignore"):
            assert not case.network(kernel).raw(case.dataset(kernel))[2]


@pytest.mark.parametrize("unit", _core.ACTIVATIONS)
def test_what_is_not_finite_is_found(unit):
    for layout in ("dense float64", "csr float64 int32"):
        case = Case(1, activation=unit)
        case.rule, case.rates[:] = "momentum", 1e308
        with np.errstate(all="ignore"):
            done, loss, *_ = case.run(_core, case.matrix(layout), epochs=1)
        assert done < len(case.rates) or not np.isfinite(loss)


def given_by_units(kernel, dtype, visits, key=5):
    """What each of 8 units of 1 gives at 1,000 visits under dropout.

    Every row has an output of its own, whose weights are 0, with a target of 1. A step
    of rate 1 in its loss gives these weights what the units gave.
    """
    n = 1000
    weights = [np.vstack([np.zeros(8), np.ones(8)]), np.zeros((9, n))]
    network = kernel.Network(
        [w.astype(dtype) for w in weights],
        activation="identity", dropout=np.array([0.3]), key=key,
    )  # fmt: skip
    dataset = kernel.Dataset(
        np.zeros((n, 1)), np.eye(n), None, centre=np.zeros(1), loss="squared"
    )
    plan = np.arange(n), np.array([0, n]), np.array([float(n)])
    network.train(dataset, ("momentum", False, 0.0, 0.0, 0.0), *plan, visits)
    return network.layers("weights")[1][:-1].T


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kernel", [_core, reference])
def test_dropout_leaves_a_share_out(kernel, dtype):
    """By the hash of a key, a visit and a unit."""
    kept = given_by_units(kernel, dtype, 0)
    assert abs((kept == 0).mean() - 0.3) < 0.02
    assert_allclose(kept[kept > 0], 1 / 0.7, rtol=1e-4)
    assert (kept == 0).mean(axis=0).std() < 0.04  # no unit more than others
    later = given_by_units(kernel, dtype, 600)
    assert_allclose(later[:400], kept[600:])
    assert (later[:400] != kept[:400]).any()
    assert (given_by_units(kernel, dtype, 0, key=6) != kept).any()
    assert_allclose(kept, given_by_units(reference, dtype, 0), rtol=1e-5)


@pytest.mark.parametrize(
    ("weights", "error"),
    [
        ([np.zeros((4, 2)), np.zeros((4, 1))], ValueError),
        ([np.zeros((4, 2)), np.zeros((3, 1), np.float32)], TypeError),
        ([np.zeros((4, 2), int)], TypeError),
        ([np.zeros((4, 0))], ValueError),
    ],
)
def test_weights_that_do_not_fit(weights, error):
    with pytest.raises(error):
        _core.Network(weights)


def test_arguments_that_do_not_fit():
    case = Case()
    network, dataset = _core.Network(case.weights), case.dataset(_core)
    with pytest.raises(ValueError, match="columns"):
        _core.Network([np.zeros((4, 1))]).logits(dataset, 0, 1)
    with pytest.raises(ValueError, match="not in the dataset"):
        network.logits(dataset, 149, 2)
    with pytest.raises(ValueError, match="do not fit"):
        network.train(
            dataset, RULES["adam"], case.order, np.array([0, 1]), np.ones(2), 0
        )
    with pytest.raises(ValueError, match="or neither"):
        _core.Network(case.weights, middle=np.zeros(1))
    with pytest.raises(ValueError, match="no unit"):
        _core.Network(case.weights, activation="swish")
