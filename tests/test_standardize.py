# SPDX-License-Identifier: BSD-3-Clause
"""standardize=True: the model behind a StandardScaler, in raw columns."""

import copy
import pickle
from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.preprocessing import StandardScaler

from skpulsar import SLPClassifier
from skpulsar._solvers.stepping import _optimizers

# Differences show where the penalty has a say, if not the last one
pytestmark = pytest.mark.filterwarnings("ignore:The penalty, and not the data")

CLASSES = [0, 1]
SOLVERS = ["psgd", "sgd", "adam", "rmsprop"]
SIZES = 10.0 ** np.array([-5, -2, 0, 1, 5])  # of the columns
exact = {"tol": 1e-10, "random_state": 0}


def made(n_rows=3000, seed=0, zeros=0.0):
    """Columns of very different sizes and offsets; the penalty matters."""
    rng = np.random.default_rng(seed)
    X = rng.normal([0, 3, -1, 0, 2], size=(n_rows, 5))
    X[rng.random(X.shape) < zeros] = 0
    y = X @ [1, -1, 0.5, 0, 1] - 3 > 0.7 * rng.logistic(size=n_rows)
    return X * SIZES, y.astype(int)


@pytest.fixture(scope="module")
def data():
    return made()


def behind_a_scaler(X, y, weight=None, centred=True, **options):
    """Logits of the model that a scaler is before."""
    scaler = StandardScaler(with_mean=centred).fit(X, sample_weight=weight)
    X = scaler.transform(X)
    model = SLPClassifier(solver="psgd", **exact | options).fit(X, y, weight)
    return model.decision_function(X), model


def objective(model, X, y, weight=None):
    """With the penalty of deviations by NumPy, 0 of constant columns."""
    z = X @ model.coef_[0] + model.intercept_[0]
    deviation = np.sqrt(StandardScaler().fit(X, sample_weight=weight).var_)
    loss = np.average(np.logaddexp(0, z) - y * z, weights=weight)
    return loss + model.alpha / 2 * np.sum((deviation * model.coef_[0]) ** 2)


