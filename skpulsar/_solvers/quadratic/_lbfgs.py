# SPDX-License-Identifier: BSD-3-Clause
"""Quasi-Newton steps with a preconditioner."""

import numpy as np

from skpulsar._kernels import _core

PAIRS = 10  # This many steps, with the changes of the gradient, are kept.
# The two constants below are those of newton.h.
RISE_TOLERANCE = 1e-13  # A rise of F by less than this share may be rounding.
MIN_STEP_SIZE = 1e-13  # A step that is shortened to less than this share is spent.


class LBFGS:
    """The best point of a search, and the step from it to the next one.

    Steps are those of L-BFGS (Liu & Nocedal, Mathematical Programming 45, 1989), with a
    preconditioner in the place of its first matrix.

    Parameters
    ----------
    tie : ndarray of shape (n_columns + 1,), or None
        That of a `Scaling`: points are orthogonal to it, however steps are rounded.

    Attributes
    ----------
    point, value, gradient : ndarray, float, ndarray
        The best point so far, its objective and gradient.

    decrement : float
        Half of gradient . step: what the step gains where F is quadratic and its
        curvature that of the preconditioner.

    share : float
        How much of the step is taken: it is quartered where F rose.

    pairs : list of tuple
        The last steps, the changes of the gradient along them, and the inverses of
        their products.
    """

    def __init__(self, tie=None):
        self.tie, self.pairs = tie, []
        self.point = self.step = self.gradient = None
        self.value = self.decrement = np.inf
        self.share = 1.0

    def increased(self, value):
        """Whether a value is above the best one by more than rounding; NaN counts as
        above."""
        return not value <= self.value + RISE_TOLERANCE * abs(self.value)

    def accept(self, point, value, gradient, preconditioner, far=False):
        """Make a point the best one, and a step from it; return the decrement.

        The way to a point that is `far` makes no pair: the curvature along it says
        nothing of that around the point.
        """
        if self.point is not None and not far:
            step, change = point - self.point, gradient - self.gradient
            product = _core.dot(step, change)
            if product > 0:
                self.pairs = [*self.pairs, (step, change, 1 / product)][-PAIRS:]
        self.set_point(point, value, gradient)
        self._aim(self._step(gradient, preconditioner))
        return self.decrement

    def set_point(self, point, value, gradient):
        """Make a point the best one, with no step from it yet."""
        self.point, self.value, self.gradient = point, value, gradient

    def restart(self, step, pairs=()):
        """Replace the step, and the pairs by those of its preconditioner."""
        self.pairs = list(pairs)
        self._aim(step)

    def lengthen(self, factor):
        """Make the step longer by a factor."""
        self._aim(factor * self.step)

    def backtrack(self):
        """Shorten the step to a quarter; false if it is spent or there is none."""
        self.share /= 4
        return self.step is not None and self.share >= MIN_STEP_SIZE

    def next_point(self):
        """The point at the end of the step."""
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
