# SPDX-License-Identifier: BSD-3-Clause
"""What a fit of more than two classes leaves to a stream."""

from dataclasses import dataclass

import numpy as np

from skpulsar._problem._moments import Moments
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._gram import gram
from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._solvers.quadratic._softmax_preconditioners import add_penalty


@dataclass(frozen=True)
class SoftmaxSummary:
    """The mean loss of the rows of a fit, to second order about its last point.

    Parameters
    ----------
    moments : Moments
        Those of the columns.

    centre : ndarray of shape (n_columns,)
        The centre of the scaling.

    fit_intercept : bool
        Whether points of this scaling have an intercept.

    weights : ndarray of shape (n_classes, n_columns + 1)
        The last point, as weights of (x, 1).

    loss, slope : float, ndarray of shape (n_classes, n_columns + 1)
        The mean loss there, and its gradient by the weights of (x - centre, 1).

    penalty : Penalty
        The penalty, which the preconditioner includes.

    unit, factor : ndarray, ndarray or None
        The preconditioner. The root of the diagonal, of shape (n_classes, n_columns +
        1) if it is one factor of every class or a diagonal, and flat if it is that of
        all classes but the last together; the lower halves of the factors in these
        units, row by row, as float32, or None of a diagonal.
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
        """The curvature of the mean loss, by the weights of (x - centre, 1), as exactly
        as it is known (see `_curvatures`)."""
        scaling = self.scaling()
        back, penalty = scaling.deviations(), scaling.penalty
        if self.factor is None:
            return (self.unit * self.unit - penalty) * back * back
        if self.unit.ndim == 1:
            shape = len(self.weights) - 1, len(penalty)
            H = unpacked(self.unit, self.factor).reshape(*shape, *shape)
            add_penalty(H, penalty, -1)
            return H * back * back[:, np.newaxis, np.newaxis]
        blocks = zip(self.unit, self.factor, strict=True)
        found = np.array([unpacked(*block) for block in blocks])
        for G in found:
            G[np.diag_indices(len(G))] -= penalty
        return found * back * back[:, np.newaxis]


def unpacked(unit, factor):
    """The matrix, both halves, of a factor that was packed."""
    size = len(unit)
    rows = np.zeros((size, size))  # the factor's columns
    rows.T[np.tril_indices(size)] = factor
    G = gram(rows, np.ones(size), unit)
    return np.tril(G) + np.tril(G, -1).T
