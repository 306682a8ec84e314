# SPDX-License-Identifier: BSD-3-Clause
"""SLPClassifier(sampling=...) of more than two classes."""

import copy
import pickle

import numpy as np
import pytest
from _assertions import refuses
from _softmax import ByNumPy, made
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array

from skpulsar import SLPClassifier
from skpulsar._estimator._class_weights import ClassStatistics, weigh
from skpulsar._problem._batches import Batches
from skpulsar._problem._losses import Softmax
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty

STEPPING = ("sgd", "adam", "rmsprop")
LABELS = np.array(["a", "b", "c", "d"])
SHARES = {"a": 0.4, "b": 0.3, "c": 0.2}
SAMPLINGS = ["balanced", 0.3, SHARES, SHARES | {"d": 0.1}]


@pytest.fixture(scope="module")
def data():
    """Columns of one size, and classes of unlike sizes, the third the largest."""
    X, y, weight = made(900, 5, 4)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return X, LABELS[np.array([0, 3, 1, 2])[y]], weight


def weights_of(model):
    return np.column_stack([model.coef_, model.intercept_])


def wanted(sampling, y, weight=None):
    """Target share of every class."""
    numbers = np.searchsorted(LABELS, y)
    shares = np.bincount(numbers, weight)
    shares = shares / shares.sum()
    if sampling == "balanced":
        return np.full(4, 0.25)
    if isinstance(sampling, dict):
        return np.array([0.4, 0.3, 0.2, 0.1])
    rarest = shares.argmin()
    others = shares * (1 - sampling) / (1 - shares[rarest])
    return np.where(np.arange(4) == rarest, sampling, others)


def factors(sampling, y, weight=None):
    """What the objective multiplies the weights of rows by."""
    numbers = np.searchsorted(LABELS, y)
    shares = np.bincount(numbers, weight)
    return (wanted(sampling, y, weight) / shares * shares.sum())[numbers]


@pytest.mark.parametrize("solver", STEPPING)
@pytest.mark.parametrize("sampling", SAMPLINGS, ids=str)
def test_counts_are_reported(data, solver, sampling):
    X, y, _ = data
    model = SLPClassifier(
        solver=solver, sampling=sampling, random_state=0, max_iter=3, tol=None
    ).fit(X, y)
    n_rows = np.unique(y, return_counts=True)[1]
    largest, shares = n_rows.argmax(), wanted(sampling, y)
    expected = 3 * n_rows[largest] * shares / shares[largest]
    assert model.sampling_counts_.dtype == np.int64
    assert np.abs(model.sampling_counts_ - expected).max() <= 0.5 + 1e-9
    assert model.sampling_counts_[largest] == 3 * n_rows[largest]
    assert model.t_ == model.sampling_counts_.sum() == sum(model.history_["n_rows"])
    assert_array_equal(model.class_count_, n_rows)


def test_psgd_reads_every_row_once_an_epoch(data):
    X, y, _ = data
    model = SLPClassifier(sampling="balanced").fit(X, y)
    n_rows = np.unique(y, return_counts=True)[1]
    assert_array_equal(model.sampling_counts_, model.n_iter_ * n_rows)


@pytest.mark.parametrize("solver", STEPPING)
@pytest.mark.parametrize("sampling", SAMPLINGS, ids=str)
@pytest.mark.parametrize("layout", [np.array, csr_array])
def test_fit_equals_partial_fits_bit_for_bit(data, solver, sampling, layout):
    X, y, weight = data
    X, weight = layout(X), np.where(np.arange(len(y)) % 7 > 0, weight, 0)
    options = {"prior_correction": True, "class_weight": {"b": 2.0}}
    model = SLPClassifier(
        solver=solver, sampling=sampling, random_state=0, max_iter=3, tol=None,
        **options,
    )  # fmt: skip
    fitted = copy.deepcopy(model).fit(X, y, weight)
    for _ in range(3):
        model.partial_fit(X, y, LABELS, weight)
        model = pickle.loads(pickle.dumps(model))
    assert_array_equal(weights_of(model), weights_of(fitted))
    assert model.loss_curve_ == fitted.loss_curve_
    assert_array_equal(model.prior_shift_, fitted.prior_shift_)
    assert_array_equal(model.sampling_counts_, fitted.sampling_counts_)


