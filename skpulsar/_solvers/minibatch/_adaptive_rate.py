# SPDX-License-Identifier: BSD-3-Clause
"""The rate of ``learning_rate="adaptive"``, which falls where the objective is flat."""

from dataclasses import replace

from skpulsar._training._plateau import Plateau

RATE_CUT = 5  # by which a plateau divides the rate
LEAST_RATE = 1e-6  # of the first rate: training ends below it


class AdaptiveRate(Plateau):
    """Cuts the rate at every plateau, and ends training once it is next to nothing."""

    def after(self, epoch, state):
        """The state to go on with after an epoch, and whether to end there."""
        if not self.reached(epoch.loss):
            return state, False
        self.waited = 0
        state = replace(state, rate_share=state.rate_share / RATE_CUT)
        return state, state.rate_share < LEAST_RATE
