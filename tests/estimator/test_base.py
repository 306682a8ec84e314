# SPDX-License-Identifier: BSD-3-Clause
"""What estimators share, by one that knows of no classes."""

import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.base import RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted

import skpulsar
from skpulsar import SLPClassifier
from skpulsar._estimator._common_parameters import PARAMETERS
from skpulsar._estimator._fit_result import FitResult
from skpulsar._estimator._linear_weights import LinearWeights
from skpulsar._estimator._prediction import decision
from skpulsar._estimator._slp import BaseSLP
from skpulsar._estimator._transaction import exclusive, unchanged_on_error
from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._memory import Rows

HOME = str(Path(skpulsar.__file__).parent)


class Result(LinearWeights, FitResult):
    """Where its training stands."""


class Fractions(RegressorMixin, BaseSLP):
    """Shares in [0, 1] by a logit: a regressor as short as one can be."""

    _parameters = PARAMETERS
    _Result = Result

    def __init__(
        self, *, alpha=1e-4, standardize=False, solver="adam", batch_size="auto",
        learning_rate="constant", learning_rate_init="auto", power_t=0.5, momentum=0.9,
        nesterovs_momentum=True, beta_1=0.9, beta_2=0.999, epsilon=1e-8, average=False,
        max_iter=100, tol=1e-4, n_iter_no_change=5, shuffle=True, fit_intercept=True,
        early_stopping=False, validation_fraction=0.1, scoring="loss",
        return_train_score=False, warm_start=False, n_jobs=None, random_state=None,
        verbose=0,
    ):  # fmt: skip
        given = locals()
        vars(self).update({name: given[name] for name in PARAMETERS})

    def fit(self, X, y, sample_weight=None):
        with exclusive(self), unchanged_on_error(self):
            self._fit(X, y, sample_weight, None, None, None)
        return self

    def partial_fit(self, X, y, sample_weight=None):
        with exclusive(self), unchanged_on_error(self):
            self._partial_fit(X, y, sample_weight)
        return self

    def predict(self, X):
        check_is_fitted(self)
        return expit(decision(self, X)[:, 0])

    def _check_targets(self, y):
        return {}

    def _loss_of(self, result):
        return LOGISTIC

    def _first_result(self, y, n_columns, before):
        zeros = np.zeros((1, n_columns + 1))
        return Result(weights=zeros if before is None else before.weights)

    def _next_result(self, y, n_columns, before):
        return before or self._first_result(y, n_columns, None)

    def _weighted_rows(self, X, y, sample_weight, start, solver):
        weight = None if sample_weight is None else sample_weight / sample_weight.mean()
        return Rows(kernel_matrix(X), y.astype(float), weight), start, {}

    def _check_seen(self, result):
        pass


@pytest.fixture(scope="module")
def shares():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((1000, 4))
    y = expit(X @ [1.0, -2.0, 0.5, 0.0] - 1 + rng.standard_normal(1000))
    return X, y, rng.exponential(size=1000)


@pytest.mark.parametrize("options", [{}, {"solver": "sgd"}, {"standardize": True}])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_regressor_finds_its_minimum(shares, options, weighted):
    X, y, weight = shares
    w = weight if weighted else np.ones(len(y))
    unit = np.ones(4)
    if options.get("standardize"):
        mean = np.average(X, axis=0, weights=w)
        unit = np.sqrt(np.average((X - mean) ** 2, axis=0, weights=w))

    def objective(point):
        logits = X @ point[:-1] + point[-1]
        losses = np.logaddexp(0, logits) - y * logits
        return np.average(losses, weights=w) + 0.005 * np.sum((unit * point[:-1]) ** 2)

    least = minimize(objective, np.zeros(5), tol=1e-12)
    model = Fractions(
        alpha=0.01, batch_size=20, average=20_000, max_iter=60, tol=None,
        random_state=0, **options,
    )  # fmt: skip
    model.fit(X, y, weight if weighted else None)
    found = np.append(model.coef_, model.intercept_)
    assert objective(found) - least.fun < 1e-3 * least.fun
    assert_allclose(found, least.x, atol=0.05)
    assert_allclose(model.predict(X), expit(X @ found[:-1] + found[-1]))
    assert model.score(X, y) > 0.5


def test_what_estimators_share_knows_no_classes(shares):
    X, y, _ = shares
    model = Fractions(max_iter=2, tol=None).fit(X, y)
    assert not [name for name in vars(model) if "class" in name or "prior" in name]


def test_epochs_of_a_regressor_go_on(shares):
    X, y, weight = shares
    fitted = Fractions(random_state=0, max_iter=3, tol=None).fit(X, y, weight)
    model = clone(fitted)
    for _ in range(3):
        model = pickle.loads(pickle.dumps(model.partial_fit(X, y, weight)))
    assert_array_equal(model.coef_, fitted.coef_)
    assert model.loss_curve_ == fitted.loss_curve_
    warm = clone(fitted).set_params(warm_start=True, max_iter=1)
    cold = warm.fit(X, y).loss_
    assert warm.fit(X, y).loss_ < cold
    assert warm.n_iter_ == 1


def test_a_regressor_is_unchanged_by_an_error(shares):
    X, y, _ = shares
    model = Fractions(max_iter=2, tol=None).fit(X, y)
    model.set_params(learning_rate_init=1e300)
    before = pickle.dumps(vars(model))
    for method in (model.fit, model.partial_fit):
        with pytest.raises(ValueError, match="Training overflowed"):
            method(X, y)
        assert pickle.dumps(vars(model)) == before


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("solver", ["psgd", "sgd"])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_call_builds_its_rows_once(pulsars, monkeypatch, method, solver, weighted):
    X, y = pulsars
    built = []
    monkeypatch.setattr(
        "skpulsar._estimator._class_targets.Rows",
        lambda *given: built.append(given) or Rows(*given),
    )
    model = SLPClassifier(
        solver=solver, max_iter=1, tol=None, class_weight="balanced", random_state=0
    )
    given = {"sample_weight": np.linspace(1, 2, len(y)) if weighted else None}
    if method == "partial_fit":
        given["classes"] = [0, 1]
    getattr(model, method)(X, y, **given)
    assert len(built) == 1


def test_a_fit_at_the_defaults_makes_few_calls(pulsars):
    """Each of them costs who fits small data."""
    X, y = pulsars
    calls = []

    def count(frame, event, argument):
        if event == "call" and frame.f_code.co_filename.startswith(HOME):
            calls.append(frame.f_code.co_qualname)

    SLPClassifier(random_state=0).fit(X, y)  # some run once in the life of a process
    model, before = SLPClassifier(random_state=0), sys.getprofile()
    sys.setprofile(count)
    try:
        model.fit(X, y)
    finally:
        sys.setprofile(before)
    assert len(calls) <= 300
