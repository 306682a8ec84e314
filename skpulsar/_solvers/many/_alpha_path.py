# SPDX-License-Identifier: BSD-3-Clause
"""Minima of the models of all rows, over rows that are drawn."""

from dataclasses import replace

import numpy as np

from skpulsar._solvers.many._weighted_rows import weighted_by_class
from skpulsar._solvers.quadratic._sample_objective import SampleObjective

NOISE_SHARE = 0.1  # A decrement of this share of D / m times F is noise.


class AlphaPath:
    """The models of all rows, by weighting and alpha.

    Parameters
    ----------
    problem : Problem
        The rows and the models.
    """

    def __init__(self, problem):
        self.problem, grid = problem, problem.grid
        self.objectives = problem.objectives.of(grid.whole)
        self.falling = np.argsort(-grid.alphas, kind="stable")

    def minima(self, drawn):
        """Their points over drawn rows, as columns, from the largest alpha down: each
        search begins where the last has ended."""
        found = np.empty_like(self.objectives.penalty)
        share = NOISE_SHARE * len(found) / drawn.rows.n_rows
        n_alphas = len(self.falling)
        for v in range(found.shape[1] // n_alphas):
            point = self.problem.null_point(v, self.problem.grid.n_folds)
            for a in self.falling:
                batch = self._objective(drawn, v, a)
                start = np.where(self.objectives.live[:, v * n_alphas + a], point, 0.0)
                point = batch.newton(start, 0.0, share).point
                found[:, v * n_alphas + a] = point
        return found

    def corrected(self, drawn, point, gradient, tolerance):
        """The same from points whose gradients over all rows are given, and made those
        of the drawn rows; and the factors of the curvatures there."""
        found, factored = np.empty_like(point), []
        for path in range(point.shape[1]):
            batch = self._objective(drawn, *divmod(path, len(self.falling)))
            start, anchor = (
                np.ascontiguousarray(a[:, path]) for a in (point, gradient)
            )
            minimum = batch.newton(start, 0.0, tolerance, anchor)
            found[:, path] = minimum.point
            factored.append(minimum.preconditioner.factored)
        return found, factored

    def _objective(self, drawn, v, a):
        path = v * len(self.falling) + a
        live, penalty = self.objectives.live[:, path], self.objectives.penalty[:, path]
        scaling = replace(
            drawn.scaling,
            scale=np.where(live, drawn.scaling.scale, 0.0),
            penalty=np.ascontiguousarray(penalty),
        )
        rows = weighted_by_class(drawn.rows, self.problem.grid.class_factor[v, -1])
        total = self.objectives.total[path]
        return SampleObjective(rows, scaling, total, drawn.loss, ())
