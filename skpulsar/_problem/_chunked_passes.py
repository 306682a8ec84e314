# SPDX-License-Identifier: BSD-3-Clause
"""Full passes over rows that are read in chunks."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from skpulsar._problem import _chunk_work
from skpulsar._problem._candidates import Candidates
from skpulsar._problem._pairwise_sum import tree_sum, tree_sums

MOST_AHEAD = 4  # Rows kept for a draw that may follow, at most, by those of the draw;
ROWS_AHEAD = 2**21  # or so many entries of rows.
SLACK = 1 + 1e-9  # A mean that is not summed over the rows may be rounded otherwise.


@dataclass(frozen=True)
class NullPoint:
    """The model that predicts the same for all rows.

    Parameters
    ----------
    mean, size : float
        What it predicts, and the mean size of a residual, or somewhat more.
    """

    mean: float
    size: float

    def visit(self, passes):
        """Let the passes over a chunk take the residuals of this point."""
        passes.predict_mean(self.mean)


@dataclass(frozen=True, eq=False)
class Point:
    """A model by its weights, and what the pass that read it has found.

    Parameters
    ----------
    weights : ndarray
        Those of (x - centre, 1).

    size, largest : float
        The mean size of a residual, and the largest.

    noted : ndarray
        The residuals of the rows that were drawn last.
    """

    weights: np.ndarray
    size: float
    largest: float
    noted: np.ndarray

    def visit(self, passes):
        passes.objective(self.weights)


class ChunkedPasses:
    """Full passes by one loss, as `Passes` in `_source.py` describes them.

    Residuals are computed anew wherever they are wanted, but for those of the rows that
    were drawn last, which every pass notes.

    Parameters
    ----------
    rows : ChunkedRows
        The rows.

    centre, fit_intercept, loss
        As in `RowSource.full_pass`.
    """

    def __init__(self, rows, centre, fit_intercept, loss):
        self.rows, self.loss = rows, loss
        self._model, self.point = (centre, fit_intercept, loss), None
        self._drawn = np.empty(0, np.int64)  # places
        self._ahead = self._found = None  # candidates of a draw that may follow

    def objective(self, weights, diagonal=False):
        work = partial(
            _chunk_work.objective,
            model=self._model, weights=weights, diagonal=diagonal, drawn=self._drawn,
        )  # fmt: skip
        found, candidates = self.rows.chunks.map_with(work, self._ahead)
        sums, largest, noted = zip(*found, strict=True)
        *sums, size = tree_sums(sums)
        self.point = Point(
            weights.copy(), size / self.rows.n_rows, max(largest), np.concatenate(noted)
        )
        if candidates is not None:
            candidates.point, self._found, self._ahead = self.point, candidates, None
        return tuple(sums)

    def products(self, shift):
        work = _chunk_work.products
        return tree_sum(self.rows.map(work, model=self._model, shift=shift))

    def predict_mean(self, mean):
        self.point = NullPoint(mean, self._null_size(mean))

    def separated(self):
        return self.point.largest < 0.5

    def margin_gains(self, weights):
        work = _chunk_work.margin_gains
        gains = self.rows.map(work, model=self._model, weights=weights)
        least, largest = zip(*gains, strict=True)
        return min(least), max(largest)

    def curvature_along(self, weights, total):
        curvatures = self.rows.map(
            _chunk_work.curvature_along,
            model=self._model, point=self.point, weights=weights, total=total,
        )  # fmt: skip
        return tree_sum(curvatures)

    def expect(self, norms, m, key):
        if self.point is not None:  # Its residuals will hardly grow.
            wide = ROWS_AHEAD / max(self.rows.entries_per_row, 1)
            room = int(max(m, min(MOST_AHEAD * m, wide)))
            self._ahead = Candidates(
                self.rows.n_rows, None, norms, m, key, self.point.size, room
            )

    def draw(self, norms, m, key):
        wanted = self.point, norms, m, key
        at_hand = [c for c in (self.rows.candidates, self._found) if c is not None]
        found = [c for c in at_hand if (c.point, c.norms, c.m, c.key) == wanted]
        candidates = found[0] if found else self._read(self.candidates(norms, m, key))
        while (found := candidates.select()) is None:
            candidates = self._read(candidates.of_more_rows())
        self.rows.candidates, self._drawn = candidates, found[0]
        return found

    def residuals(self, places=None):
        """The residuals of a sample: they were found when it was drawn or, after a pass
        since then, by this."""
        candidates = self.rows.candidates
        if places is None:
            places = np.arange(self.rows.n_rows)
        elif candidates is not None and candidates.point is self.point:
            found = candidates.where(places)
            if found is not None:
                return candidates.residual[found]
        elif isinstance(self.point, Point) and np.array_equal(places, self._drawn):
            return self.point.noted.copy()

        work = _chunk_work.residuals
        return np.concatenate(
            self.rows.map(work, model=self._model, point=self.point, places=places)
        )

    def candidates(self, norms, m, key):
        """What finds the rows of a draw in the reading that comes next."""
        return Candidates(self.rows.n_rows, self.point, norms, m, key, self.point.size)

    def _read(self, candidates):
        """Candidates with all rows added."""
        work = partial(_chunk_work.candidates_alone, model=self._model)
        return self.rows.chunks.map_with(work, candidates)[1]

    def _null_size(self, mean):
        """The mean size of a residual of a null model, or somewhat more."""
        if self.loss.binary:
            no, yes = self.rows.order.n_rows
            return SLACK * (no * mean + yes * (1 - mean)) / self.rows.n_rows
        return self.rows.mean_distance(mean)
