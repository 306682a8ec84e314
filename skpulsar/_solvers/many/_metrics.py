# SPDX-License-Identifier: BSD-3-Clause
"""Curvatures that turn the gradients of many models into steps."""

import numpy as np

from skpulsar._kernels import _core


class Metrics:
    """Cholesky factors of curvatures, which models may share.

    Parameters
    ----------
    factored : tuple of ndarray, of shapes (n, n_columns + 1) and (n, n_columns + 1, \
n_columns + 1)
        What `_core.factorise` returns, `stacked`.

    which : ndarray of shape (n_models,), int64
        Which of them a model has.

    live : ndarray of shape (n_columns + 1, n_models), bool
        Which weights of a model are free.
    """

    def __init__(self, factored, which, live):
        self.factored, self.which, self.live = factored, which, live

    def solve(self, gradient, models):
        """Steps of some of the models, whose gradients are columns."""
        slopes = np.ascontiguousarray(gradient.T)
        steps = _core.precondition_each(self.factored, self.which[models], slopes)
        return np.where(self.live[:, models], steps.T, 0.0)

    def decrements(self, gradient, models):
        """Half of gradient times step, of some of the models."""
        return np.maximum(_core.dots(gradient, self.solve(gradient, models)) / 2, 0.0)

    def diagonals(self, models):
        """The diagonals of the curvatures of some of the models, as columns."""
        return (self.factored[0][self.which[models]] ** 2).T

    def of(self, models):
        """Those of some of the models."""
        return Metrics(self.factored, self.which[models], self.live[:, models])

    def replaced(self, models, factored):
        """Metrics in which each of some models has another; those that none has then
        are left out."""
        which = self.which.copy()
        which[models] = np.arange(len(models)) + len(self.factored[0])
        pairs = [*zip(*self.factored, strict=True), *factored]
        used, which = np.unique(which, return_inverse=True)
        return Metrics(stacked([pairs[i] for i in used]), which, self.live)


def stacked(factored):
    """Arrays of what `_core.factorise` has returned for several curvatures."""
    return tuple(np.array(each) for each in zip(*factored, strict=True))


def factor_of(curvature, objectives, model):
    """The factor of the curvature of one model.

    Parameters
    ----------
    curvature : ndarray of shape (n_columns + 1, n_columns + 1)
        The lower half of that of the sum of the losses, which is changed.

    objectives, model : Objectives, int
        The model.
    """
    live, G = objectives.live[:, model], curvature
    G /= objectives.total[model]
    G *= live * live[:, np.newaxis]
    return _core.factorise(G, np.ascontiguousarray(objectives.penalty[:, model]))
