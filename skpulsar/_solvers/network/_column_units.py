# SPDX-License-Identifier: BSD-3-Clause
"""The units in which a network sees columns: centred, and divided by deviations."""

from dataclasses import dataclass

import numpy as np

from skpulsar._problem._logits import move_intercept


@dataclass(frozen=True)
class ColumnUnits:
    """A row x enters the first layer as ``scale (x - centre)``.

    Parameters
    ----------
    centre, scale : ndarray of shape (n_columns,)
        A column of scale 0 does not vary, and has no weight.
    """

    centre: np.ndarray
    scale: np.ndarray

    @classmethod
    def of_moments(cls, moments):
        """Means, and one over the deviations."""
        deviation = moments.deviation()
        scale = np.divide(
            1, deviation, out=np.zeros_like(deviation), where=deviation > 0
        )
        return cls(moments.mean, scale)

    @classmethod
    def as_given(cls, n_columns):
        """Columns as they are."""
        return cls(np.zeros(n_columns), np.ones(n_columns))

    def of_raw(self, layer):
        """The first layer in these units, given that of raw columns."""
        layer = self._moved(layer, self.centre)
        scale = self.scale[:, np.newaxis]
        layer[:-1] = np.divide(
            layer[:-1], scale, out=np.zeros_like(layer[:-1]), where=scale > 0
        )
        return layer

    def to_raw(self, layer):
        """The first layer of raw columns, given that in these units."""
        layer = layer.copy()
        layer[:-1] *= self.scale[:, np.newaxis]
        return self._moved(layer, -self.centre)

    def _moved(self, layer, by):
        if not by.any():
            return layer.copy()
        by_unit = np.ascontiguousarray(layer.T)
        return np.ascontiguousarray(move_intercept(by_unit, by).T)
