# SPDX-License-Identifier: BSD-3-Clause
"""What a fit leaves to a stream: its loss, to second order about the last point."""

from dataclasses import dataclass

import numpy as np

from skpulsar._problem._moments import Moments
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._gram import gram
from skpulsar._solvers.quadratic._scaling import Scaling


@dataclass(frozen=True)
class FitSummary:
    """The mean loss of the rows of a fit, to second order about its last point.

    `slope` is the gradient by the weights of (x - centre, 1). `unit` and `factor` are
    the metric, the lower half of its factor in one row, as float32; or `unit` is the
    root of its diagonal, and `factor` None.
    """

    moments: Moments
    centre: np.ndarray
    fit_intercept: bool
    weights: np.ndarray
    loss: float
    slope: np.ndarray
    penalty: Penalty
    unit: np.ndarray
    factor: np.ndarray | None

    def scaling(self):
        return Scaling.of(self.moments, self.penalty, self.fit_intercept, self.centre)

    def curvature(self):
        """Of the mean loss, by the weights of a centred row."""
        scaling, size = self.scaling(), len(self.unit)
        back = scaling.deviations()
        if self.factor is None:
            return (self.unit * self.unit - scaling.penalty) * back * back
        rows = np.zeros((size, size))  # the factor's columns
        rows.T[np.tril_indices(size)] = self.factor
        G = gram(rows, np.ones(size), self.unit)
        G[np.diag_indices(size)] -= scaling.penalty
        G *= back * back[:, np.newaxis]
        return np.tril(G) + np.tril(G, -1).T
