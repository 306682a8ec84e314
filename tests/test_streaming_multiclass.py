# SPDX-License-Identifier: BSD-3-Clause
"""partial_fit of psgd with more than two classes, against fits over all rows."""

import pickle

import numpy as np
import pytest
from _class_streams import CLASSES, N_ROWS, gap, go_on, made, objective, stream
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from skpulsar import SLPClassifier
from skpulsar._kernels import _core
from skpulsar._solvers.quadratic import _softmax_preconditioners
from skpulsar._solvers.streaming import _softmax_stream


@pytest.fixture(scope="module")
def data():
    return made()


@pytest.mark.parametrize("size", [500, 5000, N_ROWS])
def test_is_next_to_the_minimum_of_all_rows(data, size):
    X, y = data
    model = stream(X, y, size)
    assert model.solver_ == "psgd" and model.coef_.shape == (4, 6)
    assert gap(model, X, y) < 1e-4
    assert model._state.kept.n_rows <= 8192
    assert (model.t_, model.n_iter_) == (N_ROWS, -(-N_ROWS // size))
    assert_allclose(model.loss_, objective(model, X, y), rtol=2e-3)
    assert 0 <= model.objective_gap_ <= 1e-5 * model.loss_
    assert_array_equal(model.sampling_counts_, np.bincount(y))
    assert_allclose(model.coef_.sum(axis=0), 0, atol=1e-12)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 10**6),
    n_rows=st.integers(40, 300),
    size=st.integers(1, 300),
    alpha=st.sampled_from([1e-4, 1e-2, 1.0]),
    fit_intercept=st.booleans(),
    weighted=st.booleans(),
)
def test_a_small_stream_is_a_fit(seed, n_rows, size, alpha, fit_intercept, weighted):
    """As long as all rows are kept, nothing is lost but tol, and that is told."""
    X, y = made(n_rows, 3, seed)
    weight = np.random.default_rng(seed).integers(0, 3, n_rows) * 1.0
    weight[:4] = 1
    weight = weight if weighted else None
    model = stream(X, y, size, weight, alpha=alpha, fit_intercept=fit_intercept)
    left = gap(model, X, y, weight)
    assert -1e-9 <= left < 3e-5
    assert left < 1e-9 + 5 * model.objective_gap_ / model.loss_
    assert_allclose(model.loss_, objective(model, X, y, weight), rtol=1e-9)


@pytest.mark.parametrize("rule", ["by class", "rarest first", "a column"])
def test_order_costs_little(data, rule):
    X, y = data
    order = {
        "by class": np.argsort(y, kind="stable"),
        "rarest first": np.argsort(-y, kind="stable"),
        "a column": np.argsort(X[:, 0], kind="stable"),
    }[rule]
    X, y = X[order], y[order]
    assert gap(stream(X, y, 1000), X, y) < 5e-3


def test_one_class_alone_gives_its_share(data):
    """And half a row to each of the others."""
    X, y = data
    model = stream(X[y == 1][:3000], np.ones(3000, dtype=int), 1000)
    assert_allclose(model.coef_, 0, atol=1e-3)
    shares = np.array([0.5, 3000, 0.5, 0.5]) / 3001.5
    assert_allclose(model.predict_proba(X[:2]), np.tile(shares, (2, 1)), rtol=1e-2)
    assert np.isnan(model.objective_gap_) and np.isfinite(model.loss_)


def test_classes_that_are_there_are_told_apart(data):
    """While others are still to come."""
    X, y = data
    there = y < 2
    model = stream(X[there], y[there], 1000)
    two = SLPClassifier(random_state=0).fit(X[there], y[there])
    assert model.score(X[there], y[there]) > two.score(X[there], y[there]) - 0.01
    assert model.predict_proba(X)[:, 2:].max() < 0.05
    assert np.isnan(model.objective_gap_)
    go_on(model, X[~there], y[~there], 1000)
    assert model.objective_gap_ < 1e-4 * model.loss_


def test_weights(data):
    X, y = data
    weight = np.random.default_rng(1).integers(0, 4, len(y)).astype(float)
    model = stream(X, y, 700, weight)
    assert gap(model, X, y, weight) < 1e-4
    assert_allclose(model.class_count_, np.bincount(y, weight))
    smaller = stream(X, y, 700, weight / 2**20)  # an exact unit: no bit is lost
    assert_array_equal(smaller.coef_, model.coef_)


BALANCED = [{"class_weight": "balanced"}, {"sampling": "balanced"}]


@pytest.mark.parametrize(
    "options", [{"class_weight": {0: 1, 1: 2, 2: 3, 3: 4}}, *BALANCED], ids=str
)
def test_class_weights(data, options):
    """Balanced ones are those of all rows seen, of kept and left ones."""
    X, y = data
    order = np.roll(np.argsort(y, kind="stable"), 1500)
    X, y = X[order], y[order]
    share = 1 / np.bincount(y) if options in BALANCED else np.arange(1.0, 5)
    assert gap(stream(X, y, 1000, **options), X, y, share[y]) < 5e-3


