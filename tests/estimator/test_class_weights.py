# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.utils import compute_class_weight, compute_sample_weight

from skpulsar import SLPClassifier
from skpulsar._estimator._class_weights import ClassStatistics, weigh


def weigh_all(target, sample_weight=None, class_weight=(1.0, 1.0), **options):
    class_weight = None if class_weight == "balanced" else np.array(class_weight)
    return weigh(
        target, sample_weight, class_weight, ClassStatistics.empty(), **options
    )


@given(
    hnp.arrays(
        np.float64, 20, elements=st.one_of(st.just(0.0), st.floats(1e-60, 1e60))
    ),
    st.sampled_from([(1.0, 1.0), (0.3, 5.0), (0.0, 1.0), "balanced"]),
)
def test_weights_are_the_normalised_products(sample_weight, class_weight):
    target = (np.arange(20) % 3 == 0).astype(float)
    row_weights = weigh_all(target, sample_weight, class_weight)
    index, weight, count = row_weights.index, row_weights.weight, row_weights.count
    total = [sample_weight[target == k].sum() for k in (0, 1)]
    if class_weight == "balanced":
        class_weight = [sum(total) / (2 * t) if t else 0 for t in total]
    relative = sample_weight / (sample_weight.max() or 1)
    product = relative * np.array(class_weight)[target.astype(int)]
    kept = (relative > 0) & (np.array(class_weight)[target.astype(int)] > 0)
    assert_array_equal(np.arange(20) if index is None else index, np.flatnonzero(kept))
    if kept.any():
        mean = product[kept].mean()
        assert_allclose(weight[kept], product[kept] / mean, rtol=1e-12)
        assert_allclose(weight[kept].mean(), 1, rtol=1e-12)
        assert_allclose(
            count, [sample_weight[kept & (target == k)].sum() for k in (0, 1)]
        )


def test_balanced_is_scikit_learns():
    target = np.repeat([0.0, 1.0], [90, 10])
    weight = weigh_all(target, class_weight="balanced").weight
    expected = compute_class_weight("balanced", classes=np.array([0.0, 1.0]), y=target)
    assert_allclose(weight[[0, -1]], expected, rtol=1e-14)


def test_equal_weights_are_none():
    target = np.repeat([0.0, 1.0], [2, 3])
    for class_weight in ((1.0, 1.0), (7.0, 7.0)):
        row_weights = weigh_all(target, None, class_weight)
        assert row_weights.index is None
        assert row_weights.weight is None
        assert_array_equal(row_weights.count, [2, 3])


@given(st.integers(1, 5), hnp.arrays(np.float64, 9, elements=st.floats(1e-5, 1e5)))
@settings(max_examples=30)
def test_the_same_rows_once_more_change_no_bit(times, sample_weight):
    target = (np.arange(9) % 2).astype(float)
    first = weigh_all(target, sample_weight, "balanced", sampling=0.3)
    last = first
    for _ in range(times):
        last = weigh(target, sample_weight, None, last.seen, sampling=0.3)
    assert_array_equal(last.weight, first.weight)
    assert_array_equal(last.factor, first.factor)
    assert_array_equal(last.seen.weight, first.seen.weight)
    assert_array_equal(last.seen.n_rows, (times + 1) * first.seen.n_rows)


@pytest.mark.parametrize("solver", ["sgd", "adam", "rmsprop"])
def test_weight_zero_is_absence(pulsars, solver):
    X, y = pulsars
    keep = np.random.default_rng(0).random(len(y)) < 0.7
    model = SLPClassifier(solver=solver, random_state=0, max_iter=3, tol=None)
    expected = model.fit(X[keep], y[keep]).coef_
    assert_array_equal(model.fit(X, y, keep.astype(float)).coef_, expected)


@pytest.mark.parametrize("solver", ["sgd", "adam", "rmsprop"])
def test_weight_k_is_k_copies_of_a_full_batch(pulsars, solver):
    X, y = (a[:100] for a in pulsars)
    times = np.random.default_rng(0).integers(0, 4, len(y))
    model = SLPClassifier(
        solver=solver, batch_size=1000, max_iter=50, tol=None, random_state=0
    )
    expected = model.fit(X.repeat(times, axis=0), y.repeat(times)).decision_function(X)
    assert_allclose(model.fit(X, y, times).decision_function(X), expected, rtol=1e-6)


@pytest.mark.parametrize("factor", [1e-300, 0.5, 3.0, 1e300, 5e307])
def test_scale_of_weights_does_not_matter(pulsars, factor):
    X, y = pulsars
    weight = np.random.default_rng(0).integers(1, 4, len(y)).astype(float)
    model = SLPClassifier(random_state=0, max_iter=3, tol=None)
    expected = model.fit(X, y, weight).coef_
    assert_allclose(model.fit(X, y, weight * factor).coef_, expected, rtol=1e-9)


