# SPDX-License-Identifier: BSD-3-Clause
"""The L2 penalty, in units of the columns or of their deviations."""

from dataclasses import dataclass

import numpy as np

from skpulsar._kernels import _core


@dataclass(frozen=True)
class Penalty:
    """``alpha / 2 sum of (deviation_j w_j)^2``; the intercept is not penalised.

    Parameters
    ----------
    alpha : float
        Its strength.

    deviation : ndarray of shape (n_columns,), or 1.0
        Unit of every column; 1.0 where the columns are penalised as they are. A column
        of deviation 0 does not vary, and has no weight.
    """

    alpha: float
    deviation: np.ndarray | float = 1.0

    @property
    def barred(self):
        """Columns that have no weight."""
        return self.deviation == 0

    def of(self, weights):
        """The penalty of given weights, the intercept last, over all outputs."""
        if self.alpha == 0:
            return 0.0  # whatever the weights
        w = self.deviation * weights[..., :-1]
        with np.errstate(over="ignore"):
            return self.alpha / 2 * _core.total((w * w).ravel())

    def curvature(self, scale=1.0):
        """Of every column, by points that are weights divided by a scale."""
        unit = self.deviation * scale
        return self.alpha * unit * unit
