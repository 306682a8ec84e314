# SPDX-License-Identifier: BSD-3-Clause
"""SLPClassifier of more than two classes: softmax by every solver."""

import pickle

import numpy as np
import pytest
from _assertions import refuses
from _softmax import ByNumPy, made
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from scipy.special import log_softmax, softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpulsar import SLPClassifier

STEPPING = ("sgd", "adam", "rmsprop")
LABELS = np.array(["b", "d", "a", "c"])  # their order is another than that of numbers


@pytest.fixture(scope="module")
def data():
    X, y, weight = made(900, 5, 4)
    return X, LABELS[y], weight


def weights_of(model):
    return np.column_stack([model.coef_, model.intercept_])


def objective(model, X, y, weight=None, alpha=None):
    numbers = np.searchsorted(model.classes_, y)
    alpha = model.alpha if alpha is None else alpha
    return ByNumPy(X, numbers, weight, alpha)(weights_of(model))[0]


@pytest.mark.parametrize("load", [load_iris, load_wine, load_digits])
@pytest.mark.parametrize("alpha", [1e-2, 1e-4])
def test_is_at_the_minimum_of_logistic_regression(load, alpha):
    X, y = load(return_X_y=True)
    model = SLPClassifier(alpha=alpha).fit(X, y)
    peer = LogisticRegression(
        C=1 / (alpha * len(y)), solver="newton-cholesky", tol=1e-8, max_iter=1000
    ).fit(X, y)
    least = ByNumPy(X, y, None, alpha)(weights_of(peer))[0]
    assert objective(model, X, y) <= least * (1 + 2e-4)
    assert model.loss_ == pytest.approx(objective(model, X, y), rel=1e-9)
    assert (model.predict(X) == peer.predict(X)).mean() > 0.99


@pytest.mark.parametrize("layout", [np.asarray, csr_array])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_shapes_and_answers(data, layout, dtype):
    X, y, _ = data
    X = layout(X.astype(dtype))
    model = SLPClassifier().fit(X, y)
    assert_array_equal(model.classes_, ["a", "b", "c", "d"])
    assert model.coef_.shape == (4, 5) and model.intercept_.shape == (4,)
    logits = model.decision_function(X)
    assert logits.shape == (900, 4) and logits.dtype == np.float64
    assert_allclose(logits, X @ model.coef_.T + model.intercept_, rtol=1e-6, atol=1e-6)
    assert_allclose(model.predict_proba(X), softmax(logits, axis=1), rtol=1e-11)
    log_proba = model.predict_log_proba(X)
    assert_allclose(log_proba, log_softmax(logits, axis=1), rtol=1e-11, atol=1e-14)
    assert_array_equal(model.predict(X), model.classes_[logits.argmax(axis=1)])
    size = np.abs(model.coef_).max(axis=0)
    assert_allclose(model.coef_.sum(axis=0) / size, 0, atol=1e-9)


@pytest.mark.parametrize("solver", ["auto", *STEPPING])
@pytest.mark.parametrize("options", [{}, {"fit_intercept": False}, {"average": 5000}])
def test_every_solver_nears_one_minimum(data, solver, options):
    X, y, weight = data
    if solver == "auto":
        options = {k: v for k, v in options.items() if k != "average"}
    else:
        options = {"max_iter": 60, "tol": None} | options
    model = SLPClassifier(solver=solver, alpha=0.01, random_state=0, **options)
    model.fit(X, y, weight)
    numbers = np.searchsorted(model.classes_, y)
    F = ByNumPy(X, numbers, weight, 0.01, model.fit_intercept)
    best = SLPClassifier(alpha=0.01, tol=1e-8, fit_intercept=model.fit_intercept)
    least = best.fit(X, y, weight).loss_
    bound = 1.001 if solver == "auto" else 1.3 if not model.fit_intercept else 1.05
    assert least * (1 - 1e-12) <= F(weights_of(model))[0] <= bound * least


@pytest.mark.parametrize("solver", ["auto", *STEPPING])
def test_classes_of_another_order_are_rows_of_another_order(data, solver):
    X, y, _ = data
    names = dict(zip("abcd", "zxyw", strict=True))
    options = {} if solver == "auto" else {"max_iter": 3, "tol": None}
    one, other = (
        SLPClassifier(solver=solver, random_state=0, **options).fit(X, labels)
        for labels in (y, np.array([names[label] for label in y]))
    )
    rows = [list(other.classes_).index(names[label]) for label in one.classes_]
    size = np.abs(one.coef_).max(axis=0)
    rtol = 1e-4 if solver == "auto" else 1e-9  # within the certificate of psgd
    assert_allclose(other.coef_[rows] / size, one.coef_ / size, atol=rtol)
    assert_allclose(other.intercept_[rows], one.intercept_, rtol=10 * rtol, atol=rtol)


