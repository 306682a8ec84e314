# SPDX-License-Identifier: BSD-3-Clause
"""What an objective is without one of its rows, and where its minimum goes then."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import eigh

from skpulsar._inference._covariance import root_of_inverse
from skpulsar._inference._design import Block

CONSTANT = 1e-9  # A column has not varied that is left with this share of its variance.
LEAST_REST = 1e-6  # of the curvature that a row has a share of, to be divided by


@dataclass(frozen=True)
class Moved:
    """What leaving out each row does.

    Parameters
    ----------
    leverage : ndarray of shape (n_rows,)

    shift : ndarray of shape (n_rows,)
        By how much it moves the row's own logit.

    length : ndarray of shape (n_rows,)
        The square of how far the weights move, in the metric of the curvature.

    part : ndarray of shape (n_rows,)
        By which share leaving out the row changes factors of classes, or deviations.

    refitted : ndarray of bool of shape (n_rows,)
        The rows for which `shift` and `length` are more than the first order.
    """

    leverage: np.ndarray
    shift: np.ndarray
    length: np.ndarray
    part: np.ndarray
    refitted: np.ndarray


class Removals:
    """The objectives that are left without a row, each an estimator's own for the other
    rows.

    The weights of the estimator are taken for the minimum of S times the objective, in
    the notation of `Scores`. Coordinates y are changes of the weights in which the
    curvature is 1 and that of the penalty is diagonal; directions that neither the rows
    nor the penalty determine have none.

    Without a row of class k and weight m the class counts ``ratio = (1 - m / M_k) **
    -power`` times as much by row, where M_k is the sum of its weights. All rows then
    weigh ``S (1 - share)``, and so does the penalty. With ``standardize=True`` the
    deviations of the columns are those of the other rows.

    Parameters
    ----------
    scores : Scores
        Of one output.

    power : int
        How the factor of a class depends on how many rows it has: 0, 1 or 2 for a
        factor that is given, or proportional to ``1 / M_k`` or ``1 / M_k^2``.

    Attributes
    ----------
    to_scaled : ndarray of shape (size, n_coordinates)
        Takes y to changes of the scaled weights.

    penalty_share : ndarray of shape (n_coordinates,)
        The penalty's share of the curvature 1 of every coordinate.

    slope : ndarray of shape (n_coordinates,)
        The slope by y that is left at the weights of the estimator.

    curvatures : ndarray of shape (n_rows,)
        ``m c h``.

    gain : ndarray of shape (n_rows,)
        ``m`` as a share of the weights of all other rows.

    ratio, share : ndarray of shape (n_rows,)
    """

    def __init__(self, scores, power):
        self.scores, self.power = scores, power
        penalty = scores.penalty[:, np.newaxis]
        root = root_of_inverse(scores.information() + np.diag(scores.penalty))
        share, turn = eigh(root.T @ (penalty * root))
        self.to_scaled, self.penalty_share = root @ turn, np.clip(share, 0.0, 1.0)
        self.slope = self.to_scaled.T @ scores.slope()
        self._of_class = scores.weight / scores.count[scores.classes]
        self.gain = scores.weight / (scores.count.sum() - scores.weight)
        self.ratio = (1 - self._of_class) ** -power
        totals = (scores.factor * scores.count)[scores.classes]
        gained = (self.ratio - 1) * (totals - scores.each)
        self.share = (scores.each - gained) / scores.total
        self.curvatures = scores.each * scores.curvatures()
        self._pressed = scores.penalty * scores.point
        of_classes = scores.factor[:, np.newaxis] * scores.class_slopes
        self._of_classes = of_classes @ self.to_scaled

    @property
    def decrement(self):
        """Twice the distance of S times the objective from its minimum."""
        return float(self.slope @ self.slope)

    @cached_property
    def loss_of_nothing(self):
        """The sum of the losses of a model that gives 0 to all rows."""
        scores = self.scores
        nothing = np.zeros((1, len(scores.target)))
        losses = scores.design.loss.evaluate(nothing, scores.target)
        return float(scores.each @ losses)

    def move(self):
        """What leaving out every row does, to first order.

        The curvature is that at the weights of the estimator, less the row's own and
        the share of the penalty's: exact for squared error.

        Returns
        -------
        moved : Moved
        """
        n_rows = len(self.scores.target)
        leverage, shift, length = np.empty((3, n_rows))
        own, part = self.curvatures, self.power * self._of_class
        for rows, block in self.scores.design.blocks():
            z = block.products(self.to_scaled)
            leverage[rows] = own[rows] * np.einsum("ij,ij->i", z, z)
            known = 1 - np.multiply.outer(self.share[rows], self.penalty_share)
            push, pull = self._push(rows, block, z) / known, z / known
            removed = self.ratio[rows] * own[rows]
            rest = 1 - removed * np.einsum("ij,ij->i", z, pull)
            along = np.einsum("ij,ij->i", z, push)
            shift[rows] = along / np.maximum(rest, LEAST_REST)
            push += (removed * shift[rows])[:, np.newaxis] * pull
            length[rows] = np.einsum("ij,ij->i", push, push)
            if self.scores.design.penalises_deviations:
                narrower = self.gain[rows] * block.largest_squared_deviation()
                part[rows] = np.maximum(part[rows], narrower)
        return Moved(leverage, shift, length, part, np.zeros(n_rows, bool))

    def block_of(self, row):
        """One row of the design."""
        alone = self.scores.design.rows.at(np.array([row]))
        return Block(self.scores.design, next(alone.blocks(1))[1])

    def penalty_without(self, row):
        """The curvature of the penalty without a row."""
        penalty = (1 - self.share[row]) * self.scores.penalty
        if not self.scores.design.penalises_deviations:
            return penalty
        gain, size = self.gain[row], len(penalty) - 1
        spread = self.block_of(row).squared_deviations(np.eye(size))[0]
        variance = (1 + gain) * (1 - gain * spread)
        # A column that is constant without the row gets 0 by any penalty.
        variance[variance < CONSTANT] = 1.0
        return penalty * np.append(variance, 1.0)

    def _push(self, rows, block, z):
        """Minus the slopes by y of the objectives without each of some rows, at the
        weights of the estimator."""
        scores, share = self.scores, self.share[rows]
        away = self.ratio[rows] * scores.each[rows] * scores.slopes[0, rows]
        push = away[:, np.newaxis] * z
        push += np.multiply.outer(share, self._pressed @ self.to_scaled)
        if self.power:
            gained = (self.ratio[rows] - 1)[:, np.newaxis]
            push -= gained * self._of_classes[scores.classes[rows]]
        if scores.design.penalises_deviations:
            by_column = self._pressed[:-1, np.newaxis] * self.to_scaled[:-1]
            gain = self.gain[rows]
            narrower = block.squared_deviations(by_column)
            narrower *= (gain * (1 + gain))[:, np.newaxis]
            narrower -= np.multiply.outer(gain, by_column.sum(axis=0))
            push += (1 - share)[:, np.newaxis] * narrower
        return push
