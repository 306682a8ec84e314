# SPDX-License-Identifier: BSD-3-Clause
"""Quasi-Newton steps in a metric."""

import numpy as np

from skpulsar._kernels import _core

PAIRS = 10  # of steps and of changes of the gradient that are kept
# As in newton.h:
ROUNDING = 1e-13  # of F: a rise that may be none
LEAST = 1e-13  # share of a step


class LBFGS:
    """Points whose objective was read; one that is worse is taken back.

    Steps are those of L-BFGS (Liu & Nocedal, Mathematical Programming 45, 1989), with a
    metric in the place of its first matrix.

    Parameters
    ----------
    tie : ndarray of shape (n_columns + 1,), or None
        That of a `Scaling`: points are orthogonal to it, however steps are rounded.

    Attributes
    ----------
    point, value, gradient : ndarray, float, ndarray
        The best point so far, its objective and gradient.

    decrement : float
        Half of gradient . step: what the metric believes the step to gain.
    """

    def __init__(self, tie=None):
        self.tie, self.pairs = tie, []
        self.point = self.step = self.gradient = None
        self.value = self.decrement = np.inf
        self.share = 1.0

    def increased(self, value):
        """Whether a point is worse than the best, rounding apart; NaN is."""
        return not value <= self.value + ROUNDING * abs(self.value)

    def accept(self, point, value, gradient, preconditioner, far=False):
        """Go on from a point; returns its decrement. The curvature on the way to one
        that is far says nothing of that around it."""
        if self.point is not None and not far:
            step, change = point - self.point, gradient - self.gradient
            product = _core.dot(step, change)
            if product > 0:
                self.pairs = [*self.pairs, (step, change, 1 / product)][-PAIRS:]
        self.set_point(point, value, gradient)
        self._aim(self._step(gradient, preconditioner))
        return self.decrement

    def set_point(self, point, value, gradient):
        """Be at a point, with no step from it yet."""
        self.point, self.value, self.gradient = point, value, gradient

    def restart(self, step, pairs=()):
        """Take another step from here, and the pairs that belong to its metric."""
        self.pairs = list(pairs)
        self._aim(step)

    def lengthen(self, factor):
        """Take a longer step of the same direction."""
        self._aim(factor * self.step)

    def backtrack(self):
        """A quarter of the step; false if it is spent."""
        self.share /= 4
        return self.share >= LEAST

    def next_point(self):
        point = self.point - self.share * self.step
        if self.tie is not None:
            point[-1] = _core.dot(self.tie[:-1], point[:-1])
        return point

    def _aim(self, step):
        self.step, self.share = step, 1.0
        self.decrement = max(0.0, _core.dot(self.gradient, step) / 2)

    def _step(self, gradient, preconditioner):
        step, shares = gradient.copy(), []
        for moved, change, inverse in reversed(self.pairs):
            shares.append(inverse * _core.dot(moved, step))
            step -= shares[-1] * change
        step = preconditioner.solve(step)
        if self.pairs:
            step = preconditioner.scaled(step, self.pairs[-1])
        for moved, change, inverse in self.pairs:
            step += (shares.pop() - inverse * _core.dot(change, step)) * moved
        return step
