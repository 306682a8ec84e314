# SPDX-License-Identifier: BSD-3-Clause
import copy
import pickle
from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from skpulsar import SLPClassifier
from skpulsar._training._history import Epoch
from skpulsar.losses import sigmoid_cross_entropy

SOLVERS = ("sgd", "adam", "rmsprop")


def objective(model, X, y, sample_weight=None):
    loss, _ = sigmoid_cross_entropy(model.decision_function(X), y)
    return (
        np.average(loss, weights=sample_weight)
        + model.alpha / 2 * np.square(model.coef_).sum()
    )


def optimum(X, y, alpha, sample_weight=None):
    """The least objective: scikit-learn's Newton solver on standardised columns, whose
    penalty is left out; small beside the tolerances of its callers."""
    weight = np.ones(len(y)) if sample_weight is None else sample_weight
    scaled = StandardScaler().fit_transform(X, sample_weight=sample_weight)
    reference = LogisticRegression(
        C=1 / (1e-8 * weight.sum()), solver="newton-cholesky", tol=1e-10, max_iter=200
    ).fit(scaled, y, sample_weight)
    loss, _ = sigmoid_cross_entropy(reference.decision_function(scaled), y)
    return np.average(loss, weights=weight)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", SOLVERS)
def test_raw_columns_train_without_tuning(pulsars, solver):
    X, y = pulsars
    model = SLPClassifier(solver=solver, alpha=1e-6, random_state=0, max_iter=1000)
    assert objective(model.fit(X, y), X, y) < 1.03 * optimum(X, y, 1e-6)


@pytest.mark.parametrize("solver", SOLVERS)
def test_htru2_ends_near_the_optimum_or_warns(htru2, solver, recwarn):
    X, y = htru2
    model = SLPClassifier(solver=solver, random_state=0).fit(X, y)
    warned = any(w.category is ConvergenceWarning for w in recwarn.list)
    assert warned or objective(model, X, y) < 1.03 * 0.074957  # F* to six digits


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("shift, size", [(0, 1e-6), (0, 1e6), (1e6, 1)])
def test_size_and_offset_of_columns_do_not_matter(pulsars, solver, shift, size):
    X, y = pulsars
    X = StandardScaler().fit_transform(X)
    options = {"solver": solver, "alpha": 0, "random_state": 0, "tol": None}
    model = SLPClassifier(max_iter=10, **options)
    logits = model.fit(X, y).decision_function(X)
    moved = (X + shift) * size
    assert_allclose(model.fit(moved, y).decision_function(moved), logits, atol=1e-6)


def test_an_objective_never_rises(pulsars):
    """One row far out, heavy tails: whatever training does, the start is kept."""
    X, y = pulsars
    hostile = [X.copy(), np.random.default_rng(0).standard_cauchy(X.shape) ** 3]
    hostile[0][0] = 1e8
    for X in hostile:
        for solver in SOLVERS:
            model = SLPClassifier(solver=solver, random_state=0, max_iter=3, tol=None)
            assert objective(model.fit(X, y), X, y) <= np.log(2)


def test_training_that_does_not_help_is_undone():
    """Every row comes with both labels, so that whatever Adam learns is wrong."""
    X = np.random.default_rng(0).standard_normal((40, 200))
    X, y = np.vstack([X, X]), np.repeat([0, 1], 40)
    model = SLPClassifier(solver="adam", batch_size=1, max_iter=1, tol=None)
    with pytest.warns(ConvergenceWarning, match="did not lower") as caught:
        model.fit(X, y)
    assert caught[0].filename == __file__
    assert_array_equal(model.coef_, 0)
    assert_array_equal(model.intercept_, 0)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("index", [np.int32, np.int64])
def test_dense_equals_csr(pulsars, solver, index):
    X, y = pulsars
    X = np.where(X > np.median(X, axis=0), X, 0)
    csr = sparse.csr_array(X)
    csr.indices, csr.indptr = csr.indices.astype(index), csr.indptr.astype(index)
    model = SLPClassifier(solver=solver, random_state=0, max_iter=5, tol=None)
    dense = model.fit(X, y).coef_
    assert_allclose(model.fit(csr, y).coef_, dense, rtol=1e-11)
    assert_allclose(
        model.decision_function(csr), model.decision_function(X), rtol=1e-11
    )


