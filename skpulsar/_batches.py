# SPDX-License-Identifier: BSD-3-Clause
"""Which rows form which minibatch of an epoch."""

from dataclasses import dataclass

import numpy as np

from skpulsar._kernels import _core


@dataclass(frozen=True)
class Batches:
    """Minibatches of `size` rows, the last of an epoch shorter, each row once an epoch.

    The order is a rule of (seed, epoch), evaluated piece by piece: nothing as long as
    the data is drawn or kept, and the same epoch can be walked again.

    Parameters
    ----------
    size : int
        Rows of a minibatch.

    shuffle : bool
        A new order every epoch, or the rows as they come.
    """

    size: int
    shuffle: bool

    def pieces(self, n_rows, seed, epoch, rows_at_once):
        """Walk through one epoch.

        Yields
        ------
        places : ndarray of int64
            The next rows, at most `rows_at_once` of them.

        bounds : ndarray of int64
            Where in `places` the batches that end there begin and end; the first may
            have begun in an earlier piece, and is then negative.
        """
        size = min(self.size, n_rows)
        start = begin = 0  # of the piece, of the batch that is open
        for places in self._order(n_rows, seed, epoch, rows_at_once):
            stop = start + len(places)
            bounds = np.arange(begin, stop + 1, size)
            if stop == n_rows and bounds[-1] < n_rows:
                bounds = np.append(bounds, n_rows)
            yield places, bounds - start
            start, begin = stop, bounds[-1]

    def _order(self, n_rows, seed, epoch, rows_at_once):
        if not self.shuffle:
            for start in range(0, n_rows, rows_at_once):
                yield np.arange(start, min(start + rows_at_once, n_rows))
            return
        sequence = np.random.SeedSequence([seed, epoch])
        key = sequence.generate_state(_core.KEY_WORDS, np.uint64)
        bits = (n_rows - 1).bit_length()
        for first in range(0, 1 << bits, rows_at_once):
            last = min(first + rows_at_once, 1 << bits)
            places = _core.shuffled(n_rows, bits, key, first, last)
            if len(places):
                yield places
