# SPDX-License-Identifier: BSD-3-Clause
"""SLPClassifier(sampling=...): shares of classes, by index or by weight."""

import copy
import pickle
from functools import partial

import numpy as np
import pytest
from _assertions import refuses
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import StandardScaler

from skpulsar import SLPClassifier
from skpulsar._estimator._class_weights import ClassStatistics, weigh
from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty

CLASSES = [0, 1]
minibatches = partial(SLPClassifier, solver="sgd")
OPTIONS = [
    {"sampling": "balanced"},
    {"sampling": 0.3, "solver": "adam"},
    {"sampling": 0.01, "solver": "rmsprop"},
    {"sampling": 0.3, "batch_size": 32, "average": True},
    {"sampling": 0.7, "class_weight": {0: 0.1, 1: 0.7}, "average": 3000},
    {"sampling": "balanced", "class_weight": "balanced", "shuffle": False},
    {"sampling": 0.3, "prior_correction": True, "fit_intercept": False},
    {"sampling": 0.3, "prior_correction": 0.2, "learning_rate_init": 1e-4},
]


def weights(model):
    return np.append(model.coef_, model.intercept_)


def factors(y, share, weight=None):
    """What the objective multiplies weights by, for a share of the rarer class."""
    positive = np.average(y == 1, weights=weight)
    share = share if positive <= 0.5 else 1 - share
    return np.where(y == 1, share / positive, (1 - share) / (1 - positive))


# -- shares --------------------------------------------------------------------------


@pytest.mark.parametrize("share", ["balanced", 0.5, 0.2, 0.01, 0.9])
@pytest.mark.parametrize("swapped", [False, True])
def test_counts_are_reported(pulsars, share, swapped):
    X, y = pulsars
    y = 1 - y if swapped else y
    model = minibatches(sampling=share, random_state=0, max_iter=3, tol=None)
    counts = model.fit(X, y).sampling_counts_
    rarer = int(not swapped)
    n_major = np.sum(y != rarer)
    share = 0.5 if share == "balanced" else share
    assert counts.dtype == np.int64
    assert counts[1 - rarer] == 3 * n_major
    assert counts[rarer] == round(3 * n_major * share / (1 - share))
    assert model.t_ == counts.sum() == sum(model.history_["n_rows"])
    assert_array_equal(model.class_count_, np.bincount(y))


def test_without_sampling_rows_count_once_an_epoch(pulsars):
    X, y = pulsars
    model = minibatches(random_state=0, max_iter=3, tol=None).fit(X, y)
    assert_array_equal(model.sampling_counts_, 3 * np.bincount(y))
    model.partial_fit(X[:10], y[:10])
    counts = 3 * np.bincount(y) + np.bincount(y[:10], minlength=2)
    assert_array_equal(model.sampling_counts_, counts)


def test_rows_of_weight_zero_are_no_rows(pulsars):
    X, y = pulsars
    keep = (np.arange(len(y)) % 3 > 0) & ((y == 0) | (np.arange(len(y)) % 2 == 0))
    model = minibatches(sampling="balanced", random_state=0, max_iter=2, tol=None)
    expected = weights(model.fit(X[keep], y[keep]))
    assert_array_equal(weights(model.fit(X, y, keep.astype(float))), expected)
    assert model.sampling_counts_.tolist() == [2 * np.sum(keep & (y == 0))] * 2


def test_no_array_is_copied(pulsars, monkeypatch):
    """The kernel gets X itself, and the order by index."""
    X, y = pulsars
    seen = []
    monkeypatch.setattr(
        "skpulsar._estimator._class_targets.Rows",
        lambda matrix, *args: seen.append(matrix) or Rows(matrix, *args),
    )
    minibatches(sampling="balanced", max_iter=1, tol=None).fit(X, y)
    assert [matrix is X or matrix.base is X for matrix in seen] == [True]


