# SPDX-License-Identifier: BSD-3-Clause
"""The rates of steps, and when training by them ends."""

from math import ceil

import numpy as np

from skpulsar._solvers._protocol import Explanation
from skpulsar._solvers.stepping._adaptive_rate import AdaptiveRate
from skpulsar._solvers.stepping._schedules import SCHEDULES
from skpulsar._training._plateau import Plateau


class Stepping:
    """A mixin of solvers whose fields are `batches`, `schedule`, `power_t`,
    `optimizer`, `tol` and `n_iter_no_change`."""

    def begun(self, kind, state):
        """The last state, of any solver, as one of this kind: without what steps by
        another rule left, whose moments mean something else."""
        if not isinstance(state, kind):
            state = kind(**state.counters())
        same = state.rule in (None, self.optimizer.rule)
        return state if same else state.without_steps()

    def stopping(self, rows, monitor):
        """A plateau of the loss that lasts longer than an oscillation of the momentum,
        or one of the monitored score."""
        rule = AdaptiveRate if self.schedule == "adaptive" else Plateau
        if monitor is not None:
            relative = not monitor.greater_is_better
            return rule(self.tol, self.n_iter_no_change, relative)
        updates = self.optimizer.fading_updates()
        n_rows = sum(rows.order.counts(0))
        fading = ceil(updates / ceil(n_rows / self.batches.size))
        return rule(self.tol, max(self.n_iter_no_change, fading))

    def explain(self, last, max_iter):
        """A warning if the objective was still falling after `max_iter` epochs."""
        if last.converged or self.tol is None:
            return []
        return [
            Explanation(
                f"Training had not converged after max_iter={max_iter} epochs. Raise "
                "max_iter or tol, or set tol=None to run just that many epochs."
            )
        ]

    def rates(self, rate, n_updates, n_steps):
        """The rates of the next steps after `n_updates`, where `rate` is the first."""
        steps = np.arange(n_updates + 1, n_updates + n_steps + 1)
        return rate * SCHEDULES[self.schedule](steps, self.power_t)
