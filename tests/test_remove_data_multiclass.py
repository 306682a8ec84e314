# SPDX-License-Identifier: BSD-3-Clause
"""What is left of a stream of more than two classes without its rows."""

import copy
import pickle

import numpy as np
import pytest
from _class_streams import N_ROWS, gap, go_on, made, objective, stream
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from skpulsar import SLPClassifier
from skpulsar._solvers.streaming import _softmax_kept_rows

LAYOUTS = {"dense": np.asarray, "csr": sparse.csr_array}


@pytest.fixture(scope="module")
def data():
    return made()


def runs_of_eight_bytes(content):
    return {content[place : place + 8] for place in range(len(content) - 7)}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("n_rows, size", [(3000, 500), (N_ROWS, 5000), (60, 1)])
def test_no_value_of_the_rows_is_left(data, layout, n_rows, size):
    X, y = data[0][:n_rows], data[1][:n_rows]
    values = {value.tobytes() for value in X.ravel()}
    model = stream(layout(X), y, size)
    assert runs_of_eight_bytes(pickle.dumps(model)) & values
    model.remove_data()
    assert not runs_of_eight_bytes(pickle.dumps(model)) & values


@pytest.mark.parametrize("after_fit", [False, True])
@pytest.mark.parametrize(
    "options",
    [{}, {"class_weight": "balanced", "prior_correction": True}, {"sampling": 0.2}],
    ids=str,
)
def test_only_the_rows_go(data, options, after_fit):
    X, y = data[0][:4000], data[1][:4000]
    model = SLPClassifier(random_state=0, **options)
    model = model.fit(X[:1000], y[:1000]) if after_fit else model
    go_on(model, X[1000 * after_fit :], y[1000 * after_fit :], 700)
    before, expected = dict(vars(model)), model.predict_proba(X)
    assert model.remove_data() is model
    assert_array_equal(model.predict_proba(X), expected)
    changed = {name for name, value in vars(model).items() if value is not before[name]}
    assert changed == {"_state"}
    assert model._state.counters() == before["_state"].counters()
    assert model._state.n_seen == len(y)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("half", [800, 10_000])
@pytest.mark.parametrize("options", [{}, {"fit_intercept": False}, {"alpha": 0.1}])
def test_goes_on_as_after_fit(data, layout, half, options):
    X, y = data
    model = stream(layout(X[:half]), y[:half], 700, **options).remove_data()
    go_on(model, layout(X[half:]), y[half:], 1000)
    assert gap(model, X, y) < 1e-3
    assert_array_equal(model.class_count_, np.bincount(y))
    assert model.t_ == len(y)
    assert_allclose(model.loss_, objective(model, X, y), rtol=1e-2)


@pytest.mark.parametrize("class_weight", ["balanced", {0: 1.0, 1: 3.0}])
def test_goes_on_with_weights_and_running_class_counts(data, class_weight):
    """The classes' shares change after the removal, and their weights with them."""
    X, y = data
    order = np.random.default_rng(0).permutation(len(y))
    order = np.concatenate([order[::2][y[order[::2]] == 1], order[::2], order[1::2]])
    X, y = X[order], y[order]
    weight = np.random.default_rng(0).exponential(size=len(y))
    model = stream(X[:6000], y[:6000], 900, weight[:6000], class_weight=class_weight)
    model.remove_data()
    go_on(model, X[6000:], y[6000:], 1000, weight[6000:])
    share = np.array([1.0, 3.0, 1.0, 1.0])
    if class_weight == "balanced":
        share = 1 / np.bincount(y, weight)
    assert gap(model, X, y, weight * share[y]) < 2e-3
    assert_allclose(model.class_count_, np.bincount(y, weight))


def test_after_every_chunk(data):
    """Nothing is ever kept, and the minimum is found nevertheless."""
    X, y = data[0][:5000], data[1][:5000]
    model = SLPClassifier(random_state=0)
    for start in range(0, len(y), 500):
        go_on(model, X[start : start + 500], y[start : start + 500], 500)
        model.remove_data()
    assert gap(model, X, y) < 1e-3


def test_the_summary_has_value_and_slope_of_the_rows(data):
    """Rows that weigh nothing tell what the objective is now, and move nothing."""
    X, y = data[0][:3000], data[1][:3000]
    model = stream(X, y, 1000, tol=1e-10)
    loss, coef = model.loss_, model.coef_
    model.remove_data().partial_fit(X[:9], y[:9], sample_weight=np.full(9, 1e-9))
    assert_allclose(model.loss_, loss, rtol=1e-7)
    assert_allclose(model.coef_, coef, rtol=1e-3, atol=1e-6)


def test_where_a_diagonal_alone_is_kept(data, monkeypatch):
    X, y = data
    monkeypatch.setattr(_softmax_kept_rows, "MAX_PACKED_COLUMNS", 5)
    model = stream(X[:10_000], y[:10_000], 1000).remove_data()
    before = gap(model, X, y)
    go_on(model, X[10_000:], y[10_000:], 1000)
    assert model._state.discarded.curvature.ndim == 2
    assert gap(model, X, y) < before / 2


def test_pickles_and_copies_go_on_with_the_same_bits(data):
    X, y = data[0][:6000], data[1][:6000]
    model = stream(X[:4000], y[:4000], 1000).remove_data()
    copies = [pickle.loads(pickle.dumps(model)), copy.deepcopy(model)]
    go_on(model, X[4000:], y[4000:], 500)
    for other in copies:
        go_on(other, X[4000:], y[4000:], 500)
        assert_array_equal(other.coef_, model.coef_)


@pytest.mark.parametrize("n_classes", [1, 3])
def test_rows_of_some_classes_are_refused(data, n_classes):
    X, y = data
    some = y < n_classes
    model = stream(X[some][:500], y[some][:500], 100)
    before = pickle.dumps(vars(model))
    few = "one class" if n_classes == 1 else "3 classes"
    with pytest.raises(ValueError, match=f"Only rows of {few}") as caught:
        model.remove_data()
    assert len(str(caught.value)) <= 300
    assert pickle.dumps(vars(model)) == before
    go_on(model, X[~some][:900], y[~some][:900], 100).remove_data()
