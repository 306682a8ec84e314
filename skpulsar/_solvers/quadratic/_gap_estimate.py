# SPDX-License-Identifier: BSD-3-Clause
"""An estimate of how far the minimum is, and of how many passes it is away."""

from math import sqrt

from skpulsar._kernels._core import log
from skpulsar._problem._moments import EPSILON

FIRST_FALL = 3.4  # Before two decrements are known, their logarithm falls by this,
MIN_FALL = 0.105  # and later by this at least, in every pass.
MAX_RATE = 0.9  # Decrements are taken to fall by this factor at least.
SAFETY = 1 / 3  # Without Newton's method, estimates have to reach this share of tol.
WINDOW = 5  # Decrements of a diagonal jump, and are averaged over so many passes.
MIN_LOSS = 1e-9  # F counts as this share of the null model's loss at least.
SEPARABLE = 1e-6  # Without a penalty, only separable rows have an objective below this.


def attainable(tol):
    """A tolerance, or what rounding allows; None is 0."""
    return max(tol or 0.0, EPSILON)


class GapEstimate:
    """What the values and decrements of a search with one preconditioner say of the gap
    to the minimum.

    Parameters
    ----------
    tol : float or None
        The gap that is aimed at, as a share of the objective.

    newton : bool
        Whether preconditioners are made by Newton's method: then their decrements need
        no safety factor.

    diagonal : bool
        Whether the preconditioner is a diagonal, whose decrements may change a
        hundredfold from pass to pass. Then the fall of the objective counts too.

    Attributes
    ----------
    null_loss : float
        The objective of the null model, a share of which any other counts as at least.
    """

    def __init__(self, tol, newton, diagonal):
        self.tol, self.safety = attainable(tol), 1 if newton else SAFETY
        self.diagonal = diagonal
        self.null_loss = 0.0
        self.values, self.decrements, self.estimates = [], [], []

    def add(self, value, decrement):
        """Take the value and the decrement of a point that was accepted."""
        self.values.append(value)
        self.decrements.append(decrement)
        self.estimates.append(max(self._estimated(), EPSILON * value))

    def correct(self, decrement):
        """Take another decrement of the last point."""
        self.decrements[-1] = decrement
        self.estimates[-1] = max(self._estimated(), EPSILON * self.values[-1])

    def restart(self, decrement):
        """Begin anew at the last point, with a preconditioner that is no diagonal."""
        self.diagonal = False
        self.values, self.decrements = self.values[-1:], [decrement]
        self.estimates = [decrement]

    def goal(self):
        """The gap that is aimed at, at the last point."""
        return self.tol * max(self.values[-1], MIN_LOSS * self.null_loss)

    def gap(self):
        """The estimate at the last point: nothing below rounding, and no more than the
        objective, since no loss is negative."""
        value = self.values[-1]
        return min(max(self._left(), EPSILON * value), value)

    def holds(self):
        """Whether the last point is as near to the minimum as was asked."""
        goal = self.goal()
        return self._series() <= goal * self.safety and self._left() <= goal

    def passes_left(self):
        """How many passes lead to the goal at the present rate."""
        decrements, target = self.decrements, self.goal() / self._correction()
        if not decrements[-1] > target > 0:
            return 0.0
        window = WINDOW if self.diagonal else 1
        if len(decrements) > window:
            before = max(decrements[-1 - window], decrements[-1])
            fall = log(before / decrements[-1]) / window
        elif self.diagonal:
            return 0.0
        else:
            fall = FIRST_FALL
        return log(decrements[-1] / target) / max(fall, MIN_FALL)

    def _left(self):
        return self._correction() * self._estimated()

    def _correction(self):
        """How many times too small earlier estimates have proved to be, by the falls of
        the objective since, in the later half of the points."""
        half = len(self.values) // 2
        if half < WINDOW:
            return 1.0
        value = self.values[-1]
        before = zip(self.values[half:-1], self.estimates[half:-1], strict=True)
        return max(1.0, *((higher - value) / gap for higher, gap in before))

    def _estimated(self):
        """The gap, uncorrected."""
        if not self.diagonal:
            return self._series()
        two = sqrt(self.decrements[-1]) * sqrt(self.decrements[-2:][0])
        return max(self._series(), two, self._falls())

    def _series(self):
        """The sum of the decrements from the last on, if they go on falling at their
        rate."""
        last, rate = self.decrements[-1], 0.0
        if len(self.decrements) > 1 and self.decrements[-2] > 0:
            rate = min(MAX_RATE, last / self.decrements[-2])
        return last / (1 - rate)

    def _falls(self):
        """The gap, if the objective goes on falling as it did."""
        values = self.values
        span = max(min(3, (len(values) - 1) // 2), len(values) // 4)
        if len(values) < 3:
            return 0.0
        fall = values[-1 - span] - values[-1]
        before = values[-1 - 2 * span] - values[-1 - span]
        rate = min(MAX_RATE, fall / before) if before > 0 else MAX_RATE
        return max(0.0, fall) * rate / (1 - rate)
