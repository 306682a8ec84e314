# SPDX-License-Identifier: BSD-3-Clause
"""Rows in groups, over which the sums of a reading are kept apart."""

from functools import cached_property
from itertools import pairwise

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._distinct import distinct
from skpulsar._solvers.many._metrics import factor_of


class GroupedRows:
    """Rows by fold and class, those of a group one after the other. All models that
    leave out a fold, or weigh the classes anew, have their objectives in the same sums.

    Parameters
    ----------
    rows : Rows
        The rows, group by group; their targets are 0 and 1.

    bounds : ndarray of shape (n_groups + 1,), int64
        The rows of group g are those from ``bounds[g]`` to ``bounds[g + 1]``. It is
        twice the fold, plus the class. Some groups may have no rows.

    scaling, loss : Scaling, Logistic
        The coordinates, and the loss of a row.

    Attributes
    ----------
    passes : FullPass
        Passes over these rows.

    total : ndarray of shape (n_groups,)
        The sum of the weights of every group.
    """

    def __init__(self, rows, bounds, scaling, loss):
        self.rows, self.bounds, self.scaling, self.loss = rows, bounds, scaling, loss
        self.passes = rows.full_pass(scaling.centre, scaling.fit_intercept, loss)
        weight = self.passes.weight
        self.total = np.diff(bounds).astype(float)
        if weight is not None:
            self.total = np.array([_core.total(weight[part]) for part in self.parts()])

    def parts(self):
        """The places of every group, as slices."""
        return [slice(*ends) for ends in pairwise(self.bounds)]

    def outside(self, k):
        """The places of the rows outside fold k."""
        places = np.arange(self.rows.n_rows)
        if 2 * k == len(self.total):  # None is left out.
            return places
        first, last = self.bounds[[2 * k, 2 * k + 2]]
        return np.concatenate((places[:first], places[last:]))

    def read(self, point, factor=None, seen=None, single=False):
        """Sums of the losses and of their gradients, by group, at several points.

        Parameters
        ----------
        point : ndarray of shape (n_columns + 1, n_points)
            The points.

        factor : ndarray of shape (n_groups, n_points), or None
            What the sums are to be multiplied by; those that it is 0 for are left out,
            and 0.

        seen : ndarray of int64, or None
            The points whose mean residual the passes are to keep of every row.

        single : bool
            Whether rows are rounded to float32.

        Returns
        -------
        loss, gradient : ndarray
            Of shape (n_groups, n_points) and (n_groups, n_columns + 1, n_points).
        """
        residual = None
        if seen is not None:
            residual = self.passes.residual = np.empty(self.rows.n_rows)
        return self._sums(point, factor, single, seen, residual)

    def gradients(self, point, factor=None, single=False):
        """The gradients alone, which take half the time where rows have weights."""
        return self._sums(point, factor, single, sums="gradients")[1]

    def _sums(self, point, factor, single, seen=None, residual=None, sums="both"):
        """What the kernel sums; points that several models share are read once."""
        first, kind = distinct(point, *([] if factor is None else [factor]))
        found = self.passes.dataset.grid(
            np.ascontiguousarray(point[:, first]), self.scaling.scale, self.bounds,
            None if factor is None else np.ascontiguousarray(factor[:, first]),
            None if seen is None else kind[seen], residual, single, sums,
        )  # fmt: skip
        return [None if each is None else each[..., kind] for each in found]

    def curvature(self, point, factor):
        """The curvature at one point of the sums of the groups, each of which is
        multiplied by a factor: the lower half, of shape (n_columns + 1, n_columns +
        1)."""
        self.passes.objective(point * self.scaling.scale)
        h = self.passes.curvatures(self.passes.residual, 1.0)
        h *= np.repeat(factor, np.diff(self.bounds))
        return self.passes.dataset.curvature(h, self.scaling.scale)

    @cached_property
    def _datasets(self):
        """The kernel's view of every group."""
        scaling, places = self.scaling, np.arange(self.rows.n_rows)
        return [
            self.rows.at(places[part])
            .full_pass(scaling.centre, scaling.fit_intercept, self.loss)
            .dataset
            if part.start < part.stop
            else None
            for part in self.parts()
        ]

    def diagonals(self, point):
        """The diagonals of the curvatures of the sums of every group at one point, of
        shape (n_groups, n_columns + 1)."""
        scale, found = self.scaling.scale, np.zeros((len(self.total), len(point)))
        scaled = point * scale
        for g, part in enumerate(self.parts()):
            if part.start < part.stop:
                residual = np.empty(part.stop - part.start)
                found[g] = self._datasets[g].objective(scaled, residual, True)[2]
        return found * scale * scale

    def factors(self, point, objectives):
        """The factor of the curvature of every model at its own point."""
        return [
            factor_of(self.curvature(own, factor), objectives, model)
            for model, (own, factor) in enumerate(
                zip(np.ascontiguousarray(point.T), objectives.factor.T, strict=True)
            )
        ]
