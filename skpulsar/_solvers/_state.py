# SPDX-License-Identifier: BSD-3-Clause
"""What every solver's state begins with."""

from dataclasses import dataclass, fields, replace
from operator import add


@dataclass(frozen=True)
class SolverState:
    """Seed of all random numbers, and how far training is."""

    seed: int | None = None  # drawn before the first epoch
    n_epochs: int = 0
    n_updates: int = 0
    n_rows: int = 0
    n_visits: tuple[int, int] = (0, 0)  # of rows of each class

    stop_reason = None  # why the solver ends training by itself

    def counters(self):
        """The counters by name, and nothing of what any solver knows."""
        return {field.name: getattr(self, field.name) for field in fields(SolverState)}

    def after_epoch(self, n_updates, n_rows, visits, **found):
        """The state one epoch later, with what the epoch found."""
        return replace(
            self,
            n_epochs=self.n_epochs + 1,
            n_updates=self.n_updates + n_updates,
            n_rows=self.n_rows + n_rows,
            n_visits=tuple(map(add, self.n_visits, visits)),
            **found,
        )

    def without_workspace(self):
        """Without the memory that is needed within a call alone."""
        return self

    def without_rows(self, weights):
        """Without rows of X, or what could be traced to one, for training that goes on
        from these weights."""
        return self
