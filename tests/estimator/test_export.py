# SPDX-License-Identifier: BSD-3-Clause
"""The exported estimators predict the same, and minimise the same objective."""

import numpy as np
import pandas as pd
import pytest
from _fitted import LABELS, SOLVERS, TARGETS, THREE, X, Y, of_solver
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier

from skpulsar import SLPClassifier, SLPRegressor
from skpulsar._estimator._slp import BaseSLP

Z = (X - X.mean(axis=0)) / X.std(axis=0)
TOL = 1e-12


def assert_predicts_the_same(exported, model, rows):
    """Logits within rounding, which grows with the terms that are added up."""
    sums = np.abs(rows) @ np.abs(model.coef_.reshape(-1, rows.shape[1]).T)
    atol = TOL * max(1.0, sums.max())
    if not is_classifier(model):
        assert_allclose(exported.predict(rows), model.predict(rows), TOL, atol)
        return
    logits = model.decision_function(rows)
    assert_allclose(exported.decision_function(rows), logits, TOL, atol)
    assert_allclose(exported.predict_proba(rows), model.predict_proba(rows), 0, atol)
    assert_array_equal(exported.classes_, model.classes_)
    sure = np.abs(logits).reshape(len(rows), -1).min(axis=1) > atol
    assert_array_equal(exported.predict(rows)[sure], model.predict(rows)[sure])
    assert exported.predict(rows).dtype == model.predict(rows).dtype


@pytest.mark.parametrize("solver", SOLVERS)
def test_every_estimator_predicts_the_same(solver):
    for model in of_solver(solver).values():
        if not isinstance(model, BaseSLP):
            continue
        rows = X
        if model.n_features_in_ != X.shape[1]:
            rows = np.random.default_rng(1).standard_normal((50, model.n_features_in_))
        exported = model.to_sklearn()
        assert_predicts_the_same(exported, model, rows)
        assert exported.n_features_in_ == model.n_features_in_


@pytest.mark.parametrize(
    "estimator, y, kind",
    [
        (SLPClassifier(), Y, LogisticRegression),
        (SLPClassifier(), THREE, LogisticRegression),
        (SLPClassifier(), np.array(["star", "pulsar"])[Y], LogisticRegression),
        (SLPClassifier(), LABELS, OneVsRestClassifier),
        (SLPRegressor(), TARGETS, Ridge),
        (SLPRegressor(), TARGETS[:, 0], Ridge),
    ],
)
def test_its_attributes_are_those_of_a_fitted_one(estimator, y, kind):
    frame = pd.DataFrame(Z, columns=[f"c{k}" for k in range(Z.shape[1])])
    model = estimator.fit(frame, y)
    exported = model.to_sklearn()
    assert type(exported) is kind
    fitted = clone(exported).fit(frame, y)
    assert vars(fitted).keys() - vars(exported).keys() == set()
    assert_array_equal(exported.feature_names_in_, frame.columns)
    for name, value in vars(fitted).items():
        if isinstance(value, np.ndarray) and name != "n_iter_":
            found = getattr(exported, name)
            assert found.shape == value.shape and found.dtype == value.dtype, name
    if kind is LogisticRegression:
        assert exported.n_iter_.tolist() == [model.n_iter_]


@pytest.mark.parametrize("model", [SLPClassifier().fit(X, Y), SLPRegressor().fit(X, Y)])
def test_it_has_arrays_of_its_own(model):
    exported, before = model.to_sklearn(), model.predict(X)
    model.coef_ += 1
    model.intercept_ += 1
    assert_allclose(exported.predict(X), before)


WEIGHTS = [
    {},
    {"class_weight": {1: 5.0}},
    {"class_weight": "balanced"},
    {"sampling": 0.4},
    {"sampling": "balanced", "class_weight": {0: 2.0}},
    {"fit_intercept": False},
    {"alpha": 0.03},
]


