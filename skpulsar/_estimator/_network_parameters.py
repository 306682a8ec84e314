# SPDX-License-Identifier: BSD-3-Clause
"""What the parameters may be that estimators of several layers have."""

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from skpulsar._estimator._common_parameters import PARAMETERS
from skpulsar._estimator._parameters import Number, Options
from skpulsar._solvers._table import ACTIVATIONS, NETWORKS

SHARE = Number(Real, 0, 1)
SIZE = Number(Integral, 1, 2**31 - 1, "[]")
OF_ONE_LAYER = ("average", "fit_intercept", "n_jobs")


@dataclass(frozen=True)
class SequenceOf:
    """A sequence of values, each of which a rule admits."""

    rule: Number
    words: str

    def admits(self, value):
        if not isinstance(value, (list, tuple, np.ndarray)) or np.ndim(value) != 1:
            return False
        return all(map(self.rule.admits, value))

    def __str__(self):
        return self.words


NETWORK_PARAMETERS = {
    **{name: rule for name, rule in PARAMETERS.items() if name not in OF_ONE_LAYER},
    "hidden_layer_sizes": (SequenceOf(SIZE, "a list of ints of at least 1"), SIZE),
    "activation": (Options(ACTIVATIONS),),
    "dropout": (
        SHARE,
        SequenceOf(SHARE, "a list of floats in the range [0.0, 1.0)"),
    ),
    "solver": (Options(tuple(NETWORKS)),),
    "learning_rate_init": (Number(Real, 0, closed="()"),),
}


def hidden_sizes(hidden_layer_sizes):
    """Numbers of units of the hidden layers, as a tuple of int."""
    if isinstance(hidden_layer_sizes, Integral):
        return (int(hidden_layer_sizes),)
    return tuple(map(int, hidden_layer_sizes))


def dropout_of(dropout, n_hidden):
    """The share of the units that is left out, for every hidden layer.

    Raises
    ------
    ValueError
        If there are more or fewer shares than layers.
    """
    if isinstance(dropout, Real):
        return (float(dropout),) * n_hidden
    if len(dropout) != n_hidden:
        raise ValueError(
            f"dropout={dropout!r:.80} holds {len(dropout)} shares, and there are "
            f"{n_hidden} hidden layers: give one share for each, or one number for all."
        )
    return tuple(map(float, dropout))
