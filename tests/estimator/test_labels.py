# SPDX-License-Identifier: BSD-3-Clause
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.utils import compute_class_weight

from skpulsar._estimator._labels import by_label, check_labels, encode, find_classes

pd = pytest.importorskip("pandas")


@given(
    st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=2, unique=True),
    st.lists(st.booleans(), min_size=1, max_size=30),
    st.sampled_from([np.int64, np.float64, str, "strings"]),
)
def test_classes_and_targets(labels, picks, dtype):
    y = np.array([labels[pick % len(labels)] for pick in picks])
    y = y.astype(str).astype(object) if dtype == "strings" else y.astype(dtype)
    classes = find_classes(y)
    assert_array_equal(classes, np.unique(y))
    assert classes.dtype == np.unique(y).dtype
    if len(classes) == 2:
        assert_array_equal(encode(y, classes), y == classes[1])


def test_neighbours_are_two_classes():
    y = np.array([2**53, 2**53 + 1, 2**53])
    assert_array_equal(find_classes(y), [2**53, 2**53 + 1])
    assert_array_equal(encode(y, find_classes(y)), [0, 1, 0])


def test_refused():
    with pytest.raises(ValueError, match="continuous"):
        find_classes(np.array([0.5, 1.5, 0.5]))
    with pytest.raises(ValueError, match="y holds the label 2, which is not among"):
        encode(np.array([0, 2]), np.array([0, 1]))
    for strange in (-1, 2, 9):
        with pytest.raises(
            ValueError, match=f"the label {strange}, which is not among"
        ):
            encode(np.array([0, strange, 5]), np.array([0, 1, 5]))


@pytest.mark.parametrize("dtype", [int, float, "U1", object])
def test_more_than_two_classes_are_numbered(dtype):
    labels = np.array(["3", "1", "2", "1", "3"]).astype(dtype)
    classes = find_classes(labels)
    assert_array_equal(classes, np.array(["1", "2", "3"]).astype(dtype))
    target = encode(labels, classes)
    assert target.dtype == np.float64
    assert_array_equal(target, [2, 0, 1, 0, 2])


WHOLE = {
    "text": ["a", "nan", "", np.str_("None")],
    "numbers": [0, 1.5, np.float32(2), True, False, Fraction(1, 3), Decimal(1), np.inf],
    "dates": [date(2020, 1, 1), pd.Timestamp(0)],
    "NumPy dates": np.array([0, 1], "M8[s]"),
    "lists": [[1, 2], [1]],
    "arrays": [np.arange(2), np.arange(3)],
}
MISSING = {
    "None": None,
    "nan": float("nan"),
    "float32": np.float32("nan"),
    "Decimal": Decimal("nan"),
    "NaT": np.datetime64("NaT", "D"),
    "NaT of pandas": pd.NaT,
    "NA": pd.NA,
}


def objects(labels):
    array = np.empty(len(labels), dtype=object)
    array[:] = labels
    return array


@pytest.mark.parametrize("labels", WHOLE.values(), ids=WHOLE)
def test_whole_labels_pass(labels):
    check_labels(objects(labels), "y")


@pytest.mark.parametrize("missing", MISSING.values(), ids=MISSING)
@pytest.mark.parametrize("labels", WHOLE.values(), ids=WHOLE)
def test_a_missing_label_is_found_wherever_it_is(labels, missing):
    for place in range(len(labels) + 1):
        holed = objects([*labels[:place], missing, *labels[place:]])
        with pytest.raises(ValueError, match=rf"y contains NaN: .* in row {place} "):
            check_labels(holed, "y")


@pytest.mark.parametrize("missing", MISSING.values(), ids=MISSING)
def test_a_missing_label_in_a_list_of_text(missing):
    """NumPy would make it text."""
    for form in (list, tuple):
        with pytest.raises(ValueError, match=r"classes contains NaN: .* in row 1 "):
            check_labels(form(["a", missing, "b"]), "classes")


