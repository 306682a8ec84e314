# SPDX-License-Identifier: BSD-3-Clause
import copy
import pickle
from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

from skpulsar import MLPClassifier, SLPClassifier

CLASSES = [0, 1]
OPTIONS = [
    {"solver": "sgd"},
    {"solver": "adam"},
    {"solver": "rmsprop"},
    {"batch_size": 32, "average": True},
    {"average": 3000, "class_weight": {0: 0.1, 1: 0.7}},
    {"learning_rate": "invscaling", "nesterovs_momentum": False},
    {"learning_rate_init": 1e-4, "shuffle": False},
    {"fit_intercept": False, "momentum": 0.0},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("layout", [np.array, sparse.csr_array])
@pytest.mark.parametrize("weighted", [False, True])
def test_fit_equals_partial_fits_bit_for_bit(pulsars, options, layout, weighted):
    X, y = pulsars
    weight = np.random.default_rng(0).exponential(size=len(y)) if weighted else None
    if weighted:
        weight[::7] = 0
    X = layout(X)
    model = SLPClassifier(random_state=0, max_iter=3, tol=None, **options)
    fitted = copy.deepcopy(model).fit(X, y, weight)
    for _ in range(3):
        model.partial_fit(X, y, CLASSES, weight)
        model = pickle.loads(pickle.dumps(model))
    assert_array_equal(model.coef_, fitted.coef_)
    assert_array_equal(model.intercept_, fitted.intercept_)
    assert model.loss_curve_ == fitted.loss_curve_
    assert model.n_iter_ == fitted.n_iter_
    assert model.t_ == fitted.t_


def test_goes_on_after_fit(pulsars):
    X, y = pulsars
    options = {"solver": "sgd", "random_state": 0, "tol": None}
    model = SLPClassifier(max_iter=2, **options).fit(X, y)
    assert_array_equal(
        model.partial_fit(X, y).coef_,
        SLPClassifier(max_iter=3, **options).fit(X, y).coef_,
    )


@pytest.mark.parametrize("solver", ["sgd", "adam", "rmsprop"])
@pytest.mark.parametrize("size", [1, 50, 500])
def test_a_stream_of_chunks(pulsars, solver, size):
    """Raw columns, chunks down to a single row, one class alone in some."""
    n_rows = min(400 * size, len(pulsars[1]))
    X, y = (array[:n_rows] for array in pulsars)
    model = SLPClassifier(solver=solver, random_state=0)
    for start in range(0, n_rows, size):
        part = slice(start, start + size)
        model.partial_fit(X[part], y[part], CLASSES)
    assert model.t_ == len(y)
    assert log_loss(y, model.predict_proba(X)) < (0.35 if solver == "sgd" else 0.6)
    assert_array_equal(model.class_count_, np.bincount(y))


def test_scales_are_those_of_all_rows_seen(pulsars):
    X, y = pulsars
    model = SLPClassifier(solver="sgd")
    for part in np.array_split(np.arange(len(y)), 7):
        model.partial_fit(X[part], y[part], CLASSES)
    scaler = StandardScaler().fit(X)
    assert_allclose(model._state.moments.mean, scaler.mean_, rtol=1e-12)
    assert_allclose(model._state.moments.variance, scaler.var_, rtol=1e-12)


def test_balanced_weights_follow_the_running_counts():
    """Ten rows of one class, then two of the other: both classes weigh the same."""
    X, y = np.zeros((12, 1)), np.repeat([0, 1], [10, 2])
    model = SLPClassifier(
        class_weight="balanced", learning_rate_init=1.0, momentum=0.0, alpha=0.0,
        batch_size=1, shuffle=False,
    )  # fmt: skip
    model.partial_fit(X[:10], y[:10], CLASSES)
    b = 0.0
    for _ in range(10):  # the only class so far: weight 1
        b -= 1 / (1 + np.exp(-b))
    assert_allclose(model.intercept_, b, rtol=1e-12)
    model.partial_fit(X[10:], y[10:])
    for _ in range(2):  # 12 rows, 2 of them positive: weight 12 / (2 * 2)
        b -= 3 * (1 / (1 + np.exp(-b)) - 1)
    assert_allclose(model.intercept_, b, rtol=1e-12)
    assert_array_equal(model.class_count_, [10, 2])


def test_balanced_in_chunks_is_balanced(pulsars):
    X, y = pulsars
    options = {"solver": "sgd", "class_weight": "balanced", "random_state": 0}
    whole = SLPClassifier(max_iter=30, tol=None, **options)
    chunks = SLPClassifier(**options)
    for _ in range(30):
        for part in np.array_split(np.arange(len(y)), 4):
            chunks.partial_fit(X[part], y[part], CLASSES)
    difference = chunks.decision_function(X) - whole.fit(X, y).decision_function(X)
    assert np.abs(difference).mean() < 0.3


def test_weights_of_chunks_compare(pulsars):
    """A chunk whose rows weigh next to nothing moves next to nothing."""
    X, y = pulsars
    model = SLPClassifier(random_state=0, momentum=0.0, alpha=0.0)
    model.partial_fit(X, y, CLASSES)
    before = model.coef_
    model.partial_fit(X[:100], y[:100], sample_weight=np.full(100, 1e-9))
    assert_allclose(model.coef_, before, rtol=1e-6)


@pytest.mark.parametrize("solver", ["psgd", "sgd"])
def test_weights_of_zero_only_make_known(pulsars, solver):
    X, y = pulsars
    model = SLPClassifier(solver=solver, random_state=0)
    model.partial_fit(X[:5], y[:5], CLASSES, sample_weight=np.zeros(5))
    assert model.n_features_in_ == X.shape[1]
    assert_array_equal(model.classes_, CLASSES)
    assert_array_equal(model.decision_function(X[:2]), [0, 0])
    assert (model.n_iter_, model.t_) == (0, 0)
    expected = SLPClassifier(solver=solver, random_state=0).partial_fit(X, y, CLASSES)
    assert_array_equal(model.partial_fit(X, y).coef_, expected.coef_)
    state = pickle.dumps(vars(model))
    model.partial_fit(X[:5], y[:5], sample_weight=np.zeros(5))
    assert pickle.dumps(vars(model)) == state


def test_classes(pulsars):
    X, y = pulsars
    with pytest.raises(ValueError, match="must be passed on the first call"):
        SLPClassifier().partial_fit(X, y)
    with pytest.raises(ValueError, match="classes is empty"):
        SLPClassifier().partial_fit(X, y, [])
    with pytest.raises(ValueError, match="hold at least 2 labels, got"):
        SLPClassifier().partial_fit(X, y, [1])
    model = SLPClassifier().partial_fit(X, y, [1, 0, 1])
    assert_array_equal(model.classes_, [0, 1])
    with pytest.raises(ValueError, match=r"\[0, 2\] is not the same as on the first"):
        model.partial_fit(X, y, [0, 2])
    with pytest.raises(ValueError, match="y holds the label 5"):
        model.partial_fit(X[:2], [0, 5])
    with pytest.raises(ValueError, match="has 7 features"):
        model.partial_fit(X[:, :7], y)


@pytest.mark.parametrize("estimator", [SLPClassifier, MLPClassifier])
@pytest.mark.parametrize("first, then", [*permutations(["sgd", "adam", "rmsprop"], 2)])
def test_another_rule_goes_on_from_the_weights(pulsars, estimator, first, then):
    """And not from what its moments were, which mean something else to another."""
    X, y = pulsars
    model = estimator(solver=first, random_state=0, standardize=True)
    for _ in range(3):
        model.partial_fit(X, y, classes=CLASSES)
    other = copy.deepcopy(model).set_params(solver=then)
    if "sgd" in (first, then):
        other._state = other._state.without_steps()
    model.set_params(solver=then).partial_fit(X, y)
    other.partial_fit(X, y)
    assert model.loss_ == other.loss_
    assert_array_equal(model.decision_function(X), other.decision_function(X))
    losses = model.loss_curve_
    assert losses[3] < 1.5 * losses[2]
