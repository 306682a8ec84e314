# SPDX-License-Identifier: BSD-3-Clause
"""The units in which a network sees columns: centred, and divided by deviations."""

from dataclasses import dataclass

import numpy as np


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

    @property
    def are_raw(self):
        """Whether columns stay as they are."""
        return bool((self.scale == 1).all() and not self.centre.any())
