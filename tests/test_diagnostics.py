# SPDX-License-Identifier: BSD-3-Clause
"""Leave-one-out, beside fits without the row and the algebra of hat matrices."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from scipy.special import expit
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpulsar import MLPClassifier, SLPClassifier, SLPRegressor
from skpulsar.diagnostics import leave_one_out

ARRAYS = ("leverage", "influence", "decision", "shift", "residual")


def drawn(n_rows=400, seed=0):
    """Rows in unlike units, some far out, and classes that overlap."""
    rng = np.random.default_rng(seed)
    X = rng.standard_t(4, (n_rows, 3)) * [1, 5, 0.2] + [0, 20, 1]
    logits = X @ [1.0, -0.2, 2.0] + 1.0
    return X, (logits + rng.logistic(size=n_rows) > 0).astype(int)


def exact(model, *arguments, **options):
    """Fit to rounding, without a word of what that is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return clone(model).set_params(tol=None).fit(*arguments, **options)


def without(model, X, y, weight, row):
    """What a fit without a row gives it."""
    others = np.arange(len(y)) != row
    fitted = exact(model, X[others], y[others], sample_weight=weight[others])
    score = getattr(fitted, "decision_function", fitted.predict)
    return float(score(X[[row]])[0])


PARAMETERS = {
    "as it is": {},
    "no penalty": {"alpha": 0},
    "penalty": {"alpha": 0.03},
    "no intercept": {"alpha": 0.01, "fit_intercept": False},
    "standardize": {"alpha": 0.03, "standardize": True},
    "standardize, no intercept": {
        "alpha": 0.03, "standardize": True, "fit_intercept": False,
    },
    "given": {"class_weight": {0: 1, 1: 4}, "alpha": 0.01},
    "given, corrected": {"class_weight": {0: 1, 1: 4}, "prior_correction": True},
    "balanced": {"class_weight": "balanced", "prior_correction": np.bool_(False)},
    "balanced, corrected": {"class_weight": "balanced", "prior_correction": True},
    "balanced, of a population": {"class_weight": "balanced", "prior_correction": 0.1},
    "of a population": {"prior_correction": {0: 0.9, 1: 0.1}},
    "sampled": {"sampling": 0.3, "alpha": 0.01, "standardize": True},
    "both": {"sampling": "balanced", "class_weight": {1: 3}, "prior_correction": True},
    "twice": {"sampling": 0.4, "class_weight": "balanced", "prior_correction": True},
}  # fmt: skip


@pytest.mark.parametrize("parameters", PARAMETERS.values(), ids=PARAMETERS)
def test_beside_fits_without_the_row(parameters):
    X, y = drawn()
    rng = np.random.default_rng(1)
    weight = rng.uniform(0.5, 2, len(y))
    model = exact(SLPClassifier(**parameters), X, y, sample_weight=weight)
    rows = leave_one_out(model, X, y, weight)
    few = leave_one_out(model, X, y, weight, refit=False)
    logits = model.decision_function(X)
    assert_allclose(rows.decision - rows.shift, logits, atol=1e-12)
    assert not few.refitted.any() and 5 < np.count_nonzero(rows.refitted) < len(y) / 2
    assert_array_equal(rows.shift[~rows.refitted], few.shift[~rows.refitted])
    for row in rng.choice(np.flatnonzero(~rows.refitted), 6, replace=False):
        truth = without(model, X, y, weight, row) - logits[row]
        assert_allclose(rows.shift[row], truth, rtol=0.02, atol=2e-5)
    for row in np.argsort(-rows.influence)[:4]:
        truth = without(model, X, y, weight, row) - logits[row]
        assert rows.refitted[row]
        assert_allclose(rows.shift[row], truth, rtol=2e-3)
        assert abs(rows.shift[row] - truth) < abs(few.shift[row] - truth)


