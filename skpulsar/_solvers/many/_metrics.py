# SPDX-License-Identifier: BSD-3-Clause
"""Curvatures that turn the gradients of many models into steps."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._solvers.many._columns import dots, weighted_sum


class Metrics:
    """Cholesky factors of curvatures, which models may share.

    Parameters
    ----------
    factored : list of tuple
        What `_core.factorise` returns.

    which : ndarray of shape (n_models,)
        Which of them a model has.

    live : ndarray of shape (n_columns + 1, n_models), bool
        Which weights of a model are free.
    """

    def __init__(self, factored, which, live):
        self.factored, self.which, self.live = factored, which, live

    def solve(self, gradient, models):
        """Steps of some of the models, whose gradients are columns."""
        slopes, which = np.ascontiguousarray(gradient.T), self.which[models]
        steps = [
            _core.precondition(self.factored[each], slope)
            for each, slope in zip(which, slopes, strict=True)
        ]
        return np.where(self.live[:, models], np.array(steps).T, 0.0)

    def decrements(self, gradient, models):
        """Half of gradient times step, of some of the models."""
        return np.maximum(dots(gradient, self.solve(gradient, models)) / 2, 0.0)

    def replaced(self, models, factored):
        """Metrics in which some of the models have others."""
        which = self.which.copy()
        which[models] = np.arange(len(models)) + len(self.factored)
        return Metrics([*self.factored, *factored], which, self.live)


def factor_of(curvature, objectives, model):
    """The factor of the curvature of one model.

    Parameters
    ----------
    curvature : ndarray of shape (n_groups, n_columns + 1, n_columns + 1)
        The lower halves of the curvatures of the losses, by group.

    objectives, model : Objectives, int
        The model.
    """
    live = objectives.live[:, model]
    G = weighted_sum(objectives.factor[:, model], curvature) / objectives.total[model]
    G *= live * live[:, np.newaxis]
    return _core.factorise(G, np.ascontiguousarray(objectives.penalty[:, model]))
