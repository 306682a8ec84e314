# SPDX-License-Identifier: BSD-3-Clause
"""When to call the objective flat."""

import numpy as np


class Plateau:
    """A stopping rule: the objective has not fallen by `tol`, relative to the least so
    far, for `n_iter_no_change` epochs in a row.

    Parameters
    ----------
    tol : float or None
        The fall that counts; None: the objective is never flat.

    n_iter_no_change : int
        Epochs to wait, at least 1.
    """

    def __init__(self, tol, n_iter_no_change):
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.best = np.inf
        self.waited = 0

    def reached(self, loss):
        """Whether the objective is flat, now that an epoch met this one."""
        if self.tol is None:
            return False
        fell = (
            loss < self.best - self.tol * abs(self.best) if self.best < np.inf else True
        )
        self.waited = 0 if fell else self.waited + 1
        self.best = min(self.best, loss)
        return self.waited >= self.n_iter_no_change

    def after(self, epoch, state):
        """The state to go on with after an epoch, and whether to end there."""
        return state, self.reached(epoch.loss)
