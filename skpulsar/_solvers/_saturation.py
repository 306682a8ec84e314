# SPDX-License-Identifier: BSD-3-Clause
"""Rows that saturate: their curvature is gone once a step is made.

A row that lies far out may own the curvature of a direction. Once it is on its side,
Newton's step adds 1 to its margin, its curvature falls by a factor of e, and the next
step does the same, with a margin of millions to go. The decrement sees the small loss
of this row, and nothing of what the other rows could gain behind it.
"""

from math import sqrt

import numpy as np

from skpulsar._kernels import _core

SUSPECT, LEAST_SUSPECT = 0.1, 0.01  # A step that adds this to a margin is looked at,
SATURATES = 0.5  # and one that adds this may leave no curvature behind.
STALE = 0.5  # The curvature along a step must not have fallen below this share.
SPARED = 1e-3  # of an objective: what rows that saturate may lose together
UNMOVED = 1e-6  # of the largest gain: a margin that does not move
LEAST_SHARE = 1e-100
MAX_ROUNDS = 6
MAX_CONJUGATE = 10
LEAST_LENGTH = 0.01  # of what was found: the rest is not worth a further step


def decrement_at(objective, residual, gradient, step, tol):
    """The decrement of a step by the curvature at given residuals.

    Parameters
    ----------
    objective : Objective
        The rows that stand for all.

    residual : ndarray of shape (n_rows,)
        ``|p_i - z_i|`` of these rows at the point where the step begins.

    gradient, step : ndarray of shape (n_columns + 1,)
        Of all rows, and what a metric makes of it.

    tol : float
        Of the objective: the less may be left, the less margins should move.

    Returns
    -------
    decrement : float or None
        None where rows saturate along the step or the metric is far too large: then no
        decrement can be believed.
    """
    moved = objective.moved(step)
    decrement, share = _by_curvature(objective, residual, gradient, step, moved)
    gain = np.where(residual < 0.5, _gains(objective, moved), 0.0).max()
    suspect = min(SUSPECT, max(LEAST_SUSPECT, 10 * sqrt(tol)))
    return decrement if gain < suspect and share >= STALE else None


def decrement_along(objective, residual, gradient, step):
    """The decrement along a step by the curvature at given residuals."""
    moved = objective.moved(step)
    return _by_curvature(objective, residual, gradient, step, moved)[0]


def step_past(objective, residual, point, gradient, spared):
    """Newton's step without the rows that saturate along it.

    Losses are not negative: the minimum without some rows is a bound on the minimum
    with them, as far as these have lost nearly all of their loss already.

    Parameters
    ----------
    objective, residual, gradient
        See `decrement_at`.

    point : ndarray of shape (n_columns + 1,)
        Where the step begins.

    spared : float
        What the rows that are left out may lose together.

    Returns
    -------
    metric : Newton or None
        The curvature of all rows at the point.

    present : float
        The decrement by this metric.

    step : ndarray of shape (n_columns + 1,)
        The step.

    decrement : float
        What the step gains, as far as its curvature tells.
    """
    left_out, first = np.zeros(len(residual), bool), None
    for _ in range(MAX_ROUNDS):
        metric = objective.metric(np.where(left_out, 0.0, residual))
        if metric is None:
            break
        slope = gradient
        if left_out.any():
            places = np.flatnonzero(left_out)
            slope = gradient - objective.part_of_gradient(places, point)
        step = metric.solve(slope)
        moved = objective.moved(step)
        decrement, _ = _by_curvature(objective, residual, slope, step, moved)
        first = first or (metric, decrement)
        saturating = (residual < 0.5) & (_gains(objective, moved) >= SATURATES)
        within = _cheapest(objective, residual, saturating, spared)
        if np.array_equal(within, left_out):
            break
        left_out = within
    if first is None:
        return None, 0.0, np.zeros(len(point)), 0.0
    return *first, step, decrement


def solved_decrement(objective, residual, gradient, metric):
    """The decrement by the curvature at given residuals, as conjugate gradients in a
    metric find it: where the factor of the metric had to be raised, that is much more
    than the metric's own (M. R. Hestenes, E. Stiefel, J. Res. NBS 49, 1952)."""
    step, rest = np.zeros(len(gradient)), gradient
    way = solved = metric.solve(rest)
    length = _core.dot(rest, solved)
    for _ in range(MAX_CONJUGATE):
        bent = objective.curvature_times(way, residual)
        curvature = _core.dot(way, bent)
        if not length > LEAST_LENGTH * _core.dot(gradient, step) or not curvature > 0:
            break
        step = step + length / curvature * way
        rest = rest - length / curvature * bent
        solved, last = metric.solve(rest), length
        length = _core.dot(rest, solved)
        way = solved + length / last * way
    return _core.dot(gradient, step) / 2


def endless(objective, residual, spared, full=None):
    """Whether a direction adds to the margins of rows that are on their side already
    and takes nothing from any other: without a penalty there is no minimum then.

    Looked at are the rows that have lost nearly all of their loss. A direction that no
    other row knows has no curvature without them, so that a metric of the others makes
    it of their gradient, where all of them pull alike: at the point itself, those that
    have lost the most would hardly be heard.

    Parameters
    ----------
    objective, residual, spared
        See `step_past`.

    full : Objective, default=objective
        That of all rows.
    """
    full = full or objective
    done = _cheapest(objective, residual, residual < 0.5, spared)
    metric = objective.metric(np.where(done, 0.0, residual))
    if metric is None or not done.any():
        return False
    origin = np.zeros(len(objective.frame.scale))
    pull = objective.part_of_gradient(np.flatnonzero(done), origin)
    with np.errstate(over="ignore", invalid="ignore"):
        gains = _gains(full, full.moved(metric.solve(pull)))
    return bool(0 < gains.max() < np.inf and gains.min() >= -UNMOVED * gains.max())


def _by_curvature(objective, residual, gradient, step, moved):
    """The decrement of a step, and the share that is there of the curvature that it
    reckons with; where less is there, the decrement grows."""
    slope = _core.dot(gradient, step)
    if not slope > 0:
        return 0.0, 1.0
    with np.errstate(over="ignore"):
        share = objective.curvature_along(step, moved, residual) / slope
    return slope / 2 / min(1.0, max(share, LEAST_SHARE)), share


def _gains(objective, moved):
    """What a step adds to the margin of every row."""
    return np.where(objective.target == 1, -moved, moved)


def _cheapest(objective, residual, rows, spared):
    """Those of some rows whose losses, the smallest first, come to `spared` at most."""
    loss = residual / objective.total  # roughly, where it is small
    if objective.weight is not None:
        loss *= objective.weight
    places = np.flatnonzero(rows)
    places = places[np.argsort(loss[places], kind="stable")]
    chosen = np.zeros(len(residual), bool)
    chosen[places[np.cumsum(loss[places]) <= spared]] = True
    return chosen
