# SPDX-License-Identifier: BSD-3-Clause
"""Input that is odd and accepted: the answer is that of the plain numbers."""

import pickle
from decimal import Decimal
from fractions import Fraction

import joblib
import numpy as np
import pytest
from _weights import weights_of
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

from skpulsar import MLPClassifier, SLPClassifier

pd, pl, pa = map(pytest.importorskip, ("pandas", "polars", "pyarrow"))

SOLVERS = ("sgd", "adam", "rmsprop")


@pytest.fixture(scope="module")
def data(pulsars):
    """Small whole numbers, many of them 0 and a row of nothing else: any type holds
    them, and a sparse matrix has something to leave out."""
    X, y = (array[:200] for array in pulsars)
    X = np.clip(np.round(X[:, [0, 1, 5, 7]]), -100, 100)
    X[X < 20] = 0
    X[7] = 0
    return X, y


OPTIONS = {"max_iter": 3, "tol": None, "random_state": 0}


def slp(**parameters):
    return SLPClassifier(**OPTIONS, **parameters)


def mlp():
    return MLPClassifier((3,), **OPTIONS)


@pytest.fixture(params=[slp, mlp])
def new(request):
    """What makes an estimator."""
    return request.param


def assert_same(model, other):
    assert_close(model, other, 0)
    assert model.loss_curve_ == other.loss_curve_


def assert_close(model, other, rounding):
    for one, two in zip(weights_of(model), weights_of(other), strict=True):
        assert_allclose(one, two, rtol=rounding, atol=0)


def streamed(model, X, y, classes=(0, 1), weight=None):
    """The model after a first call of `partial_fit`."""
    return model.partial_fit(X, y, classes=classes, sample_weight=weight)


class ArrayLike:
    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return self.array if dtype is None else self.array.astype(dtype)


def frozen(X):
    X = X.copy()
    X.flags.writeable = False
    return X


def unaligned(X):
    return (
        np.frombuffer(b"-" + X.tobytes(), np.uint8)[1:].view(X.dtype).reshape(X.shape)
    )


def objects(kind):
    return lambda X: np.array([[kind(x) for x in row] for row in X.tolist()], object)


def typed(dtype):
    return lambda X: pd.DataFrame(X.astype(int)).astype(dtype)


DENSE = {
    "F order": np.asfortranarray,
    "strides": lambda X: np.repeat(X, 2, axis=1)[:, ::2],
    "negative strides": lambda X: X[::-1, ::-1].copy()[::-1, ::-1],
    "strides of 0": lambda X: np.broadcast_to(X[None], (3, *X.shape))[1],
    "big-endian": lambda X: X.astype(">f8"),
    "little-endian": lambda X: X.astype("<f8"),
    "unaligned": unaligned,
    "read-only": frozen,
    "memoryview": memoryview,
    "float16": lambda X: X.astype(np.float16),
    "big-endian float32": lambda X: X.astype(">f4"),
    "longdouble": lambda X: X.astype(np.longdouble),
    "int8": lambda X: X.astype(np.int8),
    "uint8": lambda X: X.astype(np.uint8),
    "big-endian int64": lambda X: X.astype(">i8"),
    "list": lambda X: X.tolist(),
    "list of arrays": list,
    "tuple of tuples": lambda X: tuple(map(tuple, X.tolist())),
    "objects of int": objects(int),
    "objects of Fraction": objects(Fraction),
    "objects of Decimal": objects(Decimal),
    "numeric text": lambda X: X.astype(str),
    "objects of text": objects(str),
    "bytes": lambda X: X.astype("S"),
    "text of any length": lambda X: X.astype(np.dtypes.StringDType()),
    "nothing masked": np.ma.array,
    "array-like": ArrayLike,
    "pandas": pd.DataFrame,
    "pandas Int64": typed("Int64"),
    "pandas Float32": typed("Float32"),
    "pandas int8 of arrow": typed("int8[pyarrow]"),
    "pandas double of arrow": typed("double[pyarrow]"),
    "pandas text": typed(str),
    "pandas, mixed": lambda X: pd.DataFrame(X).astype({0: "Int64", 1: "float32"}),
    "polars": lambda X: pl.DataFrame(X, schema=list("abcd")),
    "polars Int16": lambda X: pl.DataFrame(X.astype(np.int16), schema=list("abcd")),
    "arrow table": lambda X: pa.table({name: X[:, k] for k, name in enumerate("abcd")}),
}


