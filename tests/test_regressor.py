# SPDX-License-Identifier: BSD-3-Clause
"""SLPRegressor as users meet it."""

import pickle
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array, random_array
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpulsar import SLPRegressor
from skpulsar._kernels import _core

SOLVERS = ("psgd", "sgd", "adam", "rmsprop")


def problem(n=1500, d=6, n_targets=None, seed=0):
    """Columns of any size and offset, targets with heavy tails, and weights."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d)) * np.exp(2 * rng.standard_normal(d))
    X += 3 * rng.standard_normal(d)
    shape = n if n_targets is None else (n, n_targets)
    B = rng.standard_normal(d if n_targets is None else (d, n_targets)) / X.std()
    y = X @ B + 5 + rng.standard_t(3, size=shape)
    return X, y, rng.exponential(size=n) * (rng.random(n) > 0.1)


def least(X, y, weight, alpha, fit_intercept=True, unit=None):
    """Weights of the minimum, by an orthogonal factorisation of the weighted rows."""
    d, y = X.shape[1], y.reshape(len(y), -1)
    unit = np.ones(d) if unit is None else unit
    weight = np.ones(len(y)) if weight is None else weight
    A = np.column_stack([X, np.full(len(X), float(fit_intercept))])
    root = np.sqrt(weight / weight.sum())[:, np.newaxis]
    penalty = np.column_stack([np.sqrt(alpha) * np.diag(unit), np.zeros(d)])
    rows = np.vstack([root * A, penalty])
    targets = np.vstack([root * y, np.zeros((d, y.shape[1]))])
    return np.linalg.lstsq(rows, targets, rcond=None)[0].T


def objective(model, X, y, weight, alpha, unit=None):
    """F of every target."""
    y = y.reshape(len(y), -1)
    W, b = np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)
    unit = np.ones(X.shape[1]) if unit is None else unit
    losses = np.average((X @ W.T + b - y) ** 2, axis=0, weights=weight) / 2
    return losses + alpha / 2 * ((W * unit) ** 2).sum(axis=1)


class Found:
    """Weights, as `objective` reads them."""

    def __init__(self, weights):
        self.coef_, self.intercept_ = weights[:, :-1], weights[:, -1]


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_targets", [None, 3])
@pytest.mark.parametrize("sparse", [False, True])
def test_psgd_ends_at_the_minimum(sparse, n_targets, weighted, fit_intercept):
    X, y, weight = problem(n_targets=n_targets)
    weight = weight if weighted else None
    model = SLPRegressor(tol=None, fit_intercept=fit_intercept, random_state=0)
    model.fit(csr_array(X) if sparse else X, y, weight)
    best = least(X, y, weight, 1e-4, fit_intercept)
    assert_allclose(np.atleast_2d(model.coef_), best[:, :-1], rtol=1e-7)
    at_best = objective(Found(best), X, y, weight, 1e-4)
    assert model.loss_ == pytest.approx(at_best.sum(), rel=1e-12)
    assert_allclose(objective(model, X, y, weight, 1e-4), at_best, rtol=1e-12)


@pytest.mark.parametrize("alpha", [0.0, 1e-6, 1e-2, 1.0])
@pytest.mark.parametrize("standardize", [False, True])
def test_the_penalty_is_that_of_the_docstring(alpha, standardize):
    X, y, weight = problem()
    model = SLPRegressor(alpha=alpha, standardize=standardize, tol=None)
    model.fit(X, y, weight)
    mean = np.average(X, axis=0, weights=weight)
    deviation = np.sqrt(np.average((X - mean) ** 2, axis=0, weights=weight))
    best = least(X, y, weight, alpha, unit=deviation if standardize else None)
    assert_allclose(model.coef_, best[0, :-1], rtol=1e-6)
    ridge = Ridge(alpha * weight.sum(), tol=1e-12).fit(X, y, weight)
    if not standardize:
        assert_allclose(model.coef_, ridge.coef_, rtol=1e-6)
        assert model.intercept_ == pytest.approx(ridge.intercept_, rel=1e-6)


@pytest.mark.parametrize("n, d", [(30_000, 40), (20_000, 300), (60, 200)])
@pytest.mark.parametrize("n_targets", [None, 2])
def test_every_target_is_within_tol_of_its_own_minimum(n, d, n_targets):
    X, y, _ = problem(n, d, n_targets)
    model = SLPRegressor(random_state=0).fit(X, y)
    at_best = objective(Found(least(X, y, None, 1e-4)), X, y, None, 1e-4)
    gaps = objective(model, X, y, None, 1e-4) - at_best
    assert (gaps <= 2e-4 * at_best).all()
    assert gaps.sum() <= 2 * model.objective_gap_ + 1e-13 * at_best.sum()


def test_targets_are_fitted_as_if_each_were_alone():
    X, y, weight = problem(n_targets=3)
    model = SLPRegressor(random_state=0).fit(X, y, weight)
    for k in range(3):
        alone = SLPRegressor(random_state=0).fit(X, y[:, k], weight)
        assert_array_equal(model.coef_[k], alone.coef_)
        assert model.intercept_[k] == alone.intercept_


def test_sgd_fits_targets_as_if_each_were_alone():
    X, y, weight = problem(n_targets=3)
    options = {"solver": "sgd", "max_iter": 5, "tol": None, "random_state": 0}
    model = SLPRegressor(**options).fit(X, y, weight)
    for k in range(3):
        alone = SLPRegressor(**options).fit(X, y[:, k], weight)
        assert_array_equal(model.coef_[k], alone.coef_)


@pytest.mark.parametrize("solver", SOLVERS[1:])
@pytest.mark.parametrize("n_targets", [None, 2])
def test_minibatches_come_near_the_minimum(solver, n_targets):
    X, y, weight = problem(n_targets=n_targets)
    model = SLPRegressor(
        solver=solver, average=30_000, max_iter=60, tol=None, random_state=0
    )
    model.fit(X, y, weight)
    at_best = objective(Found(least(X, y, weight, 1e-4)), X, y, weight, 1e-4)
    assert (objective(model, X, y, weight, 1e-4) < 1.01 * at_best).all()


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("factor", [2.0**-40, 2.0**40])
def test_targets_in_another_unit_give_the_same_model_in_that_unit(solver, factor):
    X, y, _ = problem()
    model = SLPRegressor(solver=solver, random_state=0)
    for method in ("fit", "partial_fit"):
        one = getattr(clone(model), method)(X, y).predict(X)
        other = getattr(clone(model), method)(X, y * factor).predict(X)
        assert_allclose(other, one * factor, rtol=1e-9)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("columns", [None, 1, 3])
def test_shapes_are_those_of_ridge_and_of_y(columns, fit_intercept):
    X, y, _ = problem(n_targets=columns)
    model, ridge = (
        kind(fit_intercept=fit_intercept).fit(X, y) for kind in (SLPRegressor, Ridge)
    )
    own, its = model.intercept_, ridge.intercept_
    assert np.shape(own) == np.shape(its)
    assert isinstance(own, float) == isinstance(its, float)
    assert model.coef_.shape == (*y.shape[1:], X.shape[1])
    assert model.predict(X).shape == y.shape


@pytest.mark.parametrize("solver", SOLVERS)
def test_weights_stand_for_copies_and_0_for_none(solver):
    X, y, _ = problem(300)
    times = np.random.default_rng(0).integers(0, 4, len(X))
    options = {"solver": solver, "max_iter": 400, "tol": 1e-9, "random_state": 0}
    if solver != "psgd":
        options |= {"batch_size": 10**6}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        weighted = SLPRegressor(**options).fit(X, y, times)
        copied = SLPRegressor(**options).fit(X.repeat(times, axis=0), y.repeat(times))
    assert_allclose(weighted.predict(X), copied.predict(X), rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_columns_far_from_0_and_columns_that_are_equal(dtype):
    X, y, _ = problem(d=3)
    X = np.column_stack([X, X[:, 0], np.full(len(X), 7.0)])
    X[:, 1] += 1e7 if dtype == np.float64 else 1e3
    X = X.astype(dtype)
    model = SLPRegressor(tol=None).fit(X, y)
    centred = X.astype(float) - X.mean(axis=0, dtype=float)
    best = least(centred, y, None, 1e-4)
    assert_allclose(model.coef_, best[0, :-1], rtol=1e-5, atol=1e-9)
    assert model.coef_[4] == 0


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("layout", [np.asarray, csr_array])
@pytest.mark.parametrize("fit_intercept", [False, True])
def test_fewer_rows_than_columns_without_a_penalty(seed, layout, fit_intercept):
    """Where a factor hides directions, another minimum is sought from a gradient of all
    rows. It may not be found, but then nothing is claimed of it."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((5, 10)) * (rng.random((5, 10)) < 0.5)
    y = rng.standard_normal((5, 5))
    model = SLPRegressor(alpha=0, fit_intercept=fit_intercept, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(layout(X), y)
    A = np.column_stack([X, np.ones(5)]) if fit_intercept else X
    best = A @ np.linalg.lstsq(A, y)[0]
    gap = model.loss_ - np.sum((y - best) ** 2) / 10
    assert gap <= 10 * model.objective_gap_ + 1e-12


def test_constant_targets_need_no_weights():
    X, y, _ = problem()
    for solver in SOLVERS:
        model = SLPRegressor(solver=solver, max_iter=20, tol=1e-3)
        model.fit(X, np.full(len(y), 1e6))
        assert_allclose(model.predict(X), 1e6, rtol=1e-6)


class TestStreams:
    @pytest.mark.parametrize("n_targets", [None, 3])
    @pytest.mark.parametrize("sparse", [False, True])
    @pytest.mark.parametrize("options", [{}, {"standardize": True}])
    def test_of_chunks_end_where_a_fit_does(self, sparse, n_targets, options):
        X, y, weight = problem(n_targets=n_targets)
        given = csr_array(X) if sparse else X
        whole = SLPRegressor(tol=None, **options).fit(given, y, weight)
        model = SLPRegressor(tol=None, **options)
        for k in range(0, len(y), 170):
            chunk = slice(k, k + 170)
            model.partial_fit(given[chunk], y[chunk], weight[chunk])
            model = pickle.loads(pickle.dumps(model))
        assert_allclose(model.coef_, whole.coef_, rtol=1e-6)
        assert model.loss_ == pytest.approx(whole.loss_, rel=1e-9)
        assert model.t_ == np.count_nonzero(weight)

    @pytest.mark.parametrize("n_targets", [None, 2])
    def test_go_on_after_a_fit(self, n_targets):
        X, y, weight = problem(n_targets=n_targets)
        whole = SLPRegressor(tol=None).fit(X, y, weight)
        model = SLPRegressor(tol=None).fit(X[:900], y[:900], weight[:900])
        model.partial_fit(X[900:], y[900:], weight[900:])
        assert_allclose(model.coef_, whole.coef_, rtol=1e-4)
        assert model.loss_ == pytest.approx(whole.loss_, rel=1e-7)

    def test_keep_no_row(self):
        X, y, _ = problem()
        model = SLPRegressor().partial_fit(X[:1000], y[:1000])
        assert X[7].tobytes() not in pickle.dumps(model)
        before = pickle.dumps(vars(model))
        assert pickle.dumps(vars(model.remove_data())) == before

    @pytest.mark.parametrize("solver", SOLVERS[1:])
    def test_of_minibatches_go_on(self, solver):
        X, y, weight = problem(n_targets=2)
        whole = SLPRegressor(solver=solver, max_iter=3, tol=None, random_state=0)
        whole.fit(X, y, weight)
        model = clone(whole)
        for _ in range(3):
            model.partial_fit(X, y, weight)
        assert_array_equal(model.coef_, whole.coef_)

    def test_rows_of_no_weight_only_register_the_columns(self):
        X, y, _ = problem()
        model = SLPRegressor().partial_fit(X, y, np.zeros(len(y)))
        assert model.n_features_in_ == X.shape[1]
        assert not model.coef_.any()
        assert_array_equal(
            model.partial_fit(X, y).coef_, SLPRegressor().partial_fit(X, y).coef_
        )

    def test_of_too_many_columns_are_for_sgd(self):
        rng = np.random.default_rng(0)
        X, y = csr_array(rng.standard_normal((20, 2001))), rng.standard_normal(20)
        assert SLPRegressor().partial_fit(X, y).solver_ == "sgd"
        with pytest.raises(ValueError, match="no more than 2000 columns"):
            SLPRegressor(solver="psgd").partial_fit(X, y)


class TestErrors:
    @pytest.mark.parametrize(
        "y, kind, words",
        [
            (np.full(20, 1e200), ValueError, "y is too large to be squared"),
            (np.full(20, np.nan), ValueError, "Input y contains NaN"),
            (np.full(20, np.inf), ValueError, "Input y contains infinity"),
            (np.full(20, "a"), ValueError, "y must hold numbers"),
            (np.full(20, None), ValueError, "y contains NaN|y must hold numbers"),
            (np.full(20, "2026-01-01", "M8[D]"), TypeError, "y holds dates"),
            (csr_array(np.ones((20, 2))), TypeError, "y is a sparse matrix"),
            (np.ones((20, 0)), ValueError, "y has no columns|0 feature"),
            (np.ones((20, 2, 2)), ValueError, "Found array with dim 3"),
            (np.ones(19), ValueError, "inconsistent numbers of samples"),
            (1j * np.ones(20), ValueError, "Complex data not supported"),
        ],
    )
    @pytest.mark.parametrize("method", ["fit", "partial_fit"])
    def test_name_what_is_wrong_with_y(self, method, y, kind, words):
        X = np.random.default_rng(0).standard_normal((20, 3))
        model = SLPRegressor().fit(X, X[:, 0])
        before = pickle.dumps(vars(model))
        with pytest.raises(kind, match=words):
            getattr(model, method)(X, y)
        assert pickle.dumps(vars(model)) == before

    def test_name_the_number_of_targets(self):
        X, y, _ = problem(n_targets=2)
        model = SLPRegressor(warm_start=True).fit(X, y)
        with pytest.raises(ValueError, match="y has 1 targets, but 2 were seen"):
            model.partial_fit(X, y[:, 0])
        with pytest.raises(ValueError, match="goes on with 2 targets, but y has 1"):
            model.fit(X, y[:, 0])

    def test_name_weights_that_are_all_0(self):
        X, y, _ = problem(20)
        with pytest.raises(ValueError, match="at least one non-zero number"):
            SLPRegressor().fit(X, y, np.zeros(20))


def test_a_warm_start_goes_on():
    X, y, _ = problem(n_targets=2)
    model = SLPRegressor(solver="sgd", warm_start=True, max_iter=2, tol=None)
    first = model.fit(X, y).loss_
    assert model.fit(X, y).loss_ < first
    model = SLPRegressor(warm_start=True, tol=1e-9).fit(X, y)
    before = model.coef_.copy()
    assert model.fit(X, y).n_iter_ == 2
    assert_allclose(model.coef_, before, rtol=1e-6)


def test_it_works_inside_what_scikit_learn_builds():
    X, y = load_diabetes(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), SLPRegressor(random_state=0))
    search = GridSearchCV(pipeline, {"slpregressor__alpha": [1e-4, 1e-2, 1.0]}, cv=3)
    assert search.fit(X, y).best_params_["slpregressor__alpha"] < 1
    assert cross_val_score(pipeline, X, y, cv=3).min() > 0.4
    scaled = TransformedTargetRegressor(SLPRegressor(), transformer=StandardScaler())
    assert scaled.fit(X, y).score(X, y) == pytest.approx(
        SLPRegressor().fit(X, y).score(X, y), abs=1e-6
    )