# -- bits ----------------------------------------------------------------------------


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("layout", [np.array, sparse.csr_array])
@pytest.mark.parametrize("weighted", [False, True])
def test_fit_equals_partial_fits_bit_for_bit(pulsars, options, layout, weighted):
    X, y = layout(pulsars[0]), pulsars[1]
    weight = np.random.default_rng(0).exponential(size=len(y)) if weighted else None
    if weighted:
        weight[::7] = 0
    model = minibatches(random_state=0, max_iter=3, tol=None, **options)
    fitted = copy.deepcopy(model).fit(X, y, weight)
    for _ in range(3):
        model.partial_fit(X, y, CLASSES, weight)
        model = pickle.loads(pickle.dumps(model))
    assert_array_equal(weights(model), weights(fitted))
    assert model.loss_curve_ == fitted.loss_curve_
    assert model.t_ == fitted.t_
    assert model.prior_shift_ == fitted.prior_shift_
    assert_array_equal(model.sampling_counts_, fitted.sampling_counts_)


def test_jobs_do_not_change_a_bit(pulsars):
    X, y = pulsars
    model = minibatches(sampling=0.4, random_state=0, max_iter=3, tol=None)
    options = {"scoring": "neg_log_loss", "cv": 3}
    alone = cross_val_score(model, X, y, n_jobs=1, **options)
    with parallel_config("threading"):
        assert_array_equal(cross_val_score(model, X, y, n_jobs=3, **options), alone)


@pytest.mark.parametrize("solver", ["psgd", "sgd"])
@pytest.mark.parametrize("shares", [{1: 0.3}, {0: 0.7}, {0: 0.7, 1: 0.3}])
def test_a_dict_is_what_a_float_is_without_knowing_the_rarer_class(
    pulsars, solver, shares
):
    X, y = pulsars
    options = {"solver": solver, "random_state": 0, "prior_correction": True}
    expected = SLPClassifier(sampling=0.3, **options).fit(X, y)
    model = SLPClassifier(sampling=shares, **options).fit(X, y)
    assert_allclose(weights(model), weights(expected), rtol=1e-9)
    assert_array_equal(model.sampling_counts_, expected.sampling_counts_)
    flipped = {1 - label: share for label, share in shares.items()}
    flipped = SLPClassifier(sampling=flipped, **options).fit(X, 1 - y)
    assert_array_equal(flipped.sampling_counts_, expected.sampling_counts_[::-1])


# -- destination ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def scaled(pulsars):
    X, y = pulsars
    return StandardScaler().fit_transform(X), y


def optimum(X, y, weight, alpha):
    """Weights that minimise the objective, by another library."""
    C = 1 / (alpha * weight.sum())
    return weights(
        LogisticRegression(C=C, tol=1e-10, max_iter=10_000).fit(X, y, weight)
    )


@pytest.mark.parametrize("share", [0.5, 0.25, 0.05])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_destination_is_that_of_class_weights(scaled, share, weighted):
    """Averaged steps end where LogisticRegression does: far from its minimum without
    the weights, and far nearer to the one with them."""
    X, y = scaled
    weight = np.ones(len(y))
    if weighted:
        weight = np.random.default_rng(0).exponential(size=len(y)) + 0.1
    expected = optimum(X, y, weight * factors(y, share, weight), alpha=0.1)
    otherwise = optimum(X, y, weight, alpha=0.1)
    model = minibatches(
        sampling=share, alpha=0.1, average=100_000, max_iter=150, tol=None,
        random_state=0,
    )  # fmt: skip
    distance = np.abs(weights(model.fit(X, y, weight)) - expected).max()
    assert distance < 0.005 * np.abs(expected).max()
    assert distance < 0.02 * np.abs(otherwise - expected).max()


@pytest.mark.parametrize("share", [0.5, 0.25, 0.05])
def test_psgd_minimises_the_same(scaled, share):
    """psgd weights the classes, and reads every row once an epoch."""
    X, y = scaled
    weight = np.random.default_rng(0).exponential(size=len(y)) + 0.1
    expected = optimum(X, y, weight * factors(y, share, weight), alpha=0.1)
    model = SLPClassifier(
        solver="psgd", sampling=share, alpha=0.1, tol=1e-10, random_state=0
    ).fit(X, y, weight)
    assert_allclose(weights(model), expected, rtol=1e-4)
    assert_array_equal(model.sampling_counts_, model.n_iter_ * np.bincount(y))


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_class_weights_and_sampling_meet(scaled, solver):
    X, y = scaled
    options = {
        "solver": solver, "alpha": 0.1, "average": 200_000, "max_iter": 200,
        "tol": None, "random_state": 0,
    }  # fmt: skip
    sampled = minibatches(sampling="balanced", **options).fit(X, y)
    weighted = minibatches(class_weight="balanced", **options).fit(X, y)
    assert_allclose(weights(sampled), weights(weighted), atol=0.005)
    assert_allclose(sampled.loss_, weighted.loss_, rtol=0.01)


