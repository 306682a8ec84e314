# SPDX-License-Identifier: BSD-3-Clause
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse

from skpulsar import SLPClassifier
from skpulsar._problem import _logits, _matrix

DATA, INDICES, INDPTR = [1.0, 2.0, 3.0, 4.0], [0, 2, 1, 2], [0, 2, 3, 4]
METHODS = ("fit", "partial_fit", "decision_function", "predict", "predict_proba")


def malformed(name, value, index=np.int32):
    """A CSR matrix of 3 x 3 with one of its arrays replaced behind SciPy's back."""
    X = sparse.csr_array(
        (np.array(DATA), np.array(INDICES, index), np.array(INDPTR, index)),
        shape=(3, 3),
    )
    setattr(X, name, np.array(value, dtype=getattr(X, name).dtype))
    return X


@pytest.mark.parametrize("index", [np.int32, np.int64])
@pytest.mark.parametrize(
    "name, value, words",
    [
        ("indices", [0, 2, 1, 10**6], "column index of stored entry 3 is out of range"),
        ("indices", [0, 2, 1, 3], "column index of stored entry 3 is out of range"),
        ("indices", [0, -1, 1, 2], "column index of stored entry 1 is out of range"),
        ("indptr", [1, 2, 3, 4], "indptr does not begin with 0"),
        ("indptr", [0, 3, 2, 4], "indptr falls at row 1"),
        ("indptr", [0, 2, 3, 10**6], "indptr ends beyond the stored entries"),
        ("indptr", [0, 10**6, 10**6, 0], "indptr falls at row 2"),
        ("indptr", [0, 2, 3, -1], "indptr falls at row 2"),
        ("indptr", [0, 2, 4], "its arrays do not fit its shape"),
        ("data", [1.0, 2.0, 3.0], "its arrays do not fit its shape"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_malformed_csr_is_refused(method, name, value, words, index):
    y = [0, 1, 0]
    model = SLPClassifier(max_iter=1, tol=None).fit(np.eye(3), y)
    before = pickle.dumps(vars(model))
    X = malformed(name, value, index)
    arguments = (X, y) if method.endswith("fit") else (X,)
    with pytest.raises(ValueError, match=words) as error:
        getattr(model, method)(*arguments)
    assert len(str(error.value)) <= 300
    assert pickle.dumps(vars(model)) == before


@pytest.mark.parametrize("method", METHODS)
def test_other_malformed_formats_are_refused(method):
    y = [0, 1, 0]
    model = SLPClassifier(max_iter=1, tol=None).fit(np.eye(3), y)
    good = sparse.csr_array(np.arange(1.0, 10).reshape(3, 3))
    for layout, name in (("csc", "indices"), ("bsr", "indptr"), ("coo", "coords")):
        X = good.asformat(layout)
        if layout == "coo":
            X.coords[0][2] = 10**6
        else:
            getattr(X, name)[1] = 10**6
        arguments = (X, y) if method.endswith("fit") else (X,)
        with pytest.raises(ValueError, match=f"X is not a {layout.upper()} matrix"):
            getattr(model, method)(*arguments)


@pytest.mark.parametrize(
    "weight, words",
    [
        ([1, 1, -1], "negative entry, -1, in row 2"),
        ([1, 1], r"has shape \(2,\), but X has 3 rows"),
        ([[1], [1], [1]], r"has shape \(3, 1\), but X has 3 rows"),
        ([1, 1, np.nan], "NaN"),
        (np.ma.array([1, 1, 1], mask=[0, 0, 1]), "sample_weight has masked values"),
        ([0, 0, 0], "at least one non-zero number"),
        ([0, 1, 0], "every class in the data, but all weights of class 0 are zero"),
    ],
)
def test_weights_that_are_refused(weight, words):
    with pytest.raises(ValueError, match=words):
        SLPClassifier().fit(np.eye(3), [0, 1, 0], sample_weight=weight)


def test_a_number_weighs_every_row():
    model = SLPClassifier(max_iter=2, tol=None, random_state=0)
    expected = model.fit(np.eye(3), [0, 1, 0]).coef_
    assert_array_equal(model.fit(np.eye(3), [0, 1, 0], 2.5).coef_, expected)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_after_an_error_the_estimator_is_as_it_was(pulsars, method):
    X, y = pulsars
    fitted = SLPClassifier(max_iter=2, tol=None, random_state=0).fit(X, y)
    too_large = X.copy()
    too_large[5, 2] = 1e300
    with_nan = X.copy()
    with_nan[5, 2] = np.nan
    for model in (SLPClassifier(), fitted):
        before = pickle.dumps(vars(model))
        for bad_X, bad_y in (
            (too_large, y),
            (with_nan, y),
            (X[:, :5].astype(complex), y),
            (X, y[:-1]),
            (X, np.linspace(0, 1, len(y))),
            (X[:0], y[:0]),
            (X[:, :0], y),
            (X[0], y),
        ):
            with pytest.raises(ValueError):
                getattr(model, method)(bad_X, bad_y, *([[0, 1]] * (method != "fit")))
            assert pickle.dumps(vars(model)) == before


@pytest.mark.parametrize(
    "change",
    [
        np.asfortranarray,
        lambda X: np.repeat(X, 2, axis=0)[::2],
        lambda X: X[:, ::-1].copy()[:, ::-1],
        lambda X: X.astype(X.dtype.newbyteorder(">")),
        lambda X: X.astype(np.longdouble),
        lambda X: (
            np.frombuffer(b"\0" + X.tobytes(), np.uint8)[1:]
            .view(X.dtype)
            .reshape(X.shape)
        ),
        lambda X: X.tolist(),
    ],
    ids=["F order", "strided", "reversed", "big-endian", "long", "unaligned", "list"],
)
def test_any_memory_layout_trains_to_the_same_bits(pulsars, change):
    X, y = pulsars
    model = SLPClassifier(max_iter=2, tol=None, random_state=0)
    expected = model.fit(X, y).coef_
    assert_array_equal(model.fit(change(X), y).coef_, expected)


def test_input_is_neither_copied_nor_changed(pulsars, monkeypatch):
    """Read-only rows reach the kernel as they are."""
    from skpulsar._estimator import _class_targets

    seen = []
    Rows = _class_targets.Rows
    monkeypatch.setattr(
        _class_targets,
        "Rows",
        lambda matrix, *args: seen.append(matrix) or Rows(matrix, *args),
    )
    X, y = pulsars
    X = X.copy()
    X.flags.writeable = False
    csr = sparse.csr_array(X)
    csr.data.flags.writeable = False
    model = SLPClassifier(max_iter=1, tol=None)
    model.fit(X, y).fit(csr, y)
    assert np.shares_memory(seen[0], X)
    assert np.shares_memory(seen[1][0], csr.data)
    assert np.shares_memory(seen[1][1], csr.indices)


@pytest.mark.parametrize("method", METHODS)
def test_masks_and_dates_are_refused(pulsars, method):
    X, y = (a[:50] for a in pulsars)
    model = SLPClassifier(max_iter=1, tol=None).fit(X, y)
    fits = method.endswith("fit")
    masked = np.ma.array(X, mask=X > 100)
    dates = np.full(X.shape, "2020-01-01", dtype="M8[s]")
    with pytest.raises(ValueError, match="X has masked values"):
        getattr(model, method)(masked, *([y] if fits else []))
    with pytest.raises(TypeError, match="X holds dates or times in column 0"):
        getattr(model, method)(dates, *([y] if fits else []))
    if fits:
        with pytest.raises(ValueError, match="y has masked values"):
            getattr(model, method)(X, np.ma.array(y, mask=y == 1))


def test_frames_of_dates_are_refused():
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    dates = np.array(["2020-01-01", "2021-01-01"], dtype="M8[ms]")
    for frame in (pd.DataFrame, pl.DataFrame):
        with pytest.raises(TypeError, match=r"in column 1. Turn them into numbers"):
            SLPClassifier().fit(frame({"a": [1.0, 2.0], "b": dates}), [0, 1])


def test_rows_are_checked_in_chunks(monkeypatch):
    """Whatever the chunks, a repeated entry is found and an ascending row is not."""
    for chunks in (1, 3, 100):
        monkeypatch.setattr(_matrix, "AT_ONCE", chunks)
        for columns in ([0, 2, 1, 0, 2], [0, 2, 1, 2, 2], [2, 0, 1, 0, 2]):
            X = sparse.csr_array((np.ones(5), columns, [0, 2, 3, 3, 5]), shape=(4, 3))
            copied = _matrix.sum_repeated(X) is not X
            assert copied == (not _ascend(X))


def test_what_becomes_of_a_row_does_not_depend_on_others():
    """Of entries that are repeated often the order of the sum shows in its bits."""
    values = np.random.default_rng(0).standard_cauchy(40)
    columns = np.sort(np.arange(40) % 4)
    alone = sparse.csr_array((values, columns, [0, 40]), shape=(1, 4))
    unsorted = sparse.csr_array(([1.0, 2.0], [3, 0], [0, 2]), shape=(1, 4))
    beside = _matrix.sum_repeated(sparse.vstack([alone, unsorted], "csr"))
    summed = _matrix.sum_repeated(alone)
    np.testing.assert_array_equal(beside[:1].data, summed.data)


@given(
    counts=st.lists(st.integers(0, 60), max_size=60),
    n_entries=st.integers(1, 200),
    dtype=st.sampled_from([np.int32, np.int64]),
)
def test_blocks_of_rows_are_as_long_as_their_entries_allow(counts, n_entries, dtype):
    indptr = np.concatenate([[0], np.cumsum(counts, dtype=int)]).astype(dtype)
    matrix = np.ones(indptr[-1]), np.zeros(indptr[-1], dtype), indptr, 50_000
    most = max(1, n_entries // _matrix.ROW)
    blocks = list(_matrix.row_blocks(matrix, n_entries))
    assert [i for block in blocks for i in range(*block)] == list(range(len(counts)))
    for start, stop in blocks:
        assert stop - start == 1 or sum(counts[start:stop]) <= n_entries
        assert stop - start <= most
        longer = counts[start : stop + 1]
        assert stop == len(counts) or sum(longer) > n_entries or stop - start == most


def test_blocks_of_dense_rows_are_even():
    dense = np.empty((10, 7))
    assert list(_matrix.row_blocks(dense, 4 * (7 + _matrix.ROW))) == [
        (0, 4), (4, 8), (8, 10),
    ]  # fmt: skip
    assert list(_matrix.row_blocks(dense[:2], 1)) == [(0, 1), (1, 2)]


@pytest.mark.parametrize("layout", [np.asarray, sparse.csr_array, sparse.csr_matrix])
def test_predictions_in_blocks_have_the_same_bits(pulsars, monkeypatch, layout):
    X, y = pulsars
    X = layout(np.where(np.random.default_rng(0).random(X.shape) < 0.3, 0, X))
    model = SLPClassifier(random_state=0).fit(X, y)
    expected = model.decision_function(X)
    for n_entries in (1, 3, 100, 4000):
        monkeypatch.setattr(_logits, "ENTRIES_AT_ONCE", n_entries)
        assert_array_equal(model.decision_function(X), expected)


def _ascend(X):
    rows = np.split(X.indices, X.indptr[1:-1])
    return all(np.all(np.diff(row) > 0) for row in rows)


def test_integers_that_float64_cannot_hold_are_told():
    X = np.array([[2**53 + 1], [5]])
    for layout in (np.array, sparse.csr_array):
        with pytest.warns(UserWarning, match="X holds integers up to 9007199254740993"):
            SLPClassifier().fit(layout(X), [0, 1])


@pytest.mark.parametrize("layout", [np.array, sparse.csr_array])
def test_logits_beyond_a_double_saturate(layout):
    """float32 too, where a product with a large weight is the only way there."""
    model = SLPClassifier(max_iter=1, tol=None).fit(np.eye(2), [0, 1])
    model.coef_, model.intercept_ = np.array([[1e3, 1e3]]), np.array([1.0])
    X = layout([[1e307, 1e307], [-1e308, 0.0], [1e308, -1e308], [0.0, 0.0]])
    largest = np.finfo(np.float64).max
    assert_array_equal(model.decision_function(X), [largest, -largest, 1, 1])
    assert np.isfinite(model.predict_log_proba(X)).all()
    assert_array_equal(model.predict(X), [1, 0, 1, 1])
    model.coef_, model.intercept_ = np.array([[1e300, 0.0]]), np.array([3.0])
    X = layout(np.array([[3e38, 1.0], [-3e38, 1.0]], dtype=np.float32))
    assert_array_equal(model.decision_function(X), [largest, -largest])
