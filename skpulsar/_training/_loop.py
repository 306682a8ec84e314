# SPDX-License-Identifier: BSD-3-Clause
"""The training loop of all solvers, independent of scikit-learn."""

from dataclasses import dataclass

import numpy as np

from skpulsar._training._history import Epoch


@dataclass(frozen=True)
class Step:
    """The state of training after an epoch."""

    weights: np.ndarray
    state: object
    epoch: Epoch
    converged: bool


def epochs(solver, rows, weights, state, *, max_iter):
    """Train, one epoch at a time.

    Parameters
    ----------
    solver : Solver
        A solver that follows the protocol in ``skpulsar/_solvers/_protocol.py``.

    rows : Rows
        The training data.

    weights : ndarray of shape (n_outputs, n_columns + 1)
        The weights to start from; the intercepts are last.

    state : SolverState
        The state to start from, by the same protocol.

    max_iter : int
        Maximum number of epochs.

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
