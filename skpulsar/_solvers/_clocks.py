# SPDX-License-Identifier: BSD-3-Clause
"""What every solver's state begins with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Clocks:
    """Seed of all random numbers, and how far training is."""

    seed: int | None = None  # drawn before the first epoch
    n_epochs: int = 0
    n_updates: int = 0
    n_rows: int = 0
    n_visits: tuple[int, int] = (0, 0)  # of rows of each class

    ended = None  # why the solver ends training by itself

    def clocks(self):
        """The same clocks, and nothing of what any solver knows."""
        return Clocks(
            self.seed, self.n_epochs, self.n_updates, self.n_rows, self.n_visits
        )

    def at_rest(self):
        """Without the memory that is needed within a call alone."""
        return self