def test_small_leverages_are_right_to_a_per_cent():
    X, y = drawn(3000)
    model = exact(SLPClassifier(alpha=1e-3), X, y)
    rows, ones = leave_one_out(model, X, y), np.ones(len(y))
    assert rows.leverage[~rows.refitted].max() <= 0.1
    for row in np.random.default_rng(2).choice(np.flatnonzero(~rows.refitted), 12):
        truth = without(model, X, y, ones, row)
        moved = truth - model.decision_function(X[[row]])[0]
        assert_allclose(rows.shift[row], moved, rtol=0.01)


def test_influence_is_how_far_a_fit_moves():
    """In the metric of the curvature, by the number of weights; refitted or not."""
    X, y = drawn(1000)
    model = exact(SLPClassifier(alpha=0), X, y)
    rows = leave_one_out(model, X, y)
    A = np.column_stack([X, np.ones(len(X))])
    p = expit(model.decision_function(X))
    curvature = (A.T * (p * (1 - p))) @ A
    picked = [*np.argsort(-rows.influence)[:3], *np.argsort(-rows.influence)[300:303]]
    for row in picked:
        others = np.arange(len(y)) != row
        fitted = exact(model, X[others], y[others])
        move = np.append(
            fitted.coef_ - model.coef_, fitted.intercept_ - model.intercept_
        )
        distance = move @ curvature @ move / 4
        assert_allclose(rows.influence[row], distance, rtol=0.02)
    assert rows.refitted[picked].tolist() == [True] * 3 + [False] * 3


def test_pregibons_formulas():
    """At alpha=0, to first order: hat matrix; Cook's distance by Pearson residuals."""
    X, y = drawn()
    model = exact(SLPClassifier(alpha=0), X, y)
    rows = leave_one_out(model, X, y, refit=False)
    A = np.column_stack([X, np.ones(len(X))])
    p = expit(model.decision_function(X))
    root = A * np.sqrt(p * (1 - p))[:, np.newaxis]
    hat = root @ np.linalg.inv(root.T @ root) @ root.T
    leverage = np.diag(hat)
    assert_allclose(rows.leverage, leverage, rtol=1e-8)
    assert_allclose(rows.leverage.sum(), 4, rtol=1e-10)
    pearson = (y - p) / np.sqrt(p * (1 - p))
    cook = pearson**2 * leverage / (1 - leverage) ** 2 / 4
    assert_allclose(rows.influence, cook, rtol=1e-6)
    shift = -(y - p) / (p * (1 - p)) * leverage / (1 - leverage)
    assert_allclose(rows.shift, shift, rtol=1e-6)


@pytest.mark.parametrize("standardize", [False, True])
def test_leverages_sum_to_the_trace(standardize):
    """Of what the curvature of the rows is of all curvature."""
    X, y = drawn()
    weight = np.random.default_rng(3).uniform(0.5, 2, len(y))
    model = exact(
        SLPClassifier(alpha=0.1, standardize=standardize, class_weight={1: 2}),
        X, y, sample_weight=weight,
    )  # fmt: skip
    rows = leave_one_out(model, X, y, weight)
    A = np.column_stack([X, np.ones(len(X))])
    p = expit(model.decision_function(X))
    each = weight * np.where(y == 1, 2, 1)
    information = (A.T * (each * p * (1 - p))) @ A
    mean = np.average(X, axis=0, weights=weight)
    unit = np.average((X - mean) ** 2, axis=0, weights=weight) if standardize else 1.0
    penalty = np.append(0.1 * each.sum() * unit * np.ones(3), 0.0)
    trace = np.trace(np.linalg.solve(information + np.diag(penalty), information))
    assert_allclose(rows.leverage.sum(), trace, rtol=1e-8)
    assert 1 < trace < 4


def test_residuals_and_their_mean():
    X, y = drawn()
    weight = np.random.default_rng(4).integers(0, 3, len(y)).astype(float)
    labels = np.array(["star", "pulsar"])[y]
    model = exact(SLPClassifier(), X, labels, sample_weight=weight)
    rows = leave_one_out(model, X, labels, weight)
    p = expit(rows.decision)
    target = (labels == model.classes_[1]).astype(float)
    loss = -np.log(np.where(target == 1, p, 1 - p))
    assert_allclose(rows.residual**2 / 2, loss)
    assert_array_equal(np.sign(rows.residual), 2 * target - 1)
    assert_allclose(rows.mean_loss, np.average(loss, weights=weight))
    assert rows.mean_loss > np.average(
        np.logaddexp(0, (1 - 2 * target) * model.decision_function(X)), weights=weight
    )


