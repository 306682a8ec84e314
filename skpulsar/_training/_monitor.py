# SPDX-License-Identifier: BSD-3-Clause
"""Which value of an epoch tells how good its weights are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Monitor:
    """A field or a score of the history, by its name."""

    name: str
    greater_is_better: bool = False

    def cost(self, value):
        """The value, or minus it, so that less is better."""
        return -value if self.greater_is_better else value


LOSS = Monitor("loss")
