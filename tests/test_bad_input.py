# SPDX-License-Identifier: BSD-3-Clause
"""Features that are refused: the promised answer, and an estimator that is as it was.

Every case is tried on an estimator before any fit and on one after a good fit, by `fit`
and `partial_fit` and, if it is a case of X, by the predict methods. Our own messages
have at most 300 characters; scikit-learn's and NumPy's pass through as they are.
"""

import datetime
import subprocess
import sys

import numpy as np
import pytest
from _assertions import by_fit_and_partial_fit, in_either_state, kinds, refuses
from scipy import sparse
from sklearn.exceptions import NotFittedError

from skpulsar import MLPClassifier, SLPClassifier

pd, pl, pa = map(pytest.importorskip, ("pandas", "polars", "pyarrow"))

PREDICT = ("decision_function", "predict", "predict_proba", "predict_log_proba")
EITHER = (ValueError, TypeError)
DAY = np.datetime64("2020-01-01", "ns")
NS, ARROW_DAYS = pa.timestamp("ns"), pd.ArrowDtype(pa.date32())


class Raises(Exception):
    """What the objects below raise, and nothing else does."""


class ArrayRaises:
    def __array__(self, dtype=None, copy=None):
        raise Raises


class ItemRaises:
    """A sequence that can be read half way."""

    def __len__(self):
        return 200

    def __getitem__(self, place):
        if place > 5:
            raise Raises
        return 1.0


class ArrayLike:
    """Whatever array it was given, known by `__array__` alone."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return self.array if dtype is None else self.array.astype(dtype)


def with_entry(X, value, dtype=np.float64):
    X = X.astype(dtype)
    X[5, 2] = value
    return X


def frame(X, column, library=pd):
    """A column of numbers and one of something else."""
    make = library.table if library is pa else library.DataFrame
    return make({"a": X[:, 0], "b": column})


def dates(X):
    return np.full(X.shape, "2020-01-01", dtype="M8[ms]")


def days(X):
    return pd.Series(pd.date_range("2020-01-01", periods=len(X)))


def masked(X):
    return np.ma.array(X, mask=X > 100)


def csr_with(X, **arrays):
    """A CSR matrix with an array replaced behind SciPy's back."""
    X = sparse.csr_array(X)
    for name, array in arrays.items():
        setattr(X, name, array(getattr(X, name)))
    return X


def put(place, value):
    def change(array):
        array = array.copy()
        array[place] = value
        return array

    return change


