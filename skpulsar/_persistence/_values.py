# SPDX-License-Identifier: BSD-3-Clause
"""Plain values as JSON and arrays.

None, booleans, integers, finite floats, strings, lists, and dicts of strings are what
they are in JSON. Other values are an object with one key, which begins with "$".
"""

import struct
from math import isfinite

import numpy as np

from skpulsar._persistence import _arrays

SIGN = "$"
N_WORDS = 624  # of a Mersenne Twister


class Unsaved(Exception):
    """A value cannot be saved. `value` is the value."""

    def __init__(self, value):
        self.value = value


class Encoder:
    """Turns values into what `json.dumps` takes, and collects their arrays.

    Parameters
    ----------
    of_object : callable
        Turns an estimator into plain values, and raises `Unsaved` of other objects.

    Attributes
    ----------
    arrays : list of ndarray
        Each once, however often it was met.
    """

    def __init__(self, of_object):
        self.of_object = of_object
        self.arrays, self.numbers = [], {}

    def encode(self, value):
        kind = type(value)
        if value is None or kind in (bool, int, str):
            return value
        if kind is list:
            return list(map(self.encode, value))
        if kind is dict and all(type(k) is str and k[:1] != SIGN for k in value):
            return {key: self.encode(each) for key, each in value.items()}
        if kind is float and isfinite(value):
            return value
        name, content = self._named(value)
        return {SIGN + name: content}

    def _named(self, value):
        """The name of what stands for a value, and its content."""
        kind = type(value)
        if kind is tuple:
            return "tuple", list(map(self.encode, value))
        if kind is dict:
            return "dict", [list(map(self.encode, pair)) for pair in value.items()]
        if kind is float:
            return "float", struct.pack("<d", value).hex()
        if kind is bytes:
            return "bytes", value.hex()
        if kind is np.str_:
            return "str_", str.__str__(value)  # str() drops NULs at the end.
        if isinstance(value, np.generic) and value.dtype.kind in _arrays.NUMBERS:
            return "scalar", [value.dtype.str, value.tobytes().hex()]
        if kind in (np.ndarray, np.memmap):
            return self._named_array(value)
        if kind is np.random.RandomState:
            return "RandomState", self.encode(_twister(value))
        return "estimator", self.encode(self.of_object(value))

    def _named_array(self, value):
        if value.dtype.kind == "O":
            return "objects", [list(value.shape), self.encode(value.ravel().tolist())]
        if value.dtype.kind not in _arrays.KINDS:
            raise Unsaved(value)
        number = self.numbers.setdefault(id(value), len(self.arrays))
        if number == len(self.arrays):
            self.arrays.append(value)
        return "array", number


class Decoder:
    """Turns what `Encoder` made of values into equal ones.

    It makes nothing but values, whatever it is given, and raises where it is given what
    `Encoder` never makes.

    Parameters
    ----------
    to_object : callable
        Turns plain values into an estimator.

    array : callable
        Gives the array of a number.
    """

    def __init__(self, to_object, array):
        self.kinds = {
            "tuple": lambda content: tuple(self.decode(content)),
            "dict": lambda content: dict(map(self.decode, content)),
            "float": lambda content: struct.unpack("<d", bytes.fromhex(content))[0],
            "bytes": bytes.fromhex,
            "str_": lambda content: np.str_(self.decode(content)),
            "scalar": lambda content: _scalar(*content),
            "array": array,
            "objects": self._objects,
            "RandomState": lambda content: _random_state(self.decode(content)),
            "estimator": lambda content: to_object(self.decode(content)),
        }

    def decode(self, value):
        kind = type(value)
        if kind is list:
            return list(map(self.decode, value))
        if kind is not dict:
            return value
        name = next(iter(value), "")
        if name.startswith(SIGN):
            (content,) = value.values()
            return self.kinds[name.removeprefix(SIGN)](content)
        return {key: self.decode(each) for key, each in value.items()}

    def _objects(self, content):
        shape, values = content
        objects = np.empty(len(values), dtype=object)
        objects[:] = self.decode(values)
        return objects.reshape(shape)


def _scalar(name, digits):
    """The NumPy scalar of a dtype and its bytes."""
    dtype, data = np.dtype(name), bytes.fromhex(digits)
    if dtype.kind not in _arrays.NUMBERS or dtype.itemsize != len(data):
        raise ValueError(f"a number of {name} has {len(data)} bytes")
    return np.frombuffer(data, dtype)[0]


def _twister(random_state):
    """The state of a RandomState whose generator is a Mersenne Twister."""
    state = random_state.get_state(legacy=False)
    if state["bit_generator"] != "MT19937":
        raise Unsaved(random_state)
    return state


def _random_state(state):
    """The RandomState of such a state; NumPy would trust its place among the words."""
    twister = state["state"]
    if np.shape(twister["key"]) != (N_WORDS,) or not 0 <= twister["pos"] <= N_WORDS:
        raise ValueError("the state of a RandomState is none of a Mersenne Twister")
    random_state = np.random.RandomState()
    random_state.set_state(state)
    return random_state
