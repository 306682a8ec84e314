# SPDX-License-Identifier: BSD-3-Clause
"""Labels, weights, classes and parameters that are refused, as test_bad_input says."""

from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from _assertions import by_fit_and_partial_fit, in_either_state, kinds, refuses
from scipy import sparse
from sklearn.base import clone

from skpulsar import MLPClassifier, SLPClassifier

pd, pl, pa = map(pytest.importorskip, ("pandas", "polars", "pyarrow"))

EITHER = (ValueError, TypeError)


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


class ReprRaises:
    def __repr__(self):
        raise Raises


class NotEqual:
    """A label that cannot be compared for equality, and one without an order."""

    __hash__ = object.__hash__

    def __eq__(self, other):
        raise Raises

    __lt__ = __gt__ = __eq__


class NotLess:
    def __lt__(self, other):
        raise Raises

    __gt__ = __lt__


def failing_generator():
    yield 0
    raise Raises


HOLES = (None, np.nan, np.float32("nan"), pd.NA, pd.NaT, np.datetime64("NaT", "D"))


def as_list(hole):
    return lambda labels: [hole if label is None else label for label in labels]


def objects(hole):
    return lambda labels: np.array(as_list(hole)(labels), dtype=object)


def holed(first, second, form):
    """Two labels by turns in some form, that of row 7 being missing."""
    labels = [first, second] * 100
    labels[7] = None
    return lambda y: form(labels)


# Labels of which that of row 7 is missing, in every form that can hold text
DAYS = np.datetime64("2020-01-01"), np.datetime64("2020-01-02")
FORMS = {
    **{f"list, {hole}": as_list(hole) for hole in HOLES},
    **{f"objects, {hole}": objects(hole) for hole in HOLES},
    "column of objects": lambda labels: np.array(labels, dtype=object)[:, None],
    **{
        f"pandas {dtype}": partial(pd.Series, dtype=dtype)
        for dtype in ("object", "str", "string", "string[pyarrow]", "category")
    },
    "pandas of arrow": partial(pd.Series, dtype=pd.ArrowDtype(pa.string())),
    "pandas frame": lambda labels: pd.DataFrame({"y": labels}),
    "pandas Categorical": pd.Categorical,
    "polars": pl.Series,
    "polars categories": partial(pl.Series, dtype=pl.Categorical),
    "arrow": pa.array,
    "arrow dictionary": lambda labels: pa.array(labels).dictionary_encode(),
}

