# SPDX-License-Identifier: BSD-3-Clause
"""Validation sets: what is recorded, where training ends, which weights are kept."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn.datasets import load_diabetes, load_iris
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    log_loss,
    make_scorer,
    mean_squared_error,
)
from sklearn.model_selection import train_test_split

from skpulsar import MLPClassifier, MLPRegressor, SLPClassifier, SLPRegressor

SOLVERS = ("psgd", "sgd", "adam", "rmsprop")
each_solver = pytest.mark.parametrize("solver", SOLVERS)


@pytest.fixture(scope="module")
def divided(pulsars):
    """X, X_val, y, y_val of few rows, so that models overfit."""
    X, y = pulsars
    return train_test_split(X, y, train_size=400, stratify=y, random_state=0)


def trained(solver, divided, **options):
    X, X_val, y, y_val = divided
    options = {"tol": None, "max_iter": 12, "random_state": 0} | options
    return SLPClassifier(solver=solver, **options).fit(X, y, X_val=X_val, y_val=y_val)


def published(model):
    """What a fit leaves but its history, as bytes."""
    state = {k: pickle.dumps(value) for k, value in vars(model._state).items()}
    return state, model.coef_.tobytes(), model.intercept_.tobytes()


@each_solver
@pytest.mark.parametrize("scoring", ["loss", ["f1", "loss"], None])
def test_a_validation_set_only_records(divided, solver, scoring):
    X, _, y, _ = divided
    model = trained(solver, divided, scoring=scoring, return_train_score=True)
    alone = SLPClassifier(solver=solver, tol=None, max_iter=12, random_state=0)
    alone.fit(X, y)
    assert model.coef_.tobytes() == alone.coef_.tobytes()
    assert model.intercept_.tobytes() == alone.intercept_.tobytes()
    assert model.loss_curve_ == alone.loss_curve_
    assert alone.validation_scores_ is alone.best_validation_score_ is None


@pytest.mark.parametrize(
    "kind", [SLPClassifier, SLPRegressor, MLPClassifier, MLPRegressor]
)
@pytest.mark.parametrize("fitted", [False, True])
def test_partial_fit_refuses_to_stop(divided, kind, fitted):
    X, _, y, _ = divided
    model, classes = kind(early_stopping=True), {}
    if hasattr(model, "predict_proba"):
        classes["classes"] = [0, 1]
    if fitted:
        model.set_params(max_iter=1, tol=None).fit(X, y)
    before = pickle.dumps(vars(model))
    with pytest.raises(ValueError, match="early_stopping=True is for fit"):
        model.partial_fit(X, y, **classes)
    assert pickle.dumps(vars(model)) == before
    model.set_params(early_stopping=False).partial_fit(X, y, **classes)


@each_solver
def test_the_scores_are_those_of_scikit_learn(divided, solver):
    """Of every row of the validation set, and of the model as it is shown."""
    X, X_val, y, y_val = divided
    model = trained(
        solver, divided, class_weight="balanced", prior_correction=True,
        scoring={"loss": "loss", "F": "f1", "AP": make_scorer(
            average_precision_score, response_method="decision_function"
        )},
        return_train_score=True,
    )  # fmt: skip
    last = {name: values[-1] for name, values in model.history_.items()}
    for kind, rows, labels in (("validation", X_val, y_val), ("train", X, y)):
        proba = model.predict_proba(rows)
        assert_allclose(last[f"{kind}_loss"], log_loss(labels, proba), rtol=1e-12)
        assert last[f"{kind}_F"] == f1_score(labels, model.predict(rows))
        precision = average_precision_score(labels, model.decision_function(rows))
        assert last[f"{kind}_AP"] == precision
    lengths = {len(values) for values in model.history_.values()}
    assert lengths == {model.n_iter_}
    assert model.validation_scores_ == [-x for x in model.history_["validation_loss"]]


@each_solver
@pytest.mark.parametrize("scoring", ["loss", "f1"])
def test_the_best_weights_are_kept_however_training_ends(divided, solver, scoring):
    _, X_val, _, y_val = divided
    model = trained(solver, divided, early_stopping=True, scoring=scoring)
    curve = model.history_[f"validation_{scoring}"]
    best = curve.index(min(curve) if scoring == "loss" else max(curve)) + 1
    assert model.best_iter_ == best and model.n_iter_ == len(curve)
    gap = model.history_["objective_gap"][best - 1]
    assert_array_equal(model.objective_gap_, gap)  # of these weights, not the last
    score = model.validation_scores_[best - 1]
    assert model.best_validation_score_ == max(model.validation_scores_) == score
    if scoring == "f1":
        assert f1_score(y_val, model.predict(X_val)) == score
    else:
        assert_allclose(log_loss(y_val, model.predict_proba(X_val)), -score, rtol=1e-12)
    shorter = trained(solver, divided, max_iter=best)
    assert shorter.coef_.tobytes() == model.coef_.tobytes()
    assert shorter.intercept_.tobytes() == model.intercept_.tobytes()


@pytest.mark.parametrize("solver", ["sgd", "adam", "rmsprop"])
def test_the_state_that_continues_the_best_weights_is_kept(divided, solver):
    X, _, y, _ = divided
    scorer = scripted([0.1, 0.2, 0.3, 0.2])
    model = trained(solver, divided, early_stopping=True, max_iter=8, scoring=scorer)
    assert (model.best_iter_, model.n_iter_) == (3, 8)
    shorter = trained(solver, divided, max_iter=3)
    assert published(model) == published(shorter)
    model.set_params(early_stopping=False)
    assert published(model.partial_fit(X, y)) == published(shorter.partial_fit(X, y))
    assert model.n_iter_ == 9
    assert np.isnan(model.history_["validation_score"][-1])


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_the_best_weights_are_kept_when_training_is_cut_short(divided, error):
    """By Ctrl-C; after an error nothing has happened."""
    calls = []

    def failing(model, X, y):
        calls.append(len(calls))
        if len(calls) == 5:
            raise error
        return -abs(len(calls) - 2)  # The second epoch is best.

    X, X_val, y, y_val = divided
    model = SLPClassifier(
        solver="sgd", early_stopping=True, scoring=failing, random_state=0
    )
    with pytest.raises(error):
        model.fit(X, y, X_val=X_val, y_val=y_val)
    if error is ZeroDivisionError:
        assert not hasattr(model, "coef_")
        return
    expected = SLPClassifier(solver="sgd", max_iter=2, tol=None, random_state=0)
    assert_array_equal(model.coef_, expected.fit(X, y).coef_)
    assert (model.best_iter_, model.n_iter_) == (2, 4)


def test_a_score_may_be_infinite(divided):
    model = trained("sgd", divided, early_stopping=True, scoring=scripted([-np.inf]))
    assert (model.best_iter_, model.best_validation_score_) == (1, -np.inf)
    assert_array_equal(model.coef_, trained("sgd", divided, max_iter=1).coef_)


def scripted(values):
    """A scorer that gives these values one after the other, the last for ever."""
    left = list(values)

    def scorer(model, X, y):
        return left.pop(0) if len(left) > 1 else left[0]

    return scorer


@pytest.mark.parametrize(
    ("values", "tol", "n_epochs"),
    [
        ([0.5, 0.6, 0.6], 0.0, 5),
        ([0.5, 0.6, 0.605, 0.609, 0.61], 0.01, 5),  # absolute: .605 is no progress
        ([0.5, 0.6, 0.605, 0.62, 0.61], 0.01, 7),
        ([0.0], 1e-4, 4),
        ([-0.5, -0.4, -0.3, -0.3], 0.05, 6),
        ([0.5, 0.6, 0.6], None, 30),
    ],
)
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_training_ends_where_the_score_is_flat(divided, solver, values, tol, n_epochs):
    model = trained(
        solver, divided, early_stopping=True, scoring=scripted(values), tol=tol,
        max_iter=30, n_iter_no_change=3,
    )  # fmt: skip
    assert model.n_iter_ == n_epochs
    assert model.best_iter_ == np.argmax(model.validation_scores_) + 1


def test_adaptive_rates_follow_the_score(divided):
    model = trained(
        "sgd", divided, early_stopping=True, scoring=scripted([0.5, 0.6, 0.6]),
        tol=1e-4, learning_rate="adaptive", n_iter_no_change=2, max_iter=100,
        learning_rate_init=0.001,
    )  # fmt: skip
    rates = model.history_["learning_rate"]
    assert rates[:4] == [0.001] * 4 and rates[4] == rates[5] == 0.001 / 5
    assert model.n_iter_ == 2 + 2 * 9


def test_the_solver_of_early_stopping(divided):
    X, X_val, y, y_val = divided
    model = SLPClassifier(early_stopping=True, tol=0.01, random_state=0).fit(X, y)
    assert model.solver_ == "sgd"
    model = SLPClassifier(
        solver="psgd", early_stopping=True, n_iter_no_change=1, tol=1e-9
    )
    model.fit(X, y, X_val=X_val, y_val=y_val)  # n_iter_no_change acts: no warning
    full = SLPClassifier(solver="psgd", tol=1e-9, random_state=0).fit(X, y)
    assert model.n_iter_ <= full.n_iter_


@pytest.mark.parametrize("layout", [np.array, csr_array])
@pytest.mark.parametrize("weighted", [False, True])
def test_rows_held_out_are_absent_from_training(pulsars, layout, weighted):
    """A share of the rows of positive weight, of every class the same."""
    X, y = layout(pulsars[0][:600]), pulsars[1][:600]
    weight = np.arange(600) % 4.0 if weighted else np.ones(600)
    model = SLPClassifier(
        solver="adam", early_stopping=True, validation_fraction=0.2, tol=None,
        max_iter=3, random_state=3, scoring=["loss", "f1"], batch_size=600,
    )  # fmt: skip
    model.fit(X, y, sample_weight=weight if weighted else None)
    used = np.flatnonzero(weight)
    for k in (0, 1):
        n_trained = model.sampling_counts_[k] / model.best_iter_
        assert abs(n_trained - 0.8 * (y[used] == k).sum()) < 1
    again = SLPClassifier(
        solver="adam", early_stopping=True, validation_fraction=0.2, tol=None,
        max_iter=3, random_state=3, scoring=["loss", "f1"], batch_size=600,
    ).fit(X, y, sample_weight=weight if weighted else None)  # fmt: skip
    assert published(model) == published(again)
    if weighted:
        absent = again.fit(X[used], y[used], sample_weight=weight[used])
        assert_allclose(absent.coef_, model.coef_, rtol=1e-10)
        scores = [absent.history_["validation_loss"], model.history_["validation_loss"]]
        assert_allclose(*scores, rtol=1e-10)


def test_weights_of_the_validation_set_count_copies(divided):
    X, X_val, y, y_val = divided
    copies = np.arange(len(y_val)) % 3
    options = {"scoring": ["loss", "f1"], "max_iter": 2, "tol": None, "random_state": 0}
    model = SLPClassifier(solver="sgd", **options)
    model.fit(X, y, X_val=X_val, y_val=y_val, sample_weight_val=copies)
    weighted = model.history_
    model.fit(X, y, X_val=X_val.repeat(copies, 0), y_val=y_val.repeat(copies))
    for name in ("validation_loss", "validation_f1"):
        assert_allclose(weighted[name], model.history_[name], rtol=1e-12)


def test_labels_may_be_text(divided):
    X, X_val, y, y_val = divided
    names = np.array(["star", "pulsar"])
    numbers = trained(
        "adam", divided, early_stopping=True, scoring=["loss", "accuracy"]
    )
    model = SLPClassifier(
        solver="adam", tol=None, max_iter=12, random_state=0, early_stopping=True,
        scoring=["loss", "accuracy"],
    )  # fmt: skip
    y = 1 - y  # "pulsar" sorts first.
    model.fit(X, names[1 - y], X_val=X_val, y_val=names[y_val])
    for name in ("validation_loss", "validation_accuracy"):
        assert_allclose(model.history_[name], numbers.history_[name], rtol=1e-9)
    assert model.best_iter_ == numbers.best_iter_


@each_solver
def test_more_than_two_classes(solver):
    X, y = load_iris(return_X_y=True)
    model = SLPClassifier(
        solver=solver, early_stopping=True, random_state=0, validation_fraction=0.3,
        scoring=["loss", "f1_macro"], tol=None, max_iter=60,
    ).fit(X, y)  # fmt: skip
    assert model.best_validation_score_ > -0.6  # log(3) at the start
    assert model.history_["validation_f1_macro"][model.best_iter_ - 1] > 0.8
    model.set_params(early_stopping=False).fit(X, y, X_val=X, y_val=y)
    loss = log_loss(y, model.predict_proba(X))
    assert_allclose(model.history_["validation_loss"][-1], loss, rtol=1e-12)


def test_several_labels():
    X, species = load_iris(return_X_y=True)
    Y = np.column_stack([species > 0, X[:, 3] > 1.5]).astype(int)
    model = SLPClassifier(
        solver="adam", early_stopping=True, random_state=0, tol=None,
        scoring=["loss", "f1_macro"],
    )  # fmt: skip
    model.fit(X, Y)
    assert model.history_["validation_f1_macro"][-1] > 0.8
    model.fit(X, Y, X_val=X, y_val=csr_array(Y))
    proba = model.predict_proba(X)
    loss = sum(log_loss(Y[:, k], proba[:, k]) for k in (0, 1))
    best = model.history_["validation_loss"][model.best_iter_ - 1]
    assert_allclose(best, loss, rtol=1e-12)
    with pytest.raises(ValueError, match="X_val and y_val: y has 1 column"):
        model.fit(X, Y, X_val=X, y_val=species)


@pytest.mark.parametrize("several", [False, True])
def test_the_loss_of_a_regression_is_half_the_squared_error(several):
    X, y = load_diabetes(return_X_y=True)
    y = np.column_stack([y, -y]) if several else y
    model = SLPRegressor(
        solver="sgd", early_stopping=True, scoring=["loss", "r2"], random_state=0
    )
    model.fit(X[:300], y[:300], X_val=X[300:], y_val=y[300:])
    error = mean_squared_error(y[300:], model.predict(X[300:])) * (1 + several) / 2
    best = model.best_iter_ - 1
    assert_allclose(model.history_["validation_loss"][best], error, rtol=1e-12)
    score = model.score(X[300:], y[300:])
    assert_allclose(model.history_["validation_r2"][best], score, rtol=1e-12)
    assert SLPRegressor(early_stopping=True).fit(X, y).best_validation_score_ < 0


def test_the_penalty_counts_where_the_loss_ends_training():
    """Its fall is progress, though the rows' losses stay as they are."""
    X, y = np.zeros((100, 2)), np.arange(100) % 2
    X[:2] = [1e-9, 1e-9]
    model = SLPClassifier(
        solver="sgd", alpha=0.01, learning_rate_init=0.1, momentum=0.0,
        n_iter_no_change=2, max_iter=40, warm_start=True, shuffle=False, tol=1e-6,
    )  # fmt: skip
    model.set_params(max_iter=1, tol=None).fit(X, y)
    model.coef_ = np.array([[3.0, -2.0]])
    model.set_params(max_iter=40, tol=1e-6)
    with pytest.warns(UserWarning, match="had not converged"):
        model.fit(X, y)
    history = model.history_
    data = np.subtract(history["loss"], history["penalty"])
    assert np.ptp(data) < 1e-6 < np.ptp(history["penalty"])
    assert model.n_iter_ == 40