@pytest.mark.parametrize("solver", STEPPING)
def test_calls_of_partial_fit_are_epochs(data, solver):
    X, y, weight = data
    whole = SLPClassifier(solver=solver, max_iter=3, tol=None, random_state=0)
    whole.fit(X, y, weight)
    model = SLPClassifier(solver=solver, random_state=0)
    for _ in range(3):
        model.partial_fit(X, y, LABELS, weight)
    assert_array_equal(model.coef_, whole.coef_)
    assert_array_equal(model.intercept_, whole.intercept_)
    assert model.t_ == 2700
    assert_array_equal(model.sampling_counts_, 3 * np.unique(y, return_counts=True)[1])


def test_partial_fit_by_default_ends_where_fit_does(data):
    X, y, weight = data
    model = SLPClassifier(random_state=0)
    for part in np.array_split(np.arange(len(y)), 5):
        model.partial_fit(X[part], y[part], LABELS, weight[part])
    assert model.solver_ == "psgd"
    whole = SLPClassifier(random_state=0).fit(X, y, weight)
    assert model.loss_ == pytest.approx(whole.loss_, rel=2e-4)


def test_a_chunk_may_lack_classes(data):
    X, y, _ = data
    model = SLPClassifier(solver="sgd", random_state=0)
    for label in "abcd":
        model.partial_fit(X[y == label], y[y == label], LABELS)
    assert model.coef_.shape == (4, 5) and np.isfinite(model.coef_).all()
    assert_array_equal(model.class_count_, np.unique(y, return_counts=True)[1])


@pytest.mark.parametrize("solver", ["auto", "adam"])
def test_class_weights_are_row_weights(data, solver):
    X, y, weight = data
    given = {"a": 3.0, "b": 0.5, "c": 1.0, "d": 2.0}
    options = {"solver": solver, "random_state": 0}
    if solver != "auto":
        options |= {"max_iter": 3, "tol": None}
    one = SLPClassifier(class_weight=given, **options).fit(X, y, weight)
    each = weight * np.array([given[label] for label in y])
    other = SLPClassifier(**options).fit(X, y, each)
    size = np.abs(one.coef_).max(axis=0)
    assert_allclose(one.coef_ / size, other.coef_ / size, atol=1e-4)


def test_balanced_weights_and_sampling_have_one_objective(data):
    X, y, weight = data
    balanced = SLPClassifier(class_weight="balanced", tol=1e-9).fit(X, y, weight)
    sampled = SLPClassifier(sampling="balanced", tol=1e-9).fit(X, y, weight)
    size = np.abs(balanced.coef_).max(axis=0)
    assert_allclose(balanced.coef_ / size, sampled.coef_ / size, atol=1e-4)


def test_a_number_is_the_share_of_the_rarest_class(data):
    X, y, _ = data
    counts = np.unique(y, return_counts=True)[1]
    shares, rarest = counts / counts.sum(), counts.argmin()
    model = SLPClassifier(sampling=0.4, tol=1e-9).fit(X, y)
    wanted = shares * 0.6 / (1 - shares[rarest])
    wanted[rarest] = 0.4
    given = dict(zip("abcd", wanted / shares, strict=True))
    other = SLPClassifier(class_weight=given, tol=1e-9).fit(X, y)
    size = np.abs(model.coef_).max(axis=0)
    assert_allclose(model.coef_ / size, other.coef_ / size, atol=1e-4)


@pytest.mark.parametrize("options", [{"class_weight": "balanced"}, {"sampling": 0.5}])
def test_prior_correction_takes_the_logarithms_of_the_factors_out(data, options):
    X, y, _ = data
    plain = SLPClassifier(tol=1e-9, **options).fit(X, y)
    model = SLPClassifier(tol=1e-9, prior_correction=True, **options).fit(X, y)
    shift = model.prior_shift_
    assert shift.shape == (4,) and shift.sum() == pytest.approx(0, abs=1e-12)
    assert_array_equal(model.coef_, plain.coef_)
    assert_allclose(model.intercept_, plain.intercept_ - shift, rtol=1e-12)
    means = model.predict_proba(X).mean(axis=0)
    shares = np.unique(y, return_counts=True)[1] / len(y)
    before = plain.predict_proba(X).mean(axis=0)
    assert np.abs(means - shares).max() < 0.5 * np.abs(before - shares).max()


def test_prior_correction_by_label(data):
    X, y, _ = data
    population = {"a": 0.7, "b": 0.1, "c": 0.1, "d": 0.1}
    model = SLPClassifier(prior_correction=population).fit(X, y)
    counts = np.unique(y, return_counts=True)[1] / len(y)
    expected = np.log(counts) - np.log(list(population.values()))
    assert_allclose(model.prior_shift_, expected - expected.mean(), rtol=1e-12)
    for wrong in ({"a": 0.5}, {"a": 0.9, "b": 0.9, "c": 0.1, "d": 0.1}):
        with pytest.raises(ValueError, match="prior_correction by label must be"):
            SLPClassifier(prior_correction=wrong).fit(X, y)


def test_a_prior_of_several_classes_is_given_by_label(data):
    X, y, _ = data
    words = r"prior_correction=0.3 is the share of classes_\[1\] of two classes"
    refuses(ValueError, words, SLPClassifier(prior_correction=0.3), "fit", X, y)


