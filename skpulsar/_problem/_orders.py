# SPDX-License-Identifier: BSD-3-Clause
"""The order in which an epoch visits the rows, and how often it visits each."""

from dataclasses import dataclass

import numpy as np

from skpulsar._problem._class_sequence import class_sequence
from skpulsar._problem._shuffled import ChunkReader, cycle, pass_through

MAX_VISITS = 2**53  # Beyond it float64 skips integers.


@dataclass(frozen=True)
class EveryRow:
    """The order that visits each row once an epoch.

    An order is a function of (seed, epoch), evaluated chunk by chunk: nothing as long
    as the data is drawn or kept, and the same epoch can be repeated.

    Parameters
    ----------
    n_rows : tuple of int
        Number of rows of each class.
    """

    n_rows: tuple[int, ...]

    frequency = None  # All rows have the same.

    def counts(self, epoch):
        """Number of rows of each class that the epoch visits."""
        return self.n_rows

    def chunks(self, seed, epoch, batches, rows_at_once):
        """Yield places of the rows, in arrays of at most `rows_at_once`."""
        return pass_through(
            sum(self.n_rows), [seed, epoch], batches.shuffle, rows_at_once
        )


@dataclass(frozen=True)
class Sampled:
    """The order that gives every class a target proportion, by index.

    Every row of the largest class is visited once an epoch. Each of the others cycles
    through shuffled orders of itself, which go on from one epoch to the next: after any
    number of epochs the visits of two of its rows differ by at most one. Every batch
    holds the target proportions, rounded up or down.

    Parameters
    ----------
    is_largest : ndarray of bool of shape (n_rows,)
        Mask of the rows of the largest class.

    largest : int
        The class that has the most rows; of equal ones the first.

    others : tuple of ndarray of int64
        The rows of each other class.

    visits : ndarray of shape (n_classes,)
        Mean number of visits of each class in an epoch.
    """

    is_largest: np.ndarray
    largest: int
    others: tuple[np.ndarray, ...]
    visits: np.ndarray

    @classmethod
    def by_share(cls, target, shares):
        """The order in which the classes have these shares of the visits.

        Parameters
        ----------
        target : ndarray of shape (n_rows,)
            Class of every row. No class is without rows.

        shares : ndarray of shape (n_classes,)
            Target proportion of each class; their sum is 1.

        Raises
        ------
        ValueError
            If an epoch would be too long to be counted.
        """
        n_rows = [np.count_nonzero(target == k) for k in range(len(shares))]
        largest = int(np.argmax(n_rows))
        with np.errstate(over="ignore"):
            visits = n_rows[largest] * shares / shares[largest]
        visits[largest] = n_rows[largest]
        if visits.sum() > MAX_VISITS:
            raise ValueError(
                f"sampling gives the largest class a share of {shares[largest]:.3g}: "
                f"an epoch that visits each of its {n_rows[largest]} rows once would "
                f"have {visits.sum():.3g} rows. Raise that share."
            )
        others = (k for k in range(len(shares)) if k != largest)
        rows = tuple(np.flatnonzero(target == k) for k in others)
        return cls(target == largest, largest, rows, visits)

    def counts(self, epoch):
        """Number of visits of each class in the epoch."""
        visited = self._visited(epoch + 1) - self._visited(epoch)
        return tuple(visited.tolist())

    @property
    def frequency(self):
        """Visits of a row of each class, relative to the mean over all rows."""
        n_rows = [len(rows) for rows in self.others]
        n_rows.insert(self.largest, np.count_nonzero(self.is_largest))
        return self.visits / n_rows * (len(self.is_largest) / self.visits.sum())

    def chunks(self, seed, epoch, batches, rows_at_once):
        """Yield places of the rows, in arrays of at most `rows_at_once`."""
        turns = zip(self._visited(epoch), self._visited(epoch + 1), strict=True)
        turns = [(start.item(), stop.item()) for start, stop in turns]
        largest = turns.pop(self.largest)
        counts = [stop - start for start, stop in (largest, *turns)]
        readers = [self._largest_class(seed, epoch, batches.shuffle, rows_at_once)]
        for number, (rows, visits) in enumerate(zip(self.others, turns, strict=True)):
            key = [seed, 0, 2 + number]
            readers.append(cycle(rows, visits, key, batches.shuffle, rows_at_once))
        readers = [ChunkReader(reader) for reader in readers]
        for classes in class_sequence(
            counts, [seed, epoch, 1], batches.size, rows_at_once
        ):
            places = np.empty(len(classes), dtype=np.int64)
            for k, reader in enumerate(readers):
                of_class = classes == k
                np.place(places, of_class, reader.take(np.count_nonzero(of_class)))
            yield places

    def _visited(self, epoch):
        """Number of visits of each class before the epoch."""
        return np.rint(epoch * self.visits).astype(np.int64)

    def _largest_class(self, seed, epoch, shuffle, rows_at_once):
        order = pass_through(len(self.is_largest), [seed, epoch], shuffle, rows_at_once)
        return (places[self.is_largest[places]] for places in order)
