# SPDX-License-Identifier: BSD-3-Clause
"""The objective without one row, and its minimum by Newton's method."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from skpulsar._inference._covariance import inverse_of
from skpulsar._inference._removals import LEAST_REST

# Rows of more are refitted: of the first two, where curvature depends on the weights.
MOST_LEVERAGE, MOST_SHIFT, MOST_PART = 0.1, 0.05, 0.02
TOLERANCE = 5e-5  # of the shift; it may be wrong by a few times as much
OUTDATED = 0.2  # A step is to be that much shorter than the one before.
ROUNDING = 1e-13  # of the objective of a model that gives 0 to all rows
MOST_STEPS = 60


class Point(NamedTuple):
    """The objective at some weights.

    Parameters
    ----------
    value : float

    slope : ndarray of shape (n_coordinates,)

    curvatures : ndarray of shape (n_rows,)
        Of the losses, by their logits.
    """

    value: float
    slope: np.ndarray
    curvatures: np.ndarray


class Remainder:
    """The objective without one row, by the coordinates y of `Removals`.

    The slope that is left at the weights of the estimator is subtracted from it: what
    moves its minimum from there is the row alone.

    Parameters
    ----------
    removals : Removals
        The rows.

    row : int
        The place of the row that is left out.
    """

    def __init__(self, removals, row):
        self._removals, self._row = removals, row
        scores = removals.scores
        of_class = scores.classes == scores.classes[row]
        each = np.where(of_class, removals.ratio[row], 1.0) * scores.each
        each[row] = 0.0
        self._each, self._passes = each, scores.design.passes(each)
        self._start = scores.design.about_centre(scores.weights[0])
        self._penalty = removals.penalty_without(row)
        self._rounding = ROUNDING * removals.loss_of_nothing
        self._z = removals.block_of(row).products(removals.to_scaled)[0]

    def minimum(self):
        """The minimum, by Newton steps with a curvature that is computed anew only
        where a step is not much shorter than the one before.

        Returns
        -------
        shift : float
            By how much the logit of the row moves.

        length : float
            The square of how far the weights move, in the metric of the curvature.

        converged : bool
        """
        y = np.zeros(len(self._z))
        here, inverse, before = self._at(y), self._rough_inverse(), None
        for _ in range(MOST_STEPS):
            if inverse is None:
                inverse = self._inverse(here)
            step = inverse @ -here.slope
            size = np.linalg.norm(step)
            contraction = 1.0 if before is None else min(size / before, 1.0)
            if self._is_right(contraction * size, y + step):
                y += step
                return float(self._z @ y), float(y @ y), not self._is_separated(here)
            here, taken = self._descend(here, y, step)
            y += taken * step
            if taken < 1 or (before is not None and contraction > OUTDATED):
                inverse = None
            before = taken * size
        return float(self._z @ y), float(y @ y), False

    def _is_right(self, error, y):
        """Whether the shift is right where y is wrong by this much."""
        wrong = error * np.linalg.norm(self._z)
        return wrong <= TOLERANCE * max(abs(self._z @ y), MOST_SHIFT)

    def _is_separated(self, point):
        """Whether nothing is left to lose, so that there is no minimum."""
        loss = self._removals.scores.design.loss
        return loss.binary and point.value <= self._rounding

    def _at(self, y):
        """The objective at a change of the weights."""
        removals, scores = self._removals, self._removals.scores
        change, scale = removals.to_scaled @ y, scores.design.scale
        value, slope, _ = self._passes.objective(self._start + scale * change)
        point = scores.point + change
        value += point @ (self._penalty * point) / 2 - removals.slope @ y
        slope = removals.to_scaled.T @ (scale * slope + self._penalty * point)
        curvatures = scores.design.loss.curvature(self._passes.residual)
        return Point(float(value), slope - removals.slope, curvatures)

    def _inverse(self, point):
        """The inverse of the curvature at a point."""
        design, to_scaled = self._removals.scores.design, self._removals.to_scaled
        curvature = design.products(self._each * point.curvatures)
        curvature += np.diag(self._penalty)
        return inverse_of(to_scaled.T @ curvature @ to_scaled)

    def _rough_inverse(self):
        """The inverse of the curvature at the weights of the estimator, but for small
        shares of the other rows and of the penalty; or None."""
        removals, row = self._removals, self._row
        known = 1 - removals.share[row] * removals.penalty_share
        pull = self._z / known
        part = removals.ratio[row] * removals.curvatures[row]
        rest = 1 - part * (self._z @ pull)
        if rest < LEAST_REST:
            return None
        return np.diag(1 / known) + np.outer(part / rest * pull, pull)

    def _descend(self, here, y, step):
        """The point at the end of a step, shortened until it is no higher; and the
        share of the step that is left."""
        taken = 1.0
        while True:
            there = self._at(y + taken * step)
            if there.value <= here.value + self._rounding or taken < 1e-9:
                return there, taken
            taken /= 2


def refit(removals, moved):
    """Leave out by Newton's method the rows for which the first order tells too little.

    Parameters
    ----------
    removals : Removals
        The rows.

    moved : Moved
        What leaving them out does, to first order.

    Returns
    -------
    moved : Moved
        The same, with other `shift` and `length` of these rows, `refitted`.

    failed : ndarray of int
        Places of the rows without which no minimum was found.
    """
    if removals.scores.design.loss.quadratic:
        refitted = moved.leverage > 1 - LEAST_REST
    else:
        refitted = moved.leverage > MOST_LEVERAGE
        refitted |= np.abs(moved.shift) > MOST_SHIFT
    refitted |= moved.part > MOST_PART
    shift, length, failed = moved.shift.copy(), moved.length.copy(), []
    for row in np.flatnonzero(refitted):
        shift[row], length[row], converged = Remainder(removals, row).minimum()
        if not converged:
            failed.append(row)
    moved = replace(moved, shift=shift, length=length, refitted=refitted)
    return moved, np.array(failed, int)
