# SPDX-License-Identifier: BSD-3-Clause
"""The stopping rule for a cost that no longer falls."""

import numpy as np


class Plateau:
    """A stopping rule: stop once the cost has not fallen by `tol` below its lowest
    value for `n_iter_no_change` epochs in a row.

    Parameters
    ----------
    tol : float or None
        The fall that counts as progress. With None the rule never stops.

    n_iter_no_change : int
        Number of epochs to wait, at least 1.

    relative : bool
        Whether `tol` is a share of the lowest value, as for losses.
    """

    def __init__(self, tol, n_iter_no_change, relative=True):
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.relative = relative
        self.best = np.inf
        self.waited = 0

    def reached(self, cost):
        """Whether the cost has stopped falling, given its value after an epoch."""
        if self.tol is None:
            return False
        fell = True
        if self.best < np.inf:
            unit = abs(self.best) if self.relative else 1.0
            fell = cost < self.best - self.tol * unit
        self.waited = 0 if fell else self.waited + 1
        self.best = min(self.best, cost)
        return self.waited >= self.n_iter_no_change

    def after(self, cost, state):
        """The state to continue with after an epoch, and whether to stop."""
        return state, self.reached(cost)
