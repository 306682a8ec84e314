# SPDX-License-Identifier: BSD-3-Clause
"""No fit ends in silence further from its minimum than it was asked to come, and
`objective_gap_` tells how far that is: kinds of data on which this is hard."""

import warnings
from functools import cache

import numpy as np
import pytest
from _minimum import least, minimum
from numpy.testing import assert_allclose
from scipy.sparse import csr_array
from sklearn.exceptions import ConvergenceWarning

from skpulsar import SLPClassifier

CLASSES = [0, 1]
NEGLIGIBLE_GAP = 1e-9  # of the objective: a gap that need not be told


def fitted(X, y, n_chunks=0, **parameters):
    """A model of psgd, and whether it warned that it is not at the minimum."""
    model = SLPClassifier(solver="psgd", random_state=0, **parameters)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if n_chunks == 0:
            model.fit(X, y)
        for part in np.array_split(np.arange(len(y)), n_chunks or 1):
            if n_chunks:
                model.partial_fit(X[part], y[part], CLASSES)
    assert all(issubclass(w.category, ConvergenceWarning) for w in caught)
    return model, bool(caught)


def weights_of(y, class_weight):
    share = np.bincount(y) / len(y)
    return np.ones(len(y)) if class_weight is None else 0.5 / share[y]


def objective(model, X, y):
    if not isinstance(X, csr_array):
        X = X.astype(np.longdouble)  # columns far from 0 leave little of a double
    logits = X @ model.coef_[0] + model.intercept_[0]
    loss = np.logaddexp(0, np.where(y == 1, -logits, logits))
    penalty = model.alpha / 2 * model.coef_[0] @ model.coef_[0]
    return np.average(loss, weights=weights_of(y, model.class_weight)) + penalty


def check(X, y, n_chunks=0, best=None, factor=10, **parameters):
    """Fit, and compare what is claimed with the least objective."""
    model, warned = fitted(X, y, n_chunks, **parameters)
    if best is None:
        best = minimum(
            X.toarray() if isinstance(X, csr_array) else X, y, model.alpha,
            weights_of(y, model.class_weight), model.fit_intercept,
        )  # fmt: skip
    value = objective(model, X, y)
    gap, tol = value - best, max(model.tol or 0, NEGLIGIBLE_GAP)
    assert gap >= -1e-9 * value  # or the oracle is wrong
    assert warned or gap <= 10 * tol * value
    assert gap <= max(10 * NEGLIGIBLE_GAP * value, factor * model.objective_gap_)
    return model, warned


# -- rows far out ----------------------------------------------------------------------


@cache
def sentinels(share, value, n_columns=1, n=20_000):
    """A share of one column is a number that stands for none."""
    random = np.random.default_rng(0)
    X = random.standard_normal((n, n_columns))
    X[random.random(n) < share, 0] = value
    y = X[:, 0] + 0.3 * random.standard_normal(n) < -1
    return X, y.astype(int)


@pytest.mark.parametrize("class_weight", [None, "balanced"])
@pytest.mark.parametrize("n_columns", [1, 8])
@pytest.mark.parametrize("value", [1e6, 99_999, -999])
@pytest.mark.parametrize("share", [0.3, 0.5])
def test_sentinels(share, value, n_columns, class_weight):
    X, y = sentinels(share, value, n_columns)
    _, warned = check(X, y, class_weight=class_weight)
    assert not warned


@pytest.mark.parametrize("tol", [1e-2, 1e-8, None])
@pytest.mark.parametrize("csr", [False, True])
def test_sentinels_by_any_tolerance(tol, csr):
    X, y = sentinels(0.3, 1e6, 2)
    check(csr_array(X) if csr else X, y, tol=tol, class_weight="balanced")


@pytest.mark.parametrize("class_weight", [None, "balanced"])
@pytest.mark.parametrize("n_columns", [1, 8])
@pytest.mark.parametrize("n_chunks", [1, 5])
def test_sentinels_in_a_stream(n_chunks, n_columns, class_weight):
    X, y = sentinels(0.3, 1e6, n_columns)
    check(X, y, n_chunks, class_weight=class_weight)


@pytest.mark.parametrize(
    ("seed", "size"),
    [(0, 1e6), (2, 1e6), (2, 1e8), (0, 1e8)],
)
def test_a_few_cells_far_out(seed, size):
    random = np.random.default_rng(seed)
    n = 9000
    X = random.standard_normal((n, 10))
    y = X @ random.standard_normal(10) + random.standard_normal(n) > 3
    X[random.integers(0, n, 10), random.integers(0, 10, 10)] = size
    _, warned = check(X, y.astype(int))
    assert not warned


