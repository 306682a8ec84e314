# SPDX-License-Identifier: BSD-3-Clause
"""Steps of many models over drawn rows, whose gradients are made exact."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._solvers.many._pairs import Pairs

MAX_STEPS = 12
RISE = 1.5  # A step is shortened if its decrement has grown by this factor.
ENOUGH = 0.001  # So much of the first decrement may be left.


class SampleSearch:
    """Minimise objectives over drawn rows, given the linear parts that make their
    gradients at the starting points those over all rows.

    All models are read together, until the decrement of each is a thousandth of its
    first. One step is made in any case: a model of a fold that stayed where all rows
    have their minimum would have been trained on the rows held out.

    Parameters
    ----------
    groups : GroupedRows
        The drawn rows.

    objectives, metrics : Objectives, Metrics
        Those of the models.

    point, gradient : ndarray of shape (n_columns + 1, n_models)
        The starting points, and the gradients over all rows there.

    of_drawn : ndarray of shape (n_columns + 1, n_models)
        The gradients over the drawn rows there.

    single : bool
        Whether rows are rounded to float32.
    """

    def __init__(self, groups, objectives, metrics, point, gradient, of_drawn, single):
        self.groups, self.objectives, self.metrics = groups, objectives, metrics
        self.start, self.gradient, self.single = point, gradient, single
        self.linear = gradient - of_drawn

    def minimise(self, goal):
        """Points whose decrements are at most the goals, or a thousandth of the
        first."""
        point, gradient = self.start.copy(), self.gradient.copy()
        every, metrics = np.arange(point.shape[1]), self.metrics
        step = metrics.solve(gradient, every)
        decrement = _core.dots(gradient, step) / 2
        goal = np.maximum(goal, ENOUGH * decrement)
        pairs, share = Pairs(point.shape), np.ones(len(every))
        going = every
        for turn in range(MAX_STEPS):
            if turn:
                going = going[decrement[going] > goal[going]]
            if not len(going):
                break
            tried = point[:, going] - share[going] * step[:, going]
            slope = self._gradient(tried, going)
            left = metrics.decrements(slope, going)
            better = left < RISE * decrement[going]
            share[going[~better]] /= 4
            moved = going[better]
            pairs.add(
                moved,
                tried[:, better] - point[:, moved],
                slope[:, better] - gradient[:, moved],
            )
            point[:, moved], gradient[:, moved] = tried[:, better], slope[:, better]
            decrement[moved], share[moved] = left[better], 1.0
            aim = moved[decrement[moved] > goal[moved]]
            if len(aim):
                step[:, aim] = pairs.step(metrics, gradient[:, aim], aim)
        return point

    def _gradient(self, point, models):
        objectives = self.objectives.of(models)
        sums = self.groups.gradients(point, objectives.factor, self.single)
        return objectives.gradient(point, sums) + self.linear[:, models]
