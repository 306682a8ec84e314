# SPDX-License-Identifier: BSD-3-Clause
"""Newton's method for one penalty after the other, with curvatures that are kept."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._solvers.quadratic._lbfgs import MIN_STEP_SIZE, RISE_TOLERANCE
from skpulsar._solvers.quadratic._sample_objective import NEWTON_STEPS

STALE = 0.1  # A curvature is renewed if a step leaves more of the decrement, and more
# than the rows are too few to tell; but no more than so often for one penalty.
MAX_RENEWALS = 3


class ChordSearch:
    """Minima of the mean loss of some rows and several penalties.

    Parameters
    ----------
    batch : SampleObjective
        The rows.

    objectives : Objectives
        The penalties, and which weights are free.

    Attributes
    ----------
    stale : float
        What a step may leave of the decrement. Where there are few rows a column their
        curvature is wrong too, and one that is kept from a larger penalty is rather too
        large, which makes up for steps that are too long.

    factored : tuple of ndarray, or None
        The factor of the curvature and the penalty that the last step was made with.
    """

    def __init__(self, batch, objectives):
        self.batch, self.objectives = batch, objectives
        self.curvature = self.factored = self.read_at = None
        self.stale = max(STALE, np.sqrt(len(objectives.penalty) / batch.rows.n_rows))

    def minimum(self, model, start, tolerance):
        """The point from which a step gains no more than a share of F, from a start
        on."""
        self.live = self.objectives.live[:, model]
        self.penalty = np.ascontiguousarray(self.objectives.penalty[:, model])
        self.factored = None
        n_renewals, last = 0, np.inf
        point = np.where(self.live, start, 0.0)
        value, slope = self._read(point)
        for _ in range(NEWTON_STEPS):
            step, decrement = self._step(slope)
            if decrement > self.stale * last and n_renewals < MAX_RENEWALS:
                n_renewals += 1
                self.curvature = self.factored = None
                step, decrement = self._step(slope)
            last = decrement
            found = None
            if decrement > tolerance * value:
                found = self._along(point, step, value)
            if found is None:
                break
            point, value, slope = found
        return point

    def _along(self, point, step, value):
        """The first point along a step, made shorter and shorter, where F is no larger,
        and what `_read` returns there; None if there is none."""
        share = 1.0
        while share > MIN_STEP_SIZE:
            moved = point - share * step
            read = self._read(moved)
            if read[0] <= value + RISE_TOLERANCE * value:
                return moved, *read
            share /= 4
        return None

    def _read(self, point):
        """F and its gradient."""
        batch, slope = self.batch, self.penalty * point
        # A search begins where the last ended.
        if not np.array_equal(point, self.read_at):
            self.read_at, self.sums = point, batch.sums(point)
        loss, gradient, _ = self.sums
        value = loss / batch.total + _core.dot(slope, point) / 2
        slope += gradient * batch.scaling.scale / batch.total
        return value, np.where(self.live, slope, 0.0)

    def _step(self, slope):
        """Newton's step, and its decrement."""
        if self.curvature is None:
            self.curvature = self.batch.curvature()
        if self.factored is None:
            both = self.live * self.live[:, np.newaxis]
            self.factored = _core.factorise(self.curvature * both, self.penalty)
        step = np.where(self.live, _core.precondition(self.factored, slope), 0.0)
        return step, _core.dot(slope, step) / 2
