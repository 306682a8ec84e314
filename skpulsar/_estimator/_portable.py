# SPDX-License-Identifier: BSD-3-Clause
"""What leaves the process of an estimator: its state, in pickles and files."""

import warnings

from sklearn.exceptions import InconsistentVersionWarning

from skpulsar._estimator._plain_state import pack, unpack
from skpulsar._version import __version__


class Portable:
    """A mixin for estimators whose private state leaves the process as plain values.

    It comes before `BaseEstimator`.
    """

    def __getstate__(self):
        state = packed_state(super().__getstate__())
        return {**state, "_skpulsar_version": __version__}

    def __setstate__(self, state):
        """Warn of a pickle of another version, as scikit-learn's estimators do."""
        attributes = dict(state)
        warn_of_version(self, attributes.pop("_skpulsar_version", "unknown"), level=3)
        super().__setstate__(unpacked_state(attributes))

    def __copy__(self):
        """A copy that shares the attributes, not the dict of them."""
        copied = type(self).__new__(type(self))
        vars(copied).update(vars(self))
        return copied


def packed_state(attributes):
    """Attributes by name, the private ones as plain values (see `pack`).

    Users give parameters and read public attributes: no private class is in these.
    """
    now = dict(attributes)  # in one step, as another thread may be training
    return {k: pack(v) if k.startswith("_") else v for k, v in now.items()}


def unpacked_state(attributes):
    """The attributes that `packed_state` was given."""
    return {k: unpack(v) if k.startswith("_") else v for k, v in attributes.items()}


def warn_of_version(estimator, written, level):
    """Warn if the version that wrote an estimator is not this one.

    `level` is the number of calls between this one and the line to name.
    """
    if written != __version__:
        warnings.warn(
            InconsistentVersionWarning(
                estimator_name=type(estimator).__name__,
                current_sklearn_version=f"skpulsar {__version__}",
                original_sklearn_version=f"skpulsar {written}",
            ),
            stacklevel=level,
        )
