# SPDX-License-Identifier: BSD-3-Clause
"""The one training loop. It knows epochs, and nothing of scikit-learn."""

from dataclasses import dataclass, replace

import numpy as np

from skpulsar._training._history import Epoch, Plateau

RATE_CUT = 5  # of "adaptive", at every plateau
LEAST_RATE = 1e-6  # of the first rate: "adaptive" ends there


@dataclass(frozen=True)
class Step:
    """Where training stands after an epoch."""

    weights: np.ndarray
    state: object
    epoch: Epoch
    converged: bool


def epochs(solver, rows, weights, state, *, max_iter, tol, n_iter_no_change, adaptive):
    """Train, one epoch at a time.

    Parameters
    ----------
    solver : object
        Its ``init(rows, state)`` computes what the solver has to know of the rows and
        returns it in a state; its ``step(rows, weights, state)`` does one epoch and
        returns the new weights, the new state and an `Epoch`. Neither changes what it
        was given, but for memory that a state has within this call alone.

    rows : Rows
        The data.

    weights : ndarray of shape (1, n_columns + 1)
        Where to start; the intercept is last.

    state : object
        The solver's state.

    max_iter : int
        The most epochs.

    tol, n_iter_no_change : float or None, int
        When to call the objective flat; see `Plateau`.

    adaptive : bool
        Whether to cut the rate where the objective is flat, rather than to stop.

    Yields
    ------
    Step
    """
    state = solver.init(rows, state)
    plateau = Plateau(tol, n_iter_no_change)
    for _ in range(max_iter):
        weights, state, epoch = solver.step(rows, weights, state)
        converged = plateau.reached(epoch.loss)
        if converged and adaptive:
            state = replace(state, rate_share=state.rate_share / RATE_CUT)
            plateau.waited = 0
            converged = state.rate_share < LEAST_RATE
        converged |= state.stop_reason is not None
        yield Step(weights, state, epoch, converged)
        if converged:
            return
