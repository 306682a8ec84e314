# SPDX-License-Identifier: BSD-3-Clause
"""SLPClassifier of several labels at once: an indicator matrix as y."""

import copy
import pickle
from functools import partial

import numpy as np
import pytest
from _assertions import refuses
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csc_matrix, csr_array
from scipy.special import expit, log_expit
from sklearn.base import clone
from sklearn.datasets import make_multilabel_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.multiclass import OneVsRestClassifier
from sklearn.utils.estimator_checks import check_classifier_multioutput

from skpulsar import SLPClassifier

STEPPING = ("sgd", "adam", "rmsprop")
SOLVERS = ("psgd", *STEPPING)
epochs = partial(SLPClassifier, random_state=0, max_iter=3, tol=None)


@pytest.fixture(scope="module")
def data():
    """Columns of unlike units, and labels of unlike frequency that share nothing."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((700, 5))
    logits = X @ rng.standard_normal((5, 4)) + [0.0, -1.0, 2.0, -2.0]
    Y = (rng.random((700, 4)) < expit(logits)).astype(int)
    return 3 + X * 10.0 ** np.arange(-2, 3), Y, rng.exponential(size=700)


def weights_of(model):
    return np.column_stack([model.coef_, model.intercept_])


def each(data, weight=None, **options):
    """The weights of one fit a column, by hand."""
    X, Y, _ = data
    models = [SLPClassifier(**options).fit(X, z, weight) for z in Y.T]
    return np.concatenate([weights_of(model) for model in models]), models


# -- what it gives -------------------------------------------------------------------


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("layout", [np.asarray, csr_array])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_shapes_and_answers(data, solver, layout, dtype):
    X, Y, _ = data
    X = layout(X.astype(dtype))
    model = SLPClassifier(solver=solver, random_state=0).fit(X, Y)
    assert model.multilabel_
    assert_array_equal(model.classes_, np.arange(4))
    assert model.coef_.shape == (4, 5) and model.intercept_.shape == (4,)
    assert_array_equal(model.class_count_, Y.sum(axis=0))
    assert_array_equal(model.prior_shift_, np.zeros(4))
    assert model.sampling_counts_ is None
    logits = model.decision_function(X)
    assert_allclose(logits, X @ model.coef_.T + model.intercept_, rtol=1e-5, atol=1e-5)
    assert_allclose(model.predict_proba(X), expit(logits), rtol=1e-12)
    log_proba = model.predict_log_proba(X)
    assert_allclose(log_proba, log_expit(logits), rtol=1e-12)
    predicted = model.predict(X)
    assert_array_equal(predicted, logits > 0)
    assert predicted.dtype.kind == "i" and predicted.shape == Y.shape
    assert model.score(X, Y) == accuracy_score(Y, predicted) > 0.3
    assert model.t_ == model.n_iter_ * len(Y)


def test_two_labels_are_not_two_classes(data):
    X, Y, _ = data
    model = SLPClassifier().fit(X, Y[:, :2])
    assert model.coef_.shape == (2, 5)
    assert model.predict(X).shape == (700, 2)
    model.fit(X, Y[:, 0])
    assert model.coef_.shape == (1, 5) and not model.multilabel_
    assert model.predict(X).shape == (700,) and len(model.sampling_counts_) == 2
    model.fit(X, Y[:, :2])
    assert model.sampling_counts_ is None and model.multilabel_


FORMS = {
    "bool": lambda Y: Y.astype(bool),
    "float": lambda Y: Y.astype(np.float32),
    "columns": np.asfortranarray,
    "lists": lambda Y: Y.tolist(),
    "list of arrays": list,
    "CSR": csr_array,
    "CSC": csc_matrix,
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_the_matrix(data, form):
    X, Y, _ = data
    expected = weights_of(SLPClassifier(random_state=0).fit(X, Y))
    model = SLPClassifier(random_state=0).fit(X, FORMS[form](Y))
    assert_array_equal(weights_of(model), expected)
    assert_array_equal(model.classes_, np.arange(4))


def test_data_frames(data):
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    X, Y, _ = data
    expected = weights_of(SLPClassifier(random_state=0).fit(X, Y))
    names = list("abcd")
    for y in (pd.DataFrame(Y, columns=names), pl.DataFrame(Y, schema=names)):
        model = SLPClassifier(random_state=0).fit(X, y)
        assert_array_equal(weights_of(model), expected)


# -- one fit a column ----------------------------------------------------------------


@pytest.mark.parametrize("solver", STEPPING)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"standardize": True},
        {"fit_intercept": False},
        {"average": 300, "batch_size": 7},
        {"learning_rate_init": 1e-5, "shuffle": False},
    ],
    ids=str,
)
@pytest.mark.parametrize("layout", [np.asarray, csr_array])
def test_steps_are_those_of_one_fit_a_column_bit_for_bit(data, solver, options, layout):
    X, Y, _ = data
    model = epochs(solver=solver, **options).fit(layout(X), Y)
    models = [clone(model).fit(layout(X), z) for z in Y.T]
    expected = np.concatenate([weights_of(model) for model in models])
    assert_array_equal(weights_of(model), expected)
    curves = np.sum([model.loss_curve_ for model in models], axis=0)
    assert_allclose(model.loss_curve_, curves, rtol=1e-12)


@pytest.mark.parametrize("solver", STEPPING)
def test_sample_weights_are_those_of_one_fit_a_column(data, solver):
    X, Y, weight = data
    weight = np.where(np.arange(len(Y)) % 5 > 0, weight, 0)
    model = epochs(solver=solver).fit(X, Y, weight)
    expected = [clone(model).fit(X, z, weight) for z in Y.T]
    assert_allclose(
        model.decision_function(X),
        np.column_stack([one.decision_function(X) for one in expected]),
        rtol=1e-9, atol=1e-9,
    )  # fmt: skip
    kept = weight > 0
    other = epochs(solver=solver).fit(X[kept], Y[kept], weight[kept])
    assert_array_equal(weights_of(model), weights_of(other))
    assert_allclose(model.class_count_, weight @ Y, rtol=1e-12)


@pytest.mark.parametrize("layout", [np.asarray, csr_array])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("class_weight", [None, "balanced", "dicts"])
def test_psgd_certifies_every_label(data, layout, weighted, class_weight):
    """Against its own objective, by its own fit."""
    X, Y, weight = data
    X, weight, own = layout(X), weight if weighted else None, class_weight
    if class_weight == "dicts":
        class_weight = [{0: 1, 1: k + 1} for k in range(4)]
        own = dict(enumerate(class_weight))
    for tol in (1e-2, 1e-4, 1e-8):
        model = SLPClassifier(tol=tol, class_weight=class_weight, random_state=0)
        model.fit(X, Y, weight)
        losses = []
        for k, z in enumerate(Y.T):
            given = own[k] if class_weight is not own else class_weight
            one = SLPClassifier(tol=1e-12, class_weight=given).fit(X, z, weight)
            at = SLPClassifier(class_weight=given, warm_start=True, max_iter=1)
            at.fit(X, z, weight)
            at.coef_, at.intercept_ = model.coef_[[k]], model.intercept_[[k]]
            loss = objective(at, X, z, weight, given)
            least = objective(one, X, z, weight, given)
            assert least * (1 - 1e-9) <= loss <= least * (1 + 5 * tol) + 1e-12
            losses.append(loss)
        assert_allclose(model.loss_, sum(losses), rtol=1e-9)
        assert 0 <= model.objective_gap_ <= tol * model.loss_


def objective(model, X, z, weight, class_weight):
    """Of two classes, by NumPy."""
    weight = np.ones(len(z)) if weight is None else weight
    total = np.bincount(z, weight)
    if class_weight == "balanced":
        weight = weight * (total.sum() / 2 / total)[z]
    elif class_weight:
        weight = weight * np.array([class_weight[0], class_weight[1]])[z]
    loss = -log_expit((2 * z - 1) * (X @ model.coef_[0] + model.intercept_))
    penalty = model.alpha / 2 * np.sum(model.coef_**2)
    return np.average(loss, weights=weight) + penalty


@pytest.mark.parametrize("class_weight", ["balanced", "dicts"])
def test_class_weights_are_of_every_label(data, class_weight):
    X, Y, weight = data
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    own = [class_weight] * 4
    if class_weight == "dicts":
        class_weight = own = [{0: 1, 1: k + 1} for k in range(4)]
    options = {"alpha": 0.05, "tol": None, "random_state": 0, "average": 20_000}
    model = SLPClassifier(
        solver="sgd", class_weight=class_weight, max_iter=300, **options
    ).fit(X, Y, weight)
    for k, z in enumerate(Y.T):
        one = SLPClassifier(class_weight=own[k], alpha=0.05, tol=1e-9).fit(X, z, weight)
        assert_allclose(model.coef_[k], one.coef_[0], atol=0.05)
        assert_allclose(model.intercept_[k], one.intercept_[0], atol=0.05)


def test_is_where_one_against_the_rest_is(data):
    X, Y, _ = data
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    peer = OneVsRestClassifier(LogisticRegression(C=1 / (0.01 * len(Y)), tol=1e-10))
    model = SLPClassifier(alpha=0.01, tol=1e-10).fit(X, Y)
    assert_allclose(model.predict_proba(X), peer.fit(X, Y).predict_proba(X), atol=1e-4)


# -- calls that go on ----------------------------------------------------------------


@pytest.mark.parametrize("solver", STEPPING)
@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_calls_of_partial_fit_are_epochs(data, solver, class_weight):
    X, Y, weight = data
    model = epochs(solver=solver, class_weight=class_weight, prior_correction=True)
    fitted = copy.deepcopy(model).fit(X, Y, weight)
    for _ in range(3):
        model.partial_fit(X, Y, classes=np.arange(4), sample_weight=weight)
        model = pickle.loads(pickle.dumps(model))
    assert_array_equal(weights_of(model), weights_of(fitted))
    assert_array_equal(model.prior_shift_, fitted.prior_shift_)
    assert_allclose(model.class_count_, 3 * fitted.class_count_)
    assert model.t_ == 2100


def test_partial_fit_by_default_takes_steps_and_psgd_refuses(data):
    X, Y, _ = data
    model = SLPClassifier(random_state=0).partial_fit(X, Y, np.arange(4))
    assert model.solver_ == "sgd" and model.multilabel_
    model.partial_fit(X, Y)
    fitted = SLPClassifier(solver="psgd").fit(X, Y)
    words = "partial_fit with solver='psgd' knows no several labels"
    refuses(ValueError, words, fitted, "partial_fit", X, Y, classes=None)


def test_partial_fit_knows_its_columns(data):
    X, Y, _ = data
    model = epochs(solver="sgd")
    words = "classes must be"
    refuses(ValueError, words, model, "partial_fit", X, Y, classes=None)
    for classes in ([0, 1], [1, 2, 3, 4], list("abcd")):
        words = "y has 4 columns, whose classes are"
        refuses(ValueError, words, model, "partial_fit", X, Y, classes=classes)
    model.partial_fit(X, Y, classes=range(4))
    refuses(ValueError, "columns", model, "partial_fit", X, Y[:, :3], classes=None)
    refuses(ValueError, "columns", model, "partial_fit", X, Y[:, 0], classes=None)
    one = epochs(solver="sgd").partial_fit(X, Y[:, 0], classes=range(4))
    refuses(ValueError, "columns", one, "partial_fit", X, Y, classes=None)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_warm_start_goes_on(data, solver):
    X, Y, _ = data
    model = SLPClassifier(solver=solver, warm_start=True, random_state=0).fit(X, Y)
    first = model.loss_curve_[0]
    assert model.fit(X, Y).loss_curve_[0] <= first
    refuses(ValueError, "warm_start=True goes on with", model, "fit", X, Y[:, :3])
    labels = Y @ [1, 1, 1, 0]
    refuses(ValueError, "warm_start=True goes on with", model, "fit", X, labels)


@pytest.mark.parametrize("solver", SOLVERS)
def test_pickles_and_bits(data, solver):
    X, Y, _ = data
    one, other = (
        epochs(solver=solver, prior_correction=True, class_weight="balanced").fit(X, Y)
        for _ in range(2)
    )
    assert_array_equal(weights_of(one), weights_of(other))
    again = pickle.loads(pickle.dumps(one))
    assert_array_equal(again.predict_proba(X), one.predict_proba(X))


# -- prior correction ----------------------------------------------------------------


@pytest.mark.parametrize("solver", ["psgd", "sgd"])
def test_prior_correction_of_every_label(data, solver):
    X, Y, weight = data
    options = {"class_weight": "balanced", "solver": solver, "random_state": 0}
    plain = SLPClassifier(**options).fit(X, Y, weight)
    model = SLPClassifier(prior_correction=True, **options).fit(X, Y, weight)
    share = np.average(Y, axis=0, weights=weight)
    assert_allclose(model.prior_shift_, np.log((1 - share) / share), rtol=1e-9)
    assert_array_equal(model.coef_, plain.coef_)
    assert_allclose(model.intercept_, plain.intercept_ - model.prior_shift_)
    model.set_params(prior_correction={1: 0.01}, class_weight=None).fit(X, Y, weight)
    expected = np.log(share[1] / (1 - share[1])) - np.log(0.01 / 0.99)
    assert_allclose(model.prior_shift_, [0, expected, 0, 0], rtol=1e-9, atol=1e-12)


# -- what is refused, and what is told -----------------------------------------------


@pytest.mark.parametrize(
    "words, options",
    [
        ("sampling", {"sampling": "balanced"}),
        ("sampling", {"sampling": {0: 0.5}}),
        ("class_weight must be 'balanced' or a list of 4", {"class_weight": {0: 2}}),
        ("class_weight must be 'balanced' or a list of 4", {"class_weight": [{}]}),
        ("finite numbers", {"class_weight": [{0: -1}] * 4}),
        ("class_weight leaves no row", {"class_weight": [{0: 0, 1: 0}] * 4}),
        ("prior_correction of an indicator", {"prior_correction": 0.2}),
        ("prior_correction of an indicator", {"prior_correction": {7: 0.2}}),
        ("prior_correction of an indicator", {"prior_correction": {0: 1.5}}),
    ],
)
@pytest.mark.parametrize("solver", ["psgd", "sgd"])
def test_parameters_that_do_not_go_with_columns(data, words, options, solver):
    X, Y, _ = data
    refuses(ValueError, words, SLPClassifier(solver=solver, **options), "fit", X, Y)


def test_class_weights_of_columns_are_none_of_classes(data):
    X, Y, _ = data
    model = SLPClassifier(class_weight=[{0: 1}, {1: 2}])
    refuses(ValueError, "class_weight", model, "fit", X, Y[:, 0])


def with_one(Y, entry):
    """The matrix with another entry in row 5."""
    Y = Y.astype(object)
    Y[5, 2] = entry
    return Y


@pytest.mark.parametrize(
    "words, change",
    [
        ("holds 2 in column 1", lambda Y: Y * [1, 2, 1, 1]),
        ("holds -1 in column 0", lambda Y: 2 * Y - 1),
        ("holds 0.5 in column 3", lambda Y: Y * [1, 1, 1, 0.5]),
        ("holds 'no' in column", lambda Y: np.where(Y == 1, "yes", "no")),
        ("holds '0' in column", lambda Y: Y.astype(str)),
        ("NaN", lambda Y: np.where(np.arange(4) == 2, np.nan, Y)),
        (r"first in row 5 \(None\)", lambda Y: with_one(Y, None)),
        (r"first in row 5 \(nan\)", lambda Y: with_one(Y, np.nan)),
        ("inconsistent numbers", lambda Y: Y[1:]),
    ],
)
def test_matrices_that_are_no_indicators(data, words, change):
    X, Y, _ = data
    refuses(ValueError, words, SLPClassifier(), "fit", X, change(Y))


def test_a_malformed_sparse_matrix_is_refused(data):
    X, Y, _ = data
    Y = csr_array(Y)
    Y.indices = Y.indices.copy()
    Y.indices[5] = 10**6
    refuses(ValueError, "y is not a CSR matrix", SLPClassifier(), "fit", X, Y)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("only", [0, 1])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_column_of_one_class_is_told_of_and_fitted(data, solver, only):
    X, Y, _ = data
    Y = Y.copy()
    Y[:, 2] = only
    model = SLPClassifier(solver=solver, random_state=0)
    with pytest.warns(UserWarning, match=f"Column 2 of y holds {only} alone"):
        model.fit(X, Y)
    assert_array_equal(model.predict(X)[:, 2], only)
    assert np.isfinite(weights_of(model)).all()
    if solver == "psgd":
        others = SLPClassifier(random_state=0).fit(X, Y[:, [0, 1, 3]])
        assert_array_equal(model.coef_[[0, 1, 3]], others.coef_)
        assert_array_equal(model.coef_[2], 0)
        assert model.loss_ == pytest.approx(others.loss_)
        assert model.objective_gap_ == pytest.approx(others.objective_gap_)


@pytest.mark.parametrize("of", [0, 1])
def test_a_column_whose_class_weight_is_0_is_told_of(data, of):
    """Rows of class weight 0 are no rows, and leave a column of one class."""
    X, Y, _ = data
    model = SLPClassifier(class_weight=[{}, {}, {of: 0}, {}])
    with pytest.warns(UserWarning, match=f"Column 2 of y holds {1 - of} alone, in"):
        model.fit(X, Y)
    assert_array_equal(model.predict(X)[:, 2], 1 - of)


@pytest.mark.parametrize("n", [300, 30_000])
@pytest.mark.parametrize("d", [5, 300])
@pytest.mark.parametrize("layout", [np.asarray, csr_array])
@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_labels_without_anything_to_learn(n, d, layout, class_weight):
    """However the others are fitted: all rows, drawn rows, a diagonal."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, d)) * (rng.random((n, d)) < 3 / d)
    Y = np.zeros((n, 3), dtype=int)
    Y[:, 0], Y[:, 2] = 1, X[:, 0] + rng.standard_normal(n) > 1
    model = SLPClassifier(class_weight=class_weight, random_state=0)
    with pytest.warns(UserWarning, match="Column 0 of y holds 1 alone, and 1 more"):
        model.fit(layout(X), Y)
    one = SLPClassifier(class_weight=class_weight, random_state=0)
    one.fit(layout(X), Y[:, 2])
    assert_array_equal(model.coef_[:2], 0)
    assert_allclose(model.coef_[2], one.coef_[0], rtol=1e-9, atol=1e-12)
    with pytest.warns(UserWarning, match="Column 0 of y holds 0 alone, and 2 more"):
        model.fit(layout(X), 0 * Y)
    assert_array_equal(model.predict(X), 0 * Y)
    assert model.loss_ < 1e-300 and model.objective_gap_ == 0


