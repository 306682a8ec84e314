# SPDX-License-Identifier: BSD-3-Clause
"""Which rows form which minibatch of an epoch."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Batches:
    """Minibatches of `size` rows, the last of an epoch shorter.

    Parameters
    ----------
    size : int
        Rows of a minibatch.

    shuffle : bool
        A new order every epoch, or the rows as they come.
    """

    size: int
    shuffle: bool

    def pieces(self, order, seed, epoch, rows_at_once):
        """Walk through one epoch of an order.

        Yields
        ------
        places : ndarray of int64
            The next rows, at most `rows_at_once` of them.

        bounds : ndarray of int64
            Where in `places` the batches that end there begin and end; the first may
            have begun in an earlier piece, and is then negative.
        """
        n_rows = sum(order.counts(epoch))
        size = min(self.size, n_rows)
        start = begin = 0  # of the piece, of the batch that is open
        for places in order.pieces(seed, epoch, self.shuffle, rows_at_once):
            stop = start + len(places)
            bounds = np.arange(begin, stop + 1, size)
            if stop == n_rows and bounds[-1] < n_rows:
                bounds = np.append(bounds, n_rows)
            yield places, bounds - start
            start, begin = stop, bounds[-1]
