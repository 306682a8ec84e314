# SPDX-License-Identifier: BSD-3-Clause
"""What holds for every small table, whatever its values."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn.base import clone

from skpulsar import SLPClassifier

properties = settings(derandomize=True, database=None, deadline=None, max_examples=100)
pytestmark = pytest.mark.filterwarnings("ignore:Training did not lower the objective")

# Values of many sizes, zeros and repeats among them; not so near to each other that the
# variance of a column is rounding error, which no two ways of summing share
VALUES = st.one_of(
    st.just(0.0),
    st.integers(-8, 8).map(float),
    st.floats(-1e3, 1e3).map(lambda value: float(np.round(value, 3))),
)
OPTIONS = st.fixed_dictionaries(
    {
        "solver": st.sampled_from(["sgd", "adam", "rmsprop"]),
        "learning_rate_init": st.sampled_from(["auto", 2.0**-12]),
        "batch_size": st.sampled_from([1, 3, 8, 100]),
        "average": st.sampled_from([False, True, 20]),
        "fit_intercept": st.booleans(),
        "nesterovs_momentum": st.booleans(),
        "learning_rate": st.sampled_from(["constant", "invscaling"]),
    }
)


@st.composite
def tables(draw, n_columns=None):
    """X, y with both classes, whole weights of which some are zero in either class."""
    n = draw(st.integers(4, 24))
    d = n_columns or draw(st.integers(1, 9))
    X = draw(hnp.arrays(np.float64, (n, d), elements=VALUES))
    y = draw(hnp.arrays(np.int64, n, elements=st.integers(0, 1)))
    weight = draw(hnp.arrays(np.float64, n, elements=st.integers(0, 3).map(float)))
    y[:2], weight[:2] = (0, 1), 1
    return X, y, weight


def model(options, max_iter=3, **others):
    made = SLPClassifier(random_state=0, tol=None, max_iter=max_iter)
    names = {**options, **others}
    if names["solver"] != "sgd":  # it would be a warning
        names.pop("nesterovs_momentum", None)
    return made.set_params(**names)


def weights(fitted):
    return np.append(fitted.coef_, fitted.intercept_)


def assert_close(fitted, expected, X):
    """Near to each other, measured by what the logits are made of."""
    size = np.abs(X) @ np.abs(expected.coef_[0]) + np.abs(expected.intercept_) + 1e-3
    difference = fitted.decision_function(X) - expected.decision_function(X)
    assert (np.abs(difference) <= 1e-8 * size).all()


@properties
@given(tables(), OPTIONS)
def test_dense_is_csr(table, options):
    X, y, weight = table
    dense = model(options).fit(X, y, weight)
    assert_close(model(options).fit(csr_array(X), y, weight), dense, X)


@properties
@given(tables(), OPTIONS)
def test_whole_weights_are_copies_on_a_full_batch(table, options):
    X, y, weight = table
    options = {**options, "batch_size": 1000, "average": False}
    times = weight.astype(int)
    copies = model(options).fit(X.repeat(times, axis=0), y.repeat(times))
    assert_close(model(options).fit(X, y, weight), copies, X)


@properties
@given(tables(), OPTIONS, st.sampled_from([None, {0: 2.0, 1: 0.5}, "balanced"]))
def test_weight_zero_is_absence(table, options, class_weight):
    X, y, weight = table
    kept = weight > 0
    options = {**options, "class_weight": class_weight}
    for layout in (np.array, csr_array):
        absent = model(options).fit(layout(X[kept]), y[kept], weight[kept])
        zero = model(options).fit(layout(X), y, weight)
        assert_array_equal(weights(zero), weights(absent))
        assert_array_equal(zero.class_count_, absent.class_count_)


@properties
@given(tables(), OPTIONS, st.randoms(use_true_random=False))
def test_permuted_columns_permute_the_coefficients(table, options, random):
    X, y, weight = table
    order = list(range(X.shape[1]))
    random.shuffle(order)
    plain = model(options).fit(X, y, weight)
    permuted = model(options).fit(np.ascontiguousarray(X[:, order]), y, weight)
    restored = copy.deepcopy(permuted)
    restored.coef_ = np.empty_like(plain.coef_)
    restored.coef_[:, order] = permuted.coef_
    assert_close(restored, plain, X)


@properties
@given(
    tables(),
    OPTIONS,
    st.integers(-900, 900),
    st.sampled_from([None, {0: 2.0, 1: 0.5}, "balanced"]),
)
def test_powers_of_two_in_the_weights_change_no_bit(table, options, power, balance):
    X, y, weight = table
    options = {**options, "class_weight": balance}
    plain = model(options).fit(X, y, weight)
    scaled = model(options).fit(X, y, weight * 2.0**power)
    assert_array_equal(weights(scaled), weights(plain))
    assert scaled.loss_curve_ == plain.loss_curve_


LABELS = st.one_of(
    st.sets(st.integers(-(2**62), 2**62), min_size=2, max_size=2),
    st.sets(st.text("abcé ", min_size=1, max_size=4), min_size=2, max_size=2),
    st.sets(st.integers(-1000, 1000).map(float), min_size=2, max_size=2),
    st.just({False, True}),
)


@properties
@given(tables(), LABELS, st.booleans(), st.booleans())
def test_labels_are_names(table, labels, as_objects, swapped):
    """Their sorted order alone matters; swapped, they change every sign."""
    X, y, weight = table
    names = np.array(sorted(labels), dtype=object if as_objects else None)
    named = names[1 - y] if swapped else names[y]
    if as_objects and not isinstance(names[0], str):
        named = named.tolist()
    options = {"solver": "sgd", "batch_size": 3}
    plain = model(options).fit(X, y, weight)
    other = model(options).fit(X, named, weight)
    assert_array_equal(weights(other), -weights(plain) if swapped else weights(plain))
    assert_array_equal(other.classes_, names)
    listed = model(options).partial_fit(X, named, names[::-1], weight)
    assert_array_equal(listed.classes_, names)


JOURNEYS = st.lists(
    st.sampled_from(["on", "pickle", "deepcopy", "set_params"]), min_size=1, max_size=4
)


@properties
@given(tables(), OPTIONS, JOURNEYS, st.booleans())
def test_no_journey_changes_a_bit(table, options, journey, dense):
    X, y, weight = table
    X = X if dense else csr_array(X)
    travelling = model(options)
    for step in journey:
        travelling.partial_fit(X, y, [0, 1], weight)
        if step == "pickle":
            travelling = pickle.loads(pickle.dumps(travelling))
        elif step == "deepcopy":
            travelling = copy.deepcopy(travelling)
        elif step == "set_params":
            travelling.set_params(**travelling.get_params())
    whole = model(options, max_iter=len(journey)).fit(X, y, weight)
    if options["learning_rate_init"] == "auto" and not weights(whole).any():
        return  # fit went back to its start, the objective having risen
    assert_array_equal(weights(travelling), weights(whole))
    assert travelling.loss_curve_ == whole.loss_curve_
    fresh = clone(travelling)
    assert not hasattr(fresh, "coef_")
    assert_array_equal(
        weights(fresh.set_params(max_iter=len(journey)).fit(X, y, weight)),
        weights(whole),
    )


def test_threads_side_by_side_give_the_bits_of_one_alone(pulsars):
    X, y = pulsars
    rows = csr_array(X)
    cases = [
        ({"solver": solver, "batch_size": size}, data)
        for solver in ("sgd", "adam", "rmsprop")
        for size in (7, 200)
        for data in (X, rows)
    ]

    def train(case):
        options, data = case
        fitted = model(options, max_iter=5).fit(data, y)
        return weights(fitted), fitted.predict_proba(data)

    alone = [train(case) for case in cases]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(train, cases * 3))
    for got, expected in zip(together, alone * 3, strict=True):
        assert_array_equal(got[0], expected[0])
        assert_array_equal(got[1], expected[1])


def test_threads_may_predict_with_one_estimator(pulsars):
    X, y = pulsars
    fitted = model({"solver": "sgd"}).fit(X, y)
    expected = fitted.predict_proba(X)
    with ThreadPoolExecutor(8) as pool:
        for got in pool.map(fitted.predict_proba, [X] * 32):
            assert_array_equal(got, expected)
    assert_allclose(expected.sum(axis=1), 1)