@pytest.mark.parametrize("change", DENSE.values(), ids=DENSE)
def test_dense_forms(data, new, change):
    X, y = data
    plain, odd = new().fit(X, y), new().fit(change(X), y)
    assert_same(odd, plain)
    assert_array_equal(odd.predict_proba(change(X)), plain.predict_proba(X))
    stream = streamed(new(), change(X), y).partial_fit(change(X), y)
    assert_same(stream, streamed(new(), X, y).partial_fit(X, y))


@pytest.mark.parametrize("dtype", [bool, "boolean", "bool[pyarrow]"])
def test_truth_values(data, new, dtype):
    X, y = data[0] > 50, data[1]
    frame = pd.DataFrame(X).astype(dtype)
    assert_same(new().fit(frame, y), new().fit(X.astype(float), y))
    csr = sparse.csr_array(X)
    assert_same(new().fit(csr, y), new().fit(csr.astype(float), y))


def with_index(kind):
    def change(X):
        X = sparse.csr_array(X)
        X.indices, X.indptr = X.indices.astype(kind), X.indptr.astype(kind)
        return X

    return change


def unsorted(X):
    X = sparse.csr_array(X)
    for start, stop in zip(X.indptr[:-1], X.indptr[1:], strict=True):
        X.indices[start:stop] = X.indices[start:stop][::-1].copy()
        X.data[start:stop] = X.data[start:stop][::-1].copy()
    X.has_sorted_indices = False
    return X


def explicit_zeros(X):
    n, d = X.shape
    arrays = X.ravel(), np.tile(np.arange(d), n), d * np.arange(n + 1)
    return sparse.csr_array(arrays, shape=(n, d))


def duplicates(X):
    """Every entry in two parts, the second of them out of order."""
    n, d = X.shape
    parts = np.hstack([X - 1, np.ones_like(X)]).ravel()
    columns = np.tile(np.arange(d), 2 * n)
    return sparse.csr_array((parts, columns, 2 * d * np.arange(n + 1)), shape=(n, d))


def with_arrays(change):
    def changed(X):
        X = sparse.csr_array(X)
        X.data, X.indices, X.indptr = map(change, (X.data, X.indices, X.indptr))
        return X

    return changed