def test_repeated_entries_of_csr_are_summed(pulsars):
    X, y = pulsars
    n, d = X.shape
    half = np.repeat(X / 2, 2, axis=1).ravel()
    columns = np.tile(np.repeat(np.arange(d), 2), n)
    repeated = sparse.csr_array((half, columns, 2 * d * np.arange(n + 1)), shape=(n, d))
    model = SLPClassifier(random_state=0, max_iter=3, tol=None)
    expected = model.fit(sparse.csr_array(X), y).coef_
    assert_array_equal(model.fit(repeated, y).coef_, expected)
    assert len(repeated.data) == 2 * n * d


@pytest.mark.parametrize("solver", SOLVERS)
def test_float32_is_float64_of_the_same_values(pulsars, solver):
    X, y = pulsars
    X = X.astype(np.float32)
    model = SLPClassifier(solver=solver, random_state=0, max_iter=3, tol=None)
    expected = model.fit(X.astype(np.float64), y).coef_
    assert_array_equal(model.fit(X, y).coef_, expected)
    assert model.coef_.dtype == np.float64


@pytest.mark.parametrize("solver", SOLVERS)
def test_swapping_the_classes_changes_the_sign(pulsars, solver):
    X, y = pulsars
    model = SLPClassifier(solver=solver, random_state=0, max_iter=3, tol=None)
    coef = model.fit(X, y).coef_
    assert_array_equal(model.fit(X, 1 - y).coef_, -coef)


@pytest.mark.parametrize("solver", SOLVERS)
def test_permuting_columns_permutes_coefficients(pulsars, solver):
    X, y = pulsars
    order = np.random.default_rng(0).permutation(X.shape[1])
    model = SLPClassifier(solver=solver, random_state=0, max_iter=3, tol=None)
    coef = model.fit(X, y).coef_
    assert_allclose(model.fit(X[:, order], y).coef_, coef[:, order], rtol=1e-9)


def test_labels_of_any_type(pulsars):
    X, y = pulsars
    model = SLPClassifier(random_state=0, max_iter=2, tol=None)
    coef = model.fit(X, y).coef_
    for labels in (
        np.array(["noise", "pulsar"]),
        np.array(["noise", "pulsar"], dtype=object),
        np.array([False, True]),
        np.array([-1.0, 1.0]),
        np.array([-(2**62), 2**62]),
        np.array([3, 250], dtype=np.uint8),
    ):
        assert_array_equal(model.fit(X, labels[y]).coef_, coef)
        assert_array_equal(model.classes_, labels)
        assert model.classes_.dtype == labels.dtype
        assert set(model.predict(X)) <= set(labels)


def test_a_logit_of_zero_is_no(pulsars):
    X, y = pulsars
    model = SLPClassifier(max_iter=1, tol=None).fit(X, y)
    model.coef_ = np.zeros_like(model.coef_)
    model.intercept_ = np.zeros(1)
    assert_array_equal(model.predict(X[:3]), [0, 0, 0])
    assert_array_equal(model.predict_proba(X[:3]), np.full((3, 2), 0.5))


def test_probabilities_of_far_logits(pulsars):
    X, y = pulsars
    model = SLPClassifier(max_iter=1, tol=None).fit(X, y)
    model.coef_ = np.zeros_like(model.coef_)
    model.intercept_ = np.array([40.0])
    assert_allclose(
        model.predict_proba(X[:1]), [[4.248354255291589e-18, 1.0]], rtol=1e-15
    )
    assert_allclose(
        model.predict_log_proba(X[:1]), [[-40.0, -4.248354255291589e-18]], rtol=1e-15
    )
    model.intercept_ = np.array([1e300])
    assert_array_equal(model.predict_log_proba(X[:1]), [[-1e300, 0.0]])


