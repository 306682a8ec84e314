# SPDX-License-Identifier: BSD-3-Clause
"""Quasi-Newton steps of many models at once."""

import numpy as np

from skpulsar._kernels import _core

MEMORY = 5  # So many pairs of a model are kept.


class Pairs:
    """The last steps of every model, and the changes of the gradient along them, for
    steps of L-BFGS (Liu & Nocedal, Mathematical Programming 45, 1989) in metrics.

    Parameters
    ----------
    shape : tuple
        (n_columns + 1, n_models).
    """

    def __init__(self, shape):
        self.shape, self.kept = shape, []

    def add(self, models, step, change):
        """Take a pair of some of the models."""
        steps, changes = np.zeros(self.shape), np.zeros(self.shape)
        inverse = np.zeros(self.shape[1])
        product = _core.dots(step, change)
        positive = product > 0
        steps[:, models], changes[:, models] = step, change
        inverse[models[positive]] = 1 / product[positive]
        self.kept = [*self.kept, (steps, changes, inverse)][-MEMORY:]

    def step(self, metrics, gradient, models):
        """The step of some of the models, whose gradients are columns. A pair of
        others does not change it."""
        step, shares = gradient.copy(), []
        pairs = [
            (steps[:, models], changes[:, models], inverse[models])
            for steps, changes, inverse in self.kept
        ]
        for moved, change, inverse in reversed(pairs):
            shares.append(inverse * _core.dots(moved, step))
            step -= shares[-1] * change
        step = metrics.solve(step, models)
        for moved, change, inverse in pairs:
            step += (shares.pop() - inverse * _core.dots(change, step)) * moved
        return step
