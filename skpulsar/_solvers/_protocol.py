# SPDX-License-Identifier: BSD-3-Clause
"""The protocol of solvers, and the base class of their states."""

from dataclasses import dataclass, fields
from operator import add
from typing import ClassVar, NamedTuple, Protocol

from skpulsar._training._successor import successor


class Explanation(NamedTuple):
    """A warning for the user at the end of training.

    Parameters
    ----------
    sentence : str
        What happened, and what to do about it.

    of_convergence : bool
        Whether it is about training that ended before the minimum.
    """

    sentence: str
    of_convergence: bool = True


class Solver(Protocol):
    """A solver: a frozen dataclass of its hyper-parameters.

    Callers use the attributes declared here and never ask which solver it is. Weights
    have the shape (n_outputs, n_columns + 1), the intercepts last; those of networks
    are a tuple of such arrays the other way round, (units below + 1, units). No method
    changes its arguments, except for the workspace that a state has within one call of
    `skpulsar._training._loop.epochs`.

    Attributes
    ----------
    finds_not_finite : bool
        Whether training finds NaN and infinity itself, in rows that it reads anyway,
        and raises a ValueError. Other solvers get rows that were checked.

    draws_classes : bool
        Whether `sampling` is done by the order in which rows are visited. For other
        solvers the weights of the rows give the classes their proportions.

    weighs_classes : bool
        Whether the solver multiplies the weights of rows by the factors of their
        classes itself. Other solvers get rows whose weights are the products.

    compares_with_start : bool
        Whether the objective may end above its value at weights of zero. A fit that
        started there is then compared with it and, if it is above, undone.
    """

    finds_not_finite: ClassVar[bool]
    draws_classes: ClassVar[bool]
    weighs_classes: ClassVar[bool]
    compares_with_start: bool

    def init(self, rows, state):
        """The state before the first epoch, with the statistics of the rows that the
        solver needs. The given state is the last one, of any solver."""

    def step(self, rows, weights, state):
        """Run one epoch; return new weights, new state and an `Epoch`, its record."""

    def stopping(self, rows, monitor):
        """The stopping rule, such as `Plateau`, whose ``after(cost, state)`` is called
        after every epoch: with the loss, or with what the `Monitor` of a validation set
        says, if there is one. None stands for the `stop_reason` of the state alone."""

    def explain(self, last, max_iter):
        """A list of explanations of how training ended.

        `last` is the last `Step` of at most `max_iter`.
        """


@dataclass(frozen=True)
class SolverState:
    """The seed of all random numbers, and counters of epochs, updates and rows."""

    seed: int | None = None  # It is drawn before the first epoch.
    n_epochs: int = 0
    n_updates: int = 0
    n_rows: int = 0
    n_visits: tuple[int, ...] = ()  # of rows of each class; none before the first

    stop_reason = None  # A solver without a stopping rule says here why it stopped.

    def counters(self):
        """The seed and the counters by name, without what a solver adds."""
        return {field.name: getattr(self, field.name) for field in fields(SolverState)}

    def after_epoch(self, n_updates, n_rows, visits, **found):
        """The state one epoch later, with the fields that the epoch has changed."""
        counted = {
            "n_epochs": self.n_epochs + 1,
            "n_updates": self.n_updates + n_updates,
            "n_rows": self.n_rows + n_rows,
            "n_visits": tuple(map(add, self.n_visits or (0,) * len(visits), visits)),
        }
        return successor(self, counted | found)

    def without_workspace(self):
        """The state without memory that is needed only within a call."""
        return self

    def without_steps(self):
        """The state without what depends on past steps, for training that continues
        from other weights."""
        return self

    def without_rows(self, weights):
        """The state without rows of X or anything that could be traced to one, for
        training that continues from these weights."""
        return self
