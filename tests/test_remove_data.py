# SPDX-License-Identifier: BSD-3-Clause
"""What is left of a stream without its rows: the same model, which can go on."""

import copy
import pickle

import numpy as np
import pytest
from _streams import CLASSES, N_ROWS, gap, go_on, made, objective, stream
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.exceptions import NotFittedError

from skpulsar import SLPClassifier
from skpulsar._solvers.streaming import _kept_rows


@pytest.fixture(scope="module")
def data():
    return made()


def values_of(model):
    """All runs of eight bytes in a pickle of it."""
    content = pickle.dumps(model)
    return {content[place : place + 8] for place in range(len(content) - 7)}


def bytes_of(X):
    """Every value of X, in eight bytes; of float32 every two in a row."""
    values = X.data if sparse.issparse(X) else np.ascontiguousarray(X)
    if values.dtype == np.float32:
        values = np.stack([values.ravel()[:-1], values.ravel()[1:]], axis=1)
    content = np.ascontiguousarray(values).tobytes()
    return {content[place : place + 8] for place in range(0, len(content), 8)}


LAYOUTS = {
    "float64": np.asarray,
    "float32": np.float32,
    "csr": sparse.csr_array,
    "csr, int64": lambda X: sparse.csr_array(
        (X.ravel(), np.tile(np.arange(X.shape[1]), len(X)), np.arange(len(X) + 1) * 6),
        shape=X.shape,
    ),
    "csr, float32": lambda X: sparse.csr_array(np.float32(X)),
}
STREAMS = {
    "all kept": (3000, 500),
    "drawn": (N_ROWS, 5000),
    "row by row": (60, 1),
    "a row, and others": (400, 399),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("n_rows, size", STREAMS.values(), ids=STREAMS)
def test_no_value_of_the_rows_is_left(data, layout, n_rows, size):
    X, y = layout(data[0][:n_rows]), data[1][:n_rows]
    if size == 399:
        model = go_on(stream(X[:1], y[:1], 1), X[1:], y[1:], size)
    else:
        model = stream(X, y, size)
    assert len(values_of(model) & bytes_of(X)) > n_rows / 3
    model.remove_data()
    assert not values_of(model) & bytes_of(X)
    assert not values_of(copy.copy(model)) & bytes_of(X)
    go_on(model, X[:5], y[:5], 5)
    assert values_of(model) & bytes_of(X) <= bytes_of(X[:5])


@pytest.mark.parametrize("after_fit", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"fit_intercept": False},
        {"class_weight": "balanced", "prior_correction": True},
        {"sampling": 0.3},
    ],
    ids=str,
)
def test_only_the_rows_go(data, options, after_fit):
    X, y = data[0][:4000], data[1][:4000]
    model = SLPClassifier(random_state=0, **options)
    if after_fit:
        model.fit(X[:1000], y[:1000])
    else:
        model.partial_fit(X[:1000], y[:1000], CLASSES)
    go_on(model, X[1000:], y[1000:], 700)
    before, expected = dict(vars(model)), model.predict_proba(X)
    assert model.remove_data() is model
    assert_array_equal(model.predict_proba(X), expected)
    assert vars(model).keys() == before.keys()
    changed = {name for name, value in vars(model).items() if value is not before[name]}
    assert changed == {"_state"}
    assert model._state.counters() == before["_state"].counters()
    assert model._state.n_seen == len(y)