def filled(fill, share, n, one_class=True):
    """A share of the negatives, or of all, has a fill value in the first column."""
    random = np.random.default_rng(0)
    X = random.standard_normal((n, 3))
    y = (X.sum(axis=1) + random.standard_normal(n) > 0).astype(int)
    far = random.random(n) < share
    far &= (y == 0) | (not one_class)
    X[far, 0] = fill
    return X, y, far


@pytest.mark.parametrize("n_chunks", [0, 3])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("n", [600, 9000])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("fill", [-1e8, -1e12, -1e20, -9.96921e36])
def test_fill_values_on_their_side_hide_nothing(
    fill, share, n, fit_intercept, n_chunks
):
    """At the minimum the rows that have it lose nothing, so that it is that of the
    others."""
    X, y, far = filled(fill, share, n)
    model, warned = fitted(X, y, n_chunks, fit_intercept=fit_intercept)
    part = (~far).sum() / n
    others = minimum(X[~far], y[~far], model.alpha / part, None, fit_intercept)
    gap = objective(model, X, y) - part * others
    assert warned or gap <= 1e-3 * part * others
    if n_chunks == 0:
        assert not warned or fill < -1e30
        assert gap <= 1e-9 or gap <= 10 * model.objective_gap_


@pytest.mark.parametrize("share", [0.01, 0.3])
@pytest.mark.parametrize("fill", [-9999.0, 1e12, 3e17, 1e20, 9.96921e36, -3.4e38])
def test_fill_values_that_cancel_are_not_certified(fill, share):
    """In two columns of the same rows, weights of equal size and opposite sign free the
    other rows; no sum of the rows shows that."""
    random = np.random.default_rng(1)
    X = random.standard_normal((1000, 3))
    logits = X[:, 1] - X[:, 0] - X[:, 2] - 1
    y = (random.random(1000) < 1 / (1 + np.exp(-logits))).astype(int)
    far = random.random(1000) < share
    difference = np.column_stack([X[:, 0] - X[:, 1], X[:, 2]])
    difference[far, 0] = 0
    best = minimum(difference, y, 1e-3, None, True)  # no less, with such a penalty
    X[far, :2] = fill
    model, warned = fitted(X, y)
    gap = objective(model, X, y) - best
    assert warned or gap <= 1e-3 * best
    assert gap <= max(1e-3 * best, 10 * model.objective_gap_)


def test_a_fill_value_behind_another_is_not_certified():
    random = np.random.default_rng(0)
    X = random.standard_normal((200, 3))
    rate = 1 / (1 + np.exp(1 - 2 * X[:, 0]))
    y = (random.random(200) < rate).astype(int)
    rows = np.flatnonzero(y == 0)[:2]
    X[rows, 1], X[rows[0], 0] = 1e20, 1e20
    model, warned = fitted(X, y)
    better = np.array([0.8684, -0.8685, -0.252])
    logits = X @ better - 0.9363
    value = np.logaddexp(0, np.where(y == 1, -logits, logits)).mean()
    value += model.alpha / 2 * better @ better
    assert warned and model.objective_gap_ >= objective(model, X, y) - value


@pytest.mark.parametrize("seed", range(3))
def test_one_row_that_the_first_minibatch_frees_is_not_forgotten(seed):
    """The preconditioner has its curvature; its column's mean hides the others."""
    random = np.random.default_rng(seed)
    X = random.standard_normal((7000, 2))
    logits = X[:, 1] - 3
    y = (random.random(7000) < 1 / (1 + np.exp(-logits))).astype(int)
    X[np.flatnonzero(y == 0)[9], 1] = -4.7e8
    check(X, y, alpha=3e-5, class_weight="balanced")


def test_rounding_ends_training_where_newton_goes_no_further():
    random = np.random.default_rng(0)
    X = np.exp(3 * random.standard_normal((150, 4)))
    y = (np.log(X[:, 0]) + random.standard_normal(150) > 0).astype(int)
    for scale in (1, 1e3, 1e6):
        model, _ = fitted(scale * X, y, tol=None)
        assert model.n_iter_ < 50