@pytest.mark.parametrize("sampling", SAMPLINGS, ids=str)
@pytest.mark.parametrize("solver", ["psgd", "sgd"])
def test_the_destination_is_that_of_class_weights(data, sampling, solver):
    X, y, weight = data
    options = {"alpha": 0.1, "random_state": 0}
    if solver == "psgd":
        options["tol"] = 1e-9
    else:
        options |= {"average": 20_000, "max_iter": 200, "tol": None}
    model = SLPClassifier(solver=solver, sampling=sampling, **options)
    model.fit(X, y, weight)
    best, otherwise = (
        weights_of(SLPClassifier(alpha=0.1, tol=1e-9).fit(X, y, weights))
        for weights in (weight * factors(sampling, y, weight), weight)
    )
    distance = np.abs(weights_of(model) - best).max()
    assert distance < 0.05 * np.abs(best).max()
    assert distance < 0.2 * np.abs(otherwise - best).max()


@pytest.mark.parametrize("sampling", ["balanced", 0.3, np.array([0.4, 0.3, 0.2, 0.1])])
@pytest.mark.parametrize("size", [1, 7, 200, 10_000])
def test_minibatches_have_the_gradient_of_the_objective_in_the_mean(
    data, sampling, size
):
    """At fixed weights, over the batches of many epochs, by NumPy."""
    X, y, weight = data
    target = np.searchsorted(LABELS, y)
    row_weights = weigh(
        target.astype(float), weight, np.ones(4), ClassStatistics.empty(4), sampling
    )
    order, n_epochs = row_weights.order(target), 200
    batches, visits = Batches(size, True), np.zeros(len(y))
    for k in range(n_epochs):
        places, _ = next(batches.chunks(order, 0, k, 10**6))
        full = len(places) // size * size or len(places)  # without a shorter batch
        np.add.at(visits, places[:full], 1)
    given = sampling if isinstance(sampling, (str, float)) else SHARES
    expected = weight * factors(given, y, weight)
    point = np.random.default_rng(0).normal(size=(4, 6))
    found = ByNumPy(X, target, visits * row_weights.weight)(point)
    value, gradient = ByNumPy(X, target, expected)(point)
    assert_allclose(found[0], value, rtol=5e-3)
    assert_allclose(found[1], gradient, atol=5e-3 * np.abs(gradient).max())


@pytest.mark.parametrize("sampling", ["balanced", 0.3, np.array([0.4, 0.3, 0.2, 0.1])])
@pytest.mark.parametrize("weighted", [False, True])
def test_both_roads_have_one_objective(data, sampling, weighted):
    """Rows as often as they are drawn, and rows that weigh as much."""
    X, y, weight = data
    target, weight = np.searchsorted(LABELS, y), weight if weighted else None
    class_weight, objectives = np.array([0.5, 1.0, 0.2, 0.9]), []
    point = np.random.default_rng(0).normal(size=(4, 6))
    for draw in (True, False):
        row_weights = weigh(
            target.astype(float), weight, class_weight, ClassStatistics.empty(4),
            sampling, draw,
        )  # fmt: skip
        assert (row_weights.shares is not None) == draw
        order = row_weights.order(target)
        rows = Rows(X, target.astype(float), row_weights.weight, None, order)
        objectives.append(rows.objective(point, Softmax(4), Penalty(0.1)))
    given = sampling if isinstance(sampling, (str, float)) else SHARES
    total = factors(given, y, weight) * class_weight[target]
    total *= 1 if weight is None else weight
    expected = ByNumPy(X, target, total, 0.1)(point)[0]
    assert_allclose(objectives, [expected, expected], rtol=1e-12)