def test_one_label_a_row_is_told_of(data):
    X, Y, _ = data
    Y = np.eye(4, dtype=int)[Y.argmax(axis=1)]
    with pytest.warns(UserWarning, match=r"by softmax, pass y.argmax\(axis=1\)"):
        SLPClassifier().fit(X, Y)


def test_no_weight_at_all(data):
    X, Y, _ = data
    words = "Sample weights must contain at least one non-zero"
    refuses(ValueError, words, SLPClassifier(), "fit", X, Y, np.zeros(len(Y)))
    model = SLPClassifier(solver="sgd").partial_fit(X, Y, range(4), np.zeros(len(Y)))
    assert not weights_of(model).any() and model.t_ == 0
    assert model.partial_fit(X, Y).t_ == len(Y)


# -- in scikit-learn -----------------------------------------------------------------


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_check_of_several_outputs(solver):
    model = SLPClassifier(solver=solver, alpha=0.1)  # no probability rounds to 1
    check_classifier_multioutput("SLPClassifier", model)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_searches_and_scores():
    X, Y = make_multilabel_classification(300, 10, n_classes=4, random_state=0)
    names = ["f1_macro", "f1_micro", "f1_weighted", "roc_auc"]
    scores = cross_validate(SLPClassifier(), X, Y, scoring=names, cv=3)
    assert all(scores[f"test_{name}"].mean() > 0.6 for name in names)
    search = GridSearchCV(SLPClassifier(), {"alpha": [1e-3, 1e-1]}, cv=3)
    assert search.fit(X, Y).predict(X).shape == Y.shape
