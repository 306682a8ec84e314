# SPDX-License-Identifier: BSD-3-Clause
"""What training leaves behind: a record of every epoch."""

from dataclasses import dataclass, field, fields

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


KINDS = {f.name: f.type for f in fields(Epoch)}
NAMES = tuple(KINDS)


@dataclass(frozen=True, eq=False)
class History:
    """The epochs so far, as a value: none of its epochs ever changes.

    A history and the one that follows it share a list of records, of which each knows
    how many are its own. An epoch so costs the same after ten thousand as after ten,
    and nothing needs to be taken back after an error. Where a list was continued
    already, by a copy of the estimator or by a call that failed, it is copied.

    Parameters
    ----------
    records : list of tuple
        The fields of `Epoch`, in their order; those beyond `n_epochs` are not its own.

    n_epochs : int
        Number of epochs.

    best_loss : float
        The least loss of all epochs; NaN if there is none.
    """

    records: list = field(default_factory=list)
    n_epochs: int = 0
    best_loss: float = np.nan

    def after(self, epoch):
        """The history that is longer by an epoch, in Python's own numbers."""
        record = tuple([kind(getattr(epoch, name)) for name, kind in KINDS.items()])
        records, n_epochs = self.records, self.n_epochs
        records.append(record)
        if records[n_epochs] is not record:
            records = [*records[:n_epochs], record]
        loss = record[0]
        best_loss = self.best_loss if self.best_loss <= loss else loss
        return History(records, n_epochs + 1, best_loss)

    def values(self, name):
        """A field of every epoch."""
        place = NAMES.index(name)
        return [record[place] for record in self.records[: self.n_epochs]]

    def last(self, name):
        """A field of the last epoch; NaN if there is none."""
        if self.n_epochs == 0:
            return np.nan
        return self.records[self.n_epochs - 1][NAMES.index(name)]

    def __reduce__(self):
        """For pickles and deep copies, which have a list of their own."""
        return History, (self.records[: self.n_epochs], self.n_epochs, self.best_loss)