def test_rows_of_weight_0_are_no_rows(data):
    X, y, weight = data
    weight = weight.copy()
    weight[::3] = 0
    used = weight > 0
    one = SLPClassifier().fit(X, y, weight)
    other = SLPClassifier().fit(X[used], y[used], weight[used])
    assert_array_equal(one.coef_, other.coef_)
    assert_array_equal(one.intercept_, other.intercept_)


def test_a_class_without_weight_is_refused(data):
    X, y, weight = data
    weight = np.where(y == "c", 0, weight)
    with pytest.raises(ValueError, match="all weights of class c are zero"):
        SLPClassifier().fit(X, y, weight)


def test_a_warm_start_goes_on(data):
    X, y, _ = data
    model = SLPClassifier(warm_start=True).fit(X, y)
    first = model.n_iter_
    model.fit(X, y)
    assert model.loss_ <= model.loss_curve_[0] and first >= 1
    with pytest.raises(ValueError, match="goes on with the classes"):
        model.fit(X, np.where(y == "d", "a", y))


def test_units_of_columns_do_not_matter_where_standardised(data):
    X, y, _ = data
    one = SLPClassifier(standardize=True, tol=1e-9).fit(X, y)
    unit = 10.0 ** np.arange(-2, 3)
    other = SLPClassifier(standardize=True, tol=1e-9).fit(X * unit, y)
    assert_allclose(other.coef_ * unit, one.coef_, rtol=1e-4, atol=1e-6)


def test_separable_classes_without_a_penalty_are_told_of():
    X, y = np.repeat(np.eye(3), 20, axis=0), np.repeat([0, 1, 2], 20)
    with pytest.warns(ConvergenceWarning, match="separable"):
        SLPClassifier(alpha=0).fit(X, y)


def test_columns_far_from_0_without_an_intercept_are_told_of(data):
    X, y, _ = data
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    SLPClassifier(fit_intercept=False).fit(X + 10, y)
    with pytest.warns(ConvergenceWarning, match="stopped at rounding"):
        model = SLPClassifier(fit_intercept=False).fit(X + 1e8, y)
    assert model.objective_gap_ == model.loss_


@pytest.mark.parametrize("far", [1e6, 1e12])
def test_fill_values_that_own_a_column_are_told_of(far):
    """Their rows keep the column's curvature after they have saturated."""
    X, y, _ = made(9000, 3, 3)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    SLPClassifier().fit(X, y)
    X[(y == 2) & (np.arange(len(y)) % 3 == 0), 1] = far
    with pytest.warns(ConvergenceWarning, match="stopped at rounding"):
        SLPClassifier().fit(X, y)
    few = slice(0, 900)  # whose minimum is found over all of them
    F = ByNumPy(X[few], y[few], None, 1e-4)
    model = SLPClassifier().fit(X[few], y[few])
    assert model.loss_ <= F.least(weights_of(model)) * (1 + 1e-4)


@pytest.mark.parametrize("far", [1e6, 1e12])
def test_entries_that_own_a_column_of_csr_rows_are_told_of(far):
    X, y, _ = made(9000, 3, 3, sparse=True)
    X /= X.std(axis=0)
    SLPClassifier().fit(csr_array(X), y)
    X[np.flatnonzero(X[:, 1])[::500], 1] = far
    with pytest.warns(ConvergenceWarning, match="stopped at rounding"):
        SLPClassifier().fit(csr_array(X), y)


def test_two_of_many_classes_are_one_logit(data):
    X, y, _ = data
    two = np.isin(y, ["a", "b"])
    model = SLPClassifier().fit(X[two], y[two])
    assert model.coef_.shape == (1, 5) and model.prior_shift_ == 0.0
    assert model.decision_function(X).ndim == 1


def test_in_scikit_learn():
    X, y = load_iris(return_X_y=True)
    model = make_pipeline(StandardScaler(), SLPClassifier())
    scores = cross_validate(
        model, X, y, scoring=["f1_macro", "f1_micro", "f1_weighted", "neg_log_loss"]
    )
    assert scores["test_f1_macro"].mean() > 0.9
    search = GridSearchCV(SLPClassifier(), {"alpha": [1e-4, 1e-2]}, scoring="f1_macro")
    assert search.fit(X, y).best_score_ > 0.9
    calibrated = CalibratedClassifierCV(SLPClassifier(), ensemble=False).fit(X, y)
    assert f1_score(y, calibrated.predict(X), average="macro") > 0.9


@pytest.mark.parametrize("solver", ["auto", *STEPPING])
def test_pickles_and_bits(data, solver):
    X, y, _ = data
    options = {} if solver == "auto" else {"max_iter": 2, "tol": None}
    one, other = (
        SLPClassifier(solver=solver, random_state=0, **options).fit(X, y)
        for _ in range(2)
    )
    assert_array_equal(one.coef_, other.coef_)
    again = pickle.loads(pickle.dumps(one))
    assert_array_equal(again.predict_proba(X), one.predict_proba(X))