def test_a_full_batch_is_a_weighted_full_batch(data):
    """Whole cycles in every epoch, one step each: not a random number is left."""
    X, y, _ = data
    sizes = dict(zip("cabd", (240, 60, 120, 30), strict=True))
    kept = np.concatenate([np.flatnonzero(y == k)[:n] for k, n in sizes.items()])
    X, y = X[kept], y[kept]
    assert np.unique(y, return_counts=True)[1].tolist() == [60, 120, 240, 30]
    options = {
        "batch_size": 10_000, "learning_rate_init": 0.5, "max_iter": 20, "tol": None,
        "random_state": 0,
    }  # fmt: skip
    sampled = SLPClassifier(sampling="balanced", **options).fit(X, y)
    weighted = SLPClassifier(class_weight="balanced", **options).fit(X, y)
    assert_allclose(weights_of(sampled), weights_of(weighted), rtol=1e-9, atol=1e-12)
    assert_allclose(sampled.loss_curve_, weighted.loss_curve_, rtol=1e-9)


@pytest.mark.parametrize("size", [1, 10, 10_000])
def test_the_rate_is_that_of_the_rows_visited(data, size):
    """As for copies of the rows of smaller classes, drawn with replacement."""
    X, y, _ = data
    model = SLPClassifier(sampling=SHARES, solver="sgd", batch_size=size, momentum=0.0)
    model.partial_fit(X, y, LABELS)
    columns = (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + 2 * model.alpha)
    norms = (columns**2).sum(axis=1) + 1
    b = min(size, model.t_)
    mean = np.average(norms, weights=factors(SHARES, y))
    expected = ((1 - 1 / b) * mean + norms.max() / b + 1) / 2
    assert_allclose(1 / model._state.rate, expected, rtol=1e-9)


@pytest.mark.parametrize("sampling", SAMPLINGS, ids=str)
def test_the_correction_is_the_logarithm_of_the_factors(data, sampling):
    X, y, weight = data
    model = SLPClassifier(
        sampling=sampling, prior_correction=True, solver="sgd", random_state=0
    ).fit(X, y, weight)
    of_class = factors(sampling, y, weight)[[list(y).index(k) for k in LABELS]]
    expected = np.log(of_class) - np.log(of_class).mean()
    assert model.prior_shift_.shape == (4,)
    assert_allclose(model.prior_shift_, expected, rtol=1e-9)


def test_every_chunk_is_sampled_within_itself(data):
    X, y, _ = data
    model, counts = SLPClassifier(solver="sgd", sampling="balanced"), 0
    for part in np.array_split(np.arange(len(y)), 5):
        model.partial_fit(X[part], y[part], LABELS)
        counts += np.unique(y[part], return_counts=True)[1].max()
        assert_array_equal(model.sampling_counts_, [counts] * 4)


def test_chunks_that_lack_a_class_are_weighted(data):
    X, y, _ = data
    sampled = SLPClassifier(solver="sgd", sampling="balanced", random_state=0)
    weighted = SLPClassifier(solver="sgd", class_weight="balanced", random_state=0)
    for without in "dcba":
        part = y != without
        sampled.partial_fit(X[part], y[part], LABELS)
        weighted.partial_fit(X[part], y[part], LABELS)
        if without == "d":  # Three of four classes are no reason to balance them yet.
            assert_array_equal(sampled.sampling_counts_[:3], sampled.class_count_[:3])
    assert_array_equal(sampled.sampling_counts_, sampled.class_count_)


@pytest.mark.parametrize(
    "value",
    [{}, {"a": 0.5}, {"a": 0.5, "b": 0.5, "c": 0.1}, dict.fromkeys("abcd", 0.3)],
)
@pytest.mark.parametrize("solver", ["psgd", "sgd"])
def test_dicts_that_hold_no_shares(data, value, solver):
    X, y, _ = data
    model = SLPClassifier(solver=solver, sampling=value)
    words = r"sampling by label must be the share of all classes \(or but one\)"
    refuses(ValueError, words, model, "fit", X, y)


def test_an_epoch_of_endless_cycles_is_refused(data):
    X, y, _ = data
    largest = LABELS[np.unique(y, return_counts=True)[1].argmax()]
    others = [label for label in LABELS if label != largest]
    shares = dict.fromkeys(others, 1 / 3 - 1e-17) | {largest: 1e-17}
    model = SLPClassifier(solver="sgd", sampling=shares)
    refuses(ValueError, "sampling gives the largest class", model, "fit", X, y)
