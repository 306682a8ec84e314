# SPDX-License-Identifier: BSD-3-Clause
import pickle

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.utils.estimator_checks import estimator_checks_generator
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.preprocessing import StandardScaler

from skpulsar.samplers import CyclicOverSampler

# Rows 1 and 4 are the pulsars; three more are wanted: 1, 4, 1.
STARS = np.array(["star", "pulsar", "star", "star", "pulsar", "star", "star"])
ROWS = [0, 1, 2, 3, 4, 5, 6, 1, 4, 1]


def cycle(y, wanted):
    """The oracle: row numbers after repeating, by plain loops over plain lists."""
    rows = list(range(len(y)))
    for label in sorted(wanted):
        own = [i for i, target in enumerate(y) if target == label]
        rows += [own[k % len(own)] for k in range(wanted[label] - len(own))]
    return rows


def imblearn_checks(sampler):
    return {c.func.__name__: (s, c) for s, c in estimator_checks_generator(sampler)}


# Not imblearn's parametrize_with_checks: it hands pytest a generator, which pytest 9
# warns about. The checks are the same.
CHECKS = imblearn_checks(CyclicOverSampler())


@pytest.mark.parametrize(("estimator", "check"), CHECKS.values(), ids=CHECKS.keys())
def test_imblearn_checks(estimator, check):
    check(estimator)


def test_runs_every_check_of_random_over_sampler():
    # A tag lost would only make the list of checks shorter, and nothing red.
    assert CHECKS.keys() == imblearn_checks(RandomOverSampler()).keys()


targets = st.lists(st.integers(-2, 2), min_size=2, max_size=40).filter(
    lambda y: len(set(y)) > 1
)


@settings(deadline=None)
@given(targets)
def test_auto_equals_loop(y):
    sampler = CyclicOverSampler()
    X = np.arange(len(y)).reshape(-1, 1)
    X_res, y_res = sampler.fit_resample(X, np.array(y))
    largest = max(map(y.count, y))
    expected = cycle(y, dict.fromkeys(y, largest))
    assert sampler.sample_indices_.tolist() == expected
    assert X_res.ravel().tolist() == expected
    assert y_res.tolist() == [y[row] for row in expected]


@settings(deadline=None)
@given(targets, st.data())
def test_dict_equals_loop(y, data):
    labels = data.draw(st.lists(st.sampled_from(sorted(set(y))), unique=True))
    wanted = {v: y.count(v) + data.draw(st.integers(0, 30)) for v in labels}
    sampler = CyclicOverSampler(sampling_strategy=wanted)
    X_res, _ = sampler.fit_resample(np.arange(len(y)).reshape(-1, 1), np.array(y))
    expected = cycle(y, wanted)
    assert sampler.sample_indices_.tolist() == expected
    assert X_res.ravel().tolist() == expected


@pytest.mark.parametrize(
    ("strategy", "added"),
    [
        ("auto", {"b": 4, "c": 5}),
        ("not majority", {"b": 4, "c": 5}),
        ("all", {"a": 0, "b": 4, "c": 5}),
        ("not minority", {"a": 0, "b": 4}),
        ("minority", {"c": 5}),
        ({"c": 3, "b": 2}, {"b": 0, "c": 2}),
        (lambda y: {"b": 3}, {"b": 1}),
    ],
)
def test_strategies(strategy, added):
    y = np.array(list("abaabaaca"))
    sampler = CyclicOverSampler(sampling_strategy=strategy)
    _, y_res = sampler.fit_resample(np.zeros((9, 1)), y)
    assert sampler.sampling_strategy_ == added
    for label in "abc":
        grown = np.sum(y == label) + added.get(label, 0)
        assert np.sum(y_res == label) == grown


def test_ratio():
    sampler = CyclicOverSampler(sampling_strategy=0.6)
    sampler.fit_resample(np.zeros((7, 1)), STARS)
    assert sampler.sample_indices_.tolist() == [0, 1, 2, 3, 4, 5, 6, 1]


