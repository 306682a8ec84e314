# SPDX-License-Identifier: BSD-3-Clause
"""SLPClassifierCV as users meet it."""

import pickle
import warnings

import numpy as np
import pytest
from _fitted import assert_same
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    log_loss,
    make_scorer,
    precision_recall_curve,
    roc_auc_score,
)
from sklearn.model_selection import (
    RepeatedStratifiedKFold,
    ShuffleSplit,
    StratifiedKFold,
)

from skpulsar import SLPClassifier, SLPClassifierCV, load, save
from skpulsar._model_selection import _side_by_side

ALPHAS = np.array([1e-3, 1e-6, 1.0])  # in no order
NAMES = ["neg_log_loss", "average_precision", "f1", "f1_best", "roc_auc"]
FOLDS = StratifiedKFold(3)
# No partition, so that all models are fitted one after the other
ONE_BY_ONE = ShuffleSplit(3, test_size=0.3, random_state=0)
SHARED = ("tol", "standardize", "class_weight", "sampling", "prior_correction",
          "fit_intercept")  # fmt: skip
KINDS = pytest.mark.parametrize("cv", [FOLDS, ONE_BY_ONE], ids=["shared", "one by one"])


def search(X, y, cv=FOLDS, alphas=ALPHAS, weight=None, **options):
    options = {"random_state": 0} | options
    return SLPClassifierCV(alphas, cv=cv, **options).fit(X, y, weight)


def one_by_one(model, cv, X, y, weight=None):
    """(k, a, rows held out, the SLPClassifier of fold k and alpha a)"""
    weight = np.ones(len(y)) if weight is None else weight
    splits = [*cv.split(X, y), (np.arange(len(y)), None)]
    for k, (train, test) in enumerate(splits):
        train = np.sort(train)
        for a, alpha in enumerate(model.alphas_):
            single = SLPClassifier(
                alpha=alpha,
                random_state=0,
                **{name: getattr(model, name) for name in SHARED},
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # The penalty makes some models.
                yield k, a, test, single.fit(X[train], y[train], weight[train])


@pytest.fixture(scope="module")
def weighted(pulsars):
    """Pulsars by name, and weights of which some are 0."""
    X, y = pulsars
    rng = np.random.default_rng(1)
    return X, np.where(y == 1, "pulsar", "other"), rng.integers(0, 4, len(y)) / 2


@KINDS
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"standardize": True},
        {"class_weight": "balanced", "prior_correction": True},
        {"sampling": 0.3, "fit_intercept": False},
    ],
    ids=str,
)
def test_every_model_is_that_of_its_rows_alone(weighted, cv, options):
    X, y, weight = weighted
    model = search(X, y, cv, weight=weight, tol=1e-9, **options)
    for k, a, _, single in one_by_one(model, cv, X, y, weight):
        own = model.coefs_paths_[k, a] if k < 3 else model.coef_path_[a]
        scale = np.append(X.std(axis=0), 1)
        expected = np.append(single.coef_[0], single.intercept_)
        assert_allclose(own * scale, expected * scale, rtol=1e-3, atol=1e-4)


def test_models_fitted_one_by_one_have_the_bits_of_single_fits(pulsars):
    X, y = pulsars
    model = search(X, y, ONE_BY_ONE)
    for k, a, _, single in one_by_one(model, ONE_BY_ONE, X, y):
        own = model.coefs_paths_[k, a] if k < 3 else model.coef_path_[a]
        assert_array_equal(own, np.append(single.coef_[0], single.intercept_))
        gap = pytest.approx(single.objective_gap_, rel=1e-6)
        assert model.objective_gaps_[k, a] == gap


