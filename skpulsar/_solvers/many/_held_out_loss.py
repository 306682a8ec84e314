# SPDX-License-Identifier: BSD-3-Clause
"""Losses of the rows held out, and how far they may be from those at the minima."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._solvers.many._columns import total, weighted_sum

SHARE = 0.075  # A mean over the folds is to change by less, in standard errors.


class HeldOutLoss:
    """The mean loss of the rows that every model of a fold does not train with.

    This loss has a gradient at the minimum of the objective: that of the penalty, and
    of the rows held out. It is wrong by the square root of the gap, and a model whose
    objective is near its minimum may have a score that is not.

    Loss and gradient are exact where the models of all rows are read, and where a model
    is read with the rows held out. From there on the gradient is taken to change as
    that of the rows that it trains with.

    Parameters
    ----------
    grid : Grid
        The models.

    weight : ndarray of shape (n_groups,)
        The sum of the sample weights of every group.

    Attributes
    ----------
    loss, gradient : ndarray of shape (n_models,) and (n_columns + 1, n_models)
        At the point where a model was read last; 0 for the models of all rows.

    change : ndarray of shape (n_models,)
        By how much the loss is above that at the minimum, if steps go on as the last.
    """

    def __init__(self, grid, weight):
        self.grid = grid
        factor = grid.factor if grid.corrected else np.ones((2, len(grid.path)))
        of_class = np.append(weight, [0.0, 0.0]).reshape(-1, 2)[grid.left_out].T
        weights = _core.dots(factor, of_class)
        self.share = np.divide(
            factor, weights, out=np.zeros(factor.shape), where=weights > 0
        )
        self.loss, self.change = np.zeros((2, len(grid.path)))

    def start(self, loss, gradient):
        """Begin at points of the models of all rows, with the sums by group there."""
        path = self.grid.path
        self.gradient = np.zeros((gradient.shape[1], len(path)))
        self.read(np.arange(len(path)), path, loss, gradient)

    def read(self, models, columns, loss, gradient):
        """Take the sums by group of some models, which are columns of these."""
        left_out = self.grid.left_out[models]
        for k in range(self.grid.n_folds):
            own, places = models[left_out == k], columns[left_out == k]
            self.loss[own], self.gradient[:, own] = (
                weighted_sum(self.share[:, own], each[2 * k : 2 * k + 2, ..., places])
                for each in (loss, gradient)
            )

    def move(self, models, moved, change):
        """Take the ways that some models have gone.

        Parameters
        ----------
        models : ndarray of int
            The models.

        moved, change : ndarray of shape (n_columns + 1, n_models)
            What was added to their points, and to the gradients of their mean losses.
        """
        before = self.gradient[:, models]
        after = before + change
        self.loss[models] += _core.dots(before + after, moved) / 2
        self.gradient[:, models] = after

    def expect(self, models, step, rate):
        """Take the ways that some models are to go.

        Parameters
        ----------
        models : ndarray of int
            The models.

        step : ndarray of shape (n_columns + 1, n_models)
            What leads to the minima, nearly, if it is taken off.

        rate : ndarray of shape (n_models,)
            What share of its decrement the step before has left, below 1.
        """
        ahead = _core.dots(self.gradient[:, models], step)
        self.change[models] = ahead / (1 - np.sqrt(rate))

    def unsettled(self, change, least):
        """Whether models are of folds whose mean loss, by weighting and alpha, may
        change by more than a share of its standard error.

        Parameters
        ----------
        change : ndarray of shape (n_models,)
            By how much each loss may change.

        least : ndarray of shape (n_models,)
            A change of every model that counts as none.

        Returns
        -------
        unsettled : ndarray of shape (n_models,), bool
        """
        n_folds = self.grid.n_folds
        loss, change, least = (
            each.reshape(self.grid.shape)[:, :-1].swapaxes(0, 1)
            for each in (self.loss, change, least)
        )
        squares = total((loss - total(loss) / n_folds) ** 2)
        error = np.sqrt(squares / (n_folds - 1) / n_folds)
        goal = np.maximum(SHARE * error, total(least) / n_folds)
        far = np.abs(total(change) / n_folds) > goal
        return far.ravel()[self.grid.path] & (self.grid.left_out < n_folds)