def test_prior_correction(data):
    X, y = data
    plain = stream(X, y, 2000, sampling="balanced")
    model = stream(X, y, 2000, sampling="balanced", prior_correction=True)
    assert_array_equal(model.coef_, plain.coef_)
    shift = np.log(np.bincount(y))
    found = model.intercept_ - plain.intercept_
    assert_allclose(found, shift - shift.mean(), atol=1e-9)
    assert_allclose(model.prior_shift_, -found, atol=1e-12)


@pytest.mark.parametrize("layout", [sparse.csr_array, sparse.csr_matrix])
def test_csr(layout):
    X, y = made(12_000)
    X[np.random.default_rng(0).random(X.shape) < 0.7] = 0
    dense, csr = stream(X, y, 1000), stream(layout(X), y, 1000)
    assert gap(csr, X, y) < 1e-4
    assert_allclose(objective(csr, X, y), objective(dense, X, y), rtol=1e-4)


def test_chunks_of_any_form(data):
    """Dense and CSR, float32 and float64 in turn; the first one's layout is kept."""
    X, y = data
    forms = [np.asarray, sparse.csr_array, np.float32]
    for first in (0, 1):
        model = SLPClassifier(random_state=0)
        for k, part in enumerate(np.array_split(np.arange(len(y)), 12)):
            chunk = forms[(first + k) % 3](X[part])
            model.partial_fit(chunk, y[part], CLASSES)
        assert model._state.kept.sparse == bool(first)
        assert gap(model, X, y) < 1e-4


def test_factors_of_every_class():
    """Of many unknowns no curvature of all is made."""
    X, y = load_digits(return_X_y=True)
    model = SLPClassifier(random_state=0)
    for part in np.array_split(np.arange(len(y)), 6):
        model.partial_fit(X[part], y[part], np.arange(10))
    assert gap(model, X, y) < 5e-5
    assert 0 < model.objective_gap_ < 5e-5 * model.loss_
    kind = type(model._state.preconditioner)
    assert kind is _softmax_preconditioners.ClassPreconditioner


def test_many_columns():
    """Beyond 2000 columns the preconditioner is a diagonal."""
    random = np.random.default_rng(0)
    X = sparse.random_array((3000, 2500), density=0.01, rng=random, format="csr")
    y = (X @ random.normal(size=(2500, 4)) + random.gumbel(size=(3000, 4))).argmax(1)
    model = stream(X, y, 500, alpha=1e-3)
    assert gap(model, X.toarray(), y) < 1e-3
    assert model._state.preconditioner is None


def test_too_many_columns_for_all_linear_terms(data, monkeypatch):
    X, y = data[0][:100], data[1][:100]
    monkeypatch.setattr(_softmax_stream, "MAX_TERMS", 16 * 6)
    assert SLPClassifier().partial_fit(X, y, CLASSES).solver_ == "sgd"
    fitted = SLPClassifier(solver="psgd").fit(X, y)
    before = pickle.dumps(vars(fitted))
    with pytest.raises(ValueError, match="knows no more than 5 columns") as caught:
        fitted.partial_fit(X, y)
    assert len(str(caught.value)) <= 300
    assert pickle.dumps(vars(fitted)) == before


def test_pickling_in_the_middle_changes_no_bit(data):
    X, y = data
    whole, model = stream(X, y, 900), stream(X[:9900], y[:9900], 900)
    model = pickle.loads(pickle.dumps(model))
    go_on(model, X[9900:], y[9900:], 900)
    assert_array_equal(model.coef_, whole.coef_)
    assert model.loss_curve_ == whole.loss_curve_


def test_same_bits_on_every_cpu(data):
    X, y = data
    found = []
    for level in _core.LEVELS:
        _core.use_level(level)
        model = SLPClassifier(random_state=0).fit(X[:5000], y[:5000])
        go_on(model, X[5000:], y[5000:], 3000)
        found.append((model.coef_, stream(X, y, 3000).coef_))
    _core.use_level(_core.LEVELS[0])
    for other in found:
        assert_array_equal(other, found[0])


def test_an_error_changes_nothing(data):
    X, y = data
    model = stream(X[:1000], y[:1000], 500)
    before = pickle.dumps(vars(model))
    bad = X[:10].copy()
    bad[3, 2] = 1e200
    with pytest.raises(ValueError, match="Column 2 of X is too large"):
        model.partial_fit(bad, y[:10])
    assert pickle.dumps(vars(model)) == before