def test_both_ways_of_training_find_the_same_models(pulsars, monkeypatch):
    X, y = pulsars
    options = {"standardize": True, "sampling": "balanced", "scoring": NAMES}
    shared = search(X, y, tol=1e-9, **options)
    monkeypatch.setattr(_side_by_side, "MOST_SUMS", 0)
    single = search(X, y, tol=1e-9, **options)
    assert single.n_iter_ > shared.n_iter_
    assert_allclose(shared.coefs_paths_, single.coefs_paths_, rtol=1e-3, atol=1e-4)
    for name in NAMES:
        one, other = shared.all_scores_[name], single.all_scores_[name]
        assert_allclose(one, other, atol=1e-3, err_msg=name)
    assert shared.class_count_.tolist() == single.class_count_.tolist()
    assert shared.prior_shift_ == pytest.approx(single.prior_shift_, rel=1e-12)


def test_held_out_scores_are_not_those_of_models_that_saw_the_rows():
    """With many columns for the rows the difference is large."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((6000, 60))
    y = (rng.random(6000) < 1 / (1 + np.exp(2 - X[:, 0]))).astype(int)
    exact, model = search(X, y, tol=1e-9), search(X, y)
    optimism = np.empty((3, 3))
    for k, (_, test) in enumerate(FOLDS.split(X, y)):
        for a, w in enumerate(exact.coef_path_):
            proba = 1 / (1 + np.exp(-X[test] @ w[:-1] - w[-1]))
            optimism[k, a] = -log_loss(y[test], proba) - exact.scores_[k, a]
    error = model.scores_ - exact.scores_
    assert (optimism[:, :2] > 0.005).all()
    assert (np.abs(error[:, :2]) < 0.1 * optimism[:, :2]).all()


@pytest.mark.parametrize("prior_correction", [False, True])
def test_scores_are_those_of_the_minima(prior_correction):
    """With weights of the classes the loss of the rows held out falls on a slope at
    the minimum, unless probabilities are corrected."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20_000, 12))
    y = rng.random(20_000) < 1 / (1 + np.exp(3 - X @ rng.standard_normal(12)))
    options = {"class_weight": {1: 4}, "prior_correction": prior_correction}
    alphas = np.logspace(-5, 0, 6)
    exact = search(X, y * 1, 5, alphas, tol=1e-10, **options)
    for seed in range(3):
        found = search(X, y * 1, 5, alphas, **options, random_state=seed)
        away = found.scores_.mean(axis=0) - exact.scores_.mean(axis=0)
        assert (np.abs(away) < 0.15 * exact.standard_errors_).all()


def best_f1(y, logits, sample_weight=None):
    """The best of all cut-offs."""
    precision, recall, _ = precision_recall_curve(
        y, logits, sample_weight=sample_weight
    )
    with np.errstate(divide="ignore"):
        return np.max(2 / (1 / precision + 1 / recall))


@KINDS
@pytest.mark.parametrize("use_weights", [False, True])
def test_scores_are_those_of_scikit_learn_at_the_same_weights(
    weighted, cv, use_weights
):
    X, y, weight = weighted
    weight = weight if use_weights else None
    options = {"class_weight": {"pulsar": 5}, "prior_correction": True}
    model = search(X, y, cv, weight=weight, scoring=NAMES, **options)
    assert list(model.all_scores_) == NAMES
    assert_array_equal(model.scores_, model.all_scores_["neg_log_loss"])
    for k, (_, test) in enumerate(cv.split(X, y)):
        truth = y[test] == "pulsar"
        given = {"sample_weight": None if weight is None else weight[test]}
        for a, w in enumerate(model.coefs_paths_[k]):
            logits = X[test] @ w[:-1] + w[-1]
            expected = {
                "neg_log_loss": -log_loss(truth, 1 / (1 + np.exp(-logits)), **given),
                "average_precision": average_precision_score(truth, logits, **given),
                "f1": f1_score(truth, logits > 0, **given),
                "f1_best": best_f1(truth, logits, **given),
                "roc_auc": roc_auc_score(truth, logits, **given),
            }
            for name, value in expected.items():
                assert model.all_scores_[name][k, a] == pytest.approx(value, abs=1e-12)


