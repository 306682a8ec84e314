# SPDX-License-Identifier: BSD-3-Clause
"""What the searches for the models of a grid have in common."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._class_totals import log_odds
from skpulsar._solvers.many._flat_columns import FlatColumns
from skpulsar._solvers.many._grouped_rows import GroupedRows
from skpulsar._solvers.many._models import Models
from skpulsar._solvers.many._objectives import Objectives


class Problem:
    """The rows by fold and class, and the objectives of all models.

    Parameters
    ----------
    rows, fold, grid, fit_intercept
        See `train`.

    scaling : Scaling
        The coordinates, which are those of all rows for every model: a change of
        variables tells it nothing of the rows held out.

    loss : Logistic
        The loss of a row.

    Attributes
    ----------
    order : ndarray of shape (n_rows,), int64
        The rows by fold, and of a fold by class.

    groups : GroupedRows
        The rows in this order.
    """

    def __init__(self, rows, fold, grid, scaling, loss, fit_intercept):
        self.rows, self.grid, self.scaling, self.loss = rows, grid, scaling, loss
        self.fit_intercept = fit_intercept
        # In as few bytes as a group needs, which sorts many times faster
        group = np.asarray(fold).astype(np.min_scalar_type(2 * grid.n_folds))
        group = 2 * group + rows.targets().astype(group.dtype)
        self.order = np.argsort(group, kind="stable")
        sizes = np.bincount(group, minlength=2 * grid.n_folds)
        self.groups = GroupedRows(
            rows.at(self.order), np.append(0, np.cumsum(sizes)), self.scaling, loss
        )
        self._check_classes()
        self.flat = FlatColumns.of_groups(self.groups, grid.n_folds, self.scaling)
        self.objectives = Objectives.of_grid(
            grid, self.groups.total, self.scaling, self.flat
        )

    def class_totals(self, k):
        """The weights of both classes outside fold k."""
        by_fold = self.groups.total.reshape(-1, 2)
        return by_fold[np.arange(len(by_fold)) != k].sum(axis=0)

    def null_point(self, v, k):
        """The point of the model without columns, by weighting and fold left out."""
        point = np.zeros(len(self.scaling.scale))
        if self.fit_intercept:
            point[-1] = log_odds(self.grid.class_factor[v, k] * self.class_totals(k))
        return point

    def null_loss(self):
        """What these lose on all rows, by weighting; their entropy."""
        if not self.fit_intercept:
            return np.full(len(self.grid.class_factor), _core.log(2))
        found = []
        for factor in self.grid.class_factor[:, -1]:
            shares = factor * self.class_totals(self.grid.n_folds)
            shares /= shares.sum()
            found.append(-sum(share * _core.log(share) for share in shares))
        return np.array(found)

    def models(self, point, value, gap, n_models, is_last):
        """`Models` at given points."""
        weights, scaling = point * self.scaling.scale[:, np.newaxis], self.scaling
        for weight, centre in zip(weights, scaling.centre, strict=False):
            weights[-1] -= weight * centre
        if scaling.tie is not None:
            weights[-1] = 0.0  # It differs from 0 by rounding only.
        shape = self.grid.shape
        return Models(
            np.ascontiguousarray(weights.T).reshape(*shape, -1),
            value.reshape(shape).copy(),  # The search goes on with its own.
            gap.reshape(shape),
            list(n_models),
            is_last,
        )

    def _check_classes(self):
        for k in range(self.grid.n_folds + 1):
            for c, total in enumerate(self.class_totals(k)):
                if not total > 0:
                    raise ValueError(
                        f"Fold {k} leaves no rows of class {c} to train on: use fewer "
                        "folds, or stratified ones."
                    )