# A group: the error, words of its message, and kinds of input that it is promised for.
# Refused by every method: what becomes of X
X_GROUPS = (
    (
        ValueError,
        "Input X contains NaN",
        {
            "nan": lambda X: with_entry(X, np.nan),
            "nan in CSR": lambda X: csr_with(X, data=put(3, np.nan)),
            "None among objects": lambda X: with_entry(X, None, object),
            "pd.NA": lambda X: frame(X, pd.array([pd.NA] * len(X), "Int64")),
            "null of polars": lambda X: frame(X, [None] * len(X), pl),
        },
    ),
    (
        ValueError,
        "Input X contains infinity",
        {
            "inf": lambda X: with_entry(X, np.inf),
            "-inf, float32": lambda X: with_entry(X, -np.inf, np.float32),
            "text beyond a double": lambda X: [["1e400"]] * len(X),
        },
    ),
    (
        OverflowError,
        "too large",
        {"int beyond a double": lambda X: [[10**400]] * len(X)},
    ),
    (
        EITHER,
        "Complex data not supported|not 'complex'",
        {
            "complex": lambda X: X * 1j,
            "complex CSR": lambda X: sparse.csr_array(X * 1j),
            "complex objects": lambda X: (X * 1j).tolist(),
        },
    ),
    (
        TypeError,
        "dates or times|a string or a real number",
        {
            "datetime64": dates,
            "timedelta64": lambda X: dates(X) - dates(X),
            "rows of datetime64": lambda X: list(dates(X)),
            "datetime64 objects": lambda X: np.array(
                [[DAY] * X.shape[1]] * len(X), dtype=object
            ),
            "array-like of dates": lambda X: ArrayLike(dates(X)),
            "datetime objects": lambda X: dates(X).tolist(),
            "dates with a zone": lambda X: frame(X, days(X).dt.tz_localize("UTC")),
            "pandas periods": lambda X: frame(X, days(X).dt.to_period()),
            "arrow timestamps": lambda X: frame(X, days(X).astype(pd.ArrowDtype(NS))),
            "arrow days": lambda X: frame(X, days(X).dt.date.astype(ARROW_DAYS)),
            "polars dates": lambda X: frame(X, dates(X)[:, 0], pl),
            "polars times": lambda X: frame(X, [datetime.time(1)] * len(X), pl),
            "arrow table of dates": lambda X: frame(X, dates(X)[:, 0], pa),
            "dates of CSR": lambda X: csr_with(X, data=lambda a: a.astype("M8[s]")),
        },
    ),
    (
        ValueError,
        "could not convert string to float",
        {
            "words": lambda X: np.full(X.shape, "a"),
            "dates as text": lambda X: dates(X).astype(str),
            "categories": lambda X: frame(X, pd.Categorical(["a"] * len(X))),
        },
    ),
    (
        ValueError,
        "has masked values",
        {
            "masked": masked,
            "masked rows": lambda X: list(masked(X)),
            "array-like with a mask": lambda X: ArrayLike(masked(X)),
            "masked CSR": lambda X: csr_with(X, data=masked),
        },
    ),
    (
        ValueError,
        "Expected 2D (array|input)|dim 3, while dim <= 2|must be 1D or 2D",
        {
            "scalar": lambda X: 1.0,
            "None": lambda X: None,
            "one dimension": lambda X: X[:, 0],
            "three dimensions": lambda X: X[None],
            "CSR of one dimension": lambda X: sparse.csr_array(X[:, 0]),
            "COO of three": lambda X: sparse.coo_array(X[:, :, None]),
        },
    ),
    (ValueError, r"0 sample\(s\)", {"no rows": lambda X: X[:0]}),
    (ValueError, "inhomogeneous", {"ragged": lambda X: [[1, 2], [1]] * 100}),
    (
        TypeError,
        "not '(object|dict|generator)'|np.matrix is not supported|Cannot cast",
        {
            "objects": lambda X: np.full(X.shape, object()),
            "dict": lambda X: {"a": [1.0]},
            "generator": lambda X: (row for row in X),
            "np.matrix": np.asmatrix,
            "records": lambda X: np.zeros(len(X), dtype="f8,f8"),
        },
    ),
    (
        Raises,
        None,
        {
            "__array__ raises": lambda X: ArrayRaises(),
            "an item raises": lambda X: ItemRaises(),
        },
    ),
    (
        ValueError,
        "X is not a CSR matrix",
        {
            "index beyond": lambda X: csr_with(X, indices=put(9, 10**6)),
            "index just beyond": lambda X: csr_with(X, indices=put(9, X.shape[1])),
            "index negative": lambda X: csr_with(X, indices=put(9, -1)),
            "indptr falls": lambda X: csr_with(X, indptr=put(8, 10**6)),
            "indptr negative": lambda X: csr_with(X, indptr=put(8, -(10**6))),
            "indptr from 1": lambda X: csr_with(X, indptr=put(0, 1)),
            "indptr past the end": lambda X: csr_with(X, indptr=put(-1, 10**6)),
            "indptr short": lambda X: csr_with(X, indptr=lambda a: a[:-1]),
            "indptr of two dimensions": lambda X: csr_with(X, indptr=np.atleast_2d),
            "data short": lambda X: csr_with(X, data=lambda a: a[:-1]),
            "data of two dimensions": lambda X: csr_with(X, data=lambda a: a[:, None]),
            "no indices": lambda X: csr_with(X, indices=lambda a: None),
            "list of indices": lambda X: csr_with(X, indices=np.ndarray.tolist),
            "broken indices": lambda X: csr_with(X, indices=lambda a: a + 0.5),
        },
    ),
)

# Refused by fit and partial_fit alone
FIT_X_GROUPS = (
    (ValueError, r"0 feature\(s\)", {"no columns": lambda X: X[:, :0]}),
    (
        ValueError,
        "Column 7 of X is too large .* Divide it by its size",
        {
            "X * 1e200": lambda X: X * 1e200,
            "X up to 1e308": lambda X: X / X.max() * 1e308,
            "CSR * 1e200": lambda X: sparse.csr_array(X * 1e200),
        },
    ),
    (
        ValueError,
        r"Column 2 of X is too large .* it holds -1e\+300",
        {"one entry of -1e300": lambda X: with_entry(X, -1e300)},
    ),
)


# What pandas and scikit-learn warn of on the way to the error
of_the_library = pytest.mark.filterwarnings(
    "ignore:X has feature names", "ignore::PendingDeprecationWarning"
)


