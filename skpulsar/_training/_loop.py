# SPDX-License-Identifier: BSD-3-Clause
"""The training loop of all solvers, independent of scikit-learn."""

from dataclasses import dataclass

import numpy as np

from skpulsar._training._history import Epoch


@dataclass(frozen=True)
class Step:
    """The state of training after an epoch.

    Parameters
    ----------
    weights : ndarray of shape (n_outputs, n_columns + 1)
        The weights; the intercepts are last.

    state : SolverState
        The state to continue from.

    epoch : Epoch
        The record of the epoch.

    scores : dict
        Scores of the weights by name.

    converged : bool
        Whether a stopping rule ends training.

    is_last : bool
        Whether training ends, by that or after `max_iter` epochs.
    """

    weights: np.ndarray
    state: object
    epoch: Epoch
    scores: dict[str, float]
    converged: bool
    is_last: bool


def epochs(solver, rows, weights, state, *, max_iter, score=None, monitor=None):
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

    score : callable or None
        Gives the scores of weights, by name.

    monitor : Monitor or None
        The score that ends training where it no longer improves; with None the loss
        does, or whatever the solver watches.

    Yields
    ------
    Step
    """
    state = solver.init(rows, state)
    stopping, scores = solver.stopping(rows, monitor), {}
    for number in range(1, max_iter + 1):
        weights, state, epoch = solver.step(rows, weights, state)
        if score is not None:
            scores = score(weights)
        converged = state.stop_reason is not None
        if stopping is not None:
            value = epoch.loss if monitor is None else scores[monitor.name]
            cost = value if monitor is None else monitor.cost(value)
            state, flat = stopping.after(cost, state)
            converged = converged or flat
        is_last = converged or number == max_iter
        yield Step(weights, state, epoch, scores, converged, is_last)
        if converged:
            return
