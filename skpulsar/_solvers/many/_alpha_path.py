# SPDX-License-Identifier: BSD-3-Clause
"""Minima of the models of all rows, over rows that are drawn."""

import numpy as np

from skpulsar._solvers.many._chord_search import ChordSearch
from skpulsar._solvers.many._weighted_rows import weighted_by_class
from skpulsar._solvers.quadratic._sample_objective import SampleObjective

NOISE_SHARE = 0.1  # A decrement of this share of D / m times F is noise.


class AlphaPath:
    """The models of all rows, by weighting and alpha.

    From the largest alpha down each search begins where the last has ended. What was
    the curvature there is too large here, rather than too small, and serves on: only
    the sum with the penalty is factorised anew.

    Parameters
    ----------
    problem : Problem
        The rows and the models.
    """

    def __init__(self, problem):
        self.problem, self.grid = problem, problem.grid
        self.objectives = problem.objectives.of(self.grid.whole)
        self.falling = np.argsort(-self.grid.alphas, kind="stable")

    def minima(self, drawn):
        """Their points over drawn rows, as columns; and the factors of the curvatures
        that the last steps were made with, as `Metrics` take them."""
        found = np.empty_like(self.objectives.penalty)
        size, n_models = found.shape
        unit, factor = np.empty((n_models, size)), np.empty((n_models, size, size))
        tolerance = NOISE_SHARE * len(found) / drawn.rows.n_rows
        for v in range(len(self.grid.class_factor)):
            search = self._search(drawn, v)
            point = self.problem.null_point(v, self.grid.n_folds)
            for path in v * len(self.falling) + self.falling:
                point = search.minimum(path, point, tolerance)
                found[:, path], (unit[path], factor[path]) = point, search.factored
        return found, (unit, factor)

    def _search(self, drawn, v):
        factor, total = self.grid.class_factor[v, -1], self.objectives.total
        rows = weighted_by_class(drawn.rows, factor)
        batch = SampleObjective(
            rows, drawn.scaling, total[v * len(self.falling)], drawn.loss, ()
        )
        return ChordSearch(batch, self.objectives)
