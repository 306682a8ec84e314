# SPDX-License-Identifier: BSD-3-Clause
"""The solver psgd, against Newton's method in NumPy: where it ends, what it claims."""

import signal
import tracemalloc
import warnings
from functools import cache

import numpy as np
import pytest
from _minimum import minimum
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array, random_array
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_validate

from skpulsar import SLPClassifier
from skpulsar._kernels import _core
from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.preconditioned._solver import Preconditioned
from skpulsar._solvers.preconditioned._survey import Survey

SMALL, LARGE = 2000, 12_000  # rows: a minibatch takes all of them, or draws a third
N_COLUMNS = 6
LOG2 = np.log(2)

stops_early = pytest.mark.filterwarnings("ignore:Training had not converged")
deterministic = settings(
    derandomize=True, database=None, deadline=None, max_examples=20
)


def new(**parameters):
    return SLPClassifier(**{"random_state": 0, **parameters})


def objective(X, y, model, alpha, weight=None):
    """F at the model's weights, from scratch."""
    logits = X @ model.coef_[0] + model.intercept_[0]
    losses = np.logaddexp(0, np.where(y == 1, -logits, logits))
    return np.average(losses, weights=weight) + alpha / 2 * np.sum(model.coef_**2)


@cache
def made(n, n_columns=N_COLUMNS):
    """Normal columns, and labels of a logistic model with some 20 % positives."""
    random = np.random.default_rng(n)
    X = random.standard_normal((n, n_columns))
    logits = 2 * X @ np.sin(np.arange(1, n_columns + 1)) / np.sqrt(n_columns) - 1.5
    return X, (random.random(n) < 1 / (1 + np.exp(-logits))).astype(int)


def with_column(change, n=LARGE):
    """`made`, with another column 0."""
    X, y = made(n)
    X = X.copy()
    X[:, 0] = change(np.random.default_rng(1), X)
    return X, y


def with_far_rows(n, n_rows, size, label):
    """Rows whose column 0 is a sentinel; column 0 speaks for the positives."""
    X, y = (array.copy() for array in made(n))
    rows = np.random.default_rng(n_rows).choice(n, n_rows, replace=False)
    X[rows, 0], y[rows] = size, label
    return X, y


def one_hot(n_columns, standardise):
    random = np.random.default_rng(n_columns)
    share = 1 / np.arange(2, n_columns + 2) ** 2
    level = random.choice(n_columns, LARGE, p=share / share.sum())
    X = (level[:, np.newaxis] == np.arange(n_columns)).astype(float)
    logits = random.standard_normal(n_columns)[level] - 2
    y = (random.random(LARGE) < 1 / (1 + np.exp(-logits))).astype(int)
    if standardise:
        X = (X - X.mean(axis=0)) / np.maximum(X.std(axis=0), 1e-9)
    return X, y