# A group: the error, words of its message, and kinds of input that it is promised for.
# Refused by fit and partial_fit: what becomes of y ...
Y_GROUPS = (
    (ValueError, "requires y to be passed", {"None": lambda y: None}),
    (
        ValueError,
        "Input y contains (NaN|infinity)",
        {
            "nan": lambda y: np.where(y, np.nan, 0),
            "inf": lambda y: np.where(y, np.inf, 0),
            "pd.NA": lambda y: pd.array([0, pd.NA] * 100, "Int64"),
            "null of polars": lambda y: pl.Series([0, None] * 100),
        },
    ),
    (
        ValueError,
        r"y contains NaN: a label is missing, first in row 7 \((nan|None|NaT|<NA>)\)",
        {
            **{f"text: {name}": holed("a", "b", form) for name, form in FORMS.items()},
            "objects of float": holed(0.0, 1.0, objects(np.nan)),
            "objects of int": holed(0, 1, objects(None)),
            "list of int and NA": holed(0, 1, as_list(pd.NA)),
            "list of bool and None": holed(False, True, as_list(None)),
            "bool of polars": holed(False, True, pl.Series),
            "dates": holed(*DAYS, lambda labels: np.array(labels, "M8[D]")),
            "times": holed(5, 6, lambda labels: np.array(labels, "m8[s]")),
            "dates of pandas": holed(*DAYS, pd.to_datetime),
        },
    ),
    (
        ValueError,
        "Unknown label type: (continuous|unknown)",
        {
            "continuous": lambda y: y + 0.5,
            "more than 64 bits": lambda y: (y.astype(object) * 2**70).tolist(),
            "fractions": lambda y: [Fraction(int(label)) for label in y],
        },
    ),
    (
        TypeError,
        r"y mixes labels of the types \['int', 'str'\]",
        {
            "text and numbers": lambda y: np.array([1, "a"] * 100, dtype=object),
            "list of text and numbers": lambda y: [1, "a"] * 100,
        },
    ),
    (
        EITHER,
        "y|label|inconsistent numbers|Cannot compare|1 class",
        {
            "all None": lambda y: np.array([None] * 200),
            "records": lambda y: np.zeros(200, dtype="i4,i4"),
            "bytes": lambda y: np.where(y, b"a", b"b"),
            "sparse": lambda y: sparse.csr_array(y[:, None]),
            "short": lambda y: y[:-1],
            "empty": lambda y: [],
            "scalar": lambda y: 1,
            "str": lambda y: "abc",
            "dict": lambda y: {"a": 1},
            "lists": lambda y: [[1, 2]] * 200,
        },
    ),
    (
        ValueError,
        "y has 2 columns and holds 2 in column 1",
        {"two outputs": lambda y: np.c_[y, 2 * y]},
    ),
    (ValueError, "inhomogeneous", {"ragged": lambda y: [[1, 2], [1]] * 100}),
    (ValueError, "dim 3, while", {"three dimensions": lambda y: y[:, None, None]}),
    (ValueError, "Complex data not supported", {"complex": lambda y: y * 1j}),
    (ValueError, "y has masked", {"masked": lambda y: np.ma.array(y, mask=y == 1)}),
    (
        Raises,
        None,
        {
            "__array__ raises": lambda y: ArrayRaises(),
            "an item raises": lambda y: ItemRaises(),
            "labels raise if equal": lambda y: np.array([NotEqual() for _ in y]),
            "labels raise in order": lambda y: np.array([NotLess() for _ in y]),
        },
    ),
)
# ... what sample_weight is made of y ...
WEIGHT_GROUPS = (
    (
        ValueError,
        "sample_weight has a negative entry, -1, in row",
        {
            "negative": lambda y: 1.0 - 2 * y,
            "negative number": lambda y: -1,
            "negative Series": lambda y: pd.Series(0.0 - y),
        },
    ),
    (
        ValueError,
        "sample_weight contains (NaN|infinity)",
        {
            "nan": lambda y: np.where(y, np.nan, 1),
            "nan number": lambda y: float("nan"),
            "inf": lambda y: np.where(y, np.inf, 1),
            "pd.NA": lambda y: pd.array([1, pd.NA] * 100, "Float64"),
        },
    ),
    (
        ValueError,
        "sample_weight has shape",
        {"short": lambda y: y[1:] + 1.0, "two dimensions": lambda y: y[:, None] + 1.0},
    ),
    (
        EITHER,
        "at least 1 dim|could not convert string|Complex|Sparse|a real number",
        {
            "no dimension": lambda y: np.array(1.0),
            "str": lambda y: "balanced",
            "words": lambda y: ["a"] * 200,
            "complex": lambda y: y + 1j,
            "sparse": lambda y: sparse.csr_array(y[None]),
            "dict": lambda y: {0: 1, 1: 2},
            "generator": lambda y: (1 for _ in y),
        },
    ),
    (OverflowError, "too large", {"beyond a double": lambda y: [10**400] * 200}),
    (ValueError, "has masked", {"masked": lambda y: np.ma.array(y + 1, mask=y == 1)}),
    (
        EITHER,
        "dates or times",
        {
            "dates": lambda y: np.full(200, 5, dtype="M8[s]"),
            "times": lambda y: np.full(200, 5, dtype="m8[s]"),
        },
    ),
    (
        Raises,
        None,
        {
            "__array__ raises": lambda y: ArrayRaises(),
            "an item raises": lambda y: ItemRaises(),
        },
    ),
)
# ... and what the parameters are
PARAMETER_GROUPS = (
    (
        ValueError,
        "parameter of (SLP|MLP)Classifier must be",
        {
            "alpha nan": lambda: {"alpha": np.nan},
            "alpha inf": lambda: {"alpha": np.inf},
            "rate negative": lambda: {"learning_rate_init": -1.0},
            "max_iter 0": lambda: {"max_iter": 0},
        },
    ),
    (
        ValueError,
        r"learning_rate_init=1e\+200 is too large",
        {"rate": lambda: {"learning_rate_init": 1e200}},
    ),
    (
        ValueError,
        "class_weight",
        {
            "class weight negative": lambda: {"class_weight": {0: 1, 1: -1}},
            "class weight of others": lambda: {"class_weight": {"a": 1, "b": 2}},
            "class weight of text": lambda: {"class_weight": {"0": 1, "1": 2}},
        },
    ),
    (Raises, None, {"repr raises": lambda: {"alpha": ReprRaises()}}),
)

