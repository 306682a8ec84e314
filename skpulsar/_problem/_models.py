# SPDX-License-Identifier: BSD-3-Clause
"""Models: what turns rows into logits."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._matrix import saturated_logits


@dataclass(frozen=True)
class Linear:
    """One layer.

    Parameters
    ----------
    weights : ndarray of shape (n_outputs, n_columns + 1), float64
        The intercepts are last.
    """

    weights: np.ndarray

    shows_not_finite = True  # Whether a row that is not finite has no finite logit.

    @property
    def n_outputs(self):
        return len(self.weights)

    @property
    def cost(self):
        """What a row costs, as a multiple of its entries."""
        return len(self.weights)

    def logits(self, matrix, first, n, order=None, out=None):
        """Logits of n rows, from `first` on or in the order of `order`, of shape (n,
        n_outputs)."""
        return _core.logits(matrix, first, n, self.weights, order, out)

    def saturate(self, logits, matrix):
        """Replace, in place, the logits of finite rows whose sums overflowed by their
        true values, clipped to the range of a double."""
        for w, out in zip(self.weights, logits.T, strict=True):
            overflowed = np.flatnonzero(~np.isfinite(out))
            if len(overflowed):
                out[overflowed] = saturated_logits(matrix, w, overflowed)


@dataclass(frozen=True)
class Layers:
    """Several layers, of which all but the last are of units.

    Parameters
    ----------
    weights : list of ndarray of shape (units below, units), float64

    intercepts : list of ndarray of shape (units,), float64

    activation : str
        Name of the units, of `_core.ACTIVATIONS`.
    """

    weights: list[np.ndarray]
    intercepts: list[np.ndarray]
    activation: str

    shows_not_finite = False  # Units may give finite numbers for infinity.

    @property
    def n_outputs(self):
        return self.weights[-1].shape[1]

    @property
    def cost(self):
        """What a row costs, as a multiple of its entries."""
        return sum(layer.size for layer in self.weights) // len(self.weights[0])

    @cached_property
    def _network(self):
        return _core.Network(
            self.weights, biases=self.intercepts, activation=self.activation
        )

    def logits(self, matrix, first, n, order=None, out=None):
        """Logits of n rows, as `Linear` has them."""
        centre = np.zeros(len(self.weights[0]))
        dataset = _core.Dataset(matrix, None, None, order, centre=centre)
        place = first if order is None else 0
        return self._network.logits(dataset, place, n, out)

    def saturate(self, logits, matrix):
        """Refuse finite rows whose sums overflowed, of which nothing is known.

        Raises
        ------
        ValueError
            If there are such rows.
        """
        strange = np.flatnonzero(~np.isfinite(logits).all(axis=1))
        if len(strange):
            raise ValueError(
                f"Row {strange[0]} of X holds values so large that they overflow in "
                "the network: leave such rows out, or divide X by its size before fit."
            )