def test_the_log_loss_is_not_clipped():
    X = np.array([[-60.0], [-1], [1], [2], [-1], [1], [2], [-2]])
    y = np.array([1, 0, 1, 1, 0, 1, 1, 0])
    model = search(X, y, cv=[(np.arange(2, 8), [0, 1])], alphas=[1e-2])
    w, b = model.coefs_paths_[0, 0]
    assert -60 * w + b < -40
    assert model.scores_[0, 0] == pytest.approx(
        (-60 * w + b - np.log1p(np.exp(b - w))) / 2
    )


def test_what_is_chosen(pulsars):
    X, y = pulsars
    model = search(X, y, scoring="average_precision")
    best = model.scores_.mean(axis=0).argmax()
    assert (model.best_index_, model.alpha_) == (best, ALPHAS[best])
    assert model.best_score_ == model.scores_.mean(axis=0)[best]
    assert_array_equal(model.coef_[0], model.coef_path_[best, :-1])
    assert_array_equal(model.intercept_, model.coef_path_[best, -1:])
    assert model.objective_gap_ == model.objective_gaps_[3, best]
    assert model.objective_gap_ <= model.tol * model.loss_
    assert_allclose(
        model.standard_errors_, model.scores_.std(axis=0, ddof=1) / np.sqrt(3)
    )
    assert model.paired_standard_errors_[best] == 0
    assert (model.class_weight_, model.sampling_, model.n_splits_) == (None, None, 3)
    careful = search(X, y, selection="one_standard_error")
    assert careful.alpha_ >= search(X, y).alpha_
    assert_array_equal(careful.scores_, search(X, y).scores_)


def test_the_chosen_model_is_an_slp_classifier(weighted):
    X, y, weight = weighted
    options = {"class_weight": "balanced", "prior_correction": True}
    model = search(X, y, weight=weight, standardize=True, **options)
    fitted = model.estimator_
    assert type(fitted) is SLPClassifier and fitted.alpha == model.alpha_
    for method in (
        "decision_function",
        "predict_proba",
        "predict_log_proba",
        "predict",
    ):
        assert_array_equal(getattr(model, method)(X), getattr(fitted, method)(X))
    single = SLPClassifier(
        alpha=model.alpha_, standardize=True, tol=1e-9, **options
    ).fit(X, y, weight)
    assert_array_equal(model.class_count_, single.class_count_)
    assert_array_equal(model.classes_, single.classes_)
    assert model.prior_shift_ == pytest.approx(single.prior_shift_, rel=1e-12)
    assert model.loss_ == pytest.approx(single.loss_, rel=2e-3)
    assert (
        model.loss_ <= single.loss_ + single.objective_gap_ + 2 * model.objective_gap_
    )
    assert fitted.history_["loss"] == [model.loss_] and fitted.n_features_in_ == 8
    proba = model.to_sklearn().predict_proba(X)
    assert_allclose(proba, model.predict_proba(X), atol=1e-12)
    assert fitted.fit(X, y, weight).loss_ == pytest.approx(model.loss_, rel=2e-3)


def test_predictions_follow_the_coefficients_as_they_are_now(pulsars):
    X, y = pulsars
    model = search(X, y)
    model.intercept_ = model.intercept_ + 100
    assert model.predict(X).all()


def test_the_cutoff_is_the_best_of_all_rows_held_out(pulsars):
    X, y = pulsars
    model = search(X, y, scoring="f1_best")
    logits = np.empty(len(y))
    for k, (_, test) in enumerate(FOLDS.split(X, y)):
        w = model.coefs_paths_[k, model.best_index_]
        logits[test] = X[test] @ w[:-1] + w[-1]
    best = best_f1(y, logits)
    found = f1_score(y, logits >= model.cutoff_ - 1e-9)
    assert found == pytest.approx(best, rel=1e-12)
    assert search(X, y).cutoff_ is None
    assert model.set_params(scoring=None).fit(X, y).cutoff_ is None


