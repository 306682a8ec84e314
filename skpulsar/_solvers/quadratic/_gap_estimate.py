# SPDX-License-Identifier: BSD-3-Clause
"""How far from the minimum a descent believes to be, and how fast it nears it."""

from math import sqrt

from skpulsar._kernels._core import log
from skpulsar._problem._moments import EPSILON

FIRST_FALL = 3.4  # of the decrement's logarithm a reading, by a pilot's metric
MIN_FALL = 0.105
MAX_RATE = 0.9
SLACK = 1 / 3  # of tol, where the metric is not a Newton metric
WINDOW = 5  # readings of a diagonal metric, whose decrements jump
SEPARABLE = 1e-6  # objective of separable rows without a penalty


def attainable(tol):
    """A tolerance, or what rounding allows; None is 0."""
    return max(tol or 0.0, EPSILON)


class GapEstimate:
    """What the readings by one metric say of the gap to the minimum.

    Parameters
    ----------
    tol : float or None
        Of the objective: the gap that is aimed at.

    newton : bool
        Whether metrics are made by Newton's method: their decrements need no margin.

    diagonal : bool
        Whether the metric is a diagonal, whose decrements jump by a hundred from one
        reading to the next: how the objective fell then has a say too.
    """

    def __init__(self, tol, newton, diagonal):
        self.tol, self.slack = attainable(tol), 1 if newton else SLACK
        self.diagonal = diagonal
        self.least = 0.0  # what an objective counts at least
        self.values, self.decrements, self.beliefs = [], [], []

    def add(self, value, decrement):
        """A reading that was accepted."""
        self.values.append(value)
        self.decrements.append(decrement)
        self.beliefs.append(max(self._believed(), EPSILON * value))

    def restart(self, decrement):
        """Begin anew at the last reading, with another metric that is no diagonal."""
        self.diagonal = False
        self.values, self.decrements = self.values[-1:], [decrement]
        self.beliefs = [decrement]

    def goal(self):
        """The gap that is aimed at, at the last reading."""
        return self.tol * max(self.values[-1], self.least)

    def gap(self):
        """What is claimed at the last reading: nothing below rounding, and no more than
        the objective, since no loss is negative."""
        value = self.values[-1]
        return min(max(self._left(), EPSILON * value), value)

    def holds(self):
        """Whether the last reading is as near to the minimum as was asked."""
        goal = self.goal()
        return self._series() <= goal * self.slack and self._left() <= goal

    def readings_left(self):
        """Readings to the gap at the present rate."""
        decrements, target = self.decrements, self.goal() / self._refuted()
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
        return self._refuted() * self._believed()

    def _refuted(self):
        """How many times too small what was believed to be left has proved to be, by
        the falls of the objective since, in the later half of the readings."""
        half = len(self.values) // 2
        if half < WINDOW:
            return 1.0
        value = self.values[-1]
        before = zip(self.values[half:-1], self.beliefs[half:-1], strict=True)
        return max(1.0, *((higher - value) / left for higher, left in before))

    def _believed(self):
        if not self.diagonal:
            return self._series()
        two = sqrt(self.decrements[-1]) * sqrt(self.decrements[-2:][0])
        return max(self._series(), two, self._falls())

    def _series(self):
        """The sum of the decrements from the last on, as they would fall at their
        rate."""
        last, rate = self.decrements[-1], 0.0
        if len(self.decrements) > 1 and self.decrements[-2] > 0:
            rate = min(MAX_RATE, last / self.decrements[-2])
        return last / (1 - rate)

    def _falls(self):
        """What is left, if the objective goes on falling as it did."""
        values = self.values
        span = max(min(3, (len(values) - 1) // 2), len(values) // 4)
        if len(values) < 3:
            return 0.0
        fall = values[-1 - span] - values[-1]
        before = values[-1 - 2 * span] - values[-1 - span]
        rate = min(MAX_RATE, fall / before) if before > 0 else MAX_RATE
        return max(0.0, fall) * rate / (1 - rate)
