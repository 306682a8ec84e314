# SPDX-License-Identifier: BSD-3-Clause
"""Constraints of parameters, checked with scikit-learn's error messages."""

from dataclasses import dataclass
from math import isfinite
from numbers import Integral, Real

import numpy as np

# An abstract class is slow to ask, and what most parameters are need not ask it.
TYPES = {Integral: (int, Integral), Real: (float, int, Real)}


@dataclass(frozen=True)
class Number:
    """A number of a kind (Integral or Real) between two bounds. `closed` is "[)", "(]",
    "[]" or "()", as intervals are written."""

    kind: type
    low: float
    high: float = np.inf
    closed: str = "[)"

    def admits(self, value):
        if not isinstance(value, TYPES[self.kind]) or isinstance(value, bool):
            return False
        if value == self.low:
            return self.closed[0] == "["
        if value == self.high:
            return self.closed[1] == "]"
        return bool(self.low < value < self.high)

    def __str__(self):
        kind = "an int" if self.kind is Integral else "a float"
        low, high = map(self._shown, (self.low, self.high))
        return f"{kind} in the range {self.closed[0]}{low}, {high}{self.closed[1]}"

    def _shown(self, bound):
        whole = self.kind is Integral and isfinite(bound)
        return int(bound) if whole else float(bound)


@dataclass(frozen=True)
class Options:
    """One of several strings."""

    names: tuple[str, ...]

    def admits(self, value):
        return isinstance(value, str) and value in self.names

    def __str__(self):
        return f"a str among {{{', '.join(map(repr, self.names))}}}"


@dataclass(frozen=True)
class Instance:
    """An object of one of several types."""

    types: tuple[type, ...]
    words: str

    def admits(self, value):
        return isinstance(value, self.types)

    def __str__(self):
        return self.words


BOOL = Instance((bool, np.bool_), "a bool")
NONE = Instance((type(None),), "None")


def check_parameters(estimator, table):
    """Check all parameters of an estimator against a table of their constraints."""
    for name, allowed in table.items():
        value = getattr(estimator, name)
        for rule in allowed:
            if rule.admits(value):
                break
        else:
            raise _refusal(name, value, allowed, type(estimator).__name__)


def check_parameter(name, value, allowed, owner):
    """Raise a ValueError, with scikit-learn's message, unless an entry of `allowed`
    admits the value."""
    if not any(rule.admits(value) for rule in allowed):
        raise _refusal(name, value, allowed, owner)


def _refusal(name, value, allowed, owner):
    *others, last = map(str, allowed)
    words = f"{', '.join(others)} or {last}" if others else last
    given = repr(value)
    given = given if len(given) <= 60 else f"{given[:57]}..."
    return ValueError(
        f"The {name!r} parameter of {owner} must be {words}. Got {given} instead."
    )