@KINDS
def test_weightings_of_the_classes_are_crossed_with_alphas(pulsars, cv):
    X, y = pulsars
    class_weights, samplings = [None, {1: 4}, "balanced"], [None, 0.4]
    model = search(
        X, y, cv, class_weights=class_weights, samplings=samplings, tol=1e-9,
        prior_correction=True, scoring=["neg_log_loss", "f1_best"],
    )  # fmt: skip
    assert model.scores_.shape == (3, 3, 2, 3)
    assert model.coefs_paths_.shape == (3, 3, 2, 3, 9)
    assert model.coef_path_.shape == (3, 2, 3, 9)
    assert model.objective_gaps_.shape == (4, 3, 2, 3)
    assert model.paired_standard_errors_.shape == (3, 2, 3)
    for i, class_weight in enumerate(class_weights):
        for j, sampling in enumerate(samplings):
            single = search(
                X, y, cv, class_weight=class_weight, sampling=sampling, tol=1e-9,
                prior_correction=True,
            )  # fmt: skip
            assert_allclose(model.scores_[:, i, j], single.scores_, atol=1e-6)
            assert_allclose(
                model.coef_path_[i, j], single.coef_path_, rtol=1e-3, atol=1e-4
            )
    i, j, a = model.best_index_
    assert model.scores_.mean(axis=0)[i, j, a] == model.best_score_
    assert model.scores_.mean(axis=0).max() == model.best_score_
    assert model.class_weight_ == class_weights[i]
    assert (model.sampling_, model.alpha_) == (samplings[j], ALPHAS[a])
    assert_array_equal(model.coef_[0], model.coef_path_[i, j, a, :-1])


def test_repeated_folds_are_several_partitions(pulsars):
    X, y = pulsars
    cv = RepeatedStratifiedKFold(n_splits=2, n_repeats=2, random_state=0)
    splits = list(cv.split(X, y))
    model = search(X, y, splits, tol=1e-9)
    assert model.scores_.shape == (4, 3)
    for first in (0, 2):
        half = search(X, y, splits[first : first + 2], tol=1e-9)
        assert_allclose(model.scores_[first : first + 2], half.scores_, atol=1e-6)


@KINDS
def test_a_weight_is_as_many_copies_and_weight_0_is_absence(pulsars, cv):
    X, y = pulsars
    weight = np.random.default_rng(0).integers(0, 3, len(y))
    fold = np.arange(len(y)) % 3
    if cv is ONE_BY_ONE:  # some rows are in no training set
        fold[fold == 2] = 5
    copied = fold.repeat(weight)

    def splits(fold):
        used = np.flatnonzero(fold < 3)
        return [(np.flatnonzero((fold != k) & (fold < 5)), used[fold[used] == k])
                for k in range(2 if cv is ONE_BY_ONE else 3)]  # fmt: skip

    one = search(X, y, splits(fold), weight=weight, tol=1e-9)
    copies = X.repeat(weight, axis=0), y.repeat(weight)
    other = search(*copies, splits(copied), tol=1e-9)
    assert_allclose(one.scores_, other.scores_, atol=1e-7)
    present = weight > 0
    absent = search(X[present], y[present], 3, weight=weight[present])
    given = search(X, y, 3, weight=weight)
    assert_array_equal(given.coefs_paths_, absent.coefs_paths_)
    assert_array_equal(given.scores_, absent.scores_)