def test_without_an_intercept(pulsars):
    X, y = pulsars
    model = SLPClassifier(fit_intercept=False, random_state=0, max_iter=20, tol=None)
    model.fit(X, y)
    assert_array_equal(model.intercept_, [0.0])
    assert objective(model, X, y) < 0.3


def test_constant_columns_stay_out(pulsars):
    X, y = pulsars
    model = SLPClassifier(alpha=0, random_state=0, max_iter=5, tol=None)
    coef = model.fit(X, y).coef_
    constant = np.column_stack([np.full(len(y), 0.1), X, np.full(len(y), 1e9)])
    model.fit(constant, y)
    assert_array_equal(model.coef_[0, [0, -1]], 0.0)
    assert_allclose(model.coef_[:, 1:-1], coef, rtol=1e-9)


@pytest.mark.parametrize("average, first", [(True, 1), (5000, 3)])
def test_average_of_the_iterates(pulsars, average, first):
    X, y = pulsars
    options = {"batch_size": len(y), "tol": None}  # one step an epoch
    fits = [SLPClassifier(max_iter=k, **options).fit(X, y) for k in range(first, 6)]
    model = SLPClassifier(max_iter=5, average=average, **options).fit(X, y)
    mean = np.mean([fit.coef_ for fit in fits], axis=0)
    assert_allclose(model.coef_, mean, rtol=1e-12)
    mean = np.mean([fit.intercept_ for fit in fits])
    assert_allclose(model.intercept_, mean, rtol=1e-12)
    assert_allclose(model.loss_curve_, fits[-1].loss_curve_, rtol=1e-12)


def test_average_that_has_not_begun(pulsars):
    X, y = pulsars
    options = {"solver": "sgd", "random_state": 0, "tol": None, "max_iter": 2}
    plain = SLPClassifier(**options).fit(X, y)
    late = SLPClassifier(average=10**9, **options).fit(X, y)
    assert_array_equal(late.coef_, plain.coef_)


def test_schedules(pulsars):
    X, y = pulsars
    options = {"random_state": 0, "tol": None, "max_iter": 3}
    curve = SLPClassifier(learning_rate="invscaling", **options).fit(X, y)
    rates = curve.history_["learning_rate"]
    steps = 10 * np.arange(1, 4)  # 2,000 rows in batches of 200
    assert_allclose(rates, rates[0] * np.sqrt(steps[0] / steps), rtol=1e-14)
    adaptive = SLPClassifier(
        learning_rate="adaptive", random_state=0, max_iter=1000, tol=1e-3
    ).fit(X, y)
    rates = np.array(adaptive.history_["learning_rate"])
    assert set(np.round(np.log(rates[0] / rates) / np.log(5), 9)) == set(range(9))
    assert adaptive.n_iter_ < 1000


def test_a_number_is_the_rate_of_every_column():
    """Two steps by hand: the textbook's formula."""
    X, y = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([0, 1])
    model = SLPClassifier(
        solver="sgd", batch_size=1, learning_rate_init=0.5, momentum=0.0, alpha=0.1,
        max_iter=1, tol=None, shuffle=False,
    ).fit(X, y)  # fmt: skip
    w, b = np.zeros(2), 0.0
    for x, z in zip(X, y, strict=True):
        error = 1 / (1 + np.exp(-(x @ w + b))) - z
        w, b = w - 0.5 * (error * x + 0.1 * w), b - 0.5 * error
    assert_allclose(model.coef_[0], w, rtol=1e-15)
    assert_allclose(model.intercept_, b, rtol=1e-15)


