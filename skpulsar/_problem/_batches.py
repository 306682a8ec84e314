# SPDX-License-Identifier: BSD-3-Clause
"""The division of an epoch into minibatches."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Batches:
    """Minibatches of `size` rows; the last one of an epoch may be shorter.

    Parameters
    ----------
    size : int
        Number of rows in a minibatch.

    shuffle : bool
        Whether every epoch has a new order; otherwise rows keep theirs.
    """

    size: int
    shuffle: bool

    def chunks(self, order, seed, epoch, rows_at_once):
        """Iterate over one epoch of an order, in chunks that contain batches.

        Yields
        ------
        places : ndarray of int64
            The next rows, at most `rows_at_once`.

        bounds : ndarray of int64
            Boundaries, in `places`, of the batches that end in this chunk. The first
            boundary is negative if its batch began in an earlier chunk.
        """
        n_rows = sum(order.counts(epoch))
        size = min(self.size, n_rows)
        start = begin = 0  # The starts of the chunk and of the open batch.
        for places in order.chunks(seed, epoch, self, rows_at_once):
            stop = start + len(places)
            ends = stop + size if stop == n_rows else stop + 1
            bounds = np.arange(begin, ends, size)
            bounds[-1] = min(bounds[-1], stop)  # The last batch of all may be shorter.
            yield places, bounds - start
            start, begin = stop, bounds[-1]
