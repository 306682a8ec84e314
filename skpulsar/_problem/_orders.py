# SPDX-License-Identifier: BSD-3-Clause
"""The order in which an epoch visits the rows, and how often it visits each."""

from dataclasses import dataclass
from itertools import count

import numpy as np

from skpulsar._kernels import _core


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

    def chunks(self, seed, epoch, shuffle, rows_at_once):
        """Yield places of the rows, in arrays of at most `rows_at_once`."""
        return pass_through(sum(self.n_rows), [seed, epoch], shuffle, rows_at_once)


@dataclass(frozen=True)
class Sampled:
    """The order that gives the rarer class a target proportion, by index.

    Every row of the majority is visited once an epoch. The minority cycles through
    shuffled orders of itself, which go on from one epoch to the next: after any number
    of epochs the visits of two of its rows differ by at most one. Its places in the
    epoch are spread evenly from a random start, so that every batch holds the target
    proportion, rounded up or down.

    Parameters
    ----------
    is_minor : ndarray of bool of shape (n_rows,)
        Mask of the rows of the minority.

    minority : int
        The class that has fewer rows, 0 or 1.

    n_major : int
        Number of rows of the other class.

    minority_visits : float
        Mean number of visits of the minority in an epoch.
    """

    is_minor: np.ndarray
    minority: int
    n_major: int
    minority_visits: float

    @classmethod
    def by_share(cls, positive, shares):
        """The order in which the classes have these shares of the visits.

        Parameters
        ----------
        positive : ndarray of bool of shape (n_rows,)
            Mask of the rows of class 1: some rows, but not all.

        shares : ndarray of shape (2,)
            Target proportion of each class; their sum is 1.
        """
        n_positive = np.count_nonzero(positive)
        minority = int(2 * n_positive <= len(positive))
        is_minor = positive if minority else ~positive
        n_major = len(positive) - int(np.count_nonzero(is_minor))
        minority_visits = n_major * shares[minority] / shares[1 - minority]
        return cls(is_minor, minority, n_major, float(minority_visits))

    def counts(self, epoch):
        """Number of visits of each class in the epoch."""
        start, stop = self._visited(epoch)
        counts = (self.n_major, stop - start)
        return counts if self.minority else counts[::-1]

    @property
    def frequency(self):
        """Visits of a row of each class, relative to the mean over all rows."""
        n_rows = len(self.is_minor)
        frequency = np.ones(2)
        frequency[self.minority] = self.minority_visits / (n_rows - self.n_major)
        return frequency * (n_rows / (self.n_major + self.minority_visits))

    def chunks(self, seed, epoch, shuffle, rows_at_once):
        """Yield places of the rows, in arrays of at most `rows_at_once`."""
        start, stop = self._visited(epoch)
        n_visits, n_rows = stop - start, sum(self.counts(epoch))
        phase = int(key_of([seed, epoch, 1])[0]) % n_rows
        major = ChunkReader(self._majority(seed, epoch, shuffle, rows_at_once))
        minor = ChunkReader(self._minority(start, stop, seed, shuffle, rows_at_once))
        for first in range(0, n_rows, rows_at_once):
            last = min(first + rows_at_once, n_rows)
            # Visit t is of the minority if its rounded count rises there.
            rest = (first * n_visits + phase) % n_rows
            rounded = (rest + n_visits * np.arange(last - first + 1)) // n_rows
            is_minor = rounded[1:] > rounded[:-1]
            places = np.empty(last - first, dtype=np.int64)
            np.place(places, is_minor, minor.take(int(rounded[-1])))
            np.place(places, ~is_minor, major.take(last - first - int(rounded[-1])))
            yield places

    def _visited(self, epoch):
        """Number of visits of the minority before the epoch, and after it."""
        each = self.minority_visits
        return round(epoch * each), round((epoch + 1) * each)

    def _majority(self, seed, epoch, shuffle, rows_at_once):
        order = pass_through(len(self.is_minor), [seed, epoch], shuffle, rows_at_once)
        return (places[~self.is_minor[places]] for places in order)

    def _minority(self, start, stop, seed, shuffle, rows_at_once):
        """Yield the minority's cycle from visit `start` to `stop` or some more."""
        rows = np.flatnonzero(self.is_minor)
        turn, skipped = divmod(start, len(rows))
        length = min(rows_at_once, 2 * (skipped + stop - start))
        if not shuffle:
            for first in count(skipped, length):
                yield rows[np.arange(first, first + length) % len(rows)]
        bits, key = (len(rows) - 1).bit_length(), key_of([seed, 0, 2])
        for first in count(turn << bits, length):
            places = _core.shuffled(len(rows), bits, key, first, first + length)
            yield rows[places[skipped:]]
            skipped = max(0, skipped - len(places))


class ChunkReader:
    """A reader of an iterator of arrays, which takes any number of rows at a time."""

    def __init__(self, arrays):
        self.arrays = iter(arrays)
        self.rest = np.empty(0, dtype=np.int64)

    def take(self, n_rows):
        """The next rows."""
        parts = [self.rest]
        missing = n_rows - len(self.rest)
        while missing > 0:
            parts.append(next(self.arrays))
            missing -= len(parts[-1])
        rows = np.concatenate(parts)
        self.rest = rows[n_rows:]
        return rows[:n_rows]


def pass_through(n_rows, seed, shuffle, rows_at_once):
    """Yield every place once, in order or shuffled by the seed."""
    if not shuffle:
        for start in range(0, n_rows, rows_at_once):
            yield np.arange(start, min(start + rows_at_once, n_rows))
        return
    key = key_of(seed)
    bits = (n_rows - 1).bit_length()
    for first in range(0, 1 << bits, rows_at_once):
        last = min(first + rows_at_once, 1 << bits)
        places = _core.shuffled(n_rows, bits, key, first, last)
        if len(places):
            yield places


def key_of(seed):
    """The key of the shuffled order that a seed stands for."""
    sequence = np.random.SeedSequence(seed)
    return sequence.generate_state(_core.KEY_WORDS, np.uint64)
