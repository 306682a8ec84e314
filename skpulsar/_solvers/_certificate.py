# SPDX-License-Identifier: BSD-3-Clause
"""How far from the minimum a descent believes to be, and how fast it nears it."""

from skpulsar._kernels._core import log
from skpulsar._moments import EPSILON

FIRST_FALL = 3.4  # of the decrement's logarithm a reading, by a pilot's metric
LEAST_FALL = 0.105
WORST_RATE = 0.9
SLACK = 1 / 3  # of tol, where the metric is not a Newton metric
SEPARABLE = 1e-6  # objective of separable rows without a penalty


def attainable(tol):
    """A tolerance, or what rounding allows; None is 0."""
    return max(tol or 0.0, EPSILON)


class Certificate:
    """What the decrements of the readings by one metric say.

    Parameters
    ----------
    tol : float or None
        Of the objective: the gap that is aimed at.

    newton : bool
        Whether metrics are made by Newton's method: their decrements need no margin.
    """

    def __init__(self, tol, newton):
        self.tol, self.slack = attainable(tol), 1 if newton else SLACK
        self.decrements = []

    def gap(self, value):
        """What is claimed for an objective; nothing below rounding."""
        return max(self._sum(), EPSILON * value)

    def holds(self, value):
        """Whether an objective is as near to its minimum as was asked."""
        return self._sum() <= self.tol * value * self.slack

    def _sum(self):
        """Of the decrements from the last on, as they would fall at their rate."""
        last, rate = self.decrements[-1], 0.0
        if len(self.decrements) > 1 and self.decrements[-2] > 0:
            rate = min(WORST_RATE, last / self.decrements[-2])
        return last / (1 - rate)

    def readings_left(self, value, diagonal):
        """Readings to the gap at the present rate, that of five under a diagonal."""
        decrements, target = self.decrements, self.tol * value
        if not decrements[-1] > target > 0:
            return 0.0
        window = 5 if diagonal else 1
        if len(decrements) > window:
            before = max(decrements[-1 - window], decrements[-1])
            fall = log(before / decrements[-1]) / window
        elif diagonal:
            return 0.0
        else:
            fall = FIRST_FALL
        return log(decrements[-1] / target) / max(fall, LEAST_FALL)
