# SPDX-License-Identifier: BSD-3-Clause
"""Newton's method on all rows, for one model after the other."""

from dataclasses import replace

import numpy as np

from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.many._weighted_rows import weighted_by_class
from skpulsar._solvers.quadratic._sample_objective import SampleObjective


class NewtonSearch:
    """Minima as near as rounding allows, each by the rows that its model trains on.

    Parameters
    ----------
    problem : Problem
        The rows and the models.
    """

    def __init__(self, problem):
        self.problem = problem

    def minima(self, models):
        """Their points, as columns, and the factors of the curvatures there."""
        grid = self.problem.grid
        found = np.empty((len(self.problem.scaling.scale), len(models)))
        factored, places = [None] * len(models), np.arange(len(models))
        sets = grid.weighting[models] * (grid.n_folds + 1) + grid.left_out[models]
        for own in np.unique(sets):
            v, k = divmod(int(own), grid.n_folds + 1)
            rows, point = self._training_set(v, k), self.problem.null_point(v, k)
            of_set = places[sets == own]
            alphas = grid.alphas[grid.strength[models[of_set]]]
            for place in of_set[np.argsort(-alphas, kind="stable")]:
                minimum = self._minimum(rows, models[place], point)
                found[:, place] = point = minimum.point
                factored[place] = minimum.preconditioner.factored
        return found, factored

    def _training_set(self, v, k):
        """The rows outside fold k, with their weights."""
        problem = self.problem
        rows = problem.groups.rows.at(problem.groups.outside(k))
        return weighted_by_class(rows, problem.grid.class_factor[v, k])

    def _minimum(self, rows, model, start):
        problem, objectives = self.problem, self.problem.objectives
        live = objectives.live[:, model]
        scaling = replace(
            problem.scaling,
            scale=np.where(live, problem.scaling.scale, 0.0),
            penalty=np.ascontiguousarray(objectives.penalty[:, model]),
        )
        total = objectives.total[model]
        batch = SampleObjective(rows, scaling, total, problem.loss)
        return batch.newton(np.where(live, start, 0.0), 0.0, EPSILON**2)
