# SPDX-License-Identifier: BSD-3-Clause
"""The history of training: a record of every epoch."""

from dataclasses import dataclass, field, fields
from math import isnan

import numpy as np

from skpulsar._training._monitor import LOSS, Monitor


@dataclass(frozen=True)
class Epoch:
    """Record of one epoch.

    Parameters
    ----------
    loss : float
        The objective. For minibatches it is their mean loss, each at the weights of its
        time, plus the penalty at the end of the epoch. For a full pass it is the lowest
        objective so far.

    penalty : float
        The penalty, which is part of that.

    learning_rate : float
        Rate of the last step, before any column's scale. For a full pass it is the size
        of the step that led to it, relative to the proposed step.

    n_rows : int
        Rows read.

    seconds : float
        Wall time of the training, without scores.

    n_sampled : int
        Rows read in subsamples besides, counted every time.

    objective_gap : float
        How far the objective is above its minimum, if the solver estimates it; else
        NaN.
    """

    loss: float
    penalty: float
    learning_rate: float
    n_rows: int
    seconds: float
    n_sampled: int = 0
    objective_gap: float = np.nan


KINDS = {f.name: f.type for f in fields(Epoch)}


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
        The values of every epoch, in the order of `names`; those of names that came
        later are missing. Records beyond `n_epochs` belong to another history.

    n_epochs : int
        Number of epochs.

    names : tuple of str
        The fields of `Epoch`, and the names of the scores that were recorded.

    monitor : Monitor
        Which of these tells how good the weights of an epoch are.

    best_loss, best_cost : float
        The smallest loss of all epochs, and the smallest cost by the monitor; NaN if
        there is none.

    best_iter : int
        The number, from 1, of the first epoch with this cost; 0 if there is none.
    """

    records: list = field(default_factory=list)
    n_epochs: int = 0
    names: tuple[str, ...] = tuple(KINDS)
    monitor: Monitor = LOSS
    best_loss: float = np.nan
    best_cost: float = np.nan
    best_iter: int = 0

    def after(self, epoch, scores):
        """The history with one more epoch, as Python numbers; scores are by name."""
        record = [kind(getattr(epoch, name)) for name, kind in KINDS.items()]
        names = self.names
        if scores or len(names) > len(record):
            names += tuple([name for name in scores if name not in names])
            record += [float(scores.get(name, np.nan)) for name in names[len(record) :]]
        record, records, n_epochs = tuple(record), self.records, self.n_epochs
        records.append(record)
        if records[n_epochs] is not record:
            records = [*records[:n_epochs], record]
        loss, number = record[0], n_epochs + 1
        best_loss = self.best_loss if self.best_loss <= loss else loss
        best_cost, best_iter = self.best_cost, self.best_iter
        if self.monitor.name in names:
            cost = self.monitor.cost(record[names.index(self.monitor.name)])
            if cost < best_cost or (best_iter == 0 and not isnan(cost)):
                best_cost, best_iter = cost, number
        return History(
            records, number, names, self.monitor, best_loss, best_cost, best_iter
        )

    def values(self, name):
        """The values of one field or score, for every epoch; NaN for a score that an
        epoch has not."""
        place = self.names.index(name)
        records = self.records[: self.n_epochs]
        if place < len(KINDS):
            return [record[place] for record in records]
        return [record[place] if place < len(record) else np.nan for record in records]

    def last(self, name):
        """The value of a field in the last epoch; NaN if there is none."""
        if self.n_epochs == 0:
            return np.nan
        return self.records[self.n_epochs - 1][self.names.index(name)]

    @property
    def last_is_best(self):
        """Whether no epoch before the last was as good, by the monitor."""
        return self.best_iter == self.n_epochs

    @property
    def validates(self):
        """Whether the monitored value is a score of a validation set."""
        return self.monitor != LOSS

    def validation_scores(self):
        """The monitored score of every epoch, greater being better; None without a
        validation set."""
        if not self.validates:
            return None
        return [-self.monitor.cost(value) for value in self.values(self.monitor.name)]

    def as_lists(self):
        """The number of every epoch, and all that is known of it, by name."""
        numbers = {"epoch": list(range(1, self.n_epochs + 1))}
        return numbers | {name: self.values(name) for name in self.names}

    def stored(self):
        """The arguments that make an equal history with a list of its own."""
        every = {f.name: getattr(self, f.name) for f in fields(self)}
        return {**every, "records": self.records[: self.n_epochs]}

    def __reduce__(self):
        """Give pickles and deep copies a list of their own."""
        return History, tuple(self.stored().values())
