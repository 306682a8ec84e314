# SPDX-License-Identifier: BSD-3-Clause
"""The rows that a draw may select, kept while their probabilities are found."""

from math import ceil

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._importance_sampling import STRIDED, calibrated
from skpulsar._problem._memory import joined
from skpulsar._problem._pairwise_sum import tree_sum

ROOM = 1.3, 400  # So many times the rows of a draw are kept, and so many more.


class Candidates:
    """Rows among which a draw by importance selects the very rows that `draw` does.

    Row i joins if its random number is below ``c (residual_i + floor) norm_i``. What c
    is the sums over all rows tell, which are known only after the last row has been
    read. So the rows are kept that would join if c were `limit`, which falls as long as
    there are too many of them.

    Parameters
    ----------
    n_rows : int
        The number of all rows.

    point, norms : NullPoint or Point, ChunkedNorms
        Where the residuals are of, and the norms.

    m, key : float, uint64
        As in `draw`.

    size : float
        The mean of the residuals, by which `draw` raises them, or somewhat more.

    room : int, optional
        How many rows are kept at least, if there are so many.

    Attributes
    ----------
    places, residual, rows : ndarray, ndarray, Rows
        The rows that were kept, as copies, once all have been added.
    """

    def __init__(self, n_rows, point, norms, m, key, size, room=0):
        self.n_rows, self.point, self.norms = n_rows, point, norms
        self.m, self.key, self.floor = m, key, size or 1.0
        self.room = max(room, int(ROOM[0] * m + ROOM[1]))
        self.limit, self._kept, self._sums, self._spaced = np.inf, [], [], []
        self.places, self.step = np.empty(0, np.int64), ceil(n_rows / STRIDED)

    def add(self, chunk, first, residual, norms):
        """Add the rows of a chunk, the first of which has this place."""
        sums = _core.dot(residual, norms), _core.total(norms), _core.total(residual)
        self._sums.append(np.array(sums))
        spaced = slice(-first % self.step, None, self.step)
        self._spaced.append((residual[spaced].copy(), norms[spaced].copy()))
        places = self._joining(residual, norms, first=first)
        some = places - first
        self._kept.append((places, residual[some], norms[some], chunk.copied(some)))
        if sum(len(kept[0]) for kept in self._kept) > 2 * self.room:
            self._prune()

    def select(self):
        """Places and weights of the draw, as `draw` returns them, with the weights of
        the rows multiplied in; None if a row that joins may be missing."""
        products, total, sizes = tree_sum(self._sums).tolist()
        floor = sizes / self.n_rows or 1.0
        self.floor_found = floor
        spaced = map(np.concatenate, zip(*self._spaced, strict=True))
        rate = calibrated(products, total, *spaced, self.step, floor, self.m)
        if floor > self.floor or rate > self.limit:
            return None
        self.places, self.residual, norms, self.rows = self._together()
        given = self.residual, floor, norms, rate, self.key, len(norms)
        places, back = _core.draw(*given, places=self.places)
        weight = self.rows.sample_weight()
        if weight is not None:
            back = back * weight[np.searchsorted(self.places, places)]
        return places, back

    def empty(self):
        """Others, without rows, of a part of the rows or of all."""
        return self._of(self.floor, self.room)

    def of_more_rows(self):
        """The same for another reading, which is to keep more rows."""
        return self._of(self.floor_found, 2 * self.room)

    def joined(self, parts):
        """The candidates of consecutive parts together."""
        whole = self.empty()
        whole.limit = min(part.limit for part in parts)
        for part in parts:
            whole._kept += part._kept
            whole._sums += part._sums
            whole._spaced += part._spaced
        return whole

    def _of(self, floor, room):
        return Candidates(
            self.n_rows, self.point, self.norms, self.m, self.key, floor, room
        )

    def where(self, places):
        """Where these places are among those kept; None if one is missing."""
        if len(self.places) == 0:
            return None
        found = np.searchsorted(self.places, places).clip(max=len(self.places) - 1)
        return found if np.array_equal(self.places[found], places) else None

    def _joining(self, residual, norms, **places):
        """The places of the rows that would join at the limit."""
        given = residual, self.floor, norms, self.limit, self.key, len(norms)
        return _core.draw(*given, **places)[0].copy()  # not a view of all places

    def _prune(self):
        """Lower the limit until less than twice as many are left as there is room."""
        places, residual, norms, rows = self._together()
        if self.limit == np.inf:
            scores = (residual + self.floor) * norms
            self.limit = 1 / scores.min(initial=np.inf, where=scores > 0)
        kept = places
        while len(kept) > 2 * self.room:
            self.limit /= 2
            kept = self._joining(residual, norms, places=places)
        some = np.searchsorted(places, kept)
        self._kept = [(kept, residual[some], norms[some], rows.copied(some))]

    def _together(self):
        *arrays, rows = zip(*self._kept, strict=True)
        return *map(np.concatenate, arrays), joined(rows)
