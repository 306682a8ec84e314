# SPDX-License-Identifier: BSD-3-Clause
"""Rows in groups, over which the sums of a reading are kept apart."""

import numpy as np

from skpulsar._solvers.many._metrics import factor_of

OUTPUTS = 5  # So many models at a time leave their residuals.


class GroupedRows:
    """Rows by fold and class. All models that leave out a fold, or weigh the classes
    anew, have their objectives in the same sums.

    Parameters
    ----------
    rows : Rows
        The rows, whose targets are 0 and 1.

    group : ndarray of shape (n_rows,), int64
        The group of every row: twice its fold, plus its class.

    n_groups : int
        Number of groups; some may have no rows.

    scaling, loss : Scaling, Logistic
        The coordinates, and the loss of a row.

    Attributes
    ----------
    bounds : ndarray of shape (n_groups + 1,)
        The rows of group g are ``order[bounds[g]:bounds[g + 1]]``.

    total : ndarray of shape (n_groups,)
        The sum of the weights of every group.
    """

    def __init__(self, rows, group, n_groups, scaling, loss):
        self.rows, self.scaling, self.loss = rows, scaling, loss
        self.order = np.argsort(group, kind="stable")
        sizes = np.bincount(group, minlength=n_groups)
        self.bounds = np.concatenate(([0], np.cumsum(sizes)))
        self.total = np.zeros(n_groups)
        for g in self.groups():
            self.total[g] = self.part(g).total()

    def groups(self):
        """The groups that have rows."""
        return np.flatnonzero(np.diff(self.bounds)).tolist()

    def places(self, g):
        """The rows of a group."""
        return self.order[self.bounds[g] : self.bounds[g + 1]]

    def part(self, g):
        """The same as `Rows`."""
        return self.rows.at(self.places(g))

    def read(self, point, see=None):
        """Sums of the losses and of their gradients, by group, at several points.

        Parameters
        ----------
        point : ndarray of shape (n_columns + 1, n_points)
            The points.

        see : callable, or None
            Is called as ``see(g, first, residual)`` with the residuals of a group at
            the points from `first` on, of shape (some points, rows of the group).

        Returns
        -------
        loss, gradient : ndarray
            Of shape (n_groups, n_points) and (n_groups, n_columns + 1, n_points).
        """
        scale, n_groups = self.scaling.scale, len(self.total)
        weights = np.ascontiguousarray((point * scale[:, np.newaxis]).T)
        loss = np.zeros((n_groups, point.shape[1]))
        gradient = np.zeros((n_groups, *point.shape))
        for g in self.groups():
            passes = self._passes(g)
            for first in range(0, len(weights), OUTPUTS):
                some = slice(first, first + OUTPUTS)
                residual = np.empty((len(weights[some]), passes.rows.n_rows))
                sums = passes.dataset.objective(weights[some], residual)
                loss[g, some], gradient[g, :, some] = sums[0], sums[1].T
                if see is not None:
                    see(g, first, residual)
        gradient *= scale[:, np.newaxis]
        return loss, gradient

    def curvatures(self, point):
        """The curvature of the sums of every group at several points, of shape
        (n_groups, n_points, n_columns + 1, n_columns + 1): the lower halves."""
        size, n_points = point.shape
        found = np.zeros((len(self.total), n_points, size, size))

        def see(g, first, residual):
            passes = self._passes(g)
            for i, of_point in enumerate(residual):
                h = passes.curvatures(of_point, 1.0)
                found[g, first + i] = passes.dataset.curvature(h, self.scaling.scale)

        self.read(point, see)
        return found

    def factors(self, point, objectives):
        """The factor of the curvature of every model at its own point."""
        factored = []
        for model, own in enumerate(np.ascontiguousarray(point.T)):
            curvature = self.curvatures(own[:, np.newaxis])[:, 0]
            factored.append(factor_of(curvature, objectives, model))
        return factored

    def _passes(self, g):
        scaling = self.scaling
        return self.part(g).full_pass(scaling.centre, scaling.fit_intercept, self.loss)