target_lists = st.lists(st.integers(0, 1), min_size=2, max_size=40).filter(
    lambda target: 0 < sum(target) < len(target)
)


@settings(derandomize=True, database=None, deadline=None)
@given(target_lists, st.sampled_from(["balanced", 0.2, 0.8]), st.booleans())
def test_both_roads_have_one_objective(labels, sampling, weighted):
    """Rows as often as they are drawn, and rows that weigh as much."""
    rng = np.random.default_rng(len(labels))
    target = np.array(labels, dtype=float)
    X = rng.normal(size=(len(target), 3))
    weight = rng.integers(1, 4, len(target)).astype(float) if weighted else None
    point = rng.normal(size=4)
    objectives = []
    for draw in (True, False):
        class_weight = np.array([0.5, 1.0])
        row_weights = weigh(
            target, weight, class_weight, ClassStatistics.empty(), sampling, draw
        )
        assert (row_weights.shares is not None) == draw
        order = row_weights.order(target)
        rows = Rows(X, target, row_weights.weight, row_weights.index, order)
        objectives.append(rows.objective(point[np.newaxis], LOGISTIC, Penalty(0.1)))
    assert_allclose(*objectives, rtol=1e-12)
    share = 0.5 if sampling == "balanced" else sampling
    total = factors(target, share, weight) * class_weight[target.astype(int)]
    total *= 1 if weight is None else weight
    loss = np.logaddexp(0, X @ point[:3] + point[3]) - target * (
        X @ point[:3] + point[3]
    )
    expected = np.average(loss, weights=total) + 0.05 * point[:3] @ point[:3]
    assert_allclose(objectives[0], expected, rtol=1e-12)


def test_a_full_batch_is_a_weighted_full_batch(scaled):
    """Whole cycles in every epoch, one step each: not a random number is left."""
    X, y = scaled
    kept = np.r_[np.flatnonzero(y == 0)[:800], np.flatnonzero(y == 1)[:100]]
    X, y = X[kept], y[kept]
    options = {
        "batch_size": 10_000, "learning_rate_init": 0.5, "max_iter": 20, "tol": None,
        "random_state": 0,
    }  # fmt: skip
    sampled = minibatches(sampling="balanced", **options).fit(X, y)
    weighted = minibatches(class_weight="balanced", **options).fit(X, y)
    assert_allclose(weights(sampled), weights(weighted), rtol=1e-9)
    assert_allclose(sampled.loss_curve_, weighted.loss_curve_, rtol=1e-9)


@pytest.mark.parametrize("size", [1, 10, 10_000])
def test_the_rate_is_that_of_the_rows_visited(scaled, size):
    """As for eight copies of every row of class 1, drawn with replacement."""
    X, y = scaled
    X, y = np.vstack([X[y == 0][:800], X[y == 1][:100]]), np.repeat([0, 1], [800, 100])
    model = minibatches(sampling="balanced", batch_size=size, momentum=0.0)
    state = model.partial_fit(X, y, CLASSES)._state
    columns = (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + 4 * model.alpha)
    norms = (columns**2).sum(axis=1) + 1
    mean, b = np.average(norms, weights=np.where(y == 1, 8, 1)), min(size, 1600)
    expected = ((1 - 1 / b) * mean + norms.max() / b + 1) / 4
    assert_allclose(1 / state.rate, expected, rtol=1e-9)


