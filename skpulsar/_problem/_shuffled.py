# SPDX-License-Identifier: BSD-3-Clause
"""Shuffled orders of rows, as iterators of arrays."""

from itertools import count

import numpy as np

from skpulsar._kernels import _core


def key_of(seed):
    """The key of the shuffled order that a seed stands for."""
    sequence = np.random.SeedSequence(seed)
    return sequence.generate_state(_core.KEY_WORDS, np.uint64)


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


def cycle(rows, visits, seed, shuffle, rows_at_once):
    """Yield a cycle through shuffled orders of some rows.

    Parameters
    ----------
    rows : ndarray of int64
        The rows.

    visits : tuple of two int
        The first visit of the cycle to yield, and the last; some more follow.

    seed : list of int
        What the shuffled orders follow from.

    shuffle : bool
        Whether the orders are shuffled.

    rows_at_once : int
        Longest array.
    """
    start, stop = visits
    turn, skipped = divmod(start, len(rows))
    length = min(rows_at_once, 2 * (skipped + stop - start))
    if not shuffle:
        for first in count(skipped, length):
            yield rows[np.arange(first, first + length) % len(rows)]
    bits, key = (len(rows) - 1).bit_length(), key_of(seed)
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
