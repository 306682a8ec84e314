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
        Strength of the penalty.

    deviation : ndarray of shape (n_columns,), or 1.0
        Unit of every column; 1.0 penalises the columns as they are. A column of
        deviation 0 does not vary, and its weight is 0.
    """

    alpha: float
    deviation: np.ndarray | float = 1.0

    @property
    def barred(self):
        """Mask of the columns whose weight must be 0."""
        return self.deviation == 0

    @property
    def is_of_deviations(self):
        """Whether columns have units of their own."""
        return np.ndim(self.deviation) > 0

    def of(self, weights):
        """The penalty of weights of all outputs; the intercepts are last."""
        if self.alpha == 0:
            return 0.0  # This holds even if a weight is infinite.
        w = (self.deviation * weights[..., :-1]).ravel()
        return self.alpha / 2 * _core.dot(w, w)

    def curvature(self, scale=1.0):
        """Second derivative by every coordinate ``w_j / scale_j``."""
        unit = self.deviation * scale
        return self.alpha * unit * unit
