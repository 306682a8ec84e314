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

    which : ndarray of shape (n_models,), int64
        Which of them a model has.

    live : ndarray of shape (n_columns + 1, n_models), bool
        Which weights of a model are free.
    """

    def __init__(self, factored, which, live):
        self.factored = tuple(np.array(each) for each in zip(*factored, strict=True))
        self.which, self.live = which, live

    def solve(self, gradient, models):
        """Steps of some of the models, whose gradients are columns."""
        slopes = np.ascontiguousarray(gradient.T)
        steps = _core.precondition_each(self.factored, self.which[models], slopes)
        return np.where(self.live[:, models], steps.T, 0.0)

    def decrements(self, gradient, models):
        """Half of gradient times step, of some of the models."""
        return np.maximum(dots(gradient, self.solve(gradient, models)) / 2, 0.0)

    def replaced(self, models, factored):
        """Metrics in which some of the models have others."""
        which = self.which.copy()
        which[models] = np.arange(len(models)) + len(self.factored[0])
        pairs = zip(*self.factored, strict=True)
        return Metrics([*pairs, *factored], which, self.live)


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
