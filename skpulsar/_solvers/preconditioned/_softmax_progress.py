# SPDX-License-Identifier: BSD-3-Clause
"""How a softmax fit gets on, and whether another method would get on better."""

from math import ceil, e, inf

from skpulsar._kernels._core import log
from skpulsar._solvers.quadratic._gap_estimate import MIN_FALL

FIRST_FALL = 1.1  # Of the logarithm of the decrement in a pass, before it is known;
WINDOW = 3  # later its mean over so many passes.
FEW_PASSES = 5  # So few passes that are left pay for no other method.
MAX_PASSES = (
    40  # After so many, Newton's method may be worth any cost that it may have.
)


class Progress:
    """What the points that were accepted tell of those to come.

    Parameters
    ----------
    estimate, cost : GapEstimate, SoftmaxCost
        Those of the fit.
    """

    def __init__(self, estimate, cost):
        self.estimate, self.cost = estimate, cost

    def passes_left(self):
        """How many passes lead to the goal at the present rate."""
        decrements, goal = self.estimate.decrements, self.estimate.goal()
        last, fall = decrements[-1], FIRST_FALL
        if not last > goal > 0:
            return 0.0
        window = min(WINDOW, len(decrements) - 1)
        if window:
            fall = log(max(decrements[-1 - window], last) / last) / window
        return log(last / goal) / max(fall, MIN_FALL)

    def wants_span(self):
        """Whether the minimum in the span of the rows costs less than the passes left;
        or, as in ski rental, than those spent."""
        left, spent = self.passes_left(), len(self.estimate.values)
        if self.cost.newton or (cost := self.cost.span_cost()) == inf:
            return False
        if left > FEW_PASSES:
            left = max(left, inf if spent >= MAX_PASSES else spent)
        return left > cost + 1

    def wants_newton(self, m):
        """Whether Newton's method on m rows can be afforded, and its steps would have
        gained more than the passes that cost as much. Where the classes part, and it is
        damped, each step divides the objective by e."""
        values = self.estimate.values
        if self.cost.newton or len(values) < MAX_PASSES:
            return False
        n_passes = ceil(self.cost.newton_step_cost(m))
        slow = values[-1] * e > values[-n_passes - 1 :][0]
        return slow and self.cost.can_afford_newton(m)