def test_history(pulsars, capsys):
    X, y = pulsars
    options = {"solver": "sgd", "tol": None, "random_state": 0}
    model = SLPClassifier(max_iter=4, verbose=1, **options).fit(X, y)
    assert model.n_iter_ == 4
    assert model.t_ == 4 * len(y)
    assert model.solver_ == "sgd"
    names = [field.name for field in fields(Epoch)]
    assert list(model.history_) == ["epoch", *names]
    assert model.history_["epoch"] == [1, 2, 3, 4]
    assert model.history_["loss"] == model.loss_curve_
    assert len(model.loss_curve_) == 4
    assert model.loss_ == model.loss_curve_[-1]
    assert model.best_loss_ == min(model.loss_curve_)
    assert len(capsys.readouterr().out.splitlines()) == 4


@pytest.mark.parametrize("verbose", [False, 0, True, 1, 2, 50])
@pytest.mark.parametrize("solver", ["psgd", "adam"])
def test_verbose(pulsars, capsys, solver, verbose):
    X, y = pulsars
    model = SLPClassifier(solver=solver, verbose=verbose, random_state=0, tol=0.1)
    model.fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    every = range(1, model.n_iter_ + 1) if verbose else ()
    numbers = [k for k in every if k % verbose == 0 or k == model.n_iter_]
    assert len(lines) == len(numbers)
    history = model.history_
    for k, line in zip(numbers, lines, strict=True):
        assert line.startswith(f"Epoch {k:4d}  loss {history['loss'][k - 1]:.8g} ")
        gap = f"gap {history['objective_gap'][k - 1]:.3g} "
        assert (gap in line) == (solver == "psgd")


@pytest.mark.parametrize("solver", ["psgd", *SOLVERS])
def test_numbers_of_training_are_those_of_python(pulsars, solver):
    X, y = (a[:300] for a in pulsars)
    model = SLPClassifier(solver=solver, max_iter=2, tol=None)
    for train in (model.fit, model.partial_fit):
        train(X, y)
        for name, values in model.history_.items():
            kind = int if name in ("epoch", "n_rows", "n_sampled") else float
            assert {type(value) for value in values} == {kind}, name
        scalars = (model.loss_, model.best_loss_, model.objective_gap_)
        assert {type(x) for x in (*scalars, *model.loss_curve_)} == {float}


