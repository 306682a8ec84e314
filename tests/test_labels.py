# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skpulsar._labels import encode, find_classes


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
    with pytest.raises(ValueError, match="Only binary classification is supported"):
        find_classes(np.array([0, 1, 2]))
    with pytest.raises(ValueError, match="Only binary classification is supported"):
        find_classes(np.array(["a", "b", "c"]))
    with pytest.raises(TypeError, match=r"types \['int', 'str'\], which have no order"):
        find_classes(np.array([1, "a"], dtype=object))
    with pytest.raises(ValueError, match="y holds the label 2, which is not among"):
        encode(np.array([0, 2]), np.array([0, 1]))
