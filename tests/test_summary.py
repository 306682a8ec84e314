# SPDX-License-Identifier: BSD-3-Clause
"""summary, beside textbook formulas and beside fits with one row's weight changed."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from scipy.special import expit
from scipy.stats import norm, t
from sklearn.pipeline import make_pipeline

from skpulsar import SLPClassifier, SLPRegressor, summary

EXACT = {"tol": None, "random_state": 0}
STEP = 1e-3
ARRAYS = ("coefficient", "standard_error", "low", "high", "per_deviation")


def drawn(n_rows=80, n_classes=2, seed=0):
    """Rows in unlike units, and classes that overlap."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_rows, 3)) * [1, 5, 0.2] + [0, 20, 1]
    logits = X @ np.linspace([1.0, -0.2, 2.0], [-1.0, 0.2, 0.0], n_classes).T
    y = (logits - logits.mean(axis=0) + 1.5 * rng.gumbel(size=logits.shape)).argmax(1)
    return X, y


@pytest.fixture(scope="module")
def rows():
    return drawn(2000)


def quiet(model, *arguments, **options):
    """Fit without a word of rounding that was reached, or not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(*arguments, **options)


def test_maximum_likelihood(rows):
    X, y = rows
    weight = np.random.default_rng(1).uniform(0.5, 3, len(y))
    model = SLPClassifier(alpha=0, tol=1e-10, random_state=0).fit(X, y, weight)
    table = summary(model, X, y, weight)
    A = np.column_stack([X, np.ones(len(X))])
    p = expit(A @ table.coefficient)
    error = np.sqrt(np.diag(np.linalg.inv((A.T * (weight * p * (1 - p))) @ A)))
    assert_allclose(table.standard_error, error, rtol=1e-8)
    assert_allclose(table.high - table.coefficient, norm.ppf(0.975) * error, rtol=1e-8)
    assert_allclose(table.coefficient - table.low, norm.ppf(0.975) * error, rtol=1e-8)
    assert_array_equal(table.coefficient, [*model.coef_[0], model.intercept_[0]])
    assert list(table.name) == ["x0", "x1", "x2", "intercept"]
    mean = np.average(X, axis=0, weights=weight)
    deviation = np.sqrt(np.average((X - mean) ** 2, axis=0, weights=weight))
    assert_allclose(table.per_deviation, [*model.coef_[0] * deviation, np.nan])


def test_maximum_likelihood_of_three_classes():
    """The pseudoinverse is the covariance of weights that sum to 0 over the classes."""
    X, y = drawn(300, 3)
    model = SLPClassifier(alpha=0, tol=1e-10, random_state=0).fit(X, y)
    A, p = np.column_stack([X, np.ones(len(X))]), model.predict_proba(X)
    information = sum(
        np.kron(np.diag(q) - np.outer(q, q), np.outer(a, a))
        for a, q in zip(A, p, strict=True)
    )
    error = np.sqrt(np.diag(np.linalg.pinv(information, rcond=1e-10)))
    assert_allclose(summary(model, X, y).standard_error, error, rtol=1e-6)


@pytest.mark.parametrize("standardize", [False, True])
def test_a_penalty_makes_it_a_sandwich(rows, standardize):
    X, y = rows
    model = SLPClassifier(alpha=0.01, standardize=standardize, tol=1e-10).fit(X, y)
    table = summary(model, X, y)
    A = np.column_stack([X, np.ones(len(X))])
    p = expit(A @ table.coefficient)
    information = (A.T * (p * (1 - p))) @ A
    unit = X.var(axis=0) if standardize else np.ones(3)
    inverse = np.linalg.inv(information + np.diag([*(len(y) * 0.01 * unit), 0]))
    error = np.sqrt(np.diag(inverse @ information @ inverse))
    assert_allclose(table.standard_error, error, rtol=1e-8)


@pytest.mark.parametrize("confidence_level", [0.5, 0.99])
def test_least_squares(rows, confidence_level):
    X, _ = rows
    rng = np.random.default_rng(2)
    X = X[:40]
    y = np.column_stack([X @ [1, 2, 3], X @ [0, 1, 0]]) + rng.standard_normal((40, 2))
    model = SLPRegressor(alpha=0, tol=1e-12).fit(X, y)
    table = summary(model, X, y, confidence_level=confidence_level)
    A = np.column_stack([X, np.ones(len(X))])
    best, squares, _, _ = np.linalg.lstsq(A, y)
    error = np.sqrt(np.outer(squares / 36, np.diag(np.linalg.inv(A.T @ A)))).ravel()
    assert_allclose(table.standard_error, error, rtol=1e-8)
    reach = t(36).ppf((1 + confidence_level) / 2) * error
    assert_allclose(table.high, best.T.ravel() + reach, rtol=1e-5)
    assert_allclose(table.low, best.T.ravel() - reach, rtol=1e-5)
    assert list(table.output) == [0] * 4 + [1] * 4


BALANCED = {
    "given": {"class_weight": {0: 1, 1: 4}},
    "given, corrected": {"class_weight": {0: 1, 1: 4}, "prior_correction": True},
    "balanced": {"class_weight": "balanced"},
    "balanced, corrected": {"class_weight": "balanced", "prior_correction": True},
    "sampled": {"sampling": 0.3},
    "sampled, corrected": {"sampling": 0.3, "prior_correction": True},
    "both, corrected": {
        "class_weight": {1: 3},
        "sampling": "balanced",
        "prior_correction": True,
    },
}


def influences(make, X, y, weight):
    """What one more copy of each row changes in the weights, by fits."""

    def weights(changed):
        model = quiet(make(), X, y, sample_weight=changed)
        return np.column_stack([model.coef_, model.intercept_]).ravel()

    found = []
    for row in range(len(X)):
        move = STEP * (np.arange(len(X)) == row)
        found.append((weights(weight + move) - weights(weight - move)) / (2 * STEP))
    return np.array(found)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("parameters", BALANCED.values(), ids=BALANCED)
def test_balanced_classes_by_the_influence_of_every_row(parameters, n_classes):
    """The variance of the infinitesimal jackknife, which no formula of ours is in."""
    X, y = drawn(60, n_classes)
    weight = np.random.default_rng(3).uniform(0.5, 2, len(y))

    def make():
        return SLPClassifier(alpha=0.02, **parameters, **EXACT)

    by_row = influences(make, X, y, weight)
    table = summary(quiet(make(), X, y, weight), X, y, weight)
    variance = weight @ by_row**2
    assert_allclose(table.standard_error, np.sqrt(variance), rtol=2e-3)


@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_rows_sampled_by_class(class_weight):
    """How many there are of each class is no chance then."""
    X, y = drawn(60)
    weight = np.random.default_rng(4).uniform(0.5, 2, len(y))

    def make():
        return SLPClassifier(
            alpha=0.02, class_weight=class_weight, prior_correction=0.1, **EXACT
        )

    by_row = influences(make, X, y, weight)
    for number in (0, 1):
        own = y == number
        by_row[own] -= np.average(by_row[own], axis=0, weights=weight[own])
    table = summary(quiet(make(), X, y, weight), X, y, weight)
    variance = weight @ by_row**2
    assert_allclose(table.standard_error, np.sqrt(variance), rtol=2e-3)


def test_labels_are_models_of_their_own(rows):
    X, y = rows
    labels = np.column_stack([y, np.random.default_rng(5).integers(0, 2, len(y))])
    options = {"class_weight": "balanced", "prior_correction": True, "tol": 1e-10}
    together = summary(SLPClassifier(**options).fit(X, labels), X, labels)
    assert list(together.output) == [0] * 4 + [1] * 4
    apart = [
        summary(SLPClassifier(**options).fit(X, label), X, label) for label in labels.T
    ]
    error = np.concatenate([table.standard_error for table in apart])
    assert_allclose(together.standard_error, error, rtol=1e-5)


def test_a_label_that_no_row_has(rows):
    X, y = rows
    labels = np.column_stack([y, 0 * y])
    model = quiet(
        SLPClassifier(class_weight="balanced", prior_correction=True), X, labels
    )
    with pytest.warns(UserWarning, match="or no probability is in doubt"):
        table = summary(model, X, labels)
    assert np.isfinite(table.standard_error[:4]).all()
    assert np.isinf(table.standard_error[4:]).all()


@pytest.mark.parametrize("class_weight", [None, {1: 3}, "balanced"])
def test_a_weight_is_as_many_copies(rows, class_weight):
    X, y = rows[0][:300], rows[1][:300]
    times = np.random.default_rng(6).integers(0, 4, len(y))
    model = SLPClassifier(tol=1e-9, class_weight=class_weight).fit(X, y, times)
    weighted = summary(model, X, y, times)
    copied = summary(model, X.repeat(times, axis=0), y.repeat(times))
    for name in ARRAYS:
        assert_allclose(getattr(weighted, name), getattr(copied, name), rtol=1e-9)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_csr_and_float32_are_as_dense(n_classes):
    X, y = drawn(300, n_classes)
    X = X.astype(np.float32)
    X[X < 0] = 0
    model = SLPClassifier(tol=1e-9, class_weight="balanced").fit(X, y)
    dense = summary(model, X.astype(float), y)
    for other in (X, csr_array(X)):
        found = summary(model, other, y)
        assert_allclose(found.standard_error, dense.standard_error, rtol=1e-6)


def test_units_do_not_matter(rows):
    X, y = rows
    unit = np.array([1e-90, 1e60, 1e3])
    options = {"standardize": True, "tol": 1e-9, "random_state": 0}
    usual = summary(SLPClassifier(**options).fit(X, y), X, y)
    other = summary(SLPClassifier(**options).fit(X * unit, y), X * unit, y)
    assert_allclose(other.standard_error[:3] * unit, usual.standard_error[:3])
    assert_allclose(other.standard_error[3], usual.standard_error[3])
    assert_allclose(other.per_deviation, usual.per_deviation)


def test_far_columns_keep_their_digits(rows):
    X, y = rows
    model = SLPClassifier(tol=1e-9).fit(X, y)
    usual = summary(model, X, y).standard_error[:3]
    away = X + 1e6
    model.intercept_ = model.intercept_ - 1e6 * model.coef_.sum()
    assert_allclose(summary(model, away, y).standard_error[:3], usual, rtol=1e-5)


def test_without_an_intercept(rows):
    X, y = rows
    model = SLPClassifier(alpha=0, tol=1e-10, fit_intercept=False).fit(X, y)
    table = summary(model, X, y)
    p = expit(X @ model.coef_[0])
    error = np.sqrt(np.diag(np.linalg.inv((X.T * (p * (1 - p))) @ X)))
    assert_allclose(table.standard_error, error, rtol=1e-8)
    assert len(table) == 3


def test_columns_that_depend_on_each_other(rows):
    X, y = rows
    X = np.column_stack([X, 2 * X[:, 0] - X[:, 1], np.full(len(X), 7.0)])
    model = SLPClassifier(tol=1e-9).fit(X, y)
    with pytest.warns(UserWarning, match="do not determine x0, x1, x3, x4: columns"):
        table = summary(model, X, y)
    assert_array_equal(np.isinf(table.standard_error), [1, 1, 0, 1, 1, 0])
    assert table.low[0] == -np.inf and table.high[0] == np.inf
    reduced = summary(SLPClassifier(tol=1e-9).fit(X[:, :3], y), X[:, :3], y)
    assert_allclose(table.standard_error[2], reduced.standard_error[2], rtol=1e-3)


def test_more_columns_than_rows():
    X = np.random.default_rng(7).standard_normal((20, 30))
    y = np.arange(20) % 2
    model = SLPClassifier(alpha=0.1, tol=1e-9).fit(X, y)
    with pytest.warns(UserWarning, match="x0, x1, x10, x11 and 26 more"):
        table = summary(model, X, y)
    assert np.isinf(table.standard_error[:-1]).all()
    regressor = SLPRegressor(alpha=0.1, tol=1e-9).fit(X, y)
    with pytest.raises(ValueError, match="20 rows leave nothing over from 20 weights"):
        summary(regressor, X, y)


def test_separable_classes_end_with_large_errors():
    X = np.arange(-5.0, 5.0)[:, np.newaxis]
    model = SLPClassifier(alpha=1e-12, tol=1e-9)
    table = summary(quiet(model, X, X[:, 0] > -1), X, X[:, 0] > -1)
    assert table.standard_error[0] > 0.1 * table.coefficient[0] > 1


def test_warns_where_the_minimum_is_far(rows):
    X, y = rows
    model = SLPClassifier(tol=1e-8, random_state=0).fit(X, y)
    error = summary(model, X, y).standard_error  # This does not warn.
    model.coef_[0, 1] += 0.2 * error[1]
    with pytest.warns(UserWarning, match="standard errors from the minimum"):
        summary(model, X, y)
    model = SLPClassifier(tol=1e-8, random_state=0).fit(X, y)
    model.objective_gap_ = 0.0051 / len(y)
    with pytest.warns(UserWarning, match=r"stand 0\.1 standard errors"):
        summary(model, X, y)
    model.objective_gap_ = 0.0049 / len(y)
    summary(model, X, y)


def test_a_table(rows):
    pd = pytest.importorskip("pandas")
    X, y = rows
    frame = pd.DataFrame(X, columns=["width", "height", "long name"])
    model = SLPClassifier(tol=1e-8).fit(frame, y)
    table = summary(model, frame, y)
    for made in (pd.DataFrame(table), table.to_frame()):
        assert list(made.columns) == [
            "name", "coefficient", "per_deviation", "standard_error", "low", "high",
        ]  # fmt: skip
        assert_array_equal(made["high"], table.high)
    lines = repr(table).splitlines()
    assert lines[0].split() == [
        *("name", "coefficient", "per", "deviation", "standard", "error"),
        *("95", "%", "from", "to"),
    ]
    assert [line.split("  ")[0].strip() for line in lines[1:]] == list(table.name)
    assert len({len(line) for line in lines}) == 1
    assert f"{table.coefficient[0]:#.4g}" in lines[1]
    with pytest.raises(AttributeError):
        table.low = 0


def test_classes_are_named():
    X, y = drawn(200, 3)
    y = np.array(["a", "b", "c"])[y]
    table = summary(SLPClassifier(tol=1e-8).fit(X, y), X, y)
    assert list(table.output) == ["a"] * 4 + ["b"] * 4 + ["c"] * 4
    assert repr(table).startswith("output  name")
    assert table.to_frame().columns[0] == "output"


def test_refusals(rows, monkeypatch):
    X, y = rows
    model = SLPClassifier(tol=1e-8)
    with pytest.raises(ValueError, match="not fitted"):
        summary(model, X, y)
    model.fit(X, y)
    with pytest.raises(TypeError, match=r"Got Pipeline: of a pipeline"):
        summary(make_pipeline(model).fit(X, y), X, y)
    with pytest.raises(ValueError, match="'confidence_level' parameter of summary"):
        summary(model, X, y, confidence_level=95)
    with pytest.raises(ValueError, match="X has 2 features"):
        summary(model, X[:, :2], y)
    with pytest.raises(ValueError, match="the label 2"):
        summary(model, X, y + 1)
    with pytest.raises(ValueError, match="sample_weight has a negative entry"):
        summary(model, X, y, -np.ones(len(y)))
    labels = np.column_stack([y, 1 - y, y])
    with pytest.raises(ValueError, match="y has 3 columns, but that of the fit had 1"):
        summary(model, X, labels)
    several = quiet(SLPClassifier(), X, labels)
    with pytest.raises(ValueError, match="y has 1 columns, but that of the fit had 3"):
        summary(several, X, y)
    with pytest.raises(ValueError, match="y has 3 columns"):
        summary(SLPRegressor().fit(X, labels[:, :2]), X, labels)
    for weight in (0.0, 1e200):
        with pytest.raises(ValueError, match=r"above 0 and below 1e\+150"):
            summary(SLPRegressor().fit(X, y), X, y, np.full(len(y), weight))
    with pytest.raises(ValueError, match="No row of positive weight is of class 1"):
        summary(model, X[y == 0], y[y == 0])
    monkeypatch.setattr("skpulsar._summary.MOST_WEIGHTS", 2)
    with pytest.raises(ValueError, match="has 3 coefficients"):
        summary(model, X, y)


def test_names_are_printed_on_one_line_and_shortened_in_warnings():
    pd = pytest.importorskip("pandas")
    X = np.random.default_rng(0).standard_normal((200, 3))
    names = ["two\nlines", "tab\t", "été", *(f"{'long' * 40} {k}" for k in range(6))]
    frame = pd.DataFrame(X[:, [0, 1, 2, 0, 0, 0, 0, 0, 0]], columns=names)
    y = X[:, 0] + X[:, 1] > 0.5 * np.random.default_rng(1).logistic(size=200)
    model = SLPClassifier(tol=1e-8).fit(frame, y)
    with pytest.warns(UserWarning, match="do not determine longlong") as said:
        table = summary(model, frame, y)
    assert all(len(str(warning.message)) <= 300 for warning in said)
    lines = repr(table).splitlines()
    assert len(lines) == 1 + len(table)
    assert [line.split()[0] for line in lines[2:4]] == ["tab\\t", "été"]
    assert list(table.name[:3]) == names[:3]
