# SPDX-License-Identifier: BSD-3-Clause
"""The stopping rule of ``learning_rate="adaptive"``, which lowers the rate first."""

from dataclasses import replace

from skpulsar._training._plateau import Plateau

RATE_CUT = 5  # A plateau divides the rate by this.
MIN_RATE_SHARE = 1e-6  # Training ends below this share of the first rate.


class AdaptiveRate(Plateau):
    """A rule that cuts the rate at every plateau, and stops once it is negligible."""

    def after(self, cost, state):
        """The state to continue with after an epoch, and whether to stop."""
        if not self.reached(cost):
            return state, False
        self.waited = 0
        state = replace(state, rate_share=state.rate_share / RATE_CUT)
        return state, state.rate_share < MIN_RATE_SHARE
