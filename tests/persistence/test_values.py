# SPDX-License-Identifier: BSD-3-Clause
"""Plain values and arrays come back from JSON and arrays as they were."""

import json
import struct

import numpy as np
import pytest
from _fitted import assert_same
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from skpulsar._persistence import _arrays
from skpulsar._persistence._values import Decoder, Encoder, Unsaved


def refuse(value):
    raise Unsaved(value)


def again(value):
    """What comes back through JSON and the contents of `.npy` files."""
    encoder = Encoder(refuse)
    document = json.dumps(encoder.encode(value), allow_nan=False)
    contents = list(map(_arrays.dumps, encoder.arrays))
    decoder = Decoder(refuse, lambda number: _arrays.loads(contents[number]))
    return decoder.decode(json.loads(document))


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
    | st.builds(np.float32, st.floats(width=32)) | st.builds(np.int16, st.just(-3))
    | st.builds(np.datetime64, st.datetimes()) | st.builds(np.str_, st.text())
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda part: (
        st.lists(part)
        | st.lists(part).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.booleans(), part)
        | st.dictionaries(st.sampled_from(["$array", "$tuple", "a"]), part)
    ),
    max_leaves=12,
)


@given(value=VALUES)
@example(value=np.str_("0\0"))
@settings(deadline=None, max_examples=150)
def test_plain_values_come_back(value):
    assert_same(again(value), value)


ARRAYS = hnp.arrays(
    hnp.boolean_dtypes()
    | hnp.integer_dtypes()
    | hnp.floating_dtypes()
    | hnp.complex_number_dtypes()
    | hnp.datetime64_dtypes()
    | hnp.unicode_string_dtypes()
    | hnp.byte_string_dtypes(),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0),
)


@given(array=ARRAYS, fortran=st.booleans())
@settings(deadline=None, max_examples=200)
def test_arrays_come_back(array, fortran):
    array = np.asfortranarray(array) if fortran else array
    found = again(array)
    assert_same(found, array)
    assert found.flags.f_contiguous == array.flags.f_contiguous
    assert found.flags.writeable and found.flags.owndata and found.flags.aligned


def test_an_array_that_is_met_twice_is_one():
    array, other = np.arange(3), np.arange(3)
    one, two, three = again([array, (array,), other])
    assert one is not two[0]  # `load` makes each once.
    encoder = Encoder(refuse)
    encoder.encode([array, (array,), other])
    assert list(map(id, encoder.arrays)) == [id(array), id(other)]
    assert_same(three, other)


@pytest.mark.parametrize("shape", [(), (3,), (2, 2), (0, 3)])
def test_arrays_of_objects_come_back(shape):
    array = np.empty(shape, dtype=object)
    array.fill(("a", 1.5, None))
    assert_same(again(array), array)


@pytest.mark.parametrize("drawn", [0, 1, 700])
def test_random_states_come_back(drawn):
    random = np.random.RandomState(3)
    random.standard_normal(drawn)
    found = again(random)
    assert_same(found, random)
    assert_same(found.standard_normal(9), random.standard_normal(9))


@pytest.mark.parametrize(
    "value",
    [
        {1, 2}, object(), len, 1j, slice(3), np.ma.ones(2), np.zeros(2, "f8,i4"),
        np.bytes_(b"a"), np.random.RandomState(np.random.PCG64(0)), np.float64,
        np.array([object()]), np.array(["a"], dtype=np.dtypes.StringDType()),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_others_are_refused(value):
    with pytest.raises(Unsaved):
        again([{"a": (value,)}])


@pytest.mark.parametrize(
    "value",
    [
        {"$float": "00"}, {"$float": 1}, {"$bytes": "0"}, {"$tuple": 3},
        {"$scalar": ["O", "00" * 8]}, {"$scalar": ["<f8", "00"]}, {"$scalar": []},
        {"$scalar": ["<U1", "00" * 4]}, {"$objects": [[3], [1, 2]]}, {"$other": 1},
        {"$objects": [[-1, 2], [1, 2, 3]]}, {"$dict": [[[], 1]]}, {"$dict": [[1]]},
        {"$tuple": [], "$dict": []}, {"$RandomState": {}}, {"$array": "0"},
    ],
    ids=str,
)  # fmt: skip
def test_what_stands_for_nothing_is_an_error(value):
    decoder = Decoder(refuse, {}.__getitem__)
    with pytest.raises((ValueError, TypeError, KeyError, struct.error)):
        decoder.decode(value)


@pytest.mark.parametrize(
    "change", [{"pos": 625}, {"pos": -1}, {"pos": None}, {"key": np.zeros(3)}]
)
def test_a_random_state_is_checked(change):
    """NumPy would read beyond its words."""
    encoder = Encoder(refuse)
    values = encoder.encode(np.random.RandomState(0))
    state = values["$RandomState"]["state"]
    state.update({name: encoder.encode(value) for name, value in change.items()})
    with pytest.raises((ValueError, TypeError)):
        Decoder(refuse, encoder.arrays.__getitem__).decode(values)


def header(dtype, shape, data=b""):
    """A `.npy` file of this header."""
    text = repr({"descr": dtype, "fortran_order": False, "shape": shape}).encode()
    text = text.ljust(118)[:-1] + b"\n" if len(text) < 118 else text
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x93NUMPY", header("|O", (1,), bytes(8)), header("<f8", (10**15,)),
        header("<f8", (2,), bytes(8)), header("<f8", (1,), bytes(9)),
        header("|V8", (1,), bytes(8)), header("<U0", (10**9,)), header("<f8", (-1,)),
        header([("a", "<f8")], (1,), bytes(8)), header("<f8", (2**40, 2**40)),
    ],
)  # fmt: skip
def test_strange_arrays_are_refused(content):
    assert_same(_arrays.loads(header("<f8", (1,), bytes(8))), np.zeros(1))
    with pytest.raises(ValueError):
        _arrays.loads(content)
