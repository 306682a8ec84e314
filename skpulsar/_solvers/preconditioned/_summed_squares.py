# SPDX-License-Identifier: BSD-3-Clause
"""Squared error of few columns, by the sums of one pass over all rows."""

from typing import NamedTuple

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._losses import NullModel
from skpulsar._problem._moments import Moments
from skpulsar._problem._spaced_rows import spaced
from skpulsar._solvers.quadratic._normal_equations import (
    NOISE,
    NormalEquations,
    QuadraticObjective,
)
from skpulsar._solvers.quadratic._preconditioners import CholeskyPreconditioner

FIRST_ROWS = 1024  # So many evenly spaced rows give the origin.
MAX_SHIFT = 1.0  # Means may be so far from the origin, squared, in variances,
MIN_PIVOT = 1e-3  # and a column has so much that no other one has.
MAX_NOISE = 1e-8  # Rounding of the sums may be this share of F, or tol if it is less.
STEPS = 2  # The second takes away what the first rounds.


class Solved(NamedTuple):
    """The objective, its model without columns, its minimum and its curvature, all of
    them by sums."""

    objective: QuadraticObjective
    null: NullModel
    minimum: np.ndarray
    preconditioner: CholeskyPreconditioner


class SummedSquares:
    """The objective of squared error as its sums over all rows tell it.

    Sums lose the digits that products have in common: they stand for the rows only
    where columns vary, are no combinations of others, and the objective is not tiny
    beside that without columns.

    Parameters
    ----------
    equations : NormalEquations
        The mean loss.

    n_rows : int
        Rows that it is of.

    Attributes
    ----------
    moments : Moments
        Those of the columns.
    """

    def __init__(self, equations, n_rows):
        self.equations, (mean, square) = equations, equations.column_means()
        variance = np.maximum(square - mean * mean, 0)
        self.moments = Moments(n_rows, equations.origin + mean, variance)
        self.shifted = mean * mean > MAX_SHIFT * variance

    @classmethod
    def of_rows(cls, rows, loss):
        """That of dense rows; None if a sum overflows."""
        first = rows.at(spaced(rows, FIRST_ROWS))
        origin = first.moments().mean
        targets = np.atleast_2d(first.targets())
        shift = np.array([_core.total(target) for target in targets]) / first.n_rows
        equations = NormalEquations.summed(rows, loss, origin, shift)
        sums = equations.curvature.sum() + equations.slope.sum() + equations.loss.sum()
        return cls(equations, rows.n_rows) if np.isfinite(sums) else None

    def solve(self, scaling, tol):
        """The `Solved` problem of one output in some coordinates; or None where the
        sums may tell too little of it, for a gap of tol F."""
        equations, live = self.equations, scaling.scale[:-1] > 0
        if scaling.tie is not None or (self.shifted & live).any():
            return None
        G = scaling.scaled_curvature(equations.curvature, equations.origin)
        factored = _core.factorise(np.ascontiguousarray(G), scaling.penalty)
        if factored is None:
            return None
        preconditioner = CholeskyPreconditioner(factored, scaling.tie)
        if factored[1].diagonal().min() < MIN_PIVOT:
            return None
        objective = QuadraticObjective(equations, scaling, np.zeros(len(G)))
        point = np.zeros(len(G))
        for _ in range(STEPS):
            value, gradient, _ = objective.read(point)
            point = point - preconditioner.solve(gradient)
        size = (preconditioner.unit * point)[:-1]
        noise = NOISE * len(G) * (float(equations.loss[0]) + _core.dot(size, size))
        if not noise <= min(MAX_NOISE, tol) * value:
            return None
        null = self._null_model(scaling.fit_intercept)
        return Solved(objective, null, point, preconditioner)

    def of_output(self, k):
        """That of one output."""
        return SummedSquares(self.equations.of_output(k), self.moments.n_rows)

    def _null_model(self, fit_intercept):
        anchor, slope = self.equations.anchor[0, -1], self.equations.slope[0, -1]
        mean = float(anchor - slope) if fit_intercept else 0.0
        v = np.zeros_like(self.equations.anchor)
        v[0, -1] = mean
        return NullModel(mean, mean, max(0.0, float(self.equations.read(v)[0][0])))
