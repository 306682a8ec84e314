# SPDX-License-Identifier: BSD-3-Clause
"""The stopping rule for an objective that no longer falls."""

import numpy as np


class Plateau:
    """A stopping rule: stop once the objective has not fallen by `tol`, relative to its
    lowest value, for `n_iter_no_change` epochs in a row.

    Parameters
    ----------
    tol : float or None
        The relative fall that counts as progress. With None the rule never stops.

    n_iter_no_change : int
        Number of epochs to wait, at least 1.
    """

    def __init__(self, tol, n_iter_no_change):
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.best = np.inf
        self.waited = 0

    def reached(self, loss):
        """Whether the objective has stopped falling, given its value after an epoch."""
        if self.tol is None:
            return False
        fell = (
            loss < self.best - self.tol * abs(self.best) if self.best < np.inf else True
        )
        self.waited = 0 if fell else self.waited + 1
        self.best = min(self.best, loss)
        return self.waited >= self.n_iter_no_change

    def after(self, epoch, state):
        """The state to continue with after an epoch, and whether to stop."""
        return state, self.reached(epoch.loss)