@pytest.mark.parametrize("solver", ["psgd", *SOLVERS])
def test_what_was_published_of_training_stays(pulsars, solver):
    """Neither later calls nor copies change lists in the user's hands, nor do they."""
    X, y = (a[:300] for a in pulsars)
    model = SLPClassifier(solver=solver, max_iter=2, tol=None).fit(X, y)
    published = [model.history_, model.loss_curve_]
    before = copy.deepcopy(published)
    copies = [copy.copy(model), copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
    for k, other in enumerate([model, *copies]):
        other.partial_fit(X[k:], y[k:])
    assert published == before
    for k, other in enumerate([model, *copies]):
        n_rows = before[0]["n_rows"]
        assert other.history_["n_rows"] == [*n_rows, len(y) - k]
        other.history_["loss"].clear()
        other.loss_curve_.clear()
        assert other.loss_curve_[:-1] == other.history_["loss"][:-1] == before[1]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_history_after_an_error_goes_on_from_the_last_epoch(
    pulsars, monkeypatch, error
):
    X, y = (a[:300] for a in pulsars)
    options = {"solver": "sgd", "random_state": 0, "tol": None}
    expected = SLPClassifier(max_iter=2, **options).fit(X, y)
    model = SLPClassifier(max_iter=1, verbose=1, **options).fit(X, y)

    def fail(text):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("builtins.print", fail)
        with pytest.raises(error):
            model.partial_fit(X, y)
    if error is ValueError:
        assert len(model.loss_curve_) == 1
        model.partial_fit(X, y)
    assert model.loss_curve_ == expected.loss_curve_
    assert model.best_loss_ == expected.best_loss_


def test_stopping(pulsars):
    X, y = pulsars
    with pytest.warns(ConvergenceWarning, match="max_iter=2 epochs"):
        SLPClassifier(solver="sgd", max_iter=2).fit(X, y)
    model = SLPClassifier(tol=0.5, n_iter_no_change=3, random_state=0).fit(X, y)
    assert model.solver_ == "sgd"
    fell = [b < a / 2 for a, b in pairwise(model.loss_curve_)]
    assert fell[-3:] == [False] * 3
    assert model.n_iter_ < 10


@pytest.mark.parametrize("tol", [1e-3, 1e-4, 1e-6])
def test_coefficients_of_other_seeds_within_standard_errors(pulsars, tol):
    """A gap moves none by more than sqrt(2 n gap) standard errors (docs/solver.md)."""
    X, y = pulsars
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    exact = SLPClassifier(alpha=1e-3, tol=1e-13).fit(X, y)
    p, A = exact.predict_proba(X)[:, 1], np.c_[X, np.ones(len(X))]
    information = A.T @ (A * (p * (1 - p))[:, None])
    information += len(X) * np.diag([1e-3] * X.shape[1] + [0])
    error = np.sqrt(np.diag(np.linalg.inv(information)))
    for seed in range(10):
        model = SLPClassifier(alpha=1e-3, tol=tol, random_state=seed).fit(X, y)
        most = np.sqrt(2 * len(X) * (model.loss_ - exact.loss_))
        moved = np.append(
            model.coef_ - exact.coef_, model.intercept_ - exact.intercept_
        )
        assert (abs(moved) <= 1.1 * most * error + 1e-9).all()


def test_warm_start(pulsars):
    X, y = pulsars
    model = SLPClassifier(
        solver="sgd", warm_start=True, random_state=0, max_iter=20, tol=None
    )
    first = model.fit(X, y).loss_curve_
    coef = model.coef_.copy()
    again = model.fit(X, y)
    assert again.loss_curve_[0] < first[0]
    assert again.n_iter_ == 20
    assert again.t_ == 20 * len(y)
    assert not np.array_equal(again.coef_, coef)
    assert_array_equal(again.class_count_, np.bincount(y))
    with pytest.raises(ValueError, match="goes on with the classes"):
        model.fit(X, y + 1)
    assert_array_equal(model.classes_, [0, 1])


@pytest.mark.parametrize("solver", SOLVERS)
def test_random_state(pulsars, solver):
    X, y = pulsars
    model = SLPClassifier(solver=solver, max_iter=2, tol=None)
    fits = [
        clone(model).set_params(random_state=seed).fit(X, y).coef_
        for seed in (0, 0, 1, np.random.RandomState(0), None)
    ]
    assert_array_equal(fits[0], fits[1])
    assert_array_equal(fits[0], fits[3])
    assert not np.array_equal(fits[0], fits[2])


def test_pickles_and_copies_predict_the_same(pulsars):
    X, y = pulsars
    model = SLPClassifier(max_iter=2, tol=None).fit(X, y)
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert_array_equal(other.decision_function(X), model.decision_function(X))


def test_one_class():
    X = np.arange(6.0)[:, None]
    with pytest.raises(ValueError, match="got 1 class: 3"):
        SLPClassifier().fit(X, [3] * 6)


def test_not_fitted():
    for method in (
        "decision_function",
        "predict",
        "predict_proba",
        "predict_log_proba",
    ):
        with pytest.raises(NotFittedError):
            getattr(SLPClassifier(), method)([[0.0]])


def test_overflow_names_the_rate_or_the_column(pulsars):
    X, y = pulsars
    with pytest.raises(ValueError, match=r"learning_rate_init=1e\+300 is too large"):
        SLPClassifier(learning_rate_init=1e300).fit(X, y)
    X = X.copy()
    X[7, 3] = -1e200
    with pytest.raises(ValueError, match=r"Column 3 of X is too large .* -1e\+200"):
        SLPClassifier().fit(X, y)


def test_an_interrupt_keeps_the_last_finished_epoch(pulsars, monkeypatch):
    X, y = pulsars
    options = {"solver": "sgd", "random_state": 0, "tol": None}
    expected = SLPClassifier(max_iter=3, **options).fit(X, y)
    model = SLPClassifier(max_iter=100, verbose=1, **options)

    def interrupt(text):
        if text.startswith("Epoch    3"):
            raise KeyboardInterrupt

    monkeypatch.setattr("builtins.print", interrupt)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert_array_equal(model.coef_, expected.coef_)
    assert model.n_iter_ == 3


def test_an_interrupt_before_that_changes_nothing(pulsars, monkeypatch):
    X, y = pulsars
    options = {"solver": "sgd", "max_iter": 2, "tol": None, "random_state": 0}
    model = SLPClassifier(**options).fit(X, y)
    before = pickle.dumps(vars(model))

    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("skpulsar._problem._memory.Rows.in_any_order", interrupt)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X[:, :4], y)
    assert pickle.dumps(vars(model)) == before


