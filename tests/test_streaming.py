# SPDX-License-Identifier: BSD-3-Clause
"""partial_fit of psgd: the minimum over all rows seen, from a sample of them."""

import copy
import pickle

import numpy as np
import pytest
from _streams import CLASSES, N_ROWS, gap, go_on, made, objective, stream
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning

from skpulsar import SLPClassifier
from skpulsar._kernels import _core
from skpulsar._solvers.quadratic import _preconditioners

pytestmark = pytest.mark.filterwarnings(
    "ignore:The classes are separable:sklearn.exceptions.ConvergenceWarning"
)


@pytest.fixture(scope="module")
def data():
    return made()


@pytest.mark.parametrize("size", [10, 500, 5000, N_ROWS])
def test_is_next_to_the_minimum_of_all_rows(data, size):
    X, y = data
    n_rows = 9000 if size == 10 else N_ROWS
    X, y = X[:n_rows], y[:n_rows]
    model = stream(X, y, size)
    assert gap(model, X, y) < 1e-4
    assert model._state.kept.n_rows <= 8192
    assert (model.t_, model.n_iter_) == (n_rows, -(-n_rows // size))
    assert_allclose(model.loss_, objective(model, X, y), rtol=2e-3)
    assert 0 <= model.objective_gap_ <= 1e-5 * model.loss_
    assert model.history_["n_rows"] == [min(size, n_rows)] * (model.n_iter_ - 1) + [
        n_rows - size * (model.n_iter_ - 1)
    ]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 10**6),
    n_rows=st.integers(30, 300),
    size=st.integers(1, 300),
    alpha=st.sampled_from([1e-4, 1e-2, 1.0]),
    fit_intercept=st.booleans(),
    weighted=st.booleans(),
)
def test_a_small_stream_is_a_fit(seed, n_rows, size, alpha, fit_intercept, weighted):
    """As long as all rows are kept, nothing is lost but tol."""
    X, y = made(n_rows, 3, seed)
    y[:2] = CLASSES
    weight = np.random.default_rng(seed).integers(0, 3, n_rows) * 1.0
    weight[:2] = 1
    weight = weight if weighted else None
    model = stream(X, y, size, weight, alpha=alpha, fit_intercept=fit_intercept)
    assert -1e-9 <= gap(model, X, y, weight) < 2e-5
    assert_allclose(model.loss_, objective(model, X, y, weight), rtol=1e-9)


