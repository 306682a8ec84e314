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
    solver : object
        Its ``init(rows, state)`` computes what the solver has to know of the rows and
        returns it in a state; its ``step(rows, weights, state)`` does one epoch and
        returns the new weights, the new state and an `Epoch`. Neither changes what it
        was given, but for memory that a state has within this call alone. Its
        ``stopping(rows)`` gives a rule such as `Plateau`, or None where a state's
        `stop_reason` alone ends training.

    rows : Rows
        The data.

    weights : ndarray of shape (n_outputs, n_columns + 1)
        Where to start; the intercepts are last.

    state : object
        The solver's state.

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
