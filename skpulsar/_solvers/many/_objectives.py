# SPDX-License-Identifier: BSD-3-Clause
"""What the models of a grid minimise, made of sums over groups of rows."""

from dataclasses import dataclass

import numpy as np

from skpulsar._kernels import _core
from skpulsar._solvers.many._columns import weighted_sum
from skpulsar._solvers.quadratic._scaling import MAX_PENALTY


@dataclass(frozen=True)
class Objectives:
    """The objectives of some models, whose points are columns of an array.

    Parameters
    ----------
    factor : ndarray of shape (n_groups, n_models)
        What multiplies the sums over a group; 0 for those of the fold left out.

    total : ndarray of shape (n_models,)
        What the losses are divided by.

    penalty : ndarray of shape (n_columns + 1, n_models)
        Second derivatives of the penalty; 1 where a weight is 0 by rule.

    live : ndarray of shape (n_columns + 1, n_models), bool
        Whether a weight is free.
    """

    factor: np.ndarray
    total: np.ndarray
    penalty: np.ndarray
    live: np.ndarray

    @classmethod
    def of_grid(cls, grid, weight, scaling, flat):
        """Those of all models.

        Parameters
        ----------
        grid : Grid
            The models.

        weight : ndarray of shape (n_groups,)
            The sum of the sample weights of every group.

        scaling : Scaling
            The coordinates.

        flat : FlatColumns
            Columns that do not vary in the rows that are trained on.
        """
        factor = factors(grid)
        deviation = 1.0 if grid.deviation is None else grid.deviation
        unit = np.zeros((grid.n_folds + 1, len(scaling.scale)))
        unit[:, :-1] = deviation * scaling.scale[:-1]
        with np.errstate(over="ignore"):
            penalty = grid.alphas[grid.strength] * (unit * unit)[grid.left_out].T
        live = np.repeat(scaling.scale > 0, len(grid.strength)).reshape(penalty.shape)
        live &= penalty <= MAX_PENALTY
        live[:-1] &= ~flat.mask[grid.left_out].T
        if grid.deviation is not None:
            live[:-1] &= grid.deviation[grid.left_out].T > 0
        penalty = np.where(live, penalty, 1.0)
        return cls(factor, weighted_sum(factor, weight), penalty, live)

    def of(self, models):
        """Those of some of the models."""
        return Objectives(
            self.factor[:, models],
            self.total[models],
            self.penalty[:, models],
            self.live[:, models],
        )

    def of_sums(self, point, loss, gradient):
        """F and its gradient at points, of the sums of a reading at these."""
        return self.value(point, loss), self.gradient(point, gradient)

    def value(self, point, loss):
        """F, of the sums of the losses."""
        of_penalty = _core.dots(self.penalty * point, point) / 2
        return weighted_sum(self.factor, loss) / self.total + of_penalty

    def gradient(self, point, gradient):
        """Its gradient, of the sums of the losses' gradients."""
        slope = weighted_sum(self.factor, gradient) / self.total
        return np.where(self.live, slope + self.penalty * point, 0.0)

    def diagonal(self, squares):
        """The diagonal of the curvature, of those of the sums."""
        return weighted_sum(self.factor, squares) / self.total + self.penalty


def factors(grid):
    """What the sums over a group, twice the fold plus the class, count in each model:
    of shape (2 K, n_models)."""
    found = np.array([grid.factor[g % 2] for g in range(2 * grid.n_folds)])
    for g in range(len(found)):
        found[g, grid.left_out == g // 2] = 0.0
    return found
