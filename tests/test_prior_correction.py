# SPDX-License-Identifier: BSD-3-Clause
"""SLPClassifier(prior_correction=...): probabilities of the population."""

import copy
import math
import pickle
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from _assertions import by_fit_and_partial_fit, refuses
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import RandomUnderSampler
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit, logit
from sklearn.exceptions import ConvergenceWarning

from skpulsar import SLPClassifier
from skpulsar._estimator._prior import prior_shift as shift_of

CLASSES = [0, 1]
prior_shift = partial(shift_of, classes=np.array(CLASSES))
minibatches = partial(SLPClassifier, solver="sgd")
COEF, INTERCEPT = np.array([1.0, -0.5, 0.0]), -3.0
LONG = {"solver": "sgd", "alpha": 0.0, "average": 400_000, "max_iter": 60, "tol": None}


def population(n_rows, seed):
    """Rows whose log-odds are linear, about 7 % of them positive."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, 3))
    return X, (rng.random(n_rows) < expit(X @ COEF + INTERCEPT)).astype(int)


@pytest.fixture(scope="module")
def logistic():
    return population(20_000, 0)


def weights(model):
    return np.append(model.coef_, model.intercept_)


def model_of(**options):
    given = {"alpha": 0.0} if options.get("solver") == "psgd" else LONG
    return SLPClassifier(random_state=0, **{**given, **options})


# -- the shift -----------------------------------------------------------------------

positive = st.floats(1e-100, 1e100)
pairs = st.tuples(positive, positive).map(np.array)


@settings(derandomize=True, database=None, deadline=None)
@given(pairs, pairs, st.floats(1e-9, 1 - 1e-9))
def test_shift_is_the_log_odds_that_were_put_in(factor, weight, share):
    assert_allclose(
        prior_shift(True, factor, weight),
        math.log(factor[1]) - math.log(factor[0]),
        atol=1e-12,
    )
    odds = math.log(factor[1]) + math.log(weight[1])
    odds -= math.log(factor[0]) + math.log(weight[0])
    assert_allclose(prior_shift(share, factor, weight), odds - logit(share), atol=1e-9)
    assert prior_shift(False, factor, weight) == 0.0
    own = weight[1] / weight.sum()
    if 1e-9 < own < 1 - 1e-9:  # the share of the rows themselves: as if True
        given = prior_shift(own, factor, weight)
        assert_allclose(given, prior_shift(True, factor, weight), atol=1e-6)


def test_bool_and_float_are_told_apart():
    factor, weight = np.array([1.0, 4.0]), np.array([3.0, 1.0])
    for yes in (True, np.True_):
        assert prior_shift(yes, factor, weight) == pytest.approx(math.log(4))
    assert prior_shift(np.False_, factor, weight) == 0.0
    half = prior_shift(np.float32(0.5), factor, weight)
    assert half == pytest.approx(math.log(4 / 3))


NAMES = {
    "numbers": np.array([0, 1]),
    "bool": np.array([False, True]),
    "text": np.array(["0", "1"]),
    "objects": np.array(["pulsar", "star"], dtype=object),
    "dates": np.array(["2020-01-01", "2020-01-02"], "M8[D]"),
}


@pytest.mark.parametrize("classes", NAMES.values(), ids=NAMES)
@settings(derandomize=True, database=None, deadline=None)
@given(pairs, pairs, st.floats(1e-9, 1 - 1e-9))
def test_shares_by_label(classes, factor, weight, share):
    """Of either class or of both, in any order; a float is that of the second."""
    first, second = classes
    shift = partial(shift_of, factor=factor, weight=weight, classes=classes)
    expected = shift(share)
    assert shift({second: share}) == expected
    assert shift({first: 1 - share, second: share}) == expected
    assert shift({second: share, first: 1 - share}) == expected
    turned = shift_of({first: share}, factor[::-1], weight[::-1], classes)
    assert_allclose(turned, -expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("factor, weight", [([1, 0], [1, 1]), ([1, 1], [1, 0])])
def test_no_shift_without_both_classes(factor, weight):
    assert prior_shift(0.3, np.array(factor), np.array(weight)) == 0.0


# -- probabilities -------------------------------------------------------------------

BALANCED = [
    {"sampling": "balanced"},
    {"sampling": 0.3},
    {"class_weight": "balanced"},
    {"class_weight": {0: 0.2, 1: 5.0}},
    {"sampling": 0.3, "class_weight": {0: 1.0, 1: 2.0}},
    {"sampling": 0.2, "class_weight": "balanced"},
]


@pytest.mark.parametrize("options", BALANCED, ids=str)
@pytest.mark.parametrize("solver", ["psgd", "sgd"])
def test_mean_probability_is_the_populations(logistic, options, solver):
    """Calibration in the large, and coefficients as if nothing had been balanced."""
    X, y = logistic
    model = model_of(prior_correction=True, solver=solver, **options).fit(X, y)
    assert_allclose(model.predict_proba(X)[:, 1].mean(), y.mean(), rtol=0.03)
    assert_allclose(model.coef_[0], COEF, atol=0.15)
    assert_allclose(model.intercept_, INTERCEPT, atol=0.15)
    model.set_params(prior_correction=False).fit(X, y)
    assert model.predict_proba(X)[:, 1].mean() > 1.5 * y.mean()


@pytest.mark.parametrize("options", BALANCED, ids=str)
def test_the_shift_is_all_that_differs(logistic, options):
    X, y = (a[:2000] for a in logistic)
    plain = minibatches(random_state=0, max_iter=3, tol=None, **options)
    corrected = copy.deepcopy(plain).set_params(prior_correction=True)
    plain.fit(X, y), corrected.fit(X, y)
    rare = y.mean()
    share, c = options.get("sampling"), options.get("class_weight", {0: 1, 1: 1})
    share = {None: rare, "balanced": 0.5}.get(share, share)
    expected = logit(share) - logit(rare)
    expected += -logit(rare) if c == "balanced" else math.log(c[1] / c[0])
    assert_allclose(corrected.prior_shift_, expected, rtol=1e-12)
    assert_array_equal(corrected.coef_, plain.coef_)
    assert_array_equal(corrected.intercept_, plain.intercept_ - corrected.prior_shift_)
    assert corrected.loss_curve_ == plain.loss_curve_
    assert plain.prior_shift_ == 0.0


def test_nothing_to_correct(logistic):
    X, y = (a[:2000] for a in logistic)
    model = minibatches(prior_correction=True, random_state=0, max_iter=3, tol=None)
    expected = minibatches(random_state=0, max_iter=3, tol=None).fit(X, y)
    assert_array_equal(weights(model.fit(X, y)), weights(expected))
    assert model.prior_shift_ == 0.0


def test_sample_weights_are_part_of_the_population(logistic):
    """Weights that halve the positives halve their probabilities."""
    X, y = logistic
    weight = np.where(y == 1, 0.5, 1.0)
    model = model_of(sampling="balanced", prior_correction=True).fit(X, y, weight)
    share = np.average(y, weights=weight)
    mean = np.average(model.predict_proba(X)[:, 1], weights=weight)
    assert_allclose(mean, share, rtol=0.03)
    assert_allclose(model.intercept_, INTERCEPT - math.log(2), atol=0.15)


@pytest.mark.parametrize(
    "sampler", [RandomUnderSampler(random_state=0), RandomOverSampler(random_state=0)]
)
@pytest.mark.parametrize("class_weight", [None, {0: 1, 1: 3}])
@pytest.mark.parametrize("by_label", [False, True])
def test_rows_resampled_upstream(logistic, sampler, class_weight, by_label):
    X, y = logistic
    share = {1: y.mean()} if by_label else y.mean()
    model = model_of(prior_correction=share, class_weight=class_weight)
    model = make_pipeline(sampler, model).fit(X, y)
    fresh = population(50_000, 1)[0]
    expected = expit(fresh @ COEF + INTERCEPT).mean()
    found = model.predict_proba(fresh)[:, 1].mean()
    assert_allclose(found, expected, rtol=0.06)
    odds = 3 if class_weight else 1
    shift = math.log(odds) - logit(y.mean())
    assert_allclose(model[-1].prior_shift_, shift, rtol=1e-12)


def test_names_that_sort_the_other_way(logistic):
    """Pulsars are the rare class, and the first of the two."""
    X, y = logistic
    names = np.array(["star", "pulsar"])[y]
    kept = np.r_[np.flatnonzero(y == 1), np.flatnonzero(y == 0)[:3000]]
    plain = SLPClassifier(prior_correction=y.mean()).fit(X[kept], y[kept])
    named = SLPClassifier(prior_correction={"pulsar": y.mean()})
    named.fit(X[kept], names[kept])
    assert_allclose(named.prior_shift_, -plain.prior_shift_, rtol=1e-12)
    assert_allclose(named.intercept_, -plain.intercept_, rtol=1e-12)
    both = {"star": 1 - y.mean(), "pulsar": y.mean()}
    first = minibatches(prior_correction=both, random_state=0)
    first.partial_fit(X[kept], names[kept], ["pulsar", "star"])
    assert_allclose(first.prior_shift_, named.prior_shift_, rtol=1e-12)


def test_a_share_for_sampling_weights_and_rows_together(logistic):
    """The population is what is named, whatever was done to the rows."""
    X, y = logistic
    kept = np.r_[np.flatnonzero(y == 1), np.flatnonzero(y == 0)[:3000]]
    model = model_of(
        prior_correction=y.mean(), sampling=0.4, class_weight={0: 2, 1: 1}
    ).fit(X[kept], y[kept])
    assert_allclose(model.intercept_, INTERCEPT, atol=0.2)
    assert_allclose(model.predict_proba(X)[:, 1].mean(), y.mean(), rtol=0.05)


def test_without_an_intercept_the_shift_is_all_of_it(logistic):
    X, y = (a[:2000] for a in logistic)
    model = minibatches(
        fit_intercept=False, sampling="balanced", prior_correction=True, random_state=0
    ).fit(X, y)
    assert_array_equal(model.intercept_, -model.prior_shift_)


# -- going on ------------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["sgd", "adam", "rmsprop"])
@pytest.mark.parametrize("correction", [True, 0.01])
def test_training_goes_on_from_the_uncorrected_intercept(pulsars, solver, correction):
    """To the last bit, through pickling, changes of the parameter and partial_fit."""
    X, y = pulsars
    options = {"class_weight": {0: 1, 1: 3}, "sampling": 0.3, "solver": solver}
    plain = minibatches(random_state=0, max_iter=2, tol=None, **options).fit(X, y)
    model = copy.deepcopy(plain).set_params(prior_correction=correction).fit(X, y)
    for chosen in (correction, False, True):
        model = pickle.loads(pickle.dumps(model)).set_params(prior_correction=chosen)
        plain.partial_fit(X, y), model.partial_fit(X, y)
        assert_array_equal(model.coef_, plain.coef_)
        assert_array_equal(model.intercept_, plain.intercept_ - model.prior_shift_)
        assert (model.prior_shift_ == 0) == (chosen is False)


def test_warm_starts_go_on_from_the_uncorrected_intercept(pulsars):
    X, y = pulsars
    plain = minibatches(
        sampling="balanced", warm_start=True, random_state=0, max_iter=2, tol=None
    )
    model = copy.deepcopy(plain).set_params(prior_correction=True)
    for _ in range(3):
        plain.fit(X, y), model.fit(X, y)
        assert_array_equal(model.coef_, plain.coef_)
        assert_array_equal(model.intercept_, plain.intercept_ - model.prior_shift_)


def test_an_intercept_that_was_set_is_where_training_goes_on(pulsars):
    X, y = pulsars
    plain = minibatches(class_weight="balanced", random_state=0, max_iter=2, tol=None)
    model = copy.deepcopy(plain).set_params(prior_correction=True)
    plain.fit(X, y), model.fit(X, y)
    plain.intercept_ = plain.intercept_ + 1
    model.intercept_ += 1
    plain.partial_fit(X, y), model.partial_fit(X, y)
    assert_allclose(model.coef_, plain.coef_, rtol=1e-9)
    assert_allclose(model.intercept_ + model.prior_shift_, plain.intercept_, rtol=1e-9)


def test_the_shift_follows_the_rows_seen(pulsars):
    X, y = pulsars
    model = minibatches(sampling="balanced", prior_correction=True, random_state=0)
    order = np.argsort(y, kind="stable")
    for part in np.array_split(order, 20):
        model.partial_fit(X[part], y[part], CLASSES)
        negative, positive = model.class_count_
        expected = math.log(negative / positive) if positive else 0.0
        assert_allclose(model.prior_shift_, expected, rtol=1e-12)


def test_a_fit_that_is_undone_has_the_odds_of_the_population():
    """Every row comes with both labels, so that whatever Adam learns is wrong."""
    X = np.random.default_rng(0).standard_normal((40, 200))
    X, y = np.vstack([X, X]), np.repeat([0, 1], 40)
    model = minibatches(
        class_weight={0: 1, 1: 2}, prior_correction=True, solver="adam", batch_size=1,
        fit_intercept=False, max_iter=1, tol=None, random_state=0,
    )  # fmt: skip
    with pytest.warns(ConvergenceWarning, match="did not lower the objective"):
        model.fit(X, y)
    assert_array_equal(model.coef_, np.zeros((1, 200)))
    assert_allclose(model.intercept_, -np.log(2), rtol=1e-15)
    expected = copy.deepcopy(model).set_params(prior_correction=False)
    expected.intercept_ = np.zeros(1)
    model.partial_fit(X, y), expected.partial_fit(X, y)
    assert_array_equal(model.coef_, expected.coef_)


@pytest.mark.parametrize("value", [0.0, 1.0, 1, 0, -0.1, 2, "yes", None, np.nan])
def test_values_that_are_no_share(pulsars, value):
    words = r"must be a bool, a float in the range \(0.0, 1.0\) or a dict of shares by"
    with pytest.raises(ValueError, match=words):
        minibatches(prior_correction=value).fit(*pulsars)


NO_SHARES = "must be the share of one class, or of both"
DICTS = [
    ({}, NO_SHARES),
    ({1: 0.0}, NO_SHARES),
    ({1: 1}, NO_SHARES),
    ({1: True}, NO_SHARES),
    ({1: np.nan}, NO_SHARES),
    ({1: "0.1"}, NO_SHARES),
    ({0: 0.9, 1: 0.2}, NO_SHARES),
    ({0: 9.0, 1: 1.0}, NO_SHARES),
    ({0: 0.5, 1: 0.4, 2: 0.1}, NO_SHARES),
    ({"1": 0.1}, r"\[0, 1\], are not in prior_correction, and its keys \['1'\] are no"),
    (
        {0: 0.9, 2: 0.1},
        r"\[1\], are not in prior_correction, and its keys \[2\] are",
    ),
]


@pytest.mark.parametrize("given, words", DICTS, ids=str)
@by_fit_and_partial_fit
def test_dicts_that_are_no_shares(pulsars, method, given, words):
    """Told at once, with a chunk of one class too, and nothing is changed."""
    X, y = pulsars
    model = minibatches(random_state=0, max_iter=2, tol=None).fit(X, y)
    model.set_params(prior_correction=given)
    refuses(ValueError, words, model, method, X, y)
    if method == "partial_fit":
        refuses(ValueError, words, model, method, X[y == 0], y[y == 0])


@pytest.mark.parametrize("one", [1 / 3, np.float32(0.1), Fraction(1, 7), 1e-12])
def test_two_shares_are_one_but_for_rounding(one):
    factor, weight = np.array([1.0, 4.0]), np.array([3.0, 1.0])
    found = prior_shift({0: 1 - one, 1: one}, factor, weight)
    assert_allclose(found, prior_shift(float(one), factor, weight), rtol=1e-6)
