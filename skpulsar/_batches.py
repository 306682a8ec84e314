# SPDX-License-Identifier: BSD-3-Clause
"""Which rows form which minibatch of an epoch."""

from dataclasses import dataclass

import numpy as np

from skpulsar._kernels import _core

KEY_WORDS = 8  # of the kernel's shuffled order


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
        key = np.random.SeedSequence([seed, epoch]).generate_state(KEY_WORDS, np.uint64)
        ends = np.arange(self.size, n_rows + self.size, self.size).clip(max=n_rows)
        begin = 0  # of the batch that is open
        for start in range(0, n_rows, rows_at_once):
            stop = min(start + rows_at_once, n_rows)
            ended = ends[(ends > start) & (ends <= stop)]
            if self.shuffle:
                places = _core.shuffled(n_rows, key, start, stop - start)
            else:
                places = np.arange(start, stop)
            yield places, np.concatenate([[begin], ended]) - start
            begin = ended[-1] if len(ended) else begin