HARD = {
    "cauchy": lambda X: np.random.default_rng(0).standard_cauchy(X.shape),
    "a huge row": lambda X: np.where(np.arange(len(X))[:, None] == 70, 1e8, X),
    "constant columns": lambda X: np.round(X * [0, 0, 1, 1, 1, 1]) + 7,
    "constant at first": lambda X: np.where(
        np.arange(len(X))[:, None] < 9000, X * [0, 1, 1, 1, 1, 0], X
    ),
    "far away": lambda X: X + 1e9,
    "tiny and huge": lambda X: X * 10.0 ** np.array([-140, 140, 0, 8, -8, 1]),
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("alpha", [0.0, 1e-4])
@pytest.mark.parametrize("kind", HARD)
def test_hard_data(kind, alpha):
    X, y = made(12_000)
    X = HARD[kind](X)
    model = SLPClassifier(random_state=0, alpha=alpha)
    for start in range(0, len(y), 2500):
        part = slice(start, start + 2500)
        model.partial_fit(X[part], y[part], CLASSES)
        assert np.isfinite(model.coef_).all() and np.isfinite(model.intercept_).all()
        assert np.isfinite(model.loss_)
    share = np.bincount(y) / len(y)
    assert objective(model, X, y) < -share @ np.log(share) * 1.01


def test_fill_values_do_not_hide_what_is_left(data):
    """A third of the rows is far out; they are on their side soon."""
    X, y = made(3000, 3)
    far = np.random.default_rng(0).random(len(y)) < 0.2
    X[far, 0] = 1e6
    y[far] = 1
    model = stream(X, y, 1000)
    assert gap(model, X, y) < 1e-4


@pytest.mark.parametrize("layout", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("options", [{}, {"fit_intercept": False}], ids=str)
def test_goes_on_after_fit(data, layout, options):
    """The fit's rows are gone, but what they said is not."""
    X, y = data
    half = len(y) // 2
    model = SLPClassifier(random_state=0, **options).fit(layout(X[:half]), y[:half])
    n_iter = model.n_iter_
    go_on(model, layout(X[half:]), y[half:], 1000)
    assert gap(model, X, y) < 5e-4
    assert model.n_iter_ == n_iter + 10
    assert_allclose(model.class_count_, np.bincount(y))
    assert_allclose(model.loss_, objective(model, X, y), rtol=5e-3)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("options", [{"max_iter": 1}, {"tol": None}], ids=str)
def test_goes_on_after_a_warm_start(data, options):
    X, y = data
    half = len(y) // 2
    model = SLPClassifier(random_state=0, warm_start=True).fit(X[:half], y[:half])
    model.set_params(**options)
    model.fit(X[:half], y[:half])
    go_on(model.set_params(tol=1e-4), X[half:], y[half:], 1000)
    assert gap(model, X, y) < 2e-3


@pytest.mark.parametrize("kind", ["factors", "diagonal"])
def test_after_a_fit_that_knew_less(data, kind, monkeypatch):
    X, y = data
    if kind == "diagonal":
        monkeypatch.setattr(_softmax_preconditioners, "MAX_PACKED_COLUMNS", 5)
        axes = 2
    else:
        X, axes = np.hstack([X, np.random.default_rng(0).normal(size=(N_ROWS, 80))]), 3
    model = SLPClassifier(random_state=0).fit(X[:9000], y[:9000])
    before = gap(model, X, y)
    go_on(model, X[9000:], y[9000:], 2000)
    assert model._state.discarded.curvature.ndim == axes
    assert gap(model, X, y) < before / 2


def test_a_fitted_model_holds_no_rows(data):
    X, y = data
    model = SLPClassifier(random_state=0).fit(X, y)
    assert len(pickle.dumps(model)) < 10_000


def test_changing_the_solver_keeps_the_weights_alone(data):
    X, y = data
    model = stream(X[:5000], y[:5000], 1000)
    before = objective(model, X, y)
    model.set_params(solver="sgd").partial_fit(X[5000:], y[5000:])
    assert objective(model, X, y) < 1.1 * before
    model.set_params(solver="psgd").partial_fit(X[:5000], y[:5000])
    assert model._state.n_seen == 5000
    assert gap(model, X[:5000], y[:5000]) < 1e-4
    assert model.t_ == len(y) + 5000


def test_parameters_may_change_between_calls(data):
    X, y = data
    model = stream(X[:10_000], y[:10_000], 5000)
    model.set_params(alpha=0.1, fit_intercept=False)
    go_on(model, X[10_000:], y[10_000:], 5000)
    assert gap(model, X, y) < 1e-3


def test_no_gap_is_claimed_far_from_zero_without_an_intercept(data):
    X, y = data
    model = SLPClassifier(random_state=0, fit_intercept=False)
    with pytest.warns(ConvergenceWarning, match="stopped at rounding"):
        model.partial_fit(X[:1000] + 1e6, y[:1000], CLASSES)
    assert model.objective_gap_ == model.loss_


def test_separable_rows_without_a_penalty_are_told_of():
    X = np.repeat(np.eye(4), 20, axis=0)
    y = np.repeat(CLASSES, 20)
    with pytest.warns(ConvergenceWarning, match="separable and alpha=0"):
        stream(X, y, 80, alpha=0.0)
