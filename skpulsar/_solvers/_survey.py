# SPDX-License-Identifier: BSD-3-Clause
"""The first look at the rows: column moments, coordinates, and how far out rows lie."""

import numpy as np

from skpulsar._penalty import Penalty
from skpulsar._solvers._frame import Frame

FIRST_ROWS = 1024  # evenly spaced rows that give the provisional scales


class Survey:
    """Moments of the columns, the frame they give, and norms of the rows.

    Norms of dense rows are measured in the scales of a few evenly spaced rows, in the
    sweep that finds the moments: scales of all rows would be inflated by the very rows
    that are far out.

    Parameters
    ----------
    rows : Rows
        The rows.

    penalty, fit_intercept : Penalty, bool
        Of the frame.

    with_norms : bool
        Whether norms will be wanted at once.
    """

    def __init__(self, rows, penalty, fit_intercept, with_norms):
        self.rows, self._norms = rows, None
        dense = not rows.sparse
        if dense:
            guess, norms = self._sweep(with_norms)
        else:
            self.moments = rows.moments()
        self.frame = Frame.of(self.moments, penalty, fit_intercept, centred=dense)
        if dense and with_norms:
            norms += self._unseen(guess)
            self._norms = self._weighted(norms)

    def norms(self):
        """Weight times leverage of every row, roughly."""
        if self._norms is None:
            precision = self.frame.scale[:-1] ** 2
            norms = self.rows.norms(self.frame.centre, precision)
            self._norms = self._weighted(norms)
        return self._norms

    def _sweep(self, with_norms):
        rows = self.rows
        places = np.linspace(0, rows.n_rows - 1, min(rows.n_rows, FIRST_ROWS))
        few = rows.take(places.astype(np.int64), None).moments()
        guess = Frame.of(few, Penalty(0.0), True, centred=True)
        norms = np.empty(rows.n_rows) if with_norms else None
        self.moments = rows.survey(few.mean, guess.scale[:-1] ** 2, norms)
        return guess, norms

    def _unseen(self, guess):
        """The part of columns that are constant in the few rows."""
        scale = self.frame.scale[:-1]
        unseen = (guess.scale[:-1] == 0) & (scale > 0)
        if not unseen.any():
            return 0.0
        return self.rows.norms(self.frame.centre, np.where(unseen, scale * scale, 0.0))

    def _weighted(self, norms):
        norms += 1
        if (weight := self.rows.weights()) is not None:
            norms *= weight
        return norms