def test_rows_that_a_fold_draws_twice_count_twice(pulsars):
    X, y = pulsars
    drawn = np.random.default_rng(0).integers(0, len(y), len(y))
    others = np.setdiff1d(np.arange(len(y)), drawn)
    model = search(X, y, [(drawn, np.append(others, others[:50]))], tol=1e-9)
    for a, alpha in enumerate(ALPHAS):
        single = SLPClassifier(alpha=alpha, tol=1e-9)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            single.fit(X[drawn], y[drawn])
        assert_allclose(model.coefs_paths_[0, a, :-1], single.coef_[0], rtol=1e-4)
        test = np.append(others, others[:50])
        expected = -log_loss(y[test], single.predict_proba(X[test]))
        assert model.scores_[0, a] == pytest.approx(expected, rel=1e-6)


@KINDS
def test_layouts_of_the_same_rows(pulsars, cv, tmp_path):
    X, y = pulsars
    X = np.where(X > 0, X, 0).astype(np.float32)
    plain = search(X.astype(float), y, cv, tol=1e-9, scoring=NAMES)
    np.save(tmp_path / "X.npy", X)
    for other in (X, csr_array(X), np.load(tmp_path / "X.npy", mmap_mode="r")):
        model = search(other, y, cv, tol=1e-9, scoring=NAMES)
        for name, scores in model.all_scores_.items():
            assert_allclose(scores, plain.all_scores_[name], atol=2e-3, err_msg=name)
        assert_allclose(model.scores_, plain.scores_, atol=1e-6)


def test_names_of_columns(pulsars):
    pd = pytest.importorskip("pandas")
    X, y = pulsars
    frame = pd.DataFrame(X, columns=[f"column {j}" for j in range(8)])
    model = search(frame, pd.Series(y), weight=pd.Series(np.ones(len(y))))
    assert_array_equal(model.feature_names_in_, frame.columns)
    assert_array_equal(model.predict(frame), model.estimator_.predict(frame))
    with pytest.warns(UserWarning, match="SLPClassifierCV was fitted with feature"):
        model.predict(X)
    with pytest.raises(ValueError, match="SLPClassifierCV is expecting 8 features"):
        search(X, y).predict(X[:, :3])
    model.fit(X, y)
    assert not hasattr(model.estimator_, "feature_names_in_")


def test_more_than_two_classes():
    X, y = load_iris(return_X_y=True)
    y = np.array(["setosa", "versicolor", "virginica"])[y]
    cv = StratifiedKFold(3, shuffle=True, random_state=0)
    model = search(X, y, cv, scoring=["neg_log_loss", "f1_macro", "roc_auc_ovr"])
    assert model.coefs_paths_.shape == (3, 3, 3, 5) and model.coef_.shape == (3, 4)
    for k, (train, test) in enumerate(cv.split(X, y)):
        for a, alpha in enumerate(ALPHAS):
            single = SLPClassifier(alpha=alpha, tol=1e-3, random_state=0)
            proba = single.fit(X[train], y[train]).predict_proba(X[test])
            assert model.scores_[k, a] == pytest.approx(-log_loss(y[test], proba))
            predicted = single.predict(X[test])
            macro = f1_score(y[test], predicted, average="macro")
            assert model.all_scores_["f1_macro"][k, a] == pytest.approx(macro)
    assert_array_equal(model.predict(X), model.estimator_.predict(X))
    with pytest.raises(ValueError, match="'f1_best' is for two classes"):
        search(X, y, cv, scoring="f1_best")


def test_several_labels_at_once(pulsars):
    X, y = pulsars
    labels = np.column_stack([y, X[:, 0] > np.median(X[:, 0])])
    cv = ShuffleSplit(2, random_state=0)
    model = search(X, labels, cv, scoring=[*NAMES[:2], "f1_macro"])
    assert model.multilabel_ and model.coefs_paths_.shape == (2, 3, 2, 9)
    for k, (train, test) in enumerate(cv.split(X)):
        for a, alpha in enumerate(ALPHAS):
            single = SLPClassifier(alpha=alpha, tol=1e-3, random_state=0)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                proba = single.fit(X[train], labels[train]).predict_proba(X[test])
            expected = sum(
                log_loss(labels[test, j], proba[:, j]) for j in range(labels.shape[1])
            )
            assert model.scores_[k, a] == pytest.approx(-expected)
            ranked = average_precision_score(
                labels[test], single.decision_function(X[test])
            )
            assert model.all_scores_["average_precision"][k, a] == pytest.approx(ranked)
    assert model.predict(X).shape == labels.shape