def test_class_weight_is_a_sample_weight(pulsars):
    X, y = pulsars
    model = SLPClassifier(random_state=0, max_iter=3, tol=None)
    expected = model.fit(X, y, np.where(y == 1, 5.0, 2.0)).coef_
    model.set_params(class_weight={0: 2.0, 1: 5.0})
    assert_allclose(model.fit(X, y).coef_, expected, rtol=1e-12)
    assert_array_equal(model.class_count_, np.bincount(y))


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize(
    "labels",
    [
        np.array(["0", "1"]),
        np.array(["0", "1"], dtype=object),
        np.array([False, True]),
        np.array([-1.0, 1.0]),
        np.array(["2020-01-01", "2020-01-02"], "M8[D]"),
    ],
    ids=lambda labels: str(labels.dtype),
)
def test_labels_of_class_weight_are_those_of_y(pulsars, labels, method):
    X, y = pulsars
    model = SLPClassifier(random_state=0, class_weight={0: 2.0, 1: 5.0})
    expected = getattr(model, method)(X, y, *[[0, 1]][: method != "fit"]).coef_
    for weight in ({labels[0]: 2.0, labels[1]: 5.0}, {labels[1]: 2.5}):
        model = SLPClassifier(random_state=0, class_weight=weight)
        getattr(model, method)(X, labels[y], *[labels][: method != "fit"])
        assert_array_equal(model.coef_, expected)


def test_class_of_weight_zero(pulsars):
    X, y = pulsars
    with pytest.raises(ValueError, match="all weights of class 1 are zero"):
        SLPClassifier(class_weight={0: 1, 1: 0}).fit(X, y)
    with pytest.raises(ValueError, match="class_weight must be finite numbers of at"):
        SLPClassifier(class_weight={0: 1, 1: -1}).fit(X, y)


def test_huge_weights_multiply(pulsars):
    X, y = pulsars
    model = SLPClassifier(random_state=0, max_iter=2, tol=None)
    expected = model.fit(X, y).coef_
    model.set_params(class_weight={0: 1e200, 1: 1e200})
    weight = np.full(len(y), 1e200)
    assert_allclose(model.fit(X, y, weight).coef_, expected, rtol=1e-12)


@pytest.mark.parametrize("sample_weight", [None, 1.0, 250.0])
@pytest.mark.parametrize("class_weight", [None, {0: 1, 1: 9}, {1: 0.2}, "balanced"])
def test_alpha_is_one_over_c_and_the_sum_of_the_weights(
    pulsars, sample_weight, class_weight
):
    X, y = pulsars
    X, C = (X - X.mean(axis=0)) / X.std(axis=0), 0.03
    weight = np.random.default_rng(0).uniform(0.1, 5, len(y))
    weight = None if sample_weight is None else sample_weight * weight
    total = compute_sample_weight(class_weight, y)
    if class_weight == "balanced":  # of the sample weights, as both estimators have it
        count = np.bincount(y, weight)
        total = (count.sum() / 2 / count)[y]
    total = (total if weight is None else total * weight).sum()
    theirs = LogisticRegression(
        C=C, class_weight=class_weight, solver="newton-cholesky", tol=1e-12
    ).fit(X, y, weight)
    ours = SLPClassifier(
        alpha=1 / (C * total), class_weight=class_weight, tol=1e-12, random_state=0
    ).fit(X, y, weight)
    assert_allclose(ours.coef_, theirs.coef_, rtol=1e-5)
    assert_allclose(ours.intercept_, theirs.intercept_, rtol=1e-5)


@pytest.mark.parametrize("class_weight", [None, np.array([0.2, 1.0]), np.ones(2)])
@pytest.mark.parametrize("sampling", [None, 0.3, "balanced"])
@pytest.mark.parametrize("size", [None, 1e-300, 1.0, 1e300])
def test_weights_that_a_solver_multiplies_itself(class_weight, sampling, size):
    """Rows keep their own, and the products are the weights that others get."""
    rng = np.random.default_rng(0)
    target = (rng.random(50) < 0.3).astype(float)
    own = None if size is None else size * rng.exponential(size=50)
    call = (target, own, class_weight, ClassStatistics.empty(), sampling)
    apart, joined = weigh(*call, apart=True), weigh(*call, draw=False)
    assert apart.weight is own and apart.shares is None
    assert_array_equal(apart.factor, joined.factor)
    assert_array_equal(apart.count, joined.count)
    weight = np.ones(50) if size is None else own / size
    products = weight * apart.factor[target.astype(int)]
    expected = np.ones(50) if joined.weight is None else joined.weight
    assert_allclose(products / products.mean(), expected)
