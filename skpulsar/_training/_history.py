# SPDX-License-Identifier: BSD-3-Clause
"""The history of training: a record of every epoch."""

from dataclasses import dataclass, field, fields

import numpy as np


@dataclass(frozen=True)
class Epoch:
    """Record of one epoch.

    Parameters
    ----------
    loss : float
        The objective. For minibatches it is their mean loss, each at the weights of its
        time, plus the penalty at the end of the epoch. For a full pass it is the lowest
        objective so far.

    learning_rate : float
        Rate of the last step, before any column's scale. For a full pass it is the size
        of the step that led to it, relative to the proposed step.

    n_rows : int
        Rows read.

    seconds : float
        Wall time.

    n_sampled : int
        Rows read in subsamples besides, counted every time.

    objective_gap : float
        How far the objective is above its minimum, if the solver estimates it; else
        NaN.
    """

    loss: float
    learning_rate: float
    n_rows: int
    seconds: float
    n_sampled: int = 0
    objective_gap: float = np.nan

    def line(self, number, verbose):
        """The line to print for the epoch of this number; verbose=2 adds the rows."""
        gap = "" if np.isnan(self.objective_gap) else f"gap {self.objective_gap:.3g}, "
        rows = f", {self.n_rows} rows and {self.n_sampled} sampled"
        return (
            f"Epoch {number}, loss {self.loss:.8g}, {gap}"
            f"rate {self.learning_rate:.3g}, {self.seconds:.3g} s"
            f"{rows if verbose > 1 else ''}"
        )


KINDS = {f.name: f.type for f in fields(Epoch)}
NAMES = tuple(KINDS)


@dataclass(frozen=True, eq=False)
class History:
    """The epochs so far, as an immutable value.

    A history and its successor share one list of records, and each knows how many of
    these are its own. An epoch therefore costs the same after ten thousand as after
    ten, and an error leaves nothing to undo. If a copy of the estimator or a failed
    call has extended the list already, the list is copied.

    Parameters
    ----------
    records : list of tuple
        The fields of `Epoch`, in their order. Records beyond `n_epochs` belong to
        another history.

    n_epochs : int
        Number of epochs.

    best_loss : float
        The smallest loss of all epochs; NaN if there is none.
    """

    records: list = field(default_factory=list)
    n_epochs: int = 0
    best_loss: float = np.nan

    def after(self, epoch):
        """The history with one more epoch, as Python numbers."""
        record = tuple([kind(getattr(epoch, name)) for name, kind in KINDS.items()])
        records, n_epochs = self.records, self.n_epochs
        records.append(record)
        if records[n_epochs] is not record:
            records = [*records[:n_epochs], record]
        loss = record[0]
        best_loss = self.best_loss if self.best_loss <= loss else loss
        return History(records, n_epochs + 1, best_loss)

    def values(self, name):
        """The values of one field, for every epoch."""
        place = NAMES.index(name)
        return [record[place] for record in self.records[: self.n_epochs]]

    def last(self, name):
        """The value of a field in the last epoch; NaN if there is none."""
        if self.n_epochs == 0:
            return np.nan
        return self.records[self.n_epochs - 1][NAMES.index(name)]

    def __reduce__(self):
        """Give pickles and deep copies a list of their own."""
        return History, (self.records[: self.n_epochs], self.n_epochs, self.best_loss)