@pytest.mark.parametrize("rule", ["zeros first", "ones first", "a column", "in turn"])
def test_order_costs_little(data, rule):
    X, y = data
    places = np.arange(len(y))
    order = {
        "zeros first": np.argsort(y, kind="stable"),
        "ones first": np.argsort(-y, kind="stable"),
        "a column": np.argsort(X[:, 0], kind="stable"),
        "in turn": np.lexsort((places, y, places // 2000)),
    }[rule]
    X, y = X[order], y[order]
    assert gap(stream(X, y, 1000), X, y) < 5e-3


def test_one_class_alone_gives_its_log_odds(data):
    X, y = data
    zeros = X[y == 0]
    model = stream(zeros[:10_000], np.zeros(10_000), 3000)
    assert_array_equal(model.coef_, np.zeros((1, X.shape[1])))
    assert_allclose(model.intercept_, np.log(0.5) - np.log(10_000.5), rtol=1e-12)
    assert np.isfinite(model.loss_)


def test_weights(data):
    X, y = data
    weight = np.random.default_rng(1).integers(0, 4, len(y)).astype(float)
    model = stream(X, y, 700, weight)
    assert gap(model, X, y, weight) < 1e-4
    assert_allclose(model.class_count_, np.bincount(y, weight))
    smaller = stream(X, y, 700, weight / 2**20)  # an exact unit: no bit is lost
    assert_array_equal(smaller.coef_, model.coef_)


def test_weights_of_any_size(data):
    X, y = data
    weight = np.logspace(-300, 308, 3000)
    model = stream(X[:3000], y[:3000], 100, weight)
    assert gap(model, X[:3000], y[:3000], weight / weight.max()) < 1e-4


BALANCED = [{"class_weight": "balanced"}, {"sampling": "balanced"}]


@pytest.mark.parametrize(
    "options", [{"class_weight": {0: 1, 1: 4}}, *BALANCED], ids=str
)
def test_class_weights(data, options):
    """Balanced ones are those of all rows seen, of kept and left ones."""
    X, y = data
    order = np.argsort(y, kind="stable")[::-1]
    X, y = np.roll(X[order], 1500, axis=0), np.roll(y[order], 1500)
    share = 1 / np.bincount(y) if options in BALANCED else np.array([1.0, 4.0])
    assert gap(stream(X, y, 1000, **options), X, y, share[y]) < 5e-3


def test_prior_correction(data):
    X, y = data
    plain = stream(X, y, 2000, sampling="balanced")
    model = stream(X, y, 2000, sampling="balanced", prior_correction=True)
    assert_array_equal(model.coef_, plain.coef_)
    odds = np.log(np.bincount(y))
    assert_allclose(model.intercept_ - plain.intercept_, odds[1] - odds[0])


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
        model = SLPClassifier(solver="psgd", random_state=0)
        for k, part in enumerate(np.array_split(np.arange(len(y)), 12)):
            chunk = forms[(first + k) % 3](X[part])
            model.partial_fit(chunk, y[part], CLASSES)
        assert model._state.kept.sparse == bool(first)
        assert gap(model, X, y) < 1e-4


def test_float32_stays(data):
    X, y = data
    model = stream(X.astype(np.float32), y, 1000)
    assert model._state.kept.entries(np.arange(1)).dtype == np.float32
    assert gap(model, X, y) < 1e-4


def test_many_columns():
    """Beyond 2000 columns the preconditioner is a diagonal."""
    random = np.random.default_rng(0)
    X = sparse.random_array((3000, 2500), density=0.01, rng=random, format="csr")
    y = (X @ random.normal(size=2500) > random.logistic(size=3000)).astype(int)
    model = stream(X, y, 500, alpha=1e-3)
    assert gap(model, X, y) < 1e-3
    assert model._state.preconditioner is None


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


def test_copies_go_their_own_way(data):
    X, y = data
    model = stream(X[:1000], y[:1000], 500)
    twin = copy.copy(model)
    go_on(model, X[1000:3000], y[1000:3000], 500)
    go_on(twin, X[3000:5000], y[3000:5000], 500)
    expected = stream(X[:3000], y[:3000], 500)
    assert_array_equal(model.coef_, expected.coef_)


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
    "cauchy": lambda X, y: (np.random.default_rng(0).standard_cauchy(X.shape), y),
    "a huge row": lambda X, y: (np.where(np.arange(len(y))[:, None] == 70, 1e8, X), y),
    "a huge first row": lambda X, y: (
        np.where(np.arange(len(y))[:, None] == 0, 1e8, X),
        y,
    ),
    "constant columns": lambda X, y: (np.round(X * [0, 0, 1, 1, 1, 1]) + 7, y),
    "constant at first": lambda X, y: (
        np.where(np.arange(len(y))[:, None] < 0.75 * len(y), X * [0, 1, 1, 1, 1, 0], X),
        y,
    ),
    "far away": lambda X, y: (X + 1e9, y),
    "separable at first": lambda X, y: (
        X,
        np.where(np.arange(len(y)) < 0.25 * len(y), X[:, 0] > 5, y),
    ),
    "separable": lambda X, y: (X, (X[:, 0] > 5).astype(int)),
    "tiny and huge": lambda X, y: (X * 10.0 ** np.array([-140, 140, 0, 8, -8, 1]), y),
}


@pytest.mark.parametrize("n_rows, size", [(4000, 60), (12_000, 2500)])
@pytest.mark.parametrize("alpha", [0.0, 1e-4])
@pytest.mark.parametrize("kind", HARD)
def test_hard_data(kind, alpha, n_rows, size):
    X, y = HARD[kind](*made(n_rows))
    model = SLPClassifier(solver="psgd", random_state=0, alpha=alpha)
    for start in range(0, len(y), size):
        part = slice(start, start + size)
        model.partial_fit(X[part], y[part], CLASSES)
        assert np.isfinite(model.coef_).all() and np.isfinite(model.intercept_).all()
        assert np.isfinite(model.loss_)
    share = y.mean()
    least = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert objective(model, X, y) < least * 1.01


@pytest.mark.filterwarnings(  # without a penalty there is no minimum
    "ignore::sklearn.exceptions.ConvergenceWarning"
)
@pytest.mark.parametrize("alpha", [0.0, 1e-9, 1e-4])
def test_rare_columns_that_separate(alpha):
    """Without a penalty nothing but curvature bars the way to infinity."""
    random = np.random.default_rng(6)
    levels = np.minimum(random.zipf(1.3, size=(N_ROWS, 2)), 60) - 1
    X = np.hstack([np.eye(60)[levels[:, 0]], np.eye(60)[levels[:, 1]]])
    y = (X @ random.normal(size=120) * 3 - 2 > random.logistic(size=N_ROWS)) * 1
    bounded = SLPClassifier(alpha=max(alpha, 1e-8), random_state=0).fit(X, y)
    model = stream(X, y, 500, alpha=alpha)
    assert objective(model, X, y) < 1.001 * objective(bounded, X, y)


@pytest.mark.parametrize("layout", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("options", [{}, {"fit_intercept": False}], ids=str)
def test_goes_on_after_fit(data, layout, options):
    """The fit's rows are gone, but what they said is not."""
    X, y = data
    half = len(y) // 2
    model = SLPClassifier(random_state=0, **options).fit(layout(X[:half]), y[:half])
    n_iter = model.n_iter_
    go_on(model, X[half:], y[half:], 1000)
    assert gap(model, X, y) < 5e-4
    assert model.n_iter_ == n_iter + 10
    assert_allclose(model.class_count_, np.bincount(y))
    assert_allclose(model.loss_, objective(model, X, y), rtol=5e-3)


@pytest.mark.parametrize("class_weight", ["balanced", {0: 1.0, 1: 3.0}])
def test_goes_on_after_a_weighted_fit(data, class_weight):
    X, y = data
    half, weight = len(y) // 2, np.random.default_rng(0).exponential(size=len(y))
    model = SLPClassifier(random_state=0, class_weight=class_weight)
    model.fit(X[:half], y[:half], weight[:half])
    go_on(model, X[half:], y[half:], 1000, weight[half:])
    share = np.array([1.0, 3.0])
    if class_weight == "balanced":
        share = 1 / np.bincount(y, weight)
    assert gap(model, X, y, weight * share[y]) < 1e-3


def test_after_a_fit_that_knew_a_diagonal_alone():
    X, y = made(5000, 6)
    X = np.hstack([X, np.random.default_rng(0).normal(size=(5000, 594))])
    model = SLPClassifier(random_state=0, alpha=0.01).fit(X[:4000], y[:4000])
    before = gap(model, X, y)
    go_on(model, X[4000:], y[4000:], 500)
    assert model._state.discarded.curvature.ndim == 2
    assert gap(model, X, y) < before / 2


def test_after_a_fit_that_kept_a_diagonal_alone(data, monkeypatch):
    X, y = data
    monkeypatch.setattr(_preconditioners, "MAX_PACKED_COLUMNS", 5)
    model = SLPClassifier(random_state=0).fit(X[:10_000], y[:10_000])
    before = gap(model, X, y)
    go_on(model, X[10_000:], y[10_000:], 1000)
    assert model._state.discarded.curvature.ndim == 2
    assert gap(model, X, y) < before / 2


def test_a_fitted_model_holds_no_rows(data):
    X, y = data
    model = SLPClassifier(random_state=0).fit(X, y)
    assert len(pickle.dumps(model)) < 10_000


def test_fit_starts_anew(data):
    X, y = data
    model = stream(X, y, 5000)
    expected = SLPClassifier(solver="psgd", random_state=0).fit(X, y)
    assert_array_equal(model.fit(X, y).coef_, expected.coef_)


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


@pytest.mark.parametrize(
    ("n_first", "size_of_columns", "weight_of_rows"),
    [(20, 1e4, 1.0), (2000, 1e3, 1e-6), (8000, 1e3, 1e-6)],
)
def test_no_chunk_is_certified_by_what_earlier_ones_were(
    data, n_first, size_of_columns, weight_of_rows
):
    X, y = data[0].copy(), data[1]
    weight = np.ones(N_ROWS)
    X[:n_first] *= size_of_columns
    weight[:n_first] = weight_of_rows
    model = go_on(
        SLPClassifier(random_state=0), X[:n_first], y[:n_first], 1000, weight[:n_first]
    )
    go_on(model, X[n_first:], y[n_first:], 1000, weight[n_first:])
    assert gap(model, X, y, weight) < 1e-3


def test_separable_rows_without_a_penalty_are_told_of():
    X = np.random.default_rng(0).normal(size=(2000, 3))
    with pytest.warns(ConvergenceWarning, match="separable and alpha=0"):
        stream(X, (X[:, 0] > 0.5).astype(int), 1000, alpha=0.0)