VARIANTS = {
    "plain": {},
    "class weights": {"class_weight": {0: 1, 1: 7}},
    "balanced": {"class_weight": "balanced"},
    "sampled": {"sampling": 0.45},
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("layout", ["dense", "float32", "csr"])
def test_is_the_model_behind_a_scaler(layout, variant, weighted):
    X, y = made(zeros=0.7 if layout == "csr" else 0)
    weight = np.random.default_rng(1).integers(0, 4, len(y)) if weighted else None
    X = {"dense": np.array, "float32": np.float32, "csr": sparse.csr_array}[layout](X)
    options = {"alpha": 0.05, **VARIANTS[variant]}
    model = SLPClassifier(standardize=True, **exact | options).fit(X, y, weight)
    wide = X.astype(np.float64)
    expected, scaled = behind_a_scaler(wide, y, weight, layout != "csr", **options)
    assert_allclose(model.decision_function(X), expected, atol=2e-4)
    assert_allclose(model.loss_, scaled.loss_, rtol=1e-9)


@pytest.mark.parametrize("layout", [np.array, sparse.csr_array])
def test_without_an_intercept_deviations_are_those_about_the_mean(layout):
    X, y = made()
    options = {"alpha": 0.05, "fit_intercept": False}
    model = SLPClassifier(standardize=True, **exact, **options).fit(layout(X), y)
    expected, scaled = behind_a_scaler(X, y, centred=False, **options)
    assert_allclose(model.decision_function(X), expected, atol=2e-4)
    assert_allclose(model.loss_, scaled.loss_, rtol=1e-9)


def test_wide_rows_with_a_diagonal_preconditioner():
    rng = np.random.default_rng(0)
    X = sparse.random_array((2000, 2500), density=0.01, rng=rng, format="csr")
    X = X * rng.permutation(np.logspace(-5, 5, 2500))
    y = (X.sum(axis=1) > np.median(X.sum(axis=1))).astype(int)
    options = {"alpha": 0.01, "tol": 1e-8, "random_state": 0}
    model = SLPClassifier(standardize=True, **options).fit(X, y)
    expected, scaled = behind_a_scaler(X, y, centred=False, **options)
    assert_allclose(model.loss_, scaled.loss_, rtol=1e-6)
    assert_allclose(model.decision_function(X), expected, atol=0.02)


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize("layout", [np.array, sparse.csr_array])
@pytest.mark.parametrize("solver", ["sgd", "adam", "rmsprop"])
def test_minibatches_come_to_its_minimum(solver, layout, options):
    X, y = made(1500)
    weight = np.random.default_rng(1).exponential(size=len(y))
    options = {"alpha": 0.05, "random_state": 0, "standardize": True, **options}
    best = SLPClassifier(**options | exact).fit(layout(X), y, weight)
    long = {"batch_size": 30, "max_iter": 60, "average": 45_000, "tol": None}
    model = SLPClassifier(solver=solver, **long, **options).fit(layout(X), y, weight)
    expected = best.decision_function(X)
    difference = model.decision_function(X) - expected
    assert np.abs(difference).mean() < 0.03 * np.abs(expected).mean()


def test_a_step_of_a_number_is_the_textbook_s():
    """One step from no weights, then one that feels the penalty, in raw columns."""
    X, y = made(400)
    X, rate, alpha = X / SIZES, 0.1, 2.0
    model = SLPClassifier(
        solver="sgd", standardize=True, alpha=alpha, learning_rate_init=rate,
        momentum=0.0, batch_size=400, max_iter=2, tol=None,
    ).fit(X, y)  # fmt: skip
    w, b = np.zeros(5), 0.0
    for _ in range(2):
        slope = (1 / (1 + np.exp(-(X @ w + b))) - y) / len(y)
        w = w - rate * (slope @ X + alpha * X.var(axis=0) * w)
        b = b - rate * slope.sum()
    assert_allclose(model.coef_[0], w, rtol=1e-10)
    assert_allclose(model.intercept_, b, rtol=1e-10)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("layout", [np.array, sparse.csr_array])
def test_units_do_not_matter(data, solver, layout):
    X, y = data
    X, options = X / SIZES, {"solver": solver, "random_state": 0, "standardize": True}
    options |= {"tol": 1e-10} if solver == "psgd" else {"tol": None, "max_iter": 5}
    model = SLPClassifier(**options).fit(layout(X), y)
    expected = model.decision_function(X)
    for units in (SIZES, SIZES[::-1], np.full(5, 1e-5), np.full(5, 2.0**20)):
        other = SLPClassifier(**options).fit(layout(X * units), y)
        logits = other.decision_function(X * units)
        assert_allclose(logits, expected, rtol=1e-5, atol=1e-5)
        assert_allclose(other.loss_, model.loss_, rtol=1e-9)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("rate", ["auto", 1e-3])
@pytest.mark.parametrize("solver", SOLVERS)
def test_constant_columns_have_no_weight(solver, rate, fit_intercept):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((500, 5)), rng.integers(0, 2, 500)
    X[:, 1], X[:, 3] = 0.1, 1e3
    X[:, 4] = 1e9 + 1e-5 * X[:, 4]  # by StandardScaler's rule: not told from rounding
    scaler = StandardScaler().fit(X)
    assert_array_equal(scaler.scale_ == 1, [False, True, False, True, True])
    options = {"solver": solver, "random_state": 0, "fit_intercept": fit_intercept}
    if solver != "psgd":
        options |= {"learning_rate_init": rate, "max_iter": 3, "tol": None}
    for alpha in (0.0, 0.1):
        model = SLPClassifier(standardize=True, alpha=alpha, **options)
        model.coef_, model.intercept_ = np.ones((1, 5)), np.ones(1)
        for weights in (model.fit(X, y), model.partial_fit(X, y)):
            assert_array_equal(weights.coef_[0] == 0, scaler.scale_ == 1)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_warm_start_forgets_weights_of_columns_that_vary_no_more(data, solver):
    X, y = data
    options = {"solver": solver, "standardize": True, "random_state": 0}
    model = SLPClassifier(warm_start=True, tol=None, max_iter=3, **options).fit(X, y)
    X = X.copy()
    X[:, 1] = 7
    assert model.fit(X, y).coef_[0, 1] == 0


def test_a_warm_start_is_another_way_to_the_same_minimum(data):
    X, y = data
    options = {"standardize": True, "alpha": 0.05, **exact}
    cold = SLPClassifier(**options).fit(X, y)
    warm = SLPClassifier(warm_start=True, **options).fit(X[:100], y[:100]).fit(X, y)
    assert_allclose(warm.loss_, cold.loss_, rtol=1e-9)


def stream(X, y, size, weight=None, model=None, **options):
    model = model or SLPClassifier(solver="psgd", standardize=True, **options)
    for start in range(0, len(y), size):
        part = slice(start, start + size)
        given = None if weight is None else weight[part]
        model.partial_fit(X[part], y[part], CLASSES, given)
    return model


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("size", [37, 1500, 12_000])
def test_a_stream_ends_next_to_the_fit(size, weighted):
    """Deviations and weights change from one chunk to the next."""
    X, y = made(12_000)
    order = np.argsort(np.abs(X[:, 4]) + 1e5 * np.arange(len(y)) / len(y))
    X, y = X[order], y[order]
    weight = np.logspace(-3, 3, len(y)) if weighted else None
    if size == 37:
        X, y, weight = X[:2500], y[:2500], None if weight is None else weight[:2500]
    options = {"alpha": 0.05, "random_state": 0}
    model = stream(X, y, size, weight, **options)
    best = SLPClassifier(standardize=True, alpha=0.05, **exact).fit(X, y, weight)
    least = objective(best, X, y, weight)
    assert_allclose(best.loss_, least, rtol=1e-9)
    assert 0 <= objective(model, X, y, weight) / least - 1 < 1e-3


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS)
def test_a_stream_goes_on_after_a_fit(data, options):
    """The penalty of the fit's rows is that of all rows from then on."""
    X, y = made(6000)
    X[3000:, 1] *= 2  # whose deviation grows
    model = SLPClassifier(standardize=True, alpha=0.05, random_state=0, **options)
    model.fit(X[:3000], y[:3000])
    stream(X[3000:], y[3000:], 1000, model=model)
    best = copy.deepcopy(model).set_params(tol=1e-10).fit(X, y)
    logits = model.decision_function(X) - best.decision_function(X)
    assert np.abs(logits).mean() < 0.05