def test_automatic_rates_hold(pulsars):
    """Raw columns and hard shares: the training objective falls from its start."""
    X, y = pulsars
    for share in (0.5, 0.99, 0.001):
        for size in (1, 200, 100_000):
            model = minibatches(
                sampling=share, batch_size=size, max_iter=3, tol=None, random_state=0
            )
            loss = model.fit(X, y).loss_
            assert loss < np.log(2) and model.coef_.any()


# -- partial_fit ---------------------------------------------------------------------


def test_every_chunk_is_balanced_within_itself(pulsars):
    X, y = pulsars
    model, counts = minibatches(sampling="balanced", random_state=0), np.zeros(2)
    for part in np.array_split(np.arange(len(y)), 7):
        model.partial_fit(X[part], y[part], CLASSES)
        counts += np.sum(y[part] == 0)
        assert_array_equal(model.sampling_counts_, counts)
    assert_array_equal(model.class_count_, np.bincount(y))


def test_the_rarer_class_is_that_of_all_rows_seen():
    X, y = np.zeros((20, 1)), np.repeat([0, 1, 1, 0], [8, 2, 6, 4])
    model = minibatches(sampling=0.25, random_state=0)
    model.partial_fit(X[:10], y[:10], CLASSES)
    assert_array_equal(model.sampling_counts_, [8, round(8 / 3)])
    # Now class 1 has more of the rows, but not of all rows: 4 are not enough for 3/4
    model.partial_fit(X[10:], y[10:])
    assert_array_equal(model.sampling_counts_, [8 + 6 * 3, round(8 / 3) + 6])


@pytest.mark.parametrize("size", [1, 7, 100])
def test_chunks_of_one_class_are_weighted_as_they_would_be_drawn(pulsars, size):
    """Which for a half of each class is what class_weight="balanced" says."""
    X, y = (a[:500] for a in pulsars)
    kinds = [np.flatnonzero(y == k) for k in CLASSES]
    chunks = [
        kind[start : start + size]
        for kind in kinds
        for start in range(0, len(kind), size)
    ]
    np.random.default_rng(0).shuffle(chunks)
    sampled = minibatches(sampling="balanced", random_state=0)
    weighted = minibatches(class_weight="balanced", random_state=0)
    for part in chunks:
        sampled.partial_fit(X[part], y[part], CLASSES)
        weighted.partial_fit(X[part], y[part], CLASSES)
    assert_allclose(weights(sampled), weights(weighted), rtol=1e-9)
    assert_array_equal(sampled.sampling_counts_, np.bincount(y))


def test_one_class_so_far_is_trained_on_as_it_is(pulsars):
    X, y = pulsars
    X, y = X[y == 0][:50], y[y == 0][:50]
    plain = minibatches(random_state=0).partial_fit(X, y, CLASSES)
    model = minibatches(sampling=0.2, prior_correction=True, random_state=0)
    model.partial_fit(X, y, CLASSES)
    assert_array_equal(weights(model), weights(plain))
    assert_array_equal(model.sampling_counts_, [50, 0])
    assert model.prior_shift_ == 0.0


# -- weights -------------------------------------------------------------------------


def seen_rows(negative, positive):
    n_rows = np.array([negative, positive])
    return ClassStatistics.empty().merge(n_rows, n_rows / n_rows.sum())


def test_equal_weights_make_class_1_the_rarer():
    assert_allclose(seen_rows(7, 7).shares(0.2), [0.8, 0.2])
    assert_allclose(seen_rows(7, 8).shares(0.2), [0.2, 0.8])
    seen = ClassStatistics.empty()
    for negative, positive in [(6, 1), (2, 8), (8, 7)]:  # in the end 16 and 16
        n_rows = np.array([negative, positive])
        seen = seen.merge(n_rows, n_rows / n_rows.sum())
    assert_allclose(seen.shares(0.2), [0.8, 0.2])


def test_drawn_rows_weigh_1_in_the_mean(pulsars):
    """And rows of equal weight 1, every one."""
    target = pulsars[1].astype(float)
    drawn = weigh(target, None, np.ones(2), ClassStatistics.empty(), "balanced")
    assert drawn.weight is None
    sample_weight = np.random.default_rng(0).exponential(size=len(target))
    drawn = weigh(target, sample_weight, np.ones(2), ClassStatistics.empty(), 0.2)
    for k in (0, 1):
        relative = drawn.weight[target == k] / sample_weight[target == k]
        assert_allclose(relative, relative[0])
        assert_allclose(drawn.weight[target == k].mean(), 1)


