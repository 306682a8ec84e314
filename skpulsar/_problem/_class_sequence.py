# SPDX-License-Identifier: BSD-3-Clause
"""Which class each visit of an epoch is of, so that batches hold given proportions."""

import numpy as np

from skpulsar._problem._shuffled import key_of, pass_through


def class_sequence(counts, seed, size, rows_at_once):
    """Yield the classes of the visits of an epoch, in arrays of at most `rows_at_once`.

    Every batch holds the proportions of the epoch, rounded up or down; in the mean over
    all seeds it holds them exactly.

    Parameters
    ----------
    counts : list of int
        Number of visits of each class.

    seed : list of int
        What the random numbers follow from.

    size : int
        Number of rows in a batch; the last one of the epoch may be shorter.

    rows_at_once : int
        Longest array.
    """
    if len(counts) == 2:
        return _spread(*counts, seed, rows_at_once)
    return _dealt(counts, seed, min(size, sum(counts)), rows_at_once)


def _spread(n_zero, n_one, seed, rows_at_once):
    """Two classes: class 1 is spread evenly from a random start, so that batches of any
    size hold the proportions."""
    n_visits = n_zero + n_one
    phase = int(key_of(seed)[0]) % n_visits
    for first in range(0, n_visits, rows_at_once):
        last = min(first + rows_at_once, n_visits)
        # Visit t is of class 1 if its rounded count rises there.
        rest = (first * n_one + phase) % n_visits
        rounded = np.arange(last - first + 1)
        rounded *= n_one
        rounded += rest
        rounded //= n_visits
        yield (rounded[1:] > rounded[:-1]).view(np.int8)


def _dealt(counts, seed, size, rows_at_once):
    """More classes: their visits, sorted by class, are dealt to the batches like cards.

    Batch j of n gets the visits j, j + n, j + 2 n, ..., which are of each class its
    n-th part, rounded up or down. Batches come in a random order. The last one, if it
    is shorter, is dealt first: its part of the visits of the first k classes is rounded
    with a random phase.
    """
    n_visits = sum(counts)
    n_batches, rest = divmod(n_visits, size)
    phase = int(key_of(seed)[0]) % n_visits
    ends = np.cumsum(counts)  # of the classes among the visits
    last_ends = np.array([(end * rest + phase) // n_visits for end in ends.tolist()])
    ends -= last_ends
    for batches in pass_through(n_batches, seed, True, max(1, rows_at_once // size)):
        for first in range(0, size, rows_at_once):
            deals = np.arange(first, min(first + rows_at_once, size))
            visits = batches[:, np.newaxis] + n_batches * deals
            yield np.searchsorted(ends, visits.ravel(), side="right")
    for first in range(0, rest, rows_at_once):
        visits = np.arange(first, min(first + rows_at_once, rest))
        yield np.searchsorted(last_ends, visits, side="right")