def test_rows_again_after_a_fit_change_next_to_nothing(data):
    """The curvature that the fit leaves behind holds none of its penalty."""
    X, y = data
    model = SLPClassifier(standardize=True, alpha=5.0, tol=1e-10, random_state=0)
    before = model.fit(X, y).coef_
    summary = model._state.summary
    p = 1 / (1 + np.exp(-model.decision_function(X)))
    A = np.column_stack([X - X.mean(axis=0), np.ones(len(y))])
    H = (A.T * (p * (1 - p))) @ A / len(y)
    unit = np.sqrt(np.diag(H))
    found = summary.curvature() / unit / unit[:, np.newaxis]
    assert_allclose(found, H / unit / unit[:, np.newaxis], atol=1e-4)
    assert_allclose(model.partial_fit(X, y).coef_, before, rtol=1e-3)


@pytest.mark.parametrize("solver", ["sgd", "adam", "rmsprop"])
@pytest.mark.parametrize("rate", ["auto", 1e-3])
def test_fit_equals_partial_fits_bit_for_bit(pulsars, solver, rate):
    X, y = pulsars
    weight = np.random.default_rng(0).exponential(size=len(y))
    options = {"solver": solver, "learning_rate_init": rate, "random_state": 0}
    model = SLPClassifier(standardize=True, alpha=0.1, max_iter=3, tol=None, **options)
    fitted = copy.deepcopy(model).fit(X, y, weight)
    for _ in range(3):
        model.partial_fit(X, y, CLASSES, weight)
        model = pickle.loads(pickle.dumps(model))
    assert_array_equal(model.coef_, fitted.coef_)
    assert model.loss_curve_ == fitted.loss_curve_


@pytest.mark.parametrize("solver", SOLVERS)
def test_deviations_are_those_of_all_rows_seen(data, solver):
    X, y = data
    weight = np.logspace(-200, 200, len(y))
    model = SLPClassifier(solver=solver, standardize=True, class_weight="balanced")
    for start, stop in pairwise([0, 5, 1500, 2990, 3000]):
        part = slice(start, stop)
        model.partial_fit(X[part], y[part], CLASSES, weight[part])
    mean = np.average(X, axis=0, weights=weight)
    expected = np.sqrt(np.average((X - mean) ** 2, axis=0, weights=weight))
    assert_allclose(model._moments.deviation(), expected, rtol=1e-9)


@pytest.mark.parametrize("solver", SOLVERS)
def test_loss_is_its_objective(data, solver):
    X, y = data
    options = {"solver": solver, "alpha": 0.3, "random_state": 0}
    if solver != "psgd":
        options |= {"batch_size": 50, "max_iter": 20, "tol": None}
    model = SLPClassifier(standardize=True, **options).fit(X, y)
    rtol = 1e-9 if solver == "psgd" else 0.01
    assert_allclose(model.loss_, objective(model, X, y), rtol=rtol)


def test_a_fit_that_rose_above_its_start_by_this_penalty_is_undone(monkeypatch):
    """One step to weights that are right, in raw columns small, in deviations large."""
    monkeypatch.setattr(_optimizers, "ADAM_RATE", 100)
    X = 1e6 * np.random.default_rng(0).standard_normal((100, 1))
    y = (X[:, 0] > 0).astype(int)
    options = {"alpha": 0.1, "fit_intercept": False, "max_iter": 1, "tol": None}
    model = SLPClassifier(solver="adam", **options)
    assert model.fit(X, y).coef_.any()
    model.set_params(standardize=True)
    with pytest.warns(match="did not lower the objective"):
        model.fit(X, y)
    assert_array_equal(model.coef_, 0)


@pytest.mark.parametrize("value", [1e200, np.nan, np.inf])
@pytest.mark.parametrize("solver", SOLVERS)
def test_an_error_changes_nothing(data, solver, value):
    X, y = data
    model = SLPClassifier(solver=solver, standardize=True, random_state=0)
    model.partial_fit(X[:500], y[:500], CLASSES)
    before = pickle.dumps(vars(model))
    bad = X[:50].copy()
    bad[3, 2] = value
    words = "Column 2 of X is too large" if value == 1e200 else "NaN|infinity"
    for method in (model.fit, model.partial_fit):
        with pytest.raises(ValueError, match=words):
            method(bad, y[:50])
        assert pickle.dumps(vars(model)) == before