class TestBadValidationSets:
    def fails(self, match, X, y, model=None, error=ValueError, **given):
        model = model or SLPClassifier(early_stopping=True)
        before = vars(model).copy()
        with pytest.raises(error, match=match) as caught:
            model.fit(X, y, **given)
        assert vars(model) == before
        assert len(str(caught.value)) <= (700 if "NaN" in match else 300)

    def test_it_is_given_whole(self, divided):
        X, X_val, y, y_val = divided
        self.fails("give both", X, y, X_val=X_val)
        self.fails("give both", X, y, y_val=y_val)
        self.fails("give both", X, y, sample_weight_val=y_val)

    def test_it_is_like_the_training_rows(self, divided):
        X, X_val, y, y_val = divided
        self.fails("X_val and y_val: X has 3 f", X, y, X_val=X_val[:, :3], y_val=y_val)
        self.fails(
            "X_val and y_val: .*inconsistent", X, y, X_val=X_val, y_val=y_val[1:]
        )
        strange = "X_val and y_val: y holds the label 7, which is not among"
        self.fails(strange, X, y, X_val=X_val, y_val=y_val + 7)
        nan = np.where(X_val > 0, np.nan, 0)
        self.fails("X_val and y_val: .*NaN", X, y, X_val=nan, y_val=y_val)
        three = np.column_stack([y_val] * 3)
        self.fails("X_val and y_val: y has 3 columns", X, y, X_val=X_val, y_val=three)

    @pytest.mark.parametrize(
        ("y", "y_val", "words"),
        [
            ([0.0, 1.0, 2.0], [[0.0, 1.0]], "y has 2 targets, but 1 were seen"),
            ([[0.0, 1.0], [1.0, 2.0]], [0.0], "y has 1 targets, but 2 were seen"),
            ([0.0, 1.0, 2.0], ["a"], "y must hold numbers"),
            ([0.0, 1.0, 2.0], [1e200], "y is too large"),
        ],
    )
    def test_its_targets_are_like_the_training_targets(self, y, y_val, words):
        X = np.eye(3)[: len(y)]
        model = SLPRegressor(early_stopping=True)
        given = {"X_val": X[:1], "y_val": y_val}
        self.fails(f"X_val and y_val: {words}", X, y, model, **given)

    def test_it_has_rows(self, divided):
        X, X_val, y, y_val = divided
        self.fails(
            "X_val and y_val: Found array with 0", X, y, X_val=X[:0], y_val=y[:0]
        )
        weight = np.zeros(len(y_val))
        given = {"X_val": X_val, "y_val": y_val}
        self.fails("at least one positive", X, y, **given, sample_weight_val=weight)
        self.fails("negative entry", X, y, **given, sample_weight_val=weight - 1)

    @pytest.mark.parametrize("fraction", [0.001, 0.999])
    def test_rows_are_held_out_of_every_class_or_none(self, pulsars, fraction):
        X, y = (a[:50] for a in pulsars)
        model = SLPClassifier(early_stopping=True, validation_fraction=fraction)
        self.fails(r"cannot hold out validation_fraction=0\.", X, y, model)

    def test_a_class_of_one_row_cannot_be_divided(self):
        X, y = np.arange(40.0).reshape(20, 2), np.arange(20) == 7
        self.fails("rows of every class on both sides", X, y)
        self.fails(
            "cannot hold out", X[:1], X[:1, 0], SLPRegressor(early_stopping=True)
        )

    def test_a_class_cannot_be_held_out_whole(self, pulsars):
        X, y = pulsars[0][:100], np.arange(100) < 2
        model = SLPClassifier(early_stopping=True, validation_fraction=0.9)
        self.fails("rows of every class on both sides", X, y, model)

    def test_numbers_have_no_classes(self):
        X, model = np.eye(1), SLPRegressor(early_stopping=True)
        self.fails("cannot hold out .* of 1 rows, with rows on both s", X, [1.0], model)

    @pytest.mark.parametrize("model", [SLPClassifier, SLPRegressor])
    @pytest.mark.parametrize("option", ["return_train_score", "early_stopping"])
    def test_no_training_row_has_a_weight(self, model, option):
        X, y = np.eye(2), [0, 1]
        model = model(**{option: True})
        self.fails("one non-zero number", X, y, model, sample_weight=[0, 0])

    def test_one_class_has_a_loss(self, divided):
        X, X_val, y, y_val = divided
        only = y_val == 1
        given = {"X_val": X_val[only], "y_val": y_val[only]}
        model = SLPClassifier(early_stopping=True, max_iter=3, tol=None).fit(
            X, y, **given
        )
        assert np.isfinite(model.validation_scores_).all()

    def test_a_score_that_is_no_number_cannot_end_training(self, divided):
        X, X_val, y, y_val = divided
        given = {"X_val": X_val, "y_val": y_val}
        model = SLPClassifier(early_stopping=True, scoring=lambda *data: np.nan)
        self.fails("validation_score is NaN", X, y, model, **given)
        model = SLPClassifier(scoring={"a": lambda *data: np.nan})
        model.fit(X, y, **given)
        assert np.isnan(model.validation_scores_).all() and model.best_iter_ == 0
        assert np.isnan(model.best_validation_score_)
        model = SLPClassifier(scoring=lambda *data: "high")
        self.fails("must give a number, and gave 'high'", X, y, model, **given)
        model = SLPClassifier(scoring=["loss", "f2"])
        self.fails("scoring names 'f2', which is neither", X, y, model, **given)
        self.fails("scoring is empty", X, y, SLPClassifier(scoring=[]), **given)
        for scoring in ([3, "f1"], [None], [np.mean], (["f1"],)):
            model, words = SLPClassifier(scoring=scoring), "other things than names: gi"
            self.fails(words, X, y, model, **given)
        for scoring in ({"a": 3}, {"a": ["f1", "loss"]}, {"a": "f2"}):
            model, words = SLPClassifier(scoring=scoring), "scoring names .*, which is"
            self.fails(words, X, y, model, **given)

    def test_scorers_that_take_no_weights(self):
        X, y = load_diabetes(return_X_y=True)
        given = {"X_val": X, "y_val": y, "sample_weight_val": np.ones(len(y))}
        for scoring in ("neg_max_error", {"neg_max_error": lambda model, X, y: 0.0}):
            model = SLPRegressor(scoring=scoring)
            words = "'neg_max_error' of scoring takes no sample_weight"
            self.fails(words, X, y, model, error=TypeError, **given)

        def confused(model, X, y, sample_weight):
            return len(None)

        model = SLPRegressor(scoring=confused)
        self.fails("has no len", X, y, model, error=TypeError, **given)

    def test_scores_that_are_not_recorded_are_said(self, divided):
        X, _, y, _ = divided
        with pytest.warns(
            UserWarning, match="'f1' does not act without a valid"
        ) as said:
            SLPClassifier(scoring="f1").fit(X, y)
        assert said[0].filename == __file__