@pytest.mark.parametrize("options", WEIGHTS, ids=str)
@pytest.mark.parametrize("y", [Y, THREE], ids=["two", "three"])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_logistic_regression_has_the_same_minimum(options, y, weighted):
    weight = np.random.default_rng(0).exponential(3, len(y)) if weighted else None
    model = SLPClassifier(tol=1e-10, random_state=0, **options).fit(Z, y, weight)
    refitted = clone(model.to_sklearn()).set_params(
        tol=1e-9, max_iter=5000, solver="newton-cholesky"
    )
    refitted.fit(Z, y, weight)
    coef = refitted.coef_
    if len(coef) > 1:
        coef = coef - coef.mean(axis=0)
    assert_allclose(coef, model.coef_, atol=2e-4 * abs(model.coef_).max())


@pytest.mark.parametrize(
    "class_weight", [None, "balanced", [{1: 3.0}, {0: 0.5, 1: 2.0}]], ids=str
)
def test_so_has_one_for_each_label(class_weight):
    options = {"class_weight": class_weight, "tol": 1e-10, "random_state": 0}
    model = SLPClassifier(**options).fit(Z, LABELS)
    for one, row, y in zip(
        model.to_sklearn().estimators_, model.coef_, LABELS.T, strict=True
    ):
        refitted = clone(one).set_params(tol=1e-9, solver="newton-cholesky").fit(Z, y)
        assert_allclose(refitted.coef_[0], row, atol=2e-4 * abs(row).max())


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("y", [TARGETS, TARGETS[:, 0]], ids=["two", "one"])
def test_a_ridge_has_the_same_minimum(y, weighted):
    weight = np.random.default_rng(0).exponential(3, len(y)) if weighted else None
    model = SLPRegressor(alpha=0.1, tol=1e-10, random_state=0).fit(Z, y, weight)
    refitted = clone(model.to_sklearn()).fit(Z, y, weight)
    assert_allclose(refitted.coef_, model.coef_, atol=1e-4 * abs(model.coef_).max())


def test_parameters_without_a_counterpart_are_defaults():
    assert SLPClassifier(standardize=True).fit(X, Y).to_sklearn().C == 1.0
    assert SLPRegressor(standardize=True).fit(X, TARGETS).to_sklearn().alpha == 1.0
    assert SLPClassifier(alpha=0, max_iter=3).fit(Z, Y).to_sklearn().C == np.inf
    none = SLPClassifier().partial_fit(X, Y, [0, 1], sample_weight=np.zeros(len(Y)))
    assert none.to_sklearn().C == np.inf


@pytest.mark.parametrize("correction", [True, 0.01, {1: 0.2}])
def test_the_shift_of_the_prior_is_in_the_intercept(correction):
    options = {"sampling": "balanced", "random_state": 0}
    model = SLPClassifier(prior_correction=correction, **options).fit(X, Y)
    assert model.prior_shift_ != 0
    assert_array_equal(model.to_sklearn().intercept_, model.intercept_)
    assert_predicts_the_same(model.to_sklearn(), model, X)


def test_what_was_set_by_hand_is_exported():
    model = SLPClassifier().fit(X, Y)
    model.intercept_ = model.intercept_ - 1.5
    assert_array_equal(model.to_sklearn().intercept_, model.intercept_)


@pytest.mark.parametrize(
    "labels",
    [["star", "pulsar"], np.array([7, 3], np.int8), np.array([2, 1], "M8[D]")],
    ids=str,
)
def test_class_weights_are_by_label(labels):
    model = SLPClassifier(class_weight="balanced").fit(Z, np.array(labels)[Y])
    weights = model.to_sklearn().class_weight
    counts = dict(zip(model.classes_, model.class_count_, strict=True))
    assert all(weights[label] * counts[label] == pytest.approx(300) for label in counts)


def test_sparse_rows_are_predicted_the_same():
    model = SLPClassifier().fit(csr_array(X), Y)
    logits = model.to_sklearn().decision_function(csr_array(X))
    assert_allclose(logits, model.decision_function(X), 1e-10, 1e-10)


@pytest.mark.parametrize("estimator", [SLPClassifier(), SLPRegressor()])
def test_an_unfitted_estimator_is_refused(estimator):
    with pytest.raises(NotFittedError):
        estimator.to_sklearn()
