# SPDX-License-Identifier: BSD-3-Clause
"""What every solver declares and does, and what its state begins with."""

from dataclasses import dataclass, fields, replace
from operator import add
from typing import ClassVar, NamedTuple, Protocol


class Explanation(NamedTuple):
    """What a user should be warned of at the end of training.

    Parameters
    ----------
    sentence : str
        What happened, and what to do about it.

    of_convergence : bool
        Whether it says that training ended before the minimum.
    """

    sentence: str
    of_convergence: bool = True


class Solver(Protocol):
    """A way to the minimum: a frozen dataclass of its hyper-parameters.

    Whoever trains asks for what is declared here, and never which solver it is.
    Weights have the shape (n_outputs, n_columns + 1), the intercepts last. No method
    changes what it is given, but for memory that a state has within one call of
    `skpulsar._training._loop.epochs`.

    Attributes
    ----------
    finds_not_finite : bool
        Whether training looks for NaN and infinity itself, in rows that it reads
        anyway, and raises a ValueError there. Others get rows without.

    draws_classes : bool
        Whether the rows have the classes in the shares of `sampling` because their
        order visits them so. For others they weigh what makes these shares.

    weighs_classes : bool
        Whether the solver multiplies the weights of rows by the factors of their
        classes itself. Others get rows that weigh the products.

    max_classes : int or float
        How many classes it can tell apart.

    compares_with_start : bool
        Whether the objective may end above that of weights of zero, so that a fit that
        began there is to be compared with it and, if that was better, undone.
    """

    finds_not_finite: ClassVar[bool]
    draws_classes: ClassVar[bool]
    weighs_classes: ClassVar[bool]
    max_classes: ClassVar[float]
    compares_with_start: bool

    def init(self, rows, state):
        """The state before the first epoch, with what the solver knows of the rows;
        given is the last one, of whichever solver."""

    def step(self, rows, weights, state):
        """One epoch: new weights, new state, and an `Epoch`, a record of it."""

    def stopping(self, rows):
        """What ends training: a rule such as `Plateau`, whose ``after(epoch, state)``
        is asked after every epoch; or None: the `stop_reason` of the state."""

    def explain(self, last, max_iter):
        """Explanations of how training ended, as a list.

        `last` is the last `Step` of at most `max_iter`.
        """


@dataclass(frozen=True)
class SolverState:
    """Seed of all random numbers, and how far training is."""

    seed: int | None = None  # drawn before the first epoch
    n_epochs: int = 0
    n_updates: int = 0
    n_rows: int = 0
    n_visits: tuple[int, ...] = ()  # of rows of each class; none before the first

    stop_reason = None  # why a solver without a stopping rule ended training

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
            n_visits=tuple(map(add, self.n_visits or (0,) * len(visits), visits)),
            **found,
        )

    def without_workspace(self):
        """Without the memory that is needed within a call alone."""
        return self

    def without_steps(self):
        """Without what depends on where the steps led, for training that goes on from
        other weights."""
        return self

    def without_rows(self, weights):
        """Without rows of X, or what could be traced to one, for training that goes on
        from these weights, of shape (n_outputs, n_columns + 1)."""
        return self