@KINDS
def test_scorers_from_outside(weighted, cv):
    X, y, weight = weighted
    seen = []

    def scorer(estimator, X, y, sample_weight):
        seen.append(estimator)
        assert type(estimator) is SLPClassifier and type(X) is np.ndarray
        return estimator.score(X, y, sample_weight)

    scoring = {"mine": scorer, "accuracy": "accuracy", "loss": None}
    model = search(X, y, cv, weight=weight, scoring=scoring)
    assert list(model.all_scores_) == list(scoring) and len(seen) == 9
    assert_array_equal(model.scores_, model.all_scores_["accuracy"])
    for k, (_, test) in enumerate(cv.split(X, y)):
        for a, w in enumerate(model.coefs_paths_[k]):
            right = (X[test] @ w[:-1] + w[-1] > 0) == (y[test] == "pulsar")
            expected = np.average(right, weights=weight[test])
            assert model.scores_[k, a] == pytest.approx(expected)
    assert [each.alpha for each in seen[:3]] == ALPHAS.tolist()

    def without_weights(estimator, X, y):
        return 0.0

    assert search(X, y, cv, scoring=without_weights).best_score_ == 0
    with pytest.raises(TypeError, match="takes no sample_weight"):
        search(X, y, cv, weight=weight, scoring=without_weights)


