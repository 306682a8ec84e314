# SPDX-License-Identifier: BSD-3-Clause
"""What training leaves behind: a record of every epoch, and when to stop."""

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Epoch:
    """Record of one epoch.

    Parameters
    ----------
    loss : float
        The objective as the epoch met it. Of minibatches: their mean loss, each at the
        weights of its time, plus the penalty at the epoch's end. Of a full reading: the
        least so far.

    learning_rate : float
        Rate of the last step, before any column's own scale; of a full reading, the
        share of the proposed step that led to it.

    n_rows : int
        Rows read.

    seconds : float
        Wall time.

    n_sampled : int
        Rows of minibatches touched besides, every time counted.

    objective_gap : float
        How far from its minimum the objective is, by a solver that tells; else NaN.
    """

    loss: float
    learning_rate: float
    n_rows: int
    seconds: float
    n_sampled: int = 0
    objective_gap: float = np.nan

    def line(self, number, verbose):
        """What is printed of the epoch of that number; from verbose=2 on, rows too."""
        gap = "" if np.isnan(self.objective_gap) else f"gap {self.objective_gap:.3g}, "
        rows = f", {self.n_rows} rows and {self.n_sampled} sampled"
        return (
            f"Epoch {number}, loss {self.loss:.8g}, {gap}"
            f"rate {self.learning_rate:.3g}, {self.seconds:.3g} s"
            f"{rows if verbose > 1 else ''}"
        )


class History(dict):
    """A list for every field of `Epoch`, one entry an epoch; a copy has its own."""

    def __init__(self, other=()):
        super().__init__((field.name, []) for field in fields(Epoch))
        self.update((name, list(values)) for name, values in dict(other).items())

    def append(self, epoch):
        for name, values in self.items():
            values.append(getattr(epoch, name))


class Plateau:
    """True once the objective has not fallen by `tol`, relative to the least so far,
    for `n_iter_no_change` epochs in a row; never if `tol` is None."""

    def __init__(self, tol, n_iter_no_change):
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.best = np.inf
        self.waited = 0

    def reached(self, loss):
        if self.tol is None:
            return False
        fell = (
            loss < self.best - self.tol * abs(self.best) if self.best < np.inf else True
        )
        self.waited = 0 if fell else self.waited + 1
        self.best = min(self.best, loss)
        return self.waited >= self.n_iter_no_change
