# SPDX-License-Identifier: BSD-3-Clause
"""What a fit leaves to a stream: its loss, to second order about the last point."""

from dataclasses import dataclass

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._moments import Moments
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._gram import gram
from skpulsar._solvers.quadratic._scaling import Scaling


@dataclass(frozen=True)
class FitSummary:
    """The mean loss of the rows of a fit, to second order about its last point.

    Parameters
    ----------
    moments : Moments
        Those of the columns.

    centre : ndarray of shape (n_columns,)
        The centre of the scaling.

    fit_intercept : bool
        Whether the model has an intercept.

    weights : ndarray of shape (n_columns + 1,)
        The last point, as weights of (x, 1).

    loss, slope : float, ndarray of shape (n_columns + 1,)
        The mean loss there, and its gradient by the weights of (x - centre, 1).

    penalty : Penalty
        The penalty, which the preconditioner includes.

    unit, factor : ndarray of shape (n_columns + 1,), ndarray or None
        A Cholesky preconditioner: the root of the curvature's diagonal, and the lower
        half of the factor, row by row, as float32. Or the root of a diagonal, and None.
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

    @classmethod
    def at(cls, lbfgs, preconditioner, moments, scaling, solver):
        """That of the best point of a search, whose curvature a preconditioner has; the
        solver tells the model and its penalty."""
        point, pull = lbfgs.point, scaling.penalty * lbfgs.point
        return cls(
            moments, scaling.centre, solver.fit_intercept,
            scaling.to_original(point), lbfgs.value - _core.dot(pull, point) / 2,
            (lbfgs.gradient - pull) * scaling.deviations(), solver.penalty,
            *preconditioner.packed,
        )  # fmt: skip

    def scaling(self):
        return Scaling.of(self.moments, self.penalty, self.fit_intercept, self.centre)

    def curvature(self):
        """The curvature of the mean loss, by the weights of (x - centre, 1)."""
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