def test_models_that_are_not_certified_are_named():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((300, 3))
    y = (X[:, 0] > 0).astype(int)
    for cv in (FOLDS, ONE_BY_ONE):
        with pytest.warns(ConvergenceWarning) as said:
            model = search(X, y, cv, alphas=[1.0, 0.0])
        (warning,) = said
        message = str(warning.message)
        assert message.startswith("4 of 8 models had not converged"), message
        assert "fold 0, alpha 0; fold 1, alpha 0" in message and len(message) <= 300
        assert warning.filename == __file__
        assert model.alpha_ in (0.0, 1.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alphas": 0}, "'alphas' parameter of SLPClassifierCV must be an int"),
        ({"alphas": [10**400]}, "'alphas' parameter of SLPClassifierCV must be"),
        ({"alphas": []}, "'alphas' parameter of SLPClassifierCV must be an int"),
        ({"alphas": [1, -1]}, "'alphas' parameter"),
        ({"alphas": [np.nan]}, "'alphas' parameter"),
        ({"alphas": [[1.0]]}, "'alphas' parameter"),
        ({"alphas": ["1"]}, "'alphas' parameter"),
        ({"alphas": np.array(["1"])}, "'alphas' parameter"),
        ({"alphas": [0.1, True]}, "'alphas' parameter"),
        ({"alphas": np.array([True])}, "'alphas' parameter"),
        ({"alphas": np.array(["1"], dtype=object)}, "'alphas' parameter"),
        ({"alphas": "many"}, "'alphas' parameter"),
        ({"alphas": 0.1}, "'alphas' parameter"),
        ({"alphas": None}, "'alphas' parameter"),
        ({"alphas": True}, "'alphas' parameter"),
        ({"cv": "some"}, "Expected `cv` as an integer"),
        ({"cv": [(np.arange(50),)]}, "Fold 0 of cv must be a pair"),
        ({"cv": [3]}, "Fold 0 of cv must be a pair"),
        ({"cv": 1}, "k-fold cross-validation requires at least one train/test split"),
        ({"scoring": "f2"}, "scoring names 'f2'"),
        (
            {"selection": "worst"},
            "'selection' parameter of SLPClassifierCV must be a str",
        ),
        ({"class_weights": "balanced"}, "'class_weights' parameter"),
        ({"class_weights": []}, "class_weights is empty"),
        (
            {"class_weights": [None, 3]},
            r"'class_weights\[1\]' parameter of SLPClassifierCV must be",
        ),
        (
            {"class_weights": [{2: 3}]},
            r"class_weights\[0\]: The classes, \[0, 1\], are",
        ),
        (
            {"class_weights": [{0: -1}]},
            r"class_weights\[0\]: The values of class_weight",
        ),
        (
            {"class_weights": [None, {0: 0}]},
            r"class_weights\[1\]=\{0: 0\}: all weights of class 0 are zero",
        ),
        ({"class_weights": [None], "class_weight": "balanced"}, "are both given"),
        (
            {"class_weights": [None, [{0: 1}] * 2]},
            r"class_weights\[1\]: class_weight is a list",
        ),
        (
            {"samplings": [0.3, 2]},
            r"'samplings\[1\]' parameter of SLPClassifierCV must be",
        ),
        ({"samplings": [{2: 0.3}]}, r"samplings\[0\]: The classes, \[0, 1\], are not"),
        ({"samplings": [None], "sampling": 0.2}, "are both given"),
        ({"standardize": 3}, "'standardize' parameter of SLPClassifierCV"),
        ({"tol": -1}, "'tol' parameter"),
        ({"prior_correction": 2.0}, "'prior_correction' parameter"),
        ({"cv": [(np.arange(90), [99, 98])], "scoring": "f1"}, "class 0 held out"),
        ({"cv": [(np.arange(50), np.arange(50, 100))]}, "Fold 0 .* class 1 to train"),
    ],
    ids=str,
)
def test_what_cannot_be_searched(options, message):
    X, y = np.random.default_rng(0).standard_normal((100, 2)), np.arange(100) // 50
    if "scoring" in options and "cv" in options:
        y = (np.arange(100) % 50 > 20).astype(int)
    options = {"alphas": [1.0], "cv": 3, **options}
    model = SLPClassifierCV(**options)
    with pytest.raises(ValueError, match=message) as refused:
        model.fit(X, y)
    assert len(str(refused.value)) <= 300
    assert vars(model) == vars(SLPClassifierCV(**options)) | options


def test_rows_that_cannot_be_read(pulsars):
    X, y = pulsars
    for bad in (np.nan, np.inf):
        X = X.copy()
        X[1999, 3] = bad
        for cv in (FOLDS, ONE_BY_ONE):
            with pytest.raises(ValueError, match="Input X contains"):
                search(X, y, cv)
    X = pulsars[0]
    with pytest.raises(ValueError, match="SLPClassifierCV needs samples of at least 2"):
        search(X, np.zeros(len(y)))
    with pytest.raises(ValueError, match="at least one non-zero number"):
        search(X, y, weight=np.zeros(len(y)))
    with pytest.raises(ValueError, match="negative entry"):
        search(X, y, weight=-np.ones(len(y)))
    with pytest.raises(ValueError, match="all weights of class 1 are zero"):
        search(X, y, weight=(y == 0) * 1.0)
    with pytest.raises(ValueError, match="goes nowhere unless metadata routing"):
        SLPClassifierCV().fit(X, y, something=3)


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
@KINDS
def test_after_an_error_the_estimator_is_as_it_was(pulsars, cv, error):
    X, y = pulsars

    class Broken:
        """A scorer that gives up in the last fold."""

        left = 8

        def __call__(self, estimator, X, y):
            self.left -= 1
            if self.left < 0:
                raise error
            return 0.0

    scorer = Broken()
    model = SLPClassifierCV(ALPHAS, cv=cv, random_state=np.random.RandomState(0))
    for fitted in (False, True):
        scorer.left = 8
        if fitted:
            model.set_params(scoring=None).fit(X, y)
        model.set_params(scoring=scorer)
        before = pickle.dumps({**vars(model), "scoring": None})
        with pytest.raises(error):
            model.fit(X, y)
        assert pickle.dumps({**vars(model), "scoring": None}) == before


