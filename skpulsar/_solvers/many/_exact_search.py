# SPDX-License-Identifier: BSD-3-Clause
"""The search for all models of few rows."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.many._newton_search import NewtonSearch
from skpulsar._solvers.quadratic._preconditioners import CholeskyPreconditioner


class ExactSearch:
    """The minima of all models, as near as rounding allows.

    Parameters
    ----------
    problem : Problem
        The rows and the models.
    """

    def __init__(self, problem):
        self.problem = problem

    def run(self, max_iter):
        """Yield `Models` after the one reading of all of them."""
        problem = self.problem
        every = np.arange(len(problem.grid.path))
        point, factored = NewtonSearch(problem).minima(every)
        sums = problem.groups.read(point, problem.objectives.factor)
        value, gradient = problem.objectives.of_sums(point, *sums)
        tie, slopes = problem.scaling.tie, np.ascontiguousarray(gradient.T)
        steps = [
            CholeskyPreconditioner(own, tie).solve(slope)
            for own, slope in zip(factored, slopes, strict=True)
        ]
        gap = np.maximum(_core.dots(gradient, np.array(steps).T) / 2, EPSILON * value)
        yield problem.models(point, value, np.minimum(gap, value), [len(every)], True)