# Refused by fit alone: (X, y) -> (X, y, sample_weight)
ONLY_FIT_GROUPS = (
    (
        ValueError,
        "needs samples of at least 2 classes in the data, got 1 class: ",
        {
            "one class": lambda X, y: (X, y * 0),
            "one class of long text": lambda X, y: (X, ["a" * 10_000] * len(y)),
            "one row": lambda X, y: (X[:1], y[:1]),
        },
    ),
    (
        ValueError,
        "Sample weights must contain at least one non-zero number",
        {"no weight": lambda X, y: (X, y, np.zeros(len(y)))},
    ),
    (
        ValueError,
        "all weights of class 1 are zero",
        {"no weight of a class": lambda X, y: (X, y, 1 - y)},
    ),
)

# Refused by partial_fit alone: classes
CLASSES_GROUPS = (
    (ValueError, "classes is empty", {"empty": lambda: []}),
    (
        ValueError,
        "hold at least 2 labels, got",
        {
            "one": lambda: [1],
            "scalar": lambda: 1,
        },
    ),
    (
        TypeError,
        "no order",
        {"text and numbers": lambda: np.array([0, "a"], dtype=object)},
    ),
    (
        ValueError,
        "classes contains NaN: a label is missing, first in row 1",
        {
            "None": lambda: [0, None],
            "nan beside text": lambda: ["a", np.nan],
            "NA": lambda: pd.array(["a", None], "string"),
        },
    ),
    (
        ValueError,
        "y holds the label 0, which is not among|is not the same as on the first call",
        {
            "others": lambda: [1, 2],
            "text": lambda: ["0", "1"],
            "long text": lambda: ["a" * 10_000, "b" * 10_000],
        },
    ),
    (ValueError, "mask", {"masked": lambda: np.ma.array([0, 1], mask=[0, 1])}),
    # NumPy takes a generator for one label, and does not run it
    ((Raises, ValueError), None, {"a failing generator": failing_generator}),
    (
        Raises,
        None,
        {
            "__array__ raises": ArrayRaises,
            "an item raises": ItemRaises,
            "labels raise": lambda: np.array([NotEqual(), NotEqual()]),
        },
    ),
)


@pytest.fixture(scope="module")
def data(pulsars):
    X, y = pulsars
    return X[:200], y[:200]


@pytest.fixture(params=[SLPClassifier(), MLPClassifier((3,), solver="sgd")], ids=repr)
def model(data, fitted, request):
    model = clone(request.param).set_params(max_iter=2, tol=None, random_state=0)
    return model.fit(*data) if fitted else model


@in_either_state
@by_fit_and_partial_fit
@kinds(*Y_GROUPS)
def test_labels(data, model, method, error, words, change):
    X, y = data
    refuses(error, words, model, method, X, change(y))


@in_either_state
@by_fit_and_partial_fit
@kinds(*WEIGHT_GROUPS)
def test_weights(data, model, method, error, words, change):
    X, y = data
    refuses(error, words, model, method, X, y, sample_weight=change(y))


@in_either_state
@by_fit_and_partial_fit
@kinds(*PARAMETER_GROUPS)
def test_parameters(data, model, method, error, words, change):
    refuses(error, words, model.set_params(**change()), method, *data)


@in_either_state
@kinds(*ONLY_FIT_GROUPS)
def test_what_fit_refuses(data, model, error, words, change):
    refuses(error, words, model, "fit", *change(*data))


@in_either_state
@kinds(*CLASSES_GROUPS)
def test_classes(data, model, error, words, change):
    refuses(error, words, model, "partial_fit", *data, classes=change())


@pytest.mark.parametrize("fitted", [False])
def test_no_classes_on_the_first_call(data, model):
    words = "classes must be passed on the first call to partial_fit"
    refuses(ValueError, words, model, "partial_fit", *data, classes=None)


@pytest.mark.parametrize("fitted", [True])
@pytest.mark.parametrize("label", [2, -(2**62), 1.0 + 2**60])
def test_a_label_not_seen_before(data, model, label):
    X, y = data
    y = np.where(y, label, 0)
    refuses(ValueError, "y holds the label", model, "partial_fit", X, y)


@in_either_state
@by_fit_and_partial_fit
def test_generator_of_random_numbers(data, model, method):
    """A `RandomState` is part of the estimator: the call that fails draws nothing."""
    model.set_params(random_state=np.random.RandomState(0))
    X = data[0].copy()
    X[5, 2] = 1e300
    refuses(ValueError, "Column 2 of X", model, method, X, data[1])