def ten_positives(separable):
    n = 200_000
    X, y = np.random.default_rng(0).standard_normal((n, 3)), np.zeros(n, int)
    y[np.argsort(X[:, 0])[-10:] if separable else np.arange(0, n, n // 10)] = 1
    return X, y


def plus(change, n=LARGE):
    """`made`, with one more column."""
    X, y = made(n)
    return np.column_stack([X, change(np.random.default_rng(2), X)]), y


def sorted_by_class():
    X, y = made(LARGE)
    order = np.argsort(y, kind="stable")
    return X[order], y[order]


def separable(n):
    X, _ = made(n)
    return X, (X[:, 0] + X[:, 1] > 0.5).astype(int)


SIZES = np.array([1e-6, 1e-3, 1.0, 10.0, 1e3, 1e6])

CASES = {
    "few rows": lambda: made(SMALL),
    "many rows": lambda: made(LARGE),
    "raw": lambda: (made(LARGE)[0] * SIZES + 5 * SIZES[::-1], made(LARGE)[1]),
    "one column": lambda: made(LARGE, 1),
    "Cauchy": lambda: with_column(lambda r, X: r.standard_cauchy(len(X))),
    "all Cauchy": lambda: (
        np.random.default_rng(3).standard_cauchy((LARGE, 5)),
        made(LARGE)[1],
    ),
    "lognormal": lambda: with_column(lambda r, X: np.exp(3 * X[:, 0])),
    "agreeing row, few": lambda: with_far_rows(SMALL, 1, 1e8, 1),
    "agreeing row": lambda: with_far_rows(LARGE, 1, 1e8, 1),
    "contrary row, few": lambda: with_far_rows(SMALL, 1, 1e8, 0),
    "contrary row": lambda: with_far_rows(LARGE, 1, 1e8, 0),
    "agreeing sentinels, few": lambda: with_far_rows(SMALL, 20, 1e8, 1),
    "agreeing sentinels": lambda: with_far_rows(LARGE, 20, 1e8, 1),
    "contrary sentinels": lambda: with_far_rows(LARGE, 20, 1e8, 0),
    "offset": lambda: (made(LARGE)[0] + 1e9, made(LARGE)[1]),
    "constant": lambda: with_column(lambda r, X: np.full(len(X), 3.7)),
    "duplicated": lambda: plus(lambda r, X: X[:, 0]),
    "collinear": lambda: plus(lambda r, X: X @ np.arange(N_COLUMNS)),
    "near copy": lambda: plus(lambda r, X: X[:, 0] + 1e-7 * r.random(len(X))),
    "one-hot 100": lambda: one_hot(100, False),
    "one-hot 100, standardised": lambda: one_hot(100, True),
    "one-hot 300": lambda: one_hot(300, False),
    "one-hot 300, standardised": lambda: one_hot(300, True),
    "sorted": sorted_by_class,
    "separable, few": lambda: separable(SMALL),
    "separable": lambda: separable(LARGE),
    "ten positives": lambda: ten_positives(False),
    "ten positives, separable": lambda: ten_positives(True),
}


@cache
def case(name, alpha):
    X, y = CASES[name]()
    return X, y, minimum(X, y, alpha)


# -- the destination -------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [1e-4, 1e-6])
@pytest.mark.parametrize("name", CASES)
def test_the_minimum_of_raw_columns(name, alpha):
    X, y, least = case(name, alpha)
    model = new(alpha=alpha).fit(X, y)
    value = objective(X, y, model, alpha)
    assert model.solver_ == "psgd"
    assert value <= LOG2
    assert -1e-6 < value / least - 1 < 1e-3
    # Adding up the logits of raw columns takes digits away where they are far from 0.
    assert_allclose(model.loss_, value, rtol=1e-12 if name == "many rows" else 1e-7)


def test_the_certificate_tells_the_gap():
    ratios = []
    for name in set(CASES) - {"agreeing sentinels", "agreeing sentinels, few"}:
        X, y, least = case(name, 1e-4)
        for seed in range(3 if len(y) == LARGE else 1):
            model = new(random_state=seed).fit(X, y)
            gap = model.loss_ - least
            assert gap < 1e-3 * least
            assert model.objective_gap_ <= model.tol * model.loss_
            if gap > 1e-9 * least:  # else the oracle's rounding is compared
                ratios.append(gap / model.objective_gap_)
    assert len(ratios) > 40
    assert np.mean(np.abs(np.log(ratios)) < np.log(5)) > 0.9
    assert max(ratios) < 20


@pytest.mark.parametrize("name", CASES)
def test_a_tiny_tolerance_ends_at_rounding(name):
    X, y, least = case(name, 1e-4)
    model = new(tol=1e-12).fit(X, y)  # a warning would be an error
    assert model.n_iter_ < 50
    assert model.loss_ < least * (1 + 1e-10)


def test_the_history_counts_full_passes():
    X, y = made(LARGE)
    model = new(tol=1e-9).fit(X, y)
    history = model.history_
    assert model.n_iter_ == len(model.loss_curve_) == len(history["n_sampled"])
    assert history["n_rows"] == [LARGE] * model.n_iter_
    assert model.t_ == LARGE * model.n_iter_
    assert 1 < model.n_iter_ < 10
    assert 0 < history["n_sampled"][0] < 20 * LARGE  # of the initial subsample
    assert model.loss_curve_ == history["loss"]
    assert model.objective_gap_ == history["objective_gap"][-1]
    assert model.loss_ == model.loss_curve_[-1]


@stops_early
@pytest.mark.parametrize("max_iter", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("alpha", [1e-4, 1e-8])
@pytest.mark.parametrize("name", ["lognormal", "separable", "wide"])
def test_the_loss_is_that_of_the_weights_wherever_it_ends(name, alpha, max_iter):
    X, y = wide(2000, 4000) if name == "wide" else CASES[name]()
    model = new(alpha=alpha, max_iter=max_iter, tol=None).fit(X, y)
    assert np.isfinite(model.coef_).all() and np.isfinite(model.intercept_).all()
    assert_allclose(model.loss_, objective(X, y, model, alpha), rtol=1e-9)
    assert model.loss_ == model.best_loss_ < LOG2
    assert model.loss_curve_ == sorted(model.loss_curve_, reverse=True)


# -- what must not matter --------------------------------------------------------------


@deterministic
@given(
    st.sampled_from([SMALL, LARGE]),
    st.lists(st.floats(-6, 6), min_size=N_COLUMNS, max_size=N_COLUMNS),
    st.floats(-1e4, 1e4),
    st.integers(0, 100),
)
def test_affine_maps_of_the_columns_change_nothing(n, exponents, shift, seed):
    X, y = made(n)
    mixing = np.linalg.qr(np.random.default_rng(seed).normal(size=(N_COLUMNS,) * 2))[0]
    plain = new(alpha=0.0, tol=1e-12).fit(X, y).decision_function(X)
    for mapped in (
        (X + shift) * 10.0 ** np.array(exponents),
        X @ (mixing * np.linspace(1, 10, N_COLUMNS)),
    ):
        logits = new(alpha=0.0, tol=1e-12).fit(mapped, y).decision_function(mapped)
        assert np.abs(logits - plain).max() < 1e-4 * np.ptp(plain)


@pytest.mark.parametrize("n", [SMALL, LARGE])
def test_columns_in_another_order(n):
    X, y = made(n)
    order = np.random.default_rng(0).permutation(N_COLUMNS)
    model, other = (new(tol=1e-12).fit(A, y) for A in (X, X[:, order]))
    assert_allclose(other.coef_, model.coef_[:, order], rtol=1e-5)
    assert_allclose(other.intercept_, model.intercept_, rtol=1e-5)


@pytest.mark.parametrize("shift", [0, 100, 1e6])
@pytest.mark.parametrize("n", [SMALL, LARGE])
def test_sparse_and_single_precision(n, shift):
    X, y = made(n)
    X = X.astype(np.float32) + np.float32(shift)
    least = minimum(X.astype(float), y, 1e-4)
    for change in (np.array, csr_array):
        for dtype in (np.float32, np.float64):
            model = new().fit(change(X.astype(dtype)), y)
            assert -1e-9 < model.loss_ / least - 1 < 1e-4


@pytest.mark.parametrize("filled", [0.3, 0.95, 1])
@pytest.mark.parametrize("n", [SMALL, LARGE])
def test_filled_sparse_rows_take_no_more_passes_than_an_array(n, filled):
    X, y = made(n, 40)
    X = X * (np.random.default_rng(1).random(X.shape) < filled)
    array, rows = new().fit(X, y), new().fit(csr_array(X), y)
    assert_allclose(rows.loss_, array.loss_, rtol=1e-4)
    assert rows.n_iter_ <= array.n_iter_ + 1
    assert sum(rows.history_["n_sampled"]) < 1.5 * sum(array.history_["n_sampled"])


def test_seeds_agree_within_the_certificate():
    X, y, least = case("raw", 1e-4)
    losses = [new(random_state=seed).fit(X, y).loss_ for seed in range(10)]
    assert len(set(losses)) == 10
    assert max(losses) < least * (1 + 1e-4)


@cache
def wide(n, n_columns):
    X = random_array(
        (n, n_columns), density=min(1, 20 / n_columns), format="csr", rng=1
    )
    y = np.random.default_rng(0).integers(0, 2, n)
    y[:2] = 0, 1
    return X, y


@pytest.mark.parametrize("name", ["dense", "float32", "weighted", "csr", "wide"])
def test_every_level_of_the_kernel_gives_the_same_bits(name):
    X, y = wide(2000, 4000) if name == "wide" else made(LARGE)
    weight = np.random.default_rng(0).random(len(y)) if name == "weighted" else None
    if name == "csr":
        X = csr_array(np.where(X > 0, X, 0))
    if name == "float32":
        X = X.astype(np.float32)
    fits = []
    try:
        for level in (*_core.LEVELS, _core.LEVELS[0]):
            _core.use_level(level)
            fits.append(new(tol=1e-7).fit(X, y, weight))
    finally:
        _core.use_level(_core.LEVELS[0])
    for model in fits[1:]:
        assert_array_equal(model.coef_, fits[0].coef_)
        assert_array_equal(model.intercept_, fits[0].intercept_)
        assert model.loss_curve_ == fits[0].loss_curve_


def test_workers_give_the_same_scores():
    X, y = made(LARGE)
    alone, shared = (
        cross_validate(new(), X, y, cv=2, scoring="neg_log_loss", n_jobs=n_jobs)
        for n_jobs in (1, 2)
    )
    assert_array_equal(alone["test_score"], shared["test_score"])


# -- odd data --------------------------------------------------------------------------


@pytest.mark.parametrize("n_rows", [3, 200, 2000])
@pytest.mark.parametrize("size", [1e5, 1e8])
def test_sentinels_of_one_class_do_not_bar_the_way(n_rows, size):
    """A value that stands for none, in rows of the class that the column speaks for."""
    X, y = with_far_rows(LARGE, n_rows, size, 1)
    assert new().fit(X, y).loss_ < minimum(X, y, 1e-4) * (1 + 1e-3)


@pytest.mark.parametrize("n_rows", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("n_columns", [1, 3, 10])
def test_a_handful_of_rows(n_rows, n_columns):
    X = np.random.default_rng(n_rows).standard_normal((n_rows, n_columns))
    y = np.arange(n_rows) % 2
    if n_rows == 1:
        with pytest.raises(ValueError, match="2 classes"):
            new().fit(X, y)
        return
    model = new().fit(X, y)
    assert_allclose(model.loss_, minimum(X, y, 1e-4), rtol=1e-10)


@pytest.mark.parametrize("layout", [np.array, csr_array])
@pytest.mark.parametrize("value", [0.0, 7.3])
@pytest.mark.parametrize("n", [200, LARGE])
def test_where_no_column_varies_the_intercept_is_the_log_odds(n, value, layout):
    y = made(n)[1]
    model = new(tol=1e-12).fit(layout(np.full((n, 3), value)), y)
    assert_array_equal(model.coef_, 0)
    assert_allclose(model.intercept_, np.log(y.sum() / (n - y.sum())), rtol=1e-6)


@pytest.mark.parametrize("layout", [np.array, csr_array])
@pytest.mark.parametrize("n", [SMALL, LARGE])
def test_without_an_intercept(n, layout):
    X, y = made(n)
    for shift in (0, 30):
        model = new(fit_intercept=False).fit(layout(X + shift), y)
        least = minimum(X + shift, y, 1e-4, fit_intercept=False)
        assert model.intercept_ == 0
        assert -1e-9 < model.loss_ / least - 1 < 1e-4
    assert_allclose(new(fit_intercept=False).fit(0 * X, y).loss_, LOG2, rtol=1e-15)


@pytest.mark.parametrize("size", [1e100, 1e150, 1e153, 1e155, 1e300])
def test_huge_values_fit_or_are_named(size):
    X, y = made(LARGE)
    scaled, one_row = X * [1, size, 1, 1, 1, 1], X.copy()
    one_row[3, 1] = size
    for huge in (scaled, one_row):
        try:
            with warnings.catch_warnings():  # that the minimum was not proved
                warnings.simplefilter("ignore", ConvergenceWarning)
                model = new().fit(huge, y)
        except ValueError as error:
            assert size > 1e150
            assert "Column 1 of X" in str(error) and len(str(error)) <= 300
        else:
            assert np.isfinite(model.coef_).all()
            assert model.loss_ < LOG2


@pytest.mark.parametrize("n", [SMALL, LARGE])
def test_no_penalty(n):
    X, y = made(n)
    model = new(alpha=0.0).fit(X, y)
    assert -1e-9 < model.loss_ / minimum(X, y, 0.0) - 1 < 1e-4


@pytest.mark.parametrize("n", [SMALL, LARGE])
@pytest.mark.parametrize("n_columns", [1, 2, 5, 6])
@pytest.mark.parametrize("along", [np.ones, np.arange], ids=["ones", "arange"])
def test_separable_rows_without_a_penalty_are_told_of(n, n_columns, along):
    X = made(n, n_columns)[0]
    y = (X @ along(n_columns) > 0.5).astype(int)
    if y.any():
        tell_of_separable(X, y)


@pytest.mark.parametrize("shape", [(300, 2000), (1000, 4000), (300, 100_000)])
def test_wide_separable_rows_without_a_penalty_are_told_of(shape):
    tell_of_separable(*wide(*shape))


def tell_of_separable(X, y):
    with pytest.warns(ConvergenceWarning, match="separable and alpha=0"):
        model = new(alpha=0.0).fit(X, y)
    assert np.isfinite(model.coef_).all()
    assert_array_equal(model.predict(X), y)
    assert model.loss_ < 1e-6


@pytest.mark.parametrize("alpha", [1e-8, 1e-10, 1e-12])
def test_a_rare_separable_class_and_next_to_no_penalty(alpha):
    X, y = made(LARGE, 8)[0], np.zeros(LARGE)
    y[np.argmax(X @ np.ones(8))] = 1
    model = new(alpha=alpha).fit(X, y)
    assert model.objective_gap_ <= 1e-4 * model.loss_
    assert model.loss_ < minimum(X, y, alpha) * (1 + 1e-3)


@pytest.mark.parametrize("size", [1e-140, 1e-3])
def test_a_penalty_that_bars_every_weight(size):
    X, y = made(LARGE)
    model = new(alpha=1e300).fit(X * size, y)  # a warning would be an error
    assert model.n_iter_ <= 3
    assert np.abs(model.coef_).max() < 1e-200
    share = y.mean()
    assert_allclose(model.intercept_, np.log(share / (1 - share)))
    assert model.objective_gap_ <= 1e-4 * model.loss_


@pytest.mark.parametrize("alpha", [1e-4, 1e-8])
@pytest.mark.parametrize("shape", [(300, 2000), (2000, 4000), (3000, 8000)])
def test_more_columns_than_rows(shape, alpha):
    if shape[1] == 2000:
        X = np.random.default_rng(0).standard_normal(shape)
        y = (X[:, 0] > 0).astype(int)
    else:
        X, y = wide(*shape)
    model, tight = (
        new(alpha=alpha, tol=tol, max_iter=1000).fit(X, y) for tol in (1e-4, 1e-9)
    )
    assert -1e-8 < model.loss_ / tight.loss_ - 1 < 1e-3
    assert tight.objective_gap_ <= 1e-9 * tight.loss_
    assert_allclose(model.loss_, objective(X, y, model, alpha), rtol=1e-9)


def test_a_million_columns_take_memory_for_some_vectors():
    X, y = wide(20, 1_000_000)
    tracemalloc.start()
    try:
        model = new().fit(X, y)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 60 * X.shape[1] * 8
    assert np.isfinite(model.coef_).all()
    assert model.loss_ < LOG2


def test_a_minibatch_that_had_to_grow_is_no_copy():
    X, y = made(4 * LARGE)
    rows = Rows(X, y.astype(float))
    solver = Preconditioned(LOGISTIC, Penalty(1e-4), 1e-4, True)
    workspace = Survey(solver, rows, seed=0).fit(rows)
    workspace.propose(np.zeros((1, N_COLUMNS + 1)))
    subsampler = workspace.subsampler
    subsampler.grow()
    batch = subsampler.draw()
    assert batch.rows._matrix is X
    assert 0.8 < batch.rows.n_rows / subsampler.m < 1.2
    total = _core.total(batch.weight)
    assert_allclose(total, len(y), rtol=0.1)


# -- weights ---------------------------------------------------------------------------


@deterministic
@given(st.integers(5, 300), st.integers(0, 1000))
def test_a_weight_is_a_number_of_copies(n, seed):
    X, y = (array[:n] for array in made(SMALL))
    y = np.where(np.arange(n) < 2, [0, 1] + [0] * (n - 2), y)
    weight = np.random.default_rng(seed).integers(0, 4, n)
    weight[:2] = 1
    weighted = new().fit(X, y, weight)
    copied = new().fit(np.repeat(X, weight, axis=0), np.repeat(y, weight))
    assert_allclose(weighted.loss_, copied.loss_, rtol=1e-10)
    logits = weighted.decision_function(X)
    assert_allclose(logits, copied.decision_function(X), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("spread", [1, 3])
def test_uneven_weights_of_many_rows(spread):
    X, y = made(LARGE)
    weight = np.random.default_rng(0).lognormal(0, spread, LARGE)
    weight[::3] = 0
    least = minimum(X[weight > 0], y[weight > 0], 1e-4, weight[weight > 0])
    models = [new().fit(X, y, weight * scale) for scale in (1, 1e-200, 2.0**100)]
    for model in models:
        assert -1e-9 < model.loss_ / least - 1 < 1e-4
        assert_allclose(model.loss_, objective(X, y, model, 1e-4, weight), rtol=1e-12)
    assert_array_equal(models[2].coef_, models[0].coef_)  # a power of 2


@pytest.mark.parametrize("n", [SMALL, LARGE])
def test_rows_of_weight_zero_are_not_there(n):
    X, y = made(n)
    weight = np.random.default_rng(0).integers(1, 3, n).astype(float)
    more = np.full((7, N_COLUMNS), 1e300)
    model = new().fit(
        np.concatenate([more, X]),
        np.append(np.ones(7), y),
        np.append(np.zeros(7), weight),
    )
    assert_array_equal(model.coef_, new().fit(X, y, weight).coef_)


@pytest.mark.parametrize("filled", [(0.3, 1), (1, 0.3), (0.9, 0.2)])
@pytest.mark.parametrize("n", [SMALL, LARGE])
def test_sparse_rows_of_weight_zero_are_not_there(n, filled):
    X, y = made(n)
    weight = np.random.default_rng(0).integers(0, 2, n).astype(float)
    share = np.where(weight > 0, *filled)[:, np.newaxis]
    X = csr_array(X * (np.random.default_rng(1).random(X.shape) < share))
    kept = np.flatnonzero(weight)
    absent = new().fit(X[kept], y[kept], weight[kept])
    assert_array_equal(new().fit(X, y, weight).coef_, absent.coef_)


@pytest.mark.parametrize("tiny", [5e-324, 1e-310, 1e-200])
def test_a_class_of_next_to_no_weight(tiny):
    X, y = made(SMALL)
    weight = np.where(y == 1, tiny, 1.0)
    model = new().fit(X, y, weight)
    assert model.loss_ < 1e-100
    assert np.isfinite(model.decision_function(X)).all()


@pytest.mark.parametrize("class_weight", ["balanced", {0: 1, 1: 7.5}, {0: 0.02}])
@pytest.mark.parametrize("n", [SMALL, LARGE])
def test_class_weights_as_in_logistic_regression(n, class_weight):
    X, y = made(n)
    weight = np.ones(n)
    if class_weight != "balanced":
        weight = np.where(y == 1, class_weight.get(1, 1), class_weight.get(0, 1))
    model = new(class_weight=class_weight, tol=1e-12).fit(X, y)
    peer = LogisticRegression(
        C=1 / (1e-4 * weight.sum()), class_weight=class_weight, tol=1e-12,
        solver="newton-cholesky",
    ).fit(X, y)  # fmt: skip
    assert_allclose(model.coef_, peer.coef_, rtol=1e-5, atol=1e-6)
    assert_allclose(model.intercept_, peer.intercept_, rtol=1e-5)


# -- going on --------------------------------------------------------------------------


@pytest.mark.parametrize("layout", [np.array, csr_array])
@pytest.mark.parametrize("n", [SMALL, LARGE])
def test_a_warm_start_goes_on_from_the_last_weights(n, layout):
    X, y = made(n)
    model = new(warm_start=True).fit(layout(X), y)
    first = model.loss_
    model.fit(layout(X), y)
    assert_allclose(model.loss_curve_[0], first, rtol=1e-12)
    assert len(model.loss_curve_) == model.n_iter_ <= 2
    assert model.loss_ <= first * (1 + 1e-12)
    for alpha in (1.0, 1e-6, 0.0):
        model.set_params(alpha=alpha).fit(layout(X), y)
        assert -1e-9 < model.loss_ / minimum(X, y, alpha) - 1 < 1e-4


@pytest.mark.parametrize(
    ("weight", "intercept"),
    [(1e3, 0), (-1e3, 1e3), (1e6, -1e6), (0, 1e300), (1e30, 0), (1e154, 0), (1e300, 0)],
)
@pytest.mark.parametrize("n", [SMALL, LARGE])
def test_a_warm_start_recovers_from_absurd_weights(n, weight, intercept):
    X, y = made(n)
    model = new(warm_start=True).fit(X, y)
    model.coef_[:], model.intercept_[:] = weight, intercept
    model.fit(X, y)
    assert -1e-9 < model.loss_ / minimum(X, y, 1e-4) - 1 < 1e-3


@stops_early
@pytest.mark.parametrize("name", CASES)
def test_one_pass_is_better_than_none(name):
    X, y, least = case(name, 1e-6)
    model = new(alpha=1e-6, max_iter=1, tol=None).fit(X, y)
    assert model.n_iter_ == 1
    assert least * (1 - 1e-6) < objective(X, y, model, 1e-6) <= LOG2


def test_ended_by_max_iter():
    X, y = wide(2000, 4000)
    with pytest.warns(ConvergenceWarning, match="max_iter=3"):
        model = new(max_iter=3).fit(X, y)
    assert model.n_iter_ == 3


@stops_early
def test_an_interrupt_leaves_the_last_pass(monkeypatch):
    X, y = wide(2000, 4000)
    model = new(tol=None, max_iter=30, verbose=1)

    def interrupt(text):
        if text.startswith("Epoch    7 "):
            signal.raise_signal(signal.SIGINT)

    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr("builtins.print", interrupt)
            model.fit(X, y)
    finally:
        signal.signal(signal.SIGINT, handler)
    expected = new(tol=None, max_iter=7).fit(X, y)
    assert model.n_iter_ == 7
    assert_array_equal(model.coef_, expected.coef_)
    assert model.loss_curve_ == expected.loss_curve_
    model.set_params(verbose=0, tol=1e-4, warm_start=True, max_iter=100).fit(X, y)
    assert_allclose(model.loss_, new().fit(X, y).loss_, rtol=1e-3)


# -- which solver ----------------------------------------------------------------------

STEPS = {
    "batch_size": 10,
    "learning_rate": "invscaling",
    "learning_rate_init": 0.1,
    "power_t": 0.25,
    "momentum": 0.5,
    "nesterovs_momentum": False,
    "average": True,
    "shuffle": False,
    "n_iter_no_change": 3,
}


@pytest.mark.parametrize("name", STEPS)
def test_who_speaks_of_steps_gets_sgd(name):
    X, y = (array[:50] for array in made(SMALL))
    options = {"max_iter": 2, "tol": None}
    assert new(**options).fit(X, y).solver_ == "psgd"
    assert new(**{name: STEPS[name]}, **options).fit(X, y).solver_ == "sgd"


def test_who_names_a_solver_gets_it():
    X, y = (array[:50] for array in made(SMALL))
    for solver in ("psgd", "sgd", "adam", "rmsprop"):
        assert new(solver=solver, tol=None).fit(X, y).solver_ == solver
    plain, psgd = new().fit(X, y), new(solver="psgd").fit(X, y)
    assert_array_equal(plain.coef_, psgd.coef_)


def test_exchanged_classes_change_the_sign_and_no_bit_else():
    X, y = made(LARGE, 8)
    one, other = new().fit(X, y), new().fit(X, 1 - y)
    assert_array_equal(other.coef_, -one.coef_)
    assert_array_equal(other.intercept_, -one.intercept_)


@pytest.mark.parametrize("far", [10.0, 1e6, 1e200, 1e308])
def test_the_loss_is_that_of_the_start_where_no_pass_was_better(far):
    X, y = made(2000, 8)
    model = new(warm_start=True).fit(X, y)
    model.coef_[:] = far
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.set_params(max_iter=1).fit(X, y)
    share = y.mean()
    assert_array_equal(model.coef_, 0)
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert_allclose([model.loss_, model.best_loss_], entropy, rtol=1e-12)


def test_a_warm_start_of_one_pass_leaves_a_summary_to_partial_fit():
    X, y = made(LARGE, 8)
    model = new(warm_start=True).fit(X, y)
    model.set_params(max_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y)
    before = objective(X, y, model, model.alpha)
    model.partial_fit(X[:20], y[:20])
    assert objective(X, y, model, model.alpha) < before * (1 + 1e-3)