def test_mean_loss_is_that_of_fits_without_each_row():
    X, y = drawn(60)
    model = exact(SLPClassifier(alpha=0.01), X, y)
    rows, ones = leave_one_out(model, X, y), np.ones(60)
    logits = np.array([without(model, X, y, ones, row) for row in range(60)])
    assert_allclose(rows.decision, logits, rtol=0.01, atol=1e-3)
    loss = np.logaddexp(0, (1 - 2 * y) * logits).mean()
    assert_allclose(rows.mean_loss, loss, rtol=1e-3)


def test_a_logit_that_no_probability_holds():
    """The log loss is that of the logit, however far."""
    X, y = drawn()
    X[0], y[0] = [0.0, -4000.0, 1.0], 0
    model = exact(SLPClassifier(alpha=1e-7), X, y)
    rows = leave_one_out(model, X, y, refit=True)
    assert rows.decision[0] > 100
    assert_allclose(rows.residual[0], -np.sqrt(2 * rows.decision[0]))
    assert np.isfinite(rows.mean_loss)


def test_a_weight_counts_copies():
    X, y = drawn(200)
    copies = np.random.default_rng(5).integers(1, 4, len(y))
    model = exact(SLPClassifier(alpha=0.01), X, y, sample_weight=copies)
    rows = leave_one_out(model, X, y, copies)
    long = np.repeat(np.arange(len(y)), copies)
    each = leave_one_out(model, X[long], y[long])
    leverage = np.bincount(long, each.leverage)
    assert_allclose(rows.leverage, leverage, rtol=1e-7)
    row = int(np.flatnonzero(copies == 3)[0])
    truth = without(model, X, y, copies, row)
    assert_allclose(rows.decision[row], truth, rtol=1e-2)


def test_a_row_of_weight_0_is_left_out_already():
    X, y = drawn()
    weight = np.ones(len(y))
    weight[::7] = 0
    model = exact(SLPClassifier(), X, y, sample_weight=weight)
    rows, used = leave_one_out(model, X, y, weight), weight > 0
    for name in ("leverage", "influence", "shift", "refitted"):
        assert not getattr(rows, name)[~used].any()
    assert_array_equal(rows.decision[~used], model.decision_function(X)[~used])
    fewer = leave_one_out(model, X[used], y[used])
    for name in ARRAYS:
        assert_allclose(getattr(rows, name)[used], getattr(fewer, name), atol=1e-12)
    assert_allclose(rows.mean_loss, fewer.mean_loss)


@pytest.mark.parametrize("balanced", [False, True])
def test_the_scale_of_weights_does_not_matter(balanced):
    """Of factors of classes not at all; of sample weights only to `influence`, which
    counts copies."""
    X, y = drawn()
    weight = np.random.default_rng(6).uniform(0.5, 2, len(y))
    results = []
    for scale in (1, 1e-3):
        class_weight = "balanced" if balanced else {0: scale, 1: 3 * scale}
        model = exact(
            SLPClassifier(class_weight=class_weight), X, y, sample_weight=weight
        )
        results.append(leave_one_out(model, X, y, weight))
    for name in ARRAYS:
        one, other = (getattr(rows, name) for rows in results)
        assert_allclose(one, other, rtol=1e-6, atol=1e-10)
    other = leave_one_out(model, X, y, 1e-3 * weight)
    assert_allclose(
        other.leverage,
        one.leverage if name == "leverage" else results[0].leverage,
        rtol=1e-6,
    )
    assert_allclose(other.influence, 1e-3 * results[0].influence, rtol=1e-6)


