# SPDX-License-Identifier: BSD-3-Clause
"""Models whose penalties are too small to tell them apart."""

from itertools import pairwise

import numpy as np

from skpulsar._kernels import _core

NEAR = 0.01  # Such a share is nothing.


def at_minima(objectives, metrics, point, gradient):
    """The penalties where Newton steps from some points lead to. The points themselves
    will not do: where all weights are 0 there is no penalty at all.

    Returns
    -------
    pull, size : ndarray of shape (n_models,)
        The decrements of their gradients, and the penalties.
    """
    every = np.arange(point.shape[1])
    least = point - metrics.solve(gradient, every)
    of_penalty = objectives.penalty * least
    return metrics.decrements(of_penalty, every), _core.dots(of_penalty, least) / 2


def leaders(grid, live, pull, size, goal):
    """Of every model the one whose point it is to share, which may be its own.

    Where the model of alpha b has its minimum, the gradient of the objective with a
    smaller alpha a is ``(a / b - 1)`` times that of b's penalty, and its decrement is
    the square of this times that of the gradient of the penalty alone. Where that is
    nothing, a has the point of b, and of all alphas below a run of them has one.

    It is nothing as a share of what a may be above its minimum, and of b's penalty: the
    largest alphas leave weights so small that no objective tells them apart, but the
    losses of rows held out do.

    Parameters
    ----------
    grid : Grid
        The models.

    live : ndarray of shape (n_columns + 1, n_models), bool
        Which weights of a model are free. Those between models that share a point have
        the same.

    pull : ndarray of shape (n_models,)
        The decrement of the gradient of a model's penalty at its minimum.

    size : ndarray of shape (n_models,)
        That penalty.

    goal : ndarray of shape (n_models,)
        What every model may be above its minimum.

    Returns
    -------
    leader : ndarray of shape (n_models,), int64
        Their numbers.
    """
    sets, falling = np.indices(grid.shape[:2]), np.argsort(-grid.alphas, kind="stable")
    pull, size, goal = (each.reshape(grid.shape) for each in (pull, size, goal))
    live, left = live.reshape(-1, *grid.shape)[..., falling], _left(grid.alphas)
    same = (live[..., 1:] == live[..., :-1]).all(axis=0)
    found = np.full(grid.shape, falling[0])
    for place, (last, a) in enumerate(pairwise(falling)):
        b = found[:, :, last]
        most = NEAR * np.minimum(goal[:, :, a], size[*sets, b])
        shared = left[a, b] * pull[*sets, b] <= most
        found[:, :, a] = np.where(shared & same[:, :, place], b, a)
    return np.ravel_multi_index((*sets[..., np.newaxis], found), grid.shape).ravel()


def _left(alphas):
    """What of the decrement of its penalty is left at the minimum of each alpha, along
    a row, by the alpha of a column; 0 where both are 0."""
    ones = np.ones((len(alphas), len(alphas)))
    with np.errstate(over="ignore"):  # of alphas that are larger, which are not asked
        ratio = np.divide(alphas[:, np.newaxis], alphas, out=ones, where=alphas > 0)
        return (1 - ratio) ** 2