def test_ctrl_c_between_two_readings(pulsars, monkeypatch):
    X, y = pulsars
    model = search(X, y)
    before = pickle.dumps(model)
    with monkeypatch.context() as patch:
        train = _side_by_side.train

        def interrupted(*given, **options):
            yield next(train(*given, **options))
            raise KeyboardInterrupt

        patch.setattr(_side_by_side, "train", interrupted)
        with pytest.raises(KeyboardInterrupt):
            model.fit(X[:500], y[:500])
    assert pickle.dumps(model) == before


@KINDS
def test_the_same_bits_for_the_same_seed(pulsars, cv):
    X, y = pulsars
    one, other = (search(X, y, cv, scoring=NAMES) for _ in range(2))
    assert_same(vars(one) | {"cv": None}, vars(other) | {"cv": None})


def test_copies_clones_and_pickles(weighted):
    X, y, weight = weighted
    model = search(X, y, weight=weight, scoring=NAMES, class_weights=[None, "balanced"])
    again = pickle.loads(pickle.dumps(model))
    assert_same(vars(model) | {"cv": 3}, vars(again) | {"cv": 3})
    unfitted = clone(model)
    assert not hasattr(unfitted, "coef_")
    assert_array_equal(unfitted.fit(X, y, weight).coef_, model.coef_)


def test_files(weighted, tmp_path):
    X, y, weight = weighted
    model = search(
        X, y, 3, weight=weight, scoring=NAMES, class_weights=[None, "balanced"]
    )
    save(model, tmp_path / "model.skp")
    again = load(tmp_path / "model.skp")
    assert_same(vars(model), vars(again))
    assert_array_equal(again.predict(X), model.predict(X))


def test_metadata_goes_where_it_is_requested(pulsars):
    from sklearn import config_context
    from sklearn.model_selection import GroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = pulsars
    groups, weight = np.arange(len(y)) // 10, np.arange(len(y)) % 3 + 1.0
    model = SLPClassifierCV(ALPHAS, cv=GroupKFold(3), random_state=0)
    plain = clone(model).fit(X, y, sample_weight=weight, groups=groups)
    seen = []

    def mine(y_true, y_pred, sample_weight=None):
        seen.append(sample_weight)
        return np.mean(y_true == y_pred)

    with config_context(enable_metadata_routing=True):
        routed = clone(model).set_fit_request(sample_weight=True)
        pipeline = make_pipeline(
            StandardScaler().set_fit_request(sample_weight=False), routed
        )
        pipeline.fit(X, y, sample_weight=weight, groups=groups)
        routed = clone(model).fit(X, y, sample_weight=weight, groups=groups)
        assert_array_equal(routed.scores_, plain.scores_)
        for wanted in (True, False):
            scorer = make_scorer(mine).set_score_request(sample_weight=wanted)
            clone(model).set_params(scoring=scorer).fit(
                X, y, sample_weight=weight, groups=groups
            )
            assert all((each is not None) == wanted for each in seen) and seen
            seen.clear()
        with pytest.raises(Exception, match=r"sample_weight.*requested"):
            clone(model).set_params(scoring=make_scorer(mine)).fit(
                X, y, sample_weight=weight, groups=groups
            )
    assert len(plain.scores_) == 3


def test_verbose_prints_a_line_for_every_reading_or_fold(pulsars, capsys):
    X, y = pulsars
    search(X, y, verbose=1)
    assert capsys.readouterr().out.splitlines()[-1].startswith("reading ")
    search(X, y, ONE_BY_ONE, verbose=1)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [*(f"fold {k}: 3 models" for k in range(3)), "all rows: 3 models"]