def test_the_units_of_the_columns_do_not_matter():
    """Without a penalty, and with one in units of deviations."""
    X, y = drawn()
    for parameters in ({"alpha": 0}, {"alpha": 0.1, "standardize": True}):
        found = []
        for unit, shift in ((1, 0), (np.array([1e-6, 1e3, 7]), np.array([0, 1e6, -3]))):
            model = exact(SLPClassifier(**parameters), X * unit + shift, y)
            found.append(leave_one_out(model, X * unit + shift, y))
        for name in ARRAYS:
            one, other = (getattr(rows, name) for rows in found)
            assert_allclose(one, other, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("layout", [csr_array, np.float32, "long", np.asfortranarray])
def test_layouts(layout, standardize):
    X, y = drawn()
    X = (X * (np.random.default_rng(7).random(X.shape) < 0.6)).astype(np.float32)
    X = X.astype(float)
    model = exact(SLPClassifier(alpha=0.01, standardize=standardize), X, y)
    rows = leave_one_out(model, X, y)
    if layout == "long":
        other = csr_array(X)
        other.indices, other.indptr = (
            each.astype(np.int64) for each in (other.indices, other.indptr)
        )
    else:
        other = layout(X) if layout is not np.float32 else X.astype(np.float32)
    others = leave_one_out(model, other, y)
    for name in ARRAYS:
        assert_allclose(
            getattr(rows, name), getattr(others, name), rtol=1e-6, atol=1e-10
        )
    assert_array_equal(rows.refitted, others.refitted)


def test_more_columns_than_rows():
    rng = np.random.default_rng(8)
    X = rng.standard_normal((60, 150))
    y = (X[:, 0] + rng.standard_normal(60) > 0).astype(int)
    model = exact(SLPClassifier(alpha=0.05), X, y)
    rows, ones = leave_one_out(model, X, y), np.ones(60)
    assert rows.refitted.sum() > 40
    logits = model.decision_function(X)
    for row in (0, 17, 42):
        truth = without(model, X, y, ones, row) - logits[row]
        assert_allclose(rows.shift[row], truth, rtol=1e-3)


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("layout", [np.asarray, csr_array])
def test_a_level_of_one_row(standardize, layout):
    """Without the row its column is constant, and its coefficient 0."""
    X, y = drawn(200)
    X = np.column_stack([X, np.arange(200) == 3])
    model = SLPClassifier(alpha=1e-3, standardize=standardize)
    model = exact(model, layout(X), y)
    rows = leave_one_out(model, layout(X), y)
    truth = without(model, X, y, np.ones(200), 3)
    assert rows.refitted[3]
    assert_allclose(rows.decision[3], truth, rtol=2e-3)


@pytest.mark.parametrize("n_rare", [2, 12])
def test_a_class_of_few_rows(n_rare):
    """Of which each has a large part, which balancing gives to the others."""
    X, y = drawn(200)
    y[:] = 0
    y[:n_rare] = 1
    model = SLPClassifier(alpha=1e-2, class_weight="balanced", prior_correction=True)
    model = exact(model, X, y)
    rows = leave_one_out(model, X, y)
    assert rows.refitted[:n_rare].all()
    for row in range(min(n_rare, 4)):
        truth = without(model, X, y, np.ones(200), row)
        assert_allclose(rows.decision[row], truth, rtol=2e-3)


def test_columns_that_say_nothing():
    """A constant column, and a copy of another."""
    X, y = drawn()
    plain = exact(SLPClassifier(alpha=0), X, y)
    wide = np.column_stack([X, np.full(len(y), 3.0), X[:, 0]])
    expected = leave_one_out(plain, X, y)
    model = exact(SLPClassifier(alpha=0), wide, y)
    with pytest.warns(UserWarning, match="Of the columns 1 depend on others"):
        rows = leave_one_out(model, wide, y)
    assert_allclose(rows.leverage, expected.leverage, rtol=1e-5)
    assert_allclose(rows.decision, expected.decision, rtol=1e-3)


@pytest.mark.parametrize("alpha", [0.0, 0.3])
@pytest.mark.parametrize(
    "parameters", [{}, {"fit_intercept": False}, {"standardize": True}]
)
def test_regression_is_exact(alpha, parameters):
    rng = np.random.default_rng(9)
    X, _ = drawn(60)
    y = X @ [1.0, 0.3, -2.0] + rng.standard_normal(60)
    weight = rng.uniform(0.5, 2, 60)
    model = exact(SLPRegressor(alpha=alpha, **parameters), X, y, sample_weight=weight)
    rows = leave_one_out(model, X, y, weight)
    first_order = parameters.get("standardize", False) and alpha > 0
    assert rows.refitted.any() == first_order  # of rows that change a deviation
    for row in range(0, 60, 7):
        truth = without(model, X, y, weight, row)
        error = 0.02 if first_order else 1e-7
        moved = truth - model.predict(X[[row]])[0]
        assert_allclose(rows.shift[row], moved, rtol=error, atol=error / 100)
    assert_allclose(rows.residual, y - rows.decision)
    assert_allclose(rows.mean_loss, np.average(rows.residual**2, weights=weight))


def test_regression_beside_the_hat_matrix():
    rng = np.random.default_rng(10)
    X, _ = drawn(60)
    y = X @ [1.0, 0.3, -2.0] + rng.standard_normal(60)
    model = exact(SLPRegressor(alpha=0), X, y)
    rows = leave_one_out(model, X, y)
    A = np.column_stack([X, np.ones(60)])
    leverage = np.diag(A @ np.linalg.pinv(A))
    residual = y - A @ np.linalg.lstsq(A, y)[0]
    assert_allclose(rows.leverage, leverage, rtol=1e-9)
    assert_allclose(rows.residual, residual / (1 - leverage), rtol=1e-8)
    variance = residual @ residual / (60 - 4)
    cook = residual**2 * leverage / (1 - leverage) ** 2 / (4 * variance)
    assert_allclose(rows.influence, cook, rtol=1e-7)


def test_a_row_that_alone_determines_a_coefficient():
    """Without it and without a penalty nothing does: the coefficient stays, and the
    model of the others is theirs."""
    rng = np.random.default_rng(11)
    X, _ = drawn(60)
    y = X @ [1.0, 0.3, -2.0] + rng.standard_normal(60)
    wide = np.column_stack([X, np.arange(60) == 5])
    rows = leave_one_out(exact(SLPRegressor(alpha=0), wide, y), wide, y)
    assert rows.refitted.tolist() == [row == 5 for row in range(60)]
    assert_allclose(rows.leverage[5], 1)
    assert np.isfinite(rows.decision).all()


def test_as_many_weights_as_rows_leave_no_variance():
    rng = np.random.default_rng(12)
    X, y = rng.standard_normal((4, 3)), rng.standard_normal(4)
    rows = leave_one_out(exact(SLPRegressor(alpha=0), X, y), X, y)
    assert np.isnan(rows.influence).all()


def test_what_is_returned():
    pd = pytest.importorskip("pandas")
    X, y = drawn()
    model = exact(SLPClassifier(), X, y)
    rows = leave_one_out(model, X, y)
    assert len(rows) == 400
    n_refitted = np.count_nonzero(rows.refitted)
    assert f"LeaveOneOut(400 rows, {n_refitted} of them refitted; " in repr(rows)
    frame = rows.to_frame()
    assert list(frame) == [*ARRAYS, "refitted"]
    assert_array_equal(frame["influence"], rows.influence)
    with pytest.raises(AttributeError):
        rows.leverage = None
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    named = leave_one_out(exact(SLPClassifier(), frame, y), frame, y)
    assert_allclose(named.decision, rows.decision)


def test_far_from_the_minimum_there_is_a_warning():
    X, y = drawn()
    model = SLPClassifier(solver="sgd", max_iter=1, tol=None, random_state=0).fit(X, y)
    with pytest.warns(UserWarning, match="standard errors from the minimum") as caught:
        leave_one_out(model, X, y)
    assert caught[0].filename == __file__
    model = exact(SLPClassifier(), X, y)
    with pytest.warns(UserWarning, match="give the rows of the fit"):
        leave_one_out(model, X[:200], 1 - y[:200])


def test_curvature_that_is_lost():
    """Columns far from 0 are alike but for rounding, where nothing centres them."""
    X, y = drawn()
    X = X / X.std(axis=0) + 1e7
    model = exact(SLPClassifier(fit_intercept=False), X, y)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Coefficients may stand")
        with pytest.warns(UserWarning, match="where they are not centred") as caught:
            leave_one_out(model, X, y)
    assert caught[0].filename == __file__
    model = exact(SLPClassifier(), X, y)
    leave_one_out(model, X, y)


def test_what_moves_is_the_row_alone():
    """Next to the minimum, what is left to it does not count as the row's."""
    X, y = drawn()
    model = exact(SLPClassifier(alpha=0.01), X, y)
    rows = leave_one_out(model, X, y)
    model.coef_ = model.coef_ + 1e-3 * np.abs(model.coef_)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        moved = leave_one_out(model, X, y)
    both = rows.refitted & moved.refitted
    assert both.sum() > 10
    assert_allclose(moved.shift[both], rows.shift[both], rtol=0.05)


def test_the_others_are_separable():
    X = np.arange(8.0)[:, np.newaxis]
    y = (X[:, 0] > 3).astype(int)
    y[1] = 1
    model = exact(SLPClassifier(alpha=0), X, y)
    with pytest.warns(ConvergenceWarning, match=r"Without row 1 .* larger alpha"):
        rows = leave_one_out(model, X, y)
    assert rows.decision[1] < -5 and np.isfinite(rows.decision).all()


def refused(match, error=ValueError):
    return pytest.raises(error, match=match)


def test_what_is_refused():
    X, y = drawn()
    model = exact(SLPClassifier(), X, y)
    with refused("This SLPClassifier instance is not fitted", NotFittedError):
        leave_one_out(SLPClassifier(), X, y)
    with refused("X has 2 features"):
        leave_one_out(model, X[:, :2], y)
    with refused("'refit' parameter of leave_one_out must be a bool"):
        leave_one_out(model, X, y, refit=3)
    with refused("inconsistent numbers of samples"):
        leave_one_out(model, X, y[:-1])
    with refused("holds the label 2"):
        leave_one_out(model, X, y + 1)
    with refused("sample_weight has shape"):
        leave_one_out(model, X, y, np.ones(3))
    with refused("No row of positive weight is of class 1"):
        leave_one_out(model, X, y, 1.0 - y)
    weight = np.where(y == 1, np.arange(len(y)) == np.argmax(y), 1.0)
    with refused("One row alone is 1, and without it"):
        leave_one_out(model, X, y, weight)
    numbers = exact(SLPRegressor(), X, y)
    with refused("One row alone is of any target"):
        leave_one_out(numbers, X[:1], y[:1])


def test_estimators_that_are_refused():
    X, y = drawn()
    three = (y + (X[:, 0] > 1)).clip(max=2)
    with refused("two classes or of one target, and this SLPClassifier has several"):
        leave_one_out(exact(SLPClassifier(), X, three), X, three)
    labels = np.column_stack([y, 1 - y])
    with refused("several outputs"):
        leave_one_out(exact(SLPClassifier(), X, labels), X, labels)
    with refused("several outputs"):
        leave_one_out(exact(SLPRegressor(), X, labels), X, labels)
    network = MLPClassifier(hidden_layer_sizes=(2,), max_iter=1, tol=None).fit(X, y)
    with refused("Got MLPClassifier", TypeError):
        leave_one_out(network, X, y)
    pipeline = make_pipeline(StandardScaler(), SLPClassifier(tol=1e-8)).fit(X, y)
    with refused("of a pipeline or a search give the fitted step", TypeError):
        leave_one_out(pipeline, X, y)
    wide = exact(SLPClassifier(), csr_array((4, 5001)), [0, 1, 0, 1])
    with refused("has 5001 coefficients(.|\\n)*TruncatedSVD"):
        leave_one_out(wide, csr_array((4, 5001)), [0, 1, 0, 1])