def test_rows_and_targets_follow_sample_indices():
    X = np.random.default_rng(0).normal(size=(7, 3))
    sampler = CyclicOverSampler()
    X_res, y_res = sampler.fit_resample(X, STARS)
    assert sampler.sample_indices_.tolist() == ROWS
    assert_array_equal(X_res, X[ROWS])
    assert_array_equal(y_res, STARS[ROWS])


@pytest.mark.parametrize("convert", [np.asarray, sp.csr_array])
def test_balanced_data_returns_the_same_rows_in_a_copy(convert):
    X = convert(np.eye(6))
    y = np.array([0, 1, 1, 0, 1, 0])
    sampler = CyclicOverSampler()
    X_res, y_res = sampler.fit_resample(X, y)
    assert sampler.sample_indices_.tolist() == [0, 1, 2, 3, 4, 5]
    assert_array_equal(y_res, y)
    X_res[0, 0] = y_res[0] = 7
    assert X[0, 0] == 1
    assert y[0] == 0


@pytest.mark.parametrize("format", ["csr", "csc"])
@pytest.mark.parametrize("container", ["array", "matrix"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_sparse_equals_dense(format, container, dtype):
    X = np.random.default_rng(0).integers(-1, 2, size=(7, 4)).astype(dtype)
    X_sparse = getattr(sp, f"{format}_{container}")(X)
    X_res, y_res = CyclicOverSampler().fit_resample(X_sparse, STARS)
    assert type(X_res) is type(X_sparse)
    assert X_res.dtype == dtype
    assert_array_equal(X_res.toarray(), X[ROWS])
    assert_array_equal(y_res, STARS[ROWS])


def test_rows_are_not_looked_into():
    X = np.array([[i, None, np.nan, f"row {i}"] for i in range(7)], dtype=object)
    X_res, _ = CyclicOverSampler().fit_resample(X, STARS)
    assert X_res.dtype == object
    assert X_res[:, 0].tolist() == ROWS
    assert X_res[7, 3] == "row 1"
    X = np.array([0.0, np.nan, np.inf, 3.0, -np.inf, 5.0, 6.0]).reshape(-1, 1)
    assert_array_equal(CyclicOverSampler().fit_resample(X, STARS)[0], X[ROWS])


def test_read_only_input_is_left_alone():
    X = np.random.default_rng(0).normal(size=(7, 3))
    X.flags.writeable = False
    X_res, _ = CyclicOverSampler().fit_resample(X, STARS)
    assert_array_equal(X_res, X[ROWS])


@pytest.mark.parametrize("dtype", [object, "U6", bool, np.int8])
def test_targets_keep_values_and_dtype(dtype):
    pulsars = STARS == "pulsar"
    y = (STARS if dtype in (object, "U6") else pulsars).astype(dtype)
    _, y_res = CyclicOverSampler().fit_resample(np.zeros((7, 1)), y)
    assert y_res.dtype == y.dtype
    assert_array_equal(y_res, y[ROWS])


def test_pandas_keeps_columns_and_dtypes():
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame(
        {
            "int8": np.arange(7, dtype=np.int8),
            "float32": np.arange(7, dtype=np.float32),
            "str": list("abcdefg"),
            "category": pd.Categorical(list("xyxyxyx"), categories=["z", "y", "x"]),
            "date": pd.date_range("2026-01-01", periods=7, tz="UTC"),
            "delta": pd.to_timedelta(np.arange(7), unit="s"),
            # Above 2**53: a way through float64 would show.
            "Int64": pd.array([2**60 + 1, None, 3, 4, 5, 6, 7], dtype="Int64"),
            "sparse": pd.arrays.SparseArray([0, 0, 1, 0, 0, 0, 2]),
            "object": pd.Series([None, 1, "a", 2.5, b"x", True, ()], dtype=object),
        },
    )
    X.index = [3, 3, 4, 5, 6, 7, 8]
    y = pd.Series(STARS, index=X.index, name="kind", dtype="category")
    sampler = CyclicOverSampler()
    X_res, y_res = sampler.fit_resample(X, y)
    # The index is new, as in every over-sampler: no label is met twice.
    pd.testing.assert_frame_equal(X_res, X.iloc[ROWS].reset_index(drop=True))
    pd.testing.assert_series_equal(y_res, y.iloc[ROWS].reset_index(drop=True))
    assert sampler.feature_names_in_.tolist() == X.columns.tolist()
    assert sampler.get_feature_names_out().tolist() == X.columns.tolist()


def imbalanced(n_samples=120):
    rng = np.random.default_rng(0)
    y = (np.arange(n_samples) % 6 == 0).astype(int)
    return rng.normal(size=(n_samples, 3)) + y[:, None], y


def test_pipeline_repeats_in_training_folds_only():
    X, y = imbalanced()
    model = make_pipeline(CyclicOverSampler(), StandardScaler(), LogisticRegression())
    result = cross_validate(
        model,
        X,
        y,
        cv=4,
        scoring=["precision", "recall", "f1"],
        return_estimator=True,
        return_indices=True,
        error_score="raise",
    )
    folds = result["indices"]
    # Every row is tested once, as it came: the sampler never saw the test folds.
    assert_array_equal(np.sort(np.concatenate(folds["test"])), np.arange(len(y)))
    for fitted, train in zip(result["estimator"], folds["train"], strict=True):
        fold = y[train].tolist()
        largest = max(fold.count(0), fold.count(1))
        expected = cycle(fold, {0: largest, 1: largest})
        assert fitted[0].sample_indices_.tolist() == expected
        assert fitted[1].n_samples_seen_ == 2 * largest
        assert len(fitted.predict(X)) == len(X)


def test_pipeline_can_be_searched():
    X, y = imbalanced()
    model = make_pipeline(CyclicOverSampler(), LogisticRegression())
    grid = {"cyclicoversampler__sampling_strategy": [0.5, 1.0, "auto"]}
    search = GridSearchCV(model, grid, cv=3, scoring="f1", error_score="raise")
    search.fit(X, y)
    assert np.isfinite(search.best_score_)


def test_clone_set_params_and_pickle():
    sampler = CyclicOverSampler().set_params(sampling_strategy={1: 50})
    copy = clone(sampler)
    assert copy.get_params() == {"sampling_strategy": {1: 50}}
    X, y = imbalanced()
    copy.fit_resample(X, y)
    assert not hasattr(sampler, "sample_indices_")
    again = pickle.loads(pickle.dumps(copy))
    assert_array_equal(again.sample_indices_, copy.sample_indices_)
    with pytest.raises(TypeError):
        CyclicOverSampler("auto")


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ("majority", "The 'sampling_strategy' parameter of CyclicOverSampler must be"),
        (1.5, "The 'sampling_strategy' parameter of CyclicOverSampler must be"),
        (0.1, "Please increase the ratio"),
        ({1: 5}, "should be greater or equal to the original number of samples"),
        ({1: -1}, "cannot be negative"),
        ({2: 500}, "not present in the data"),
    ],
)
def test_errors_of_imblearn_about_the_strategy(strategy, message):
    X, y = imbalanced()
    with pytest.raises(ValueError, match=message):
        CyclicOverSampler(sampling_strategy=strategy).fit_resample(X, y)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (X, np.zeros(len(y))), "needs to have more than 1 class"),
        (lambda X, y: (X, np.linspace(0, 1, len(y))), "Unknown label type"),
        (lambda X, y: (X[:, 0], y), "Expected 2D array"),
        (lambda X, y: (X[:0], y[:0]), "minimum of 1 is required"),
        (lambda X, y: (X[:-1], y), "inconsistent numbers of samples"),
        (lambda X, y: (sp.csr_array(X)[:-1], y), "inconsistent numbers of samples"),
    ],
)
def test_errors_about_the_data(change, message):
    with pytest.raises(ValueError, match=message):
        CyclicOverSampler().fit_resample(*change(*imbalanced()))


def test_error_for_a_frame_of_another_length():
    pd = pytest.importorskip("pandas")
    X, y = imbalanced()
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        CyclicOverSampler().fit_resample(pd.DataFrame(X), y[:-1])