def gap(model, X, y, alpha, weight=None):
    """How far F is above its minimum, as a share of that."""
    at_best = objective(Found(least(X, y, weight, alpha)), X, y, weight, alpha)
    return (objective(model, X, y, weight, alpha) / at_best - 1).max()


class TestHardProblems:
    """Columns that depend on each other, in shapes for every way of psgd."""

    @pytest.mark.parametrize("n, d", [(20, 1000), (300, 600), (1000, 400), (800, 900)])
    @pytest.mark.parametrize("alpha", [1e-2, 1e-4, 1e-6])
    def test_many_columns_of_low_rank(self, n, d, alpha):
        rng = np.random.default_rng(n + d)
        X = rng.standard_normal((n, n // 4)) @ rng.standard_normal((n // 4, d))
        X += 0.01 * rng.standard_normal((n, d))
        y = X[:, :9].sum(axis=1) / X.std() + rng.standard_normal(n)
        model = SLPRegressor(alpha=alpha, random_state=0).fit(X, y)
        assert gap(model, X, y, alpha) <= 1e-3

    @pytest.mark.parametrize("alpha", [1e-4, 1e-5])
    def test_wide_sparse_columns(self, alpha):
        rng = np.random.default_rng(0)
        X = random_array((400, 1500), density=0.02, rng=rng, format="csr")
        y = X @ rng.standard_normal(1500) + 0.3 * rng.standard_normal(400)
        model = SLPRegressor(alpha=alpha, max_iter=400, random_state=0).fit(X, y)
        assert gap(model, X.toarray(), y, alpha) <= 1e-3

    @pytest.mark.parametrize("near", [1e-5, 1e-7, 1e-9])
    def test_columns_that_nearly_equal_each_other(self, near):
        rng = np.random.default_rng(0)
        X = rng.standard_normal((300, 1)) + near * rng.standard_normal((300, 8))
        y = X[:, 0] + rng.standard_normal(300)
        model = SLPRegressor(alpha=0, random_state=0).fit(X, y)
        A = np.column_stack([X - X.mean(axis=0), np.ones(300)])
        Q = np.linalg.qr(A)[0]
        at_best = np.mean((y - Q @ (Q.T @ y)) ** 2) / 2
        assert model.loss_ <= at_best * (1 + 1e-3)

    def test_constant_columns_without_an_intercept(self):
        rng = np.random.default_rng(0)
        X = rng.standard_normal((100, 10))
        X[:, :5] = 1
        y = X.sum(axis=1) + rng.standard_normal(100)
        model = SLPRegressor(alpha=0, fit_intercept=False).fit(X, y)
        errors = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
        assert model.loss_ == pytest.approx(np.mean(errors**2) / 2)

    @pytest.mark.parametrize("value", [0.0, 3.0])
    def test_many_rows_without_a_residual(self, value):
        X = np.random.default_rng(0).standard_normal((6000, 3))
        y = np.column_stack([np.full(6000, value), X[:, 0]])
        model = SLPRegressor(alpha=0, random_state=0).fit(X, y)
        assert_allclose(model.predict(X), y, atol=1e-12)

    def test_no_more_is_claimed_than_an_intercept_can_hold(self):
        rng = np.random.default_rng(0)
        X = rng.standard_normal((1000, 5)) + 1e12
        y = (X - 1e12) @ rng.standard_normal(5) + 1e-4 * rng.standard_normal(1000)
        with pytest.warns(ConvergenceWarning, match="stopped at rounding"):
            model = SLPRegressor().fit(X, y)
        assert model.objective_gap_ > 1e-4 * model.loss_

    def test_targets_of_any_size(self):
        X, y, _ = problem(100, 3)
        with pytest.warns(UserWarning, match="The penalty, and not the data"):
            model = SLPRegressor(alpha=1e3).fit(X, 1e100 * y)
        assert gap(model, X, 1e100 * y, 1e3) < 1e-12


class TestHardStreams:
    def stream(self, X, y, alpha=1e-4, n_chunks=2, sparse=()):
        model, size = SLPRegressor(alpha=alpha), len(y) // n_chunks
        for k in range(n_chunks):
            chunk = slice(k * size, (k + 1) * size)
            rows = csr_array(X[chunk]) if k in sparse else X[chunk]
            model.partial_fit(rows, y[chunk])
        return model

    @pytest.mark.parametrize("sparse", [(), (0, 1), (0,), (1,)])
    @pytest.mark.parametrize("offset", [1e3, 1e7])
    def test_columns_far_from_0(self, offset, sparse):
        rng = np.random.default_rng(0)
        X = rng.standard_normal((200, 3)) + offset * np.array([1, 3, 0])
        y = (X - X.mean(axis=0)) @ [1, 2, 3] + 0.3 * rng.standard_normal(200)
        assert gap(self.stream(X, y, sparse=sparse), X, y, 1e-4) < 1e-6

    def test_fewer_rows_than_columns(self):
        rng = np.random.default_rng(0)
        X, y = rng.standard_normal((40, 60)), rng.standard_normal(40)
        for n_chunks in (5, 40):
            model = self.stream(X, y, 0.0, n_chunks)
            assert objective(model, X, y, None, 0.0) < 1e-12

    def test_equal_columns_without_a_penalty(self):
        rng = np.random.default_rng(0)
        X = np.eye(5)[rng.integers(0, 5, 200)]
        y = X @ np.arange(5) + rng.standard_normal(200)
        model = self.stream(X, y, 0.0)
        errors = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
        assert model.loss_ == pytest.approx(np.mean(errors**2) / 2)
        assert model.objective_gap_ < 1e-12

    def test_what_a_jump_of_the_columns_hides_is_said(self):
        rng = np.random.default_rng(0)
        X = rng.standard_normal((600, 30))
        y = X[:, 0] + rng.standard_normal(600)
        X[300:] += 1e7
        with pytest.warns(ConvergenceWarning, match="stopped at rounding"):
            model = self.stream(X, y)
        assert model.objective_gap_ > 0.01 * model.loss_
        assert objective(model, X, y, None, 1e-4) < 2 * y.var()


@pytest.mark.parametrize(
    "solver, rate", [("sgd", 0.01), ("adam", 1e6), ("rmsprop", 100.0)]
)
def test_a_rate_that_is_too_large_ends_at_the_null_model(solver, rate):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((300, 5)) * [1, 10, 100, 1, 1]
    y = X.sum(axis=1) + 50
    model = SLPRegressor(solver=solver, learning_rate_init=rate, random_state=0)
    with pytest.warns(ConvergenceWarning, match="did not lower the objective"):
        model.fit(X, y)
    assert not model.coef_.any()
    assert model.intercept_ == pytest.approx(y.mean())


@pytest.mark.parametrize("solver", SOLVERS[1:])
def test_epochs_of_fit_are_calls_of_partial_fit_from_any_start(solver):
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((400, 6)), 0.1 * rng.standard_normal(400)
    model = SLPRegressor(solver=solver, max_iter=4, tol=None, random_state=3)
    whole, parts = clone(model).fit(X, y + X[:, 0]), clone(model)
    for _ in range(4):
        parts.partial_fit(X, y + X[:, 0])
    assert_array_equal(whole.coef_, parts.coef_)


@pytest.mark.parametrize("shape", [(20_000, 9), (900, 300), (60, 300)])
@pytest.mark.parametrize("n_targets", [None, 3])
def test_every_level_of_the_kernel_gives_the_same_bits(shape, n_targets):
    """Of a fit by every solver and of a stream, whatever BLAS NumPy has."""
    X, y, weight = problem(*shape, n_targets=n_targets)
    found = []
    try:
        for level in (*_core.LEVELS, _core.LEVELS[0]):
            _core.use_level(level)
            models = [
                SLPRegressor(solver=solver, max_iter=2, tol=None, random_state=0)
                for solver in SOLVERS
            ]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # two epochs are few
                fitted = [model.fit(X, y, weight) for model in models]
                fitted.append(SLPRegressor().partial_fit(X, y, weight))
            found.append([(model.coef_, model.intercept_) for model in fitted])
    finally:
        _core.use_level(_core.LEVELS[0])
    for weights in found[1:]:
        for own, first in zip(weights, found[0], strict=True):
            assert_array_equal(own[0], first[0])
            assert_array_equal(own[1], first[1])