@pytest.mark.parametrize("layout", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("half", [500, 10_000])
@pytest.mark.parametrize(
    "options",
    [{}, {"fit_intercept": False}, {"alpha": 0.0}, {"alpha": 0.1}],
    ids=str,
)
def test_goes_on_as_after_fit(data, layout, half, options):
    X, y = data
    model = stream(layout(X[:half]), y[:half], 700, **options).remove_data()
    go_on(model, layout(X[half:]), y[half:], 1000)
    assert gap(model, X, y) < 5e-4
    assert_array_equal(model.class_count_, np.bincount(y))
    assert model.t_ == len(y)
    assert_allclose(model.loss_, objective(model, X, y), rtol=5e-3)


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
    share = np.array([1.0, 3.0])
    if class_weight == "balanced":
        share = 1 / np.bincount(y, weight)
    assert gap(model, X, y, weight * share[y]) < 2e-3
    assert_allclose(model.class_count_, np.bincount(y, weight))


@pytest.mark.parametrize("size", [10, 100, 1000])
def test_after_every_chunk(data, size):
    """Nothing is ever kept, and the minimum is found nevertheless."""
    X, y = data[0][:5000], data[1][:5000]
    model = SLPClassifier(solver="psgd", random_state=0)
    for start in range(0, len(y), size):
        go_on(model, X[start : start + size], y[start : start + size], size)
        model.remove_data()
    assert gap(model, X, y) < 5e-4


def test_the_summary_has_value_and_slope_of_the_rows(data):
    """Rows that weigh nothing tell what the objective is now, and move nothing."""
    X, y = data[0][:3000], data[1][:3000]
    model = stream(X, y, 1000, tol=1e-10)
    loss, coef = model.loss_, model.coef_
    model.remove_data().partial_fit(X[:9], y[:9], sample_weight=np.full(9, 1e-9))
    assert_allclose(model.loss_, loss, rtol=1e-7)
    assert_allclose(model.coef_, coef, rtol=1e-4)


def test_many_columns():
    random = np.random.default_rng(0)
    X = sparse.random_array((3000, 2500), density=0.01, rng=random, format="csr")
    y = (X @ random.normal(size=2500) > random.logistic(size=3000)).astype(int)
    model = stream(X[:2000], y[:2000], 500, alpha=1e-3)
    kept = values_of(model) & bytes_of(X)
    model.remove_data()
    assert kept and not values_of(model) & bytes_of(X)
    before = gap(model, X, y)
    go_on(model, X[2000:], y[2000:], 500)
    assert gap(model, X, y) < before / 2


def test_where_a_diagonal_alone_is_kept(data, monkeypatch):
    X, y = data
    monkeypatch.setattr(_kept_rows, "MAX_PACKED_COLUMNS", 5)
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


def test_rows_of_another_solver_do_not_count(data):
    """psgd knows of none before its own; nor does what it leaves."""
    X, y = data[0][:6000], data[1][:6000]
    plain = stream(X[4000:], y[4000:], 1000).remove_data()
    model = SLPClassifier(solver="sgd", random_state=0).partial_fit(X, y, CLASSES)
    model.set_params(solver="psgd")
    go_on(model, X[4000:], y[4000:], 1000).remove_data()
    for m in (plain, model):
        go_on(m, X[:1000], y[:1000], 500)
    assert_allclose(model.coef_, plain.coef_, rtol=1e-2)


@pytest.mark.parametrize("changed", [{"solver": "sgd"}, {"alpha": -1.0}], ids=str)
def test_whatever_the_parameters_are_now(data, changed):
    X, y = data[0][:3000], data[1][:3000]
    model = stream(X, y, 1000)
    expected = copy.deepcopy(model).remove_data().partial_fit(X[:50], y[:50])
    before = model.get_params()
    model.set_params(**changed).remove_data().set_params(**before)
    assert_array_equal(model.partial_fit(X[:50], y[:50]).coef_, expected.coef_)


@pytest.mark.parametrize(
    "train",
    [
        lambda X, y: SLPClassifier().fit(X, y),
        lambda X, y: SLPClassifier(solver="adam").partial_fit(X, y, CLASSES),
        lambda X, y: SLPClassifier(batch_size=50).partial_fit(X, y, CLASSES),
        lambda X, y: SLPClassifier().partial_fit(X, y, CLASSES, np.zeros(len(y))),
        lambda X, y: SLPClassifier().partial_fit(X, y, CLASSES).remove_data(),
    ],
    ids=["a fit", "adam", "sgd", "weights of 0", "once before"],
)
def test_without_rows_nothing_changes(data, train):
    model = train(data[0][:500], data[1][:500])
    before = dict(vars(model))
    model.remove_data()
    assert all(vars(model)[name] is value for name, value in before.items())


def test_not_fitted():
    with pytest.raises(NotFittedError):
        SLPClassifier().remove_data()


def test_rows_of_one_class_are_refused(data):
    X, y = data
    model = stream(X[y == 0][:500], np.zeros(500), 100)
    before = pickle.dumps(vars(model))
    with pytest.raises(ValueError, match="Only rows of one class") as caught:
        model.remove_data()
    assert len(str(caught.value)) <= 300
    assert pickle.dumps(vars(model)) == before
    go_on(model, X[y == 1][:100], np.ones(100), 100).remove_data()