@pytest.mark.parametrize("labels", [[1, "a"], (1.5, "a"), np.array([1, "a"], object)])
def test_types_without_an_order(labels):
    with pytest.raises(TypeError, match=r"y mixes labels of .* have no order"):
        check_labels(labels, "y")


# -- values by label -----------------------------------------------------------------

DAYS = np.array(["2020-01-01", "2020-01-02"], "M8[us]")
LABELS = {
    "str": (np.array(["0", "1"]), ["0", "1"]),
    "np.str_": (np.array(["0", "1"]), np.array(["0", "1"])),
    "objects": (np.array(["0", "1"], dtype=object), ["0", "1"]),
    "int": (np.array([0, 1]), [0, 1]),
    "objects of int": (np.array([0, 1], dtype=object), [0, 1]),
    "int8": (np.array([-1, 1], np.int8), np.array([-1, 1])),
    "uint64": (np.array([0, 2**64 - 1], np.uint64), [0, 2**64 - 1]),
    "neighbours": (np.array([2**53, 2**53 + 1]), [2**53, 2**53 + 1]),
    "int by float": (np.array([0, 1]), [0.0, 1.0]),
    "float": (np.array([0.0, 1.0]), [0.0, 1.0]),
    "float by int": (np.array([-1.0, 1.0]), [-1, 1]),
    "float32": (np.array([0, 1], np.float32), np.array([0, 1], np.float64)),
    "bool": (np.array([False, True]), [False, True]),
    "bool by int": (np.array([False, True]), [0, 1]),
    "bool by np.bool_": (np.array([False, True]), np.array([False, True])),
    "dates": (DAYS, DAYS),
    "dates of pandas": (DAYS, pd.to_datetime(DAYS)),
}


@pytest.mark.parametrize("classes, keys", LABELS.values(), ids=LABELS)
def test_values_are_found_by_label(classes, keys):
    first, second = keys
    found = [
        by_label(given, classes, "class_weight")
        for given in ({first: 5, second: 7}, {second: 7, first: 5}, {second: 7}, {})
    ]
    assert found == [[5, 7], [5, 7], [None, 7], [None, None]]


@pytest.mark.parametrize(
    "classes, given, words",
    [
        (["0", "1"], {0: 1, 1: 9}, r"\['0', '1'\], are .* keys \[0, 1\] are no"),
        (["0", "1"], {"0": 1, 1: 9}, r"\['1'\], are .* keys \[1\] are no"),
        ([0, 1], {"0": 1, "1": 9}, r"\[0, 1\], are .* keys \['0', '1'\] are no"),
        ([False, True], {"True": 9}, r"\[False, True\], are .* keys \['True'\]"),
        (["a", "b"], {"A": 9}, r"\['a', 'b'\], are .* keys \['A'\]"),
        ([0, 1], {(0, 1): 9}, r"keys \[\(0, 1\)\]"),
        ([0, 1], {None: 9}, r"keys \[None\]"),
        (["a" * 999, "b"], {"c" * 999: 9}, "of the same type"),
    ],
)
def test_keys_that_are_no_classes(classes, given, words):
    with pytest.raises(ValueError, match=words) as error:
        by_label(given, np.array(classes), "class_weight")
    assert len(str(error.value)) <= 300


def test_keys_of_other_classes_where_all_have_a_value():
    """As in `sklearn.utils.compute_class_weight`."""
    given = {0: 2, 1: 3, 2: 4}
    assert by_label(given, np.array([0, 1]), "class_weight") == [2, 3]
    expected = compute_class_weight(given, classes=np.array([0, 1]), y=[0, 1])
    assert_array_equal(expected, [2, 3])


def test_whole_numbers_of_which_most_are_single_are_doubted():
    with pytest.warns(UserWarning, match="unique classes"):
        assert len(find_classes(np.arange(30))) == 30
    assert len(find_classes(np.arange(30) % 15)) == 15