SPARSE = {
    "csr_matrix": sparse.csr_matrix,
    "int64": with_index(np.int64),
    "big-endian": with_arrays(lambda a: a.astype(a.dtype.newbyteorder(">"))),
    "strides": with_arrays(lambda array: np.repeat(array, 2)[::2]),
    "read-only": with_arrays(frozen),
    "unsorted": unsorted,
    "explicit zeros": explicit_zeros,
    "duplicates": duplicates,
    "room to spare": lambda X: sparse.csr_array(
        (np.append(sparse.csr_array(X).data, [9, 9]),
         np.append(sparse.csr_array(X).indices, [0, 1]),
         sparse.csr_array(X).indptr), shape=X.shape
    ),
    "int8": lambda X: sparse.csr_array(X.astype(np.int8)),
    "pandas": typed(pd.SparseDtype(float, 0)),
    "float32": lambda X: sparse.csr_array(X.astype(np.float32)),
    "longdouble": lambda X: sparse.csr_array(X.astype(np.longdouble)),
    "csc": sparse.csc_array,
    "coo": sparse.coo_array,
    "bsr": sparse.bsr_array,
    "lil": sparse.lil_array,
    "dok": sparse.dok_array,
    "dia": lambda X: sparse.csr_array(X).todia(),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::scipy.sparse.SparseEfficiencyWarning")
@pytest.mark.parametrize("change", SPARSE.values(), ids=SPARSE)
def test_sparse_forms(data, new, change):
    X, y = data
    if new is mlp and change is SPARSE["float32"]:  # in which it trains
        X = X.astype(np.float32)
    rounding = 1e-11 if X.dtype == np.float64 else 1e-3
    plain, odd = new().fit(X, y), new().fit(change(X), y)
    assert_close(odd, plain, rounding)
    proba = odd.predict_proba(change(X))
    assert_allclose(proba, plain.predict_proba(X), rtol=rounding)
    assert_close(streamed(new(), change(X), y), streamed(new(), X, y), rounding)


def test_memory_maps(data, new, tmp_path):
    X, y = data
    weight = np.arange(len(y)) % 3 + 1.0
    joblib.dump((X, y, weight, sparse.csr_array(X)), tmp_path / "data")
    mapped = joblib.load(tmp_path / "data", mmap_mode="r")
    assert isinstance(mapped[0], np.memmap)
    plain = new().fit(X, y, weight)
    assert_same(new().fit(*mapped[:3]), plain)
    assert_array_equal(plain.predict_proba(mapped[0]), plain.predict_proba(X))
    csr = new().fit(sparse.csr_array(X), y, weight)
    assert_same(new().fit(mapped[3], *mapped[1:3]), csr)


def test_nothing_given_is_written_to(data, new):
    X, y = data
    for given in (X, np.asfortranarray(X), unsorted(X), duplicates(X)):
        weight = np.ones(len(y))
        before = pickle.dumps((given, y, weight))
        new().fit(given, y, weight).predict_proba(given)
        streamed(new(), given, y, weight=weight)
        assert pickle.dumps((given, y, weight)) == before


TWO = {
    "bool": np.array([False, True]),
    "int8": np.array([-128, 127], np.int8),
    "uint64": np.array([0, 2**64 - 1], np.uint64),
    "far apart": np.array([-(2**62), 2**62]),
    "neighbours": np.array([2**62, 2**62 + 1]),
    "big-endian": np.array([3, 4], ">i4"),
    "float16": np.array([0, 1], np.float16),
    "float": np.array([-1e300, 1e300]),
    "zero below zero": np.array([-0.0, 1.0]),
    "longdouble": np.array([2**64 - 1, 2**64], np.longdouble),
    "text": np.array(["b", "bb"]),
    "objects": np.array(["noise", "pulsar"], dtype=object),
    "long text": np.array(["a" * 10_000, "b" * 10_000]),
    "dates": np.array(["2020-01-01", "2021-01-01"], "M8[D]"),
    "times": np.array([5, 6], "m8[s]"),
}
MADE = {
    "list": list,
    "tuple": tuple,
    "read-only": frozen,
    "strides": lambda y: np.repeat(y, 2)[::2],
    "pandas": pd.Series,
    "pandas nullable": lambda y: pd.Series(y).convert_dtypes(),
    "pandas categories": lambda y: pd.Series(y).astype("category"),
    "pandas of arrow": lambda y: pd.Series(y).convert_dtypes(dtype_backend="pyarrow"),
    "polars": pl.Series,
    "polars categories": lambda y: pl.Series(y.astype(str), dtype=pl.Categorical),
}


@pytest.mark.parametrize("two", TWO.values(), ids=TWO)
def test_labels_of_any_dtype(data, new, two):
    X, y = data
    plain = new().fit(X, y)
    odd = new().fit(X, two[y])
    assert_same(odd, plain)
    assert_array_equal(odd.classes_, two)
    assert_array_equal(odd.predict(X), two[plain.predict(X)])
    assert_same(streamed(new(), X, two[y], two), streamed(new(), X, y))


@pytest.mark.parametrize("form", MADE.values(), ids=MADE)
@pytest.mark.parametrize("two", [[0, 1], [False, True], ["noise", "pulsar"]])
def test_labels_in_any_container(data, new, form, two):
    X, y = data
    labels = form(np.array(two)[y])
    odd, plain = new().fit(X, labels), new().fit(X, y)
    assert_same(odd, plain)
    expected = np.array(two) if form is not MADE["polars categories"] else odd.classes_
    assert_array_equal(odd.classes_, expected)
    assert_array_equal(odd.predict(X), odd.classes_[plain.predict(X)])


def test_a_column_of_labels_is_told(data, new):
    X, y = data
    for labels in (y[:, None], pd.DataFrame({"y": y})):
        for method in ("fit", "partial_fit"):
            model, plain = new(), new()
            classes = {"classes": [0, 1]} if method == "partial_fit" else {}
            with pytest.warns(DataConversionWarning, match="column-vector y"):
                getattr(model, method)(X, labels, **classes)
            assert_same(model, getattr(plain, method)(X, y, **classes))


WEIGHTS = {
    "list": list,
    "big-endian": lambda weight: weight.astype(">f8"),
    "int8": lambda weight: weight.astype(np.int8),
    "longdouble": lambda weight: weight.astype(np.longdouble),
    "strides": lambda weight: np.repeat(weight, 2)[::2],
    "read-only": frozen,
    "text": lambda weight: weight.astype(str),
    "Fraction": lambda weight: [Fraction(w) for w in weight],
    "pandas Float64": lambda weight: pd.Series(weight, dtype="Float64"),
    "pandas of arrow": lambda weight: pd.Series(weight, dtype="double[pyarrow]"),
    "polars": pl.Series,
}


@pytest.mark.parametrize("form", WEIGHTS.values(), ids=WEIGHTS)
def test_weights_in_any_form(data, new, form):
    X, y = data
    weight = np.arange(len(y)) % 4.0
    assert_same(new().fit(X, y, form(weight)), new().fit(X, y, weight))


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("factor", [1e-300, 1e300, 5e307])
def test_weights_of_any_size(data, solver, factor):
    X, y = data
    model = slp(solver=solver)
    plain = model.fit(X, y).coef_
    assert_allclose(model.fit(X, y, factor).coef_, plain, rtol=1e-12)
    weight = np.arange(len(y)) % 4.0
    plain = model.fit(X, y, weight).coef_
    assert_allclose(model.fit(X, y, factor * weight).coef_, plain, rtol=1e-12)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("offset", [1e9, 1e12])
@pytest.mark.parametrize("columns", [[2], slice(None)], ids=["one column", "all"])
@pytest.mark.parametrize("layout", [np.array, sparse.csr_array])
def test_far_off_columns(pulsars, solver, offset, columns, layout):
    """What the offset leaves of the digits is learned; peers learn nothing."""
    X, y = pulsars
    X = StandardScaler().fit_transform(X)
    model = SLPClassifier(solver=solver, max_iter=20, tol=None, random_state=0)
    near = log_loss(y, model.fit(X, y).predict_proba(X))
    X[:, columns] += offset
    X = layout(X)
    assert abs(log_loss(y, model.fit(X, y).predict_proba(X)) - near) < 1e-3


@pytest.mark.parametrize("solver", SOLVERS)
def test_columns_far_apart_in_size(pulsars, solver):
    X, y = pulsars
    model = SLPClassifier(solver=solver, max_iter=20, tol=None, alpha=0, random_state=0)
    near = log_loss(y, model.fit(X, y).predict_proba(X))
    X = X * 10.0 ** np.array([-100, -30, -9, 0, 9, 30, 100, 140])
    assert abs(log_loss(y, model.fit(X, y).predict_proba(X)) - near) < 1e-3


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("value", [0.0, 7.0, -1e100])
def test_constant_columns_leave_the_log_odds(pulsars, solver, value):
    y = pulsars[1]
    X = np.full((len(y), 3), value)
    model = SLPClassifier(solver=solver, max_iter=200, tol=None, random_state=0)
    model.fit(X, y)
    assert_array_equal(model.coef_, 0.0)
    odds = y.mean() / (1 - y.mean())
    assert_allclose(model.intercept_, np.log(odds), atol=0.05)


@pytest.mark.parametrize("solver", ["psgd", *SOLVERS])
@pytest.mark.parametrize("n_columns", [1, 5, 4000])
@pytest.mark.parametrize("labels", [2, 4])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_rows_without_any_entry(solver, n_columns, labels, method):
    """CSR rows of zeros alone are dense rows of zeros."""
    y = np.arange(40) % labels
    model = SLPClassifier(solver=solver, random_state=0)
    classes = {"classes": range(labels)} if method == "partial_fit" else {}
    for X in (sparse.csr_array((40, n_columns)), np.zeros((40, n_columns))):
        found = getattr(clone(model), method)(X, y, **classes)
        assert_array_equal(found.coef_, 0)
        assert_allclose(found.predict_proba(X), 1 / labels, atol=0.1)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("n_rows", [60, 200, 2000])
def test_constant_columns_end_at_the_log_odds(solver, n_rows):
    """As above, where training itself says when it is done."""
    y = np.arange(n_rows) % 5 == 0
    model = SLPClassifier(solver=solver, max_iter=1000, random_state=0)
    model.fit(np.full((n_rows, 3), 7.0), y)
    assert_allclose(model.intercept_, np.log(1 / 4), atol=0.2)


LARGE = {
    "int64": np.array,
    "uint64": lambda X: X.astype(np.uint64),
    "CSR": sparse.csr_array,
    "CSC": sparse.csc_array,
    "list": lambda X: X.tolist(),
    "objects": lambda X: X.astype(object),
    "array-like": ArrayLike,
    "pandas": pd.DataFrame,
    "pandas Int64": lambda X: pd.DataFrame(X).astype("Int64"),
    "pandas of arrow": lambda X: pd.DataFrame(X).astype("int64[pyarrow]"),
    "polars": lambda X: pl.DataFrame(X, schema=["a", "b"]),
    "arrow table": lambda X: pa.table({"a": X[:, 0], "b": X[:, 1]}),
}


@pytest.mark.parametrize("change", LARGE.values(), ids=LARGE)
def test_integers_beyond_a_double_are_told(data, new, change):
    """The labels are in the last bit of the first column, which a double rounds off."""
    y = data[1]
    X = change(np.column_stack([2**53 + y, np.arange(len(y))]))
    words = "X holds integers up to 9007199254740993"
    model = new()
    with pytest.warns(UserWarning, match=words):
        model.fit(X, y)
    with pytest.warns(UserWarning, match=words):
        model.partial_fit(X, y)
    with pytest.warns(UserWarning, match=words):
        model.predict(X)


@pytest.mark.parametrize("layout", [np.array, sparse.csr_array])
def test_far_rows_are_predicted(data, layout):
    X, y = data
    model = slp().fit(X, y)
    far = layout(np.diag([1e308, -1e308, 1e308, -1e308]))
    with np.errstate(all="raise"):
        logits = model.decision_function(far)
    expected = np.array([1, -1, 1, -1]) * 1e308 * model.coef_[0]
    assert_allclose(logits, expected, rtol=1e-12)
    assert np.isfinite(model.predict_log_proba(far)).all()


@pytest.mark.parametrize("model", [slp(solver="sgd"), mlp()], ids=repr)
def test_one_row_and_one_class_in_a_stream(data, model):
    X, y = data
    model = clone(model).partial_fit(X[:1], y[:1], classes=[1, 0, 1])
    assert_array_equal(model.classes_, [0, 1])
    model.partial_fit(X[y == 0], y[y == 0])
    assert np.isfinite(model.predict_log_proba(X)).all()