@settings(derandomize=True, database=None, deadline=None)
@given(target_lists, st.sampled_from(["balanced", 0.2, 0.8]), st.booleans())
def test_weight_k_is_k_rows(labels, sampling, draw):
    """In the objective, however it is reached."""
    rng = np.random.default_rng(len(labels))
    target = np.array(labels, dtype=float)
    X, point = rng.normal(size=(len(target), 2)), rng.normal(size=3)
    times = rng.integers(1, 4, len(target))
    objectives = []
    for rows, weight in [
        (np.arange(len(target)), times.astype(float)),
        (np.arange(len(target)).repeat(times), None),
    ]:
        row_weights = weigh(
            target[rows], weight, np.ones(2), ClassStatistics.empty(), sampling, draw
        )
        order = row_weights.order(target[rows])
        rows = Rows(X[rows], target[rows], row_weights.weight, None, order)
        objectives.append(rows.objective(point[np.newaxis], LOGISTIC, Penalty(0.1)))
    assert_allclose(*objectives, rtol=1e-12)


@pytest.mark.parametrize("small, large", [(1e308, 1e308), (1e-140, 1), (1, 1e160)])
def test_hard_weights(pulsars, small, large):
    """Sums that would overflow, and a class that next to the other weighs nothing."""
    X, y = pulsars
    weight = np.where(y == 1, small, large)
    for class_weight in (None, "balanced"):
        model = minibatches(
            sampling=0.3, class_weight=class_weight, prior_correction=0.1,
            max_iter=2, tol=None, random_state=0,
        ).fit(X, y, weight)  # fmt: skip
        assert np.isfinite(weights(model)).all()
        assert model.loss_ < np.log(2)
        as_they_are = np.array_equal(model.sampling_counts_, 2 * np.bincount(y))
        assert as_they_are == (large / small > 1e150)


# -- errors --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [0, 1, 0.0, 1.0, -0.5, 2, "auto", True, np.nan, [0.5]]
)
def test_values_that_are_no_share(pulsars, value):
    model = minibatches(sampling=value)
    with pytest.raises(
        ValueError,
        match=r"'sampling' parameter of SLPClassifier must be a str among "
        r"\{'balanced'\}, a float in the range \(0.0, 1.0\), a dict of shares by label "
        r"or None\. Got",
    ):
        model.fit(*pulsars)
    assert not hasattr(model, "coef_")


@pytest.mark.parametrize(
    "value",
    [{}, {0: 1}, {1: 0.0}, {1: "half"}, {0: 0.5, 1: 0.6}, {0: 0.9, 1: 0.2, 2: 0.1}],
)
@pytest.mark.parametrize("solver", ["psgd", "sgd"])
def test_dicts_that_hold_no_shares(pulsars, value, solver):
    model = minibatches(solver=solver, sampling=value)
    refuses(ValueError, "sampling by label must be", model, "fit", *pulsars)
    assert not hasattr(model, "coef_")


def test_a_dict_names_classes(pulsars):
    model = minibatches(sampling={"1": 0.5})
    refuses(ValueError, "are not in sampling, and its keys", model, "fit", *pulsars)


def test_errors_leave_the_estimator_unchanged(pulsars):
    X, y = pulsars
    model = minibatches(sampling=0.3, prior_correction=True, random_state=0)
    model.partial_fit(X, y, CLASSES)
    before = pickle.dumps(vars(model))
    model.set_params(learning_rate_init=1e300)
    with pytest.raises(ValueError, match="Training overflowed"):
        model.partial_fit(X, y)
    model.set_params(learning_rate_init="auto")
    with pytest.raises(ValueError, match="y holds the label 7"):
        model.partial_fit(X[:2], [0, 7])
    assert pickle.dumps(vars(model)) == before
    expected = copy.deepcopy(model).partial_fit(X, y)
    assert_array_equal(weights(model.partial_fit(X, y)), weights(expected))