@pytest.fixture(scope="module")
def data(pulsars):
    X, y = pulsars
    return X[:200], y[:200]


@pytest.fixture(params=[SLPClassifier, MLPClassifier])
def model(data, fitted, request):
    model = request.param(max_iter=2, tol=None, random_state=0)
    if request.param is MLPClassifier:
        model.set_params(hidden_layer_sizes=(3,), solver="sgd")
    return model.fit(*data) if fitted else model


@of_the_library
@in_either_state
@by_fit_and_partial_fit
@kinds(*X_GROUPS, *FIT_X_GROUPS)
def test_features(data, model, method, error, words, change):
    X, y = data
    refuses(error, words, model, method, change(X), y)


@of_the_library
@pytest.mark.parametrize("fitted", [True])
@kinds(*X_GROUPS)
def test_features_of_predictions(data, model, error, words, change):
    for method in PREDICT:
        refuses(error, words, model, method, change(data[0]))


@pytest.mark.parametrize("fitted", [True])
@pytest.mark.parametrize("method", [*PREDICT, "partial_fit"])
def test_other_columns_than_those_of_the_fit(data, model, method):
    X, y = data
    labels = [y] if method == "partial_fit" else []
    refuses(ValueError, "X has 7 features", model, method, X[:, :7], *labels)
    named = pd.DataFrame(X, columns=list("abcdefgh"))
    model.fit(named, y)
    for frame in (named[list("bacdefgh")], named.rename(columns={"a": "z"})):
        refuses(ValueError, "feature names", model, method, frame, *labels)
    refuses(UserWarning, "does not have valid feature", model, method, X, *labels)


@pytest.mark.parametrize("fitted", [False])
@pytest.mark.parametrize("method", PREDICT)
def test_predictions_before_any_fit(data, model, method):
    for X in (data[0], with_entry(data[0], np.nan), None, ArrayRaises()):
        refuses(NotFittedError, "is not fitted yet", model, method, X)


@in_either_state
@by_fit_and_partial_fit
def test_long_doubles_beyond_double(data, model, method):
    X = with_entry(data[0], np.finfo(np.longdouble).max, np.longdouble)
    with np.errstate(over="ignore", invalid="ignore"):  # of NumPy's conversion
        refuses(ValueError, "contains infinity", model, method, X, data[1])


# Other sparse formats are turned into CSR by SciPy, which follows their indices unseen:
# all of it in a process of its own, as it may not come back. It prints the kind.
MALFORMED = (
    "X = sparse.csc_array(A); X.indices[3] = 10**7",
    "X = sparse.csc_array(A); X.indices[3] = -(10**7)",
    "X = sparse.csc_array(A); X.indptr[-1] = 10**7",
    "X = sparse.csc_array(A); X.indptr[3] = -(10**7)",
    "X = sparse.csc_array(A); X.data = X.data[:5]",
    "X = sparse.coo_array(A); X.row[3] = 10**7",
    "X = sparse.coo_array(A); X.col[3] = -(10**7)",
    "X = sparse.bsr_array(A); X.indices[0] = 10**7",
    "X = sparse.bsr_array(A); X.indptr[-1] = 10**7",
    "X = sparse.lil_array(A); X.rows[3] = [10**7]",
    "X = sparse.lil_array(A); X.rows[3] = [1, 2]; X.data[3] = [1.0]",
    "X = sparse.dia_array(A); X.offsets = X.offsets[:3]",
)
PROGRAM = """
import numpy as np, pickle, sys
from scipy import sparse
from skpulsar import SLPClassifier
A, y = np.eye(50), np.arange(50) % 2
A[:, 0] = 1
good = SLPClassifier(max_iter=2, tol=None).fit(A, y)
before = pickle.dumps(vars(good))
for change in sys.argv[1:]:
    print(change, file=sys.stderr, flush=True)
    exec(change)
    for model, method, arguments in [
        (SLPClassifier(), "fit", (X, y)),
        (SLPClassifier(), "partial_fit", (X, y, [0, 1])),
        (good, "fit", (X, y)),
        (good, "partial_fit", (X, y)),
        (good, "decision_function", (X,)),
        (good, "predict", (X,)),
    ]:
        try:
            getattr(model, method)(*arguments)
        except ValueError as error:
            assert len(str(error)) <= 300
        else:
            raise AssertionError(f"{method} took it")
    assert pickle.dumps(vars(good)) == before
"""


def test_malformed_sparse_matrices_of_other_formats():
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *MALFORMED],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-300:]
