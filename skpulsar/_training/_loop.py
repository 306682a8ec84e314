# SPDX-License-Identifier: BSD-3-Clause
"""The one training loop. It knows epochs, and nothing of scikit-learn."""

from dataclasses import dataclass

import numpy as np

from skpulsar._training._history import Epoch


@dataclass(frozen=True)
class Step:
    """Where training stands after an epoch."""

    weights: np.ndarray
    state: object
    epoch: Epoch
    converged: bool


def epochs(solver, rows, weights, state, *, max_iter):
    """Train, one epoch at a time.

    Parameters
    ----------
    solver : Solver
        By the protocol in ``skpulsar/_solvers/_protocol.py``.

    rows : Rows
        The data.

    weights : ndarray of shape (n_outputs, n_columns + 1)
        Where to start; the intercepts are last.

    state : SolverState
        The state to begin with, by the same protocol.

    max_iter : int
        The most epochs.

    Yields
    ------
    Step
    """
    state = solver.init(rows, state)
    stopping = solver.stopping(rows)
    for _ in range(max_iter):
        weights, state, epoch = solver.step(rows, weights, state)
        if stopping is None:
            converged = state.stop_reason is not None
        else:
            state, converged = stopping.after(epoch, state)
        yield Step(weights, state, epoch, converged)
        if converged:
            return