@pytest.mark.parametrize("n_chunks", [0, 3])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("fill", [1e8, 1e15, 9.96921e36])
def test_fill_values_of_both_classes(fill, fit_intercept, n_chunks):
    """They are a class of rows of its own; the column says no more of the others."""
    X, y, far = filled(fill, 0.3, 3000, one_class=False)
    model, warned = fitted(X, y, n_chunks, fit_intercept=fit_intercept)
    flags = np.where(far, 1e6, 0.0)
    flagged = np.column_stack([flags, X[:, 1:]])
    best = minimum(flagged, y, model.alpha, None, fit_intercept)
    assert warned or objective(model, X, y) - best <= 1.2e-3 * best


def test_no_stream_believes_a_loss_below_0():
    """Far from where rows were left, the parabola that stands for them may be."""
    X, y, _ = filled(1e15, 0.9, 20_000)
    order = np.random.default_rng(3).permutation(len(y))
    model = SLPClassifier(fit_intercept=False, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for part in np.array_split(order, 4):
            model.partial_fit(X[part], y[part], CLASSES)
    assert objective(model, X, y) < np.log(2)


def test_a_pair_that_spans_a_saturation_hides_nothing():
    """Its curvature along the column of one row far out is that from before."""
    random = np.random.default_rng(814)
    X = random.standard_normal((14_000, 60))
    y = (X[:, :5].sum(axis=1) + 9 * random.standard_normal(len(X)) > 10).astype(int)
    place = np.flatnonzero(y == 0)[7]
    X[place, 8] = 4e7 * np.sign(X[:, 8] @ (0.5 - y))
    for tol in (1e-8, 1e-10):
        check(X, y, tol=tol, fit_intercept=False)


# -- columns that depend on each other -------------------------------------------------


@pytest.mark.parametrize("kind", ["factors", "copies", "one factor"])
@pytest.mark.parametrize("tol", [1e-2, 1e-4])
def test_columns_that_depend_on_each_other(kind, tol):
    """A diagonal preconditioner would end after its first steps."""
    random = np.random.default_rng(0)
    n, d = 2000, 300
    if kind == "factors":
        X = random.standard_normal((n, 5)) @ random.standard_normal((5, d))
    elif kind == "copies":
        X = np.repeat(random.standard_normal((n, d // 10)), 10, axis=1)
    else:
        X = np.repeat(3 * random.standard_normal((n, 1)), d, axis=1)
    X = X + 0.1 * random.standard_normal((n, d))
    logits = X @ random.standard_normal(d)
    y = logits / logits.std() + 0.5 * random.logistic(size=n) > 0
    check(X, y.astype(int), tol=tol)


# -- more columns than rows, and columns that share a direction ------------------------


@pytest.mark.parametrize("shape", [(30, 1500), (100, 2100)])
@pytest.mark.parametrize("alpha", [1e-6, 1e-9])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_more_columns_than_rows_and_hardly_a_penalty(shape, alpha, fit_intercept):
    X = np.random.default_rng(0).standard_normal(shape)
    y = (X[:, 0] > 0).astype(int)
    model, warned = check(X, y, alpha=alpha, fit_intercept=fit_intercept)
    assert not warned and model.n_iter_ < 20


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_a_few_factors_behind_many_columns(fit_intercept):
    random = np.random.default_rng(0)
    factors = random.standard_normal((200, 10))
    X = factors @ random.standard_normal((10, 3000))
    X += random.standard_normal(X.shape)
    y = (factors[:, 0] > 0).astype(int)
    _, warned = check(X, y, fit_intercept=fit_intercept)
    assert not warned


def test_log_normal_columns():
    random = np.random.default_rng(0)
    X = np.exp(random.standard_normal((150, 2000)) + random.uniform(0, 4, 2000))
    _, warned = check(X, (X[:, 0] > np.median(X[:, 0])).astype(int))
    assert not warned


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_positive_columns_with_a_few_factors(fit_intercept):
    random = np.random.default_rng(0)
    factors = random.standard_normal((1200, 5))
    X = 10 + factors @ random.standard_normal((5, 700))
    X += random.standard_normal(X.shape)
    y = factors[:, 0] + random.standard_normal(1200) > 0
    check(X, y.astype(int), fit_intercept=fit_intercept)


@cache
def words(power, n=1000, d=800):
    """A bag of words, whose frequency falls with this power of the rank."""
    random = np.random.default_rng(0)
    share = 1 / np.arange(1.0, d + 1) ** power
    column = random.choice(d, 40 * n, p=share / share.sum())
    row = np.repeat(np.arange(n), 40)
    X = csr_array((np.ones(len(row)), (row, column)), shape=(n, d))
    X.sum_duplicates()
    logits = X @ random.standard_normal(d)
    logits = 4 * (logits - logits.mean()) / logits.std()
    return X, (logits > random.logistic(size=n)).astype(int)


@pytest.mark.parametrize("power, alpha", [(1.1, 1e-4), (0.7, 1e-6)])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("tol", [1e-2, 1e-4])
def test_words(power, alpha, fit_intercept, tol):
    X, y = words(power)
    model, _ = check(X, y, alpha=alpha, fit_intercept=fit_intercept, tol=tol)
    assert_allclose(model.loss_, objective(model, X, y), rtol=1e-10)
    if not fit_intercept:
        assert model.intercept_ == 0


# -- columns far from 0 without an intercept -------------------------------------------


@pytest.mark.parametrize("mean", [1e4, 1e8, 1e9, 1e10])
def test_columns_far_from_0_without_an_intercept(mean):
    random = np.random.default_rng(0)
    X = random.standard_normal((1000, 3))
    y = (X[:, 0] + random.standard_normal(len(X)) > 0).astype(int)
    X += mean
    # By w_1, w_2 and s, the sum of all weights times the mean.
    rest, T = X - mean, np.array([[1, 0, 0], [0, 1, 0], [-1, -1, 1 / mean]])
    A = rest @ T
    A[:, 2] += 1
    best = least(A, y, np.full(len(y), 1 / len(y)), 1e-4 * T.T @ T)
    model, _ = check(X, y, best=best, fit_intercept=False)
    assert model.n_iter_ < 10


@pytest.mark.parametrize("csr", [False, True])
@pytest.mark.parametrize("apart", [1e-3, 1e-6])
def test_near_copies_without_a_penalty(apart, csr):
    """Where a factor is mostly what it was raised by, conjugate gradients tell."""
    random = np.random.default_rng(0)
    X = random.standard_normal((9000, 8))
    y = (X[:, 0] + 3 * random.standard_normal(len(X)) > 5).astype(int)
    rest = random.standard_normal((9000, 4))
    copies = X[:, :4] + apart * rest
    best = minimum(np.column_stack([X, rest]), y, 0.0, None, True)
    X = np.column_stack([X, copies])
    check(csr_array(X) if csr else X, y, best=best, alpha=0.0)


# -- no minimum ------------------------------------------------------------------------


def flagged(n=3000, share=0.1, mixed=False):
    """A column that is 1 for some of the positives, and 0 for the others; `mixed`, no
    column is left as it was."""
    random = np.random.default_rng(0)
    X = random.standard_normal((n, 4))
    y = X[:, 0] + random.standard_normal(n) > 1
    X[:, 3] = y & (random.random(n) < share)
    if mixed:
        X = X @ np.linalg.qr(random.standard_normal((4, 4)))[0]
    return X, y.astype(int)


@pytest.mark.parametrize("csr", [False, True])
@pytest.mark.parametrize("n_chunks", [0, 1, 3])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_quasi_separation_is_told(csr, n_chunks, fit_intercept):
    X, y = flagged()
    X = csr_array(X) if csr else X
    options = {"fit_intercept": fit_intercept, "class_weight": "balanced"}
    _, warned = fitted(X, y, n_chunks, alpha=0.0, **options)
    assert warned
    assert not fitted(X, y, n_chunks, alpha=1e-3, **options)[1]


@pytest.mark.parametrize("n", [3000, 20_000])
@pytest.mark.parametrize("tol", [1e-4, 1e-8, None])
def test_quasi_separation_is_told_where_no_column_shows_it(n, tol):
    X, y = flagged(n, mixed=True)
    assert fitted(X, y, alpha=0.0, tol=tol)[1]
    assert fitted(X, y, 3, alpha=0.0, tol=tol)[1]


@pytest.mark.parametrize("n_chunks", [0, 3])
def test_rows_that_overlap_are_not_told_as_separable(n_chunks):
    X, y = flagged()
    X[:, 3] = np.random.default_rng(1).random(len(y)) < 0.1
    _, warned = check(X, y, n_chunks, alpha=0.0)
    assert not warned


# -- tol=None --------------------------------------------------------------------------


@pytest.mark.parametrize("max_iter, told", [(4, True), (100, False)])
def test_an_end_at_max_iter_is_told_where_a_gap_is_left(max_iter, told):
    random = np.random.default_rng(0)
    X = random.standard_normal((3000, 300)) + random.standard_normal((3000, 1))
    y = (X[:, 0] + random.standard_normal(len(X)) > 0).astype(int)
    model, warned = check(X, y, tol=None, max_iter=max_iter)
    assert warned == told == (model.objective_gap_ > NEGLIGIBLE_GAP * model.loss_)
