# SPDX-License-Identifier: BSD-3-Clause
"""What one pass tells of the columns and rows: moments, scaling, leverages."""

import numpy as np

from skpulsar._problem._penalty import Penalty
from skpulsar._problem._spaced_rows import spaced
from skpulsar._solvers.quadratic._scaling import Scaling

FIRST_ROWS = 1024  # So many evenly spaced rows give the provisional scales.
HIDDEN_ROWS = 128  # So many evenly spaced rows tell whether entries are hidden:
HIDDEN = 1e-10  # nearer to each other than this share of their column's deviation.


class ColumnStatistics:
    """Moments of the columns, the scaling they give, and norms of the rows.

    Norms of dense rows are measured in the scales of a few evenly spaced rows, in the
    sweep that finds the moments: scales of all rows would be inflated by the very rows
    that are far out.

    Parameters
    ----------
    rows : RowSource
        The rows.

    penalty, fit_intercept : Penalty, bool
        What the scaling depends on besides the moments.

    with_norms : bool
        Whether norms will be wanted at once.

    draw : FirstDraw, optional
        What they will be wanted for, where that is known.

    moments : Moments, optional
        The moments, where they are known already.
    """

    def __init__(
        self, rows, penalty, fit_intercept, with_norms, moments=None, draw=None
    ):
        self.rows, self._norms, self._draw = rows, None, draw
        self._penalty, self._fit_intercept = penalty, fit_intercept
        dense = not rows.sparse and moments is None
        if moments is not None:
            self.moments = moments
        elif dense:
            guess, begun = self._sweep(with_norms)
        else:
            self.moments = rows.moments()
        centre = self.moments.centre(rows.sparse)
        self.scaling = Scaling.of(self.moments, penalty, fit_intercept, centre)
        if dense and with_norms:
            centre = self.scaling.centre
            self._norms = rows.leverages(centre, self._unseen(guess), begun)

    def recentre(self):
        """Centre columns where most of their entries lie, if a few that are far out own
        the means and hide the others; return whether a centre moved."""
        centre = self.scaling.centre.copy()
        for column, entry in hidden_entries(self.rows, self.scaling).items():
            centre[column] = entry
        if not self.scaling.fit_intercept or (centre == self.scaling.centre).all():
            return False
        self.scaling = Scaling.of(
            self.moments, self._penalty, self._fit_intercept, centre
        )
        self._norms = None
        return True

    def norms(self):
        """Weight times leverage of every row, roughly, as the rows keep it."""
        if self._norms is None:
            precision = self.scaling.scale[:-1] ** 2
            self._norms = self.rows.leverages(self.scaling.centre, precision)
        return self._norms

    def _sweep(self, with_norms):
        few = self.rows.take(spaced(self.rows, FIRST_ROWS), None).moments()
        guess = Scaling.of(few, Penalty(0.0), True, few.mean)
        if not with_norms:
            self.moments = self.rows.moments_about(few.mean)
            return guess, None
        precision = guess.scale[:-1] ** 2
        self.moments, begun = self.rows.moments_and_norms(
            few.mean, precision, self._draw
        )
        return guess, begun

    def _unseen(self, guess):
        """The precision of the columns that are constant in the few rows; 0 of all
        others."""
        scale = self.scaling.scale[:-1]
        unseen = (guess.scale[:-1] == 0) & (scale > 0)
        return np.where(unseen, scale * scale, 0.0)


def hidden_entries(rows, scaling):
    """The columns in which entries far out hide most of the others, and for each an
    entry among these.

    A few rows tell: most gaps between a column's sorted entries are 0 then, compared
    with its deviation.
    """
    if rows.sparse:
        return {}
    sample = np.sort(rows.entries(spaced(rows, HIDDEN_ROWS)), axis=0)
    gaps = np.diff(sample, axis=0).astype(np.float64) * scaling.scale[:-1]
    gaps[gaps == 0] = np.inf
    return {
        j: sample[gaps[:, j].argmin(), j]
        for j in np.flatnonzero(gaps.min(axis=0, initial=np.inf) < HIDDEN)
        if np.median(gaps[np.isfinite(gaps[:, j]), j]) < HIDDEN
    }