@pytest.mark.parametrize("average", [False, True])
def test_an_intercept_of_an_earlier_fit_is_not_kept(pulsars, average):
    X, y = pulsars
    model = SLPClassifier(random_state=0, max_iter=5, tol=None, average=average)
    model.fit(X, y).set_params(fit_intercept=False).partial_fit(X, y)
    assert_array_equal(model.intercept_, 0)
    model.set_params(fit_intercept=True).fit(X, y)
    model.set_params(fit_intercept=False, warm_start=True).fit(X, y)
    assert_array_equal(model.intercept_, 0)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e-155, 1e-150, 1e-100, 1e100, 1e140])
def test_columns_of_any_size_end_finite(pulsars, solver, fit_intercept, size):
    X, y = (a[:300] for a in pulsars)
    model = SLPClassifier(
        solver=solver, alpha=0, fit_intercept=fit_intercept, max_iter=3, tol=None
    ).fit(X * size, y)
    assert np.isfinite(model.coef_).all()
    assert objective(model, X * size, y) <= np.log(2)


@pytest.mark.parametrize(
    ("options", "match"),
    [({"solver": "sgd", "max_iter": 2}, "not converged"), ({"alpha": 0}, "separable")],
)
def test_warnings_of_an_end_name_the_line_of_the_caller(options, match):
    X = np.linspace(-1, 1, 50)[:, np.newaxis]
    with pytest.warns(ConvergenceWarning, match=match) as caught:
        SLPClassifier(**options).fit(X, X[:, 0] > 0)
    assert caught[0].filename == __file__


def test_what_is_undone_leaves_no_step_behind(pulsars):
    """After an undone fit training goes on from zero, not from a discarded iterate."""
    X = np.random.default_rng(0).standard_normal((40, 200))
    X, y = np.vstack([X, X]), np.repeat([0, 1], 40)
    model = SLPClassifier(
        solver="adam", batch_size=1, max_iter=1, tol=None, average=True
    )
    with pytest.warns(ConvergenceWarning, match="did not lower the objective"):
        model.fit(X, y)
    model.set_params(alpha=0, batch_size=80)
    assert_allclose(model.partial_fit(X, y).coef_, 0, atol=1e-10)


def test_an_interrupt_of_the_last_pass_keeps_the_epochs(pulsars, monkeypatch):
    X, y = pulsars
    options = {"solver": "sgd", "random_state": 0, "tol": None, "max_iter": 3}
    expected = SLPClassifier(**options).fit(X, y)

    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("skpulsar._problem._memory.Rows.objective", interrupt)
    model = SLPClassifier(**options)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert_array_equal(model.coef_, expected.coef_)


def test_a_failed_fit_draws_no_random_number(pulsars):
    X, y = pulsars
    random_state = np.random.RandomState(0)
    with pytest.raises(ValueError, match="at least one non-zero"):
        SLPClassifier(random_state=random_state).fit(X, y, np.zeros(len(y)))
    assert random_state.randint(1000) == np.random.RandomState(0).randint(1000)


def test_a_batch_of_any_size(pulsars):
    X, y = pulsars
    options = {"random_state": 0, "tol": None, "max_iter": 2}
    whole = SLPClassifier(batch_size=len(y), **options).fit(X, y)
    assert_array_equal(
        SLPClassifier(batch_size=10**30, **options).fit(X, y).coef_, whole.coef_
    )
