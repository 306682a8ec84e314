# SPDX-License-Identifier: BSD-3-Clause
"""Rows that saturate: their curvature is gone once a step is made.

A row that lies far out may own the curvature of a direction. Once it is on its side,
Newton's step adds 1 to its margin, its curvature falls by a factor of e, and the next
step does the same, with a margin of millions to go. The decrement sees the small loss
of this row, and nothing of what the other rows could gain behind it.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.quadratic._preconditioners import CholeskyPreconditioner

SUSPECT, LEAST_SUSPECT = 0.1, 0.01  # A step that adds this to a margin is looked at,
SATURATES = 0.5  # and one that adds this may leave no curvature behind.
STALE = 0.5  # The curvature along a step must not have fallen below this share.
MORE = 2  # times a decrement: so much more is not noise
SPARED = 1e-3  # of an objective: what rows that saturate may lose together
UNMOVED = 1e-6  # of the largest gain: a margin that does not move
VANISHED = 800  # a margin whose loss is 0
LEAST_SHARE = 1e-100
MAX_ROUNDS = 6
MAX_CONJUGATE = 10
LEAST_LENGTH = 0.01  # of what was found: the rest is not worth a further step


class Escape(NamedTuple):
    """A step past rows that saturate.

    Parameters
    ----------
    preconditioner : CholeskyPreconditioner or None
        The curvature of all rows at the point.

    present : float
        The decrement by this metric.

    step : ndarray of shape (n_columns + 1,)
        Newton's step without the rows that saturate along it.

    decrement : float
        What the step gains, as far as its curvature tells.

    blurred : bool
        Whether some rows on the way had columns that rounding hardly tells apart.
    """

    preconditioner: CholeskyPreconditioner | None
    present: float
    step: np.ndarray
    decrement: float
    blurred: bool


def decrement_at(objective, residual, gradient, step, tol, current=False):
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

    current : bool, default=False
        Whether the metric is the curvature at these residuals.

    Returns
    -------
    decrement : float or None
        None where no decrement can be believed: where rows saturate along the step, the
        metric is far too large, or a column alone promises more.
    """
    moved = objective.moved(step)
    decrement, share = _by_curvature(objective, residual, gradient, step, moved)
    gain = np.where(residual < 0.5, _gains(objective, moved), 0.0).max()
    suspect = min(SUSPECT, max(LEAST_SUSPECT, 10 * sqrt(tol)))
    if gain >= suspect or share < STALE:
        return None
    if current or objective.scaling.tie is not None:
        return decrement  # or no column is free
    alone = objective.column_gains(gradient, residual).max()
    return decrement if alone <= MORE * decrement else None


def decrement_along(objective, residual, gradient, step):
    """The decrement along a step by the curvature at given residuals."""
    moved = objective.moved(step)
    return _by_curvature(objective, residual, gradient, step, moved)[0]


def step_past(objective, residual, point, gradient, spared):
    """Newton's step without the rows that saturate along it, as an `Escape`.

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
    """
    left_out, first, blurred = np.zeros(len(residual), bool), None, False
    held = left_out.copy()  # rows that a step without them would take from
    for _ in range(MAX_ROUNDS):
        kept, slope = np.where(left_out, 0.0, residual), gradient
        preconditioner = objective.preconditioner(kept)
        if preconditioner is None:
            break
        if left_out.any():
            part = objective.part_of_gradient(np.flatnonzero(left_out), point)
            unknown = (EPSILON * part / preconditioner.unit) ** 2 / 2
            if unknown.max() > spared:
                step = _push(objective, left_out, unknown > spared)
                return Escape(*first, step, unknown.max(), preconditioner.singular)
            slope = gradient - part
        step = preconditioner.solve(slope)
        moved, blurred = objective.moved(step), blurred or preconditioner.singular
        decrement, _ = _by_curvature(objective, residual, slope, step, moved)
        first = first or (preconditioner, decrement)
        gains = _gains(objective, moved)
        if objective.stands_alone:  # or the gains may be noise
            held |= left_out & (gains < 0)
        saturating = (residual < 0.5) & (gains >= SATURATES) & ~held
        within = _cheapest(objective, residual, saturating, spared)
        if np.array_equal(within, left_out):
            break
        left_out = within
    if first is None:
        return Escape(None, 0.0, np.zeros(len(point)), 0.0, False)
    return Escape(*first, step, decrement, blurred)


def conjugate_step(objective, residual, gradient, preconditioner):
    """Newton's step by the curvature at given residuals, as conjugate gradients in a
    metric find it, and its decrement: where the factor of the metric had to be raised,
    that is much more than the metric's own (M. R. Hestenes, E. Stiefel, J. Res. NBS 49,
    1952)."""
    step, rest, least = np.zeros(len(gradient)), gradient, LEAST_LENGTH
    if preconditioner.singular:  # gains of directions that it hides come late
        least = 0.0
    way = solved = preconditioner.solve(rest)
    length = _core.dot(rest, solved)
    for _ in range(MAX_CONJUGATE):
        bent = objective.curvature_times(way, residual)
        curvature = _core.dot(way, bent)
        if not curvature > 0:
            break
        share = length / curvature
        step = step + share * way
        if not share * length > least * _core.dot(gradient, step):
            break
        rest = rest - share * bent
        solved, last = preconditioner.solve(rest), length
        length = _core.dot(rest, solved)
        way = solved + length / last * way
    return step, _core.dot(gradient, step) / 2


def endless(objective, residual, point, spared, full=None):
    """Whether a direction adds to the margins of rows that are on their side already
    and takes nothing from any other: without a penalty there is no minimum then.

    Looked at are the rows that have lost nearly all of their loss. A direction that no
    other row knows has no curvature without them, so that a metric of the others makes
    it of their gradient, where all of them pull alike: at the point itself, those that
    have lost the most would hardly be heard. Another one is where the point has gone
    already, without what the others know of it.

    Parameters
    ----------
    objective, residual, point, spared
        See `step_past`.

    full : Objective, default=objective
        That of all rows.
    """
    full = full or objective
    done = _cheapest(objective, residual, residual < 0.5, spared)
    others = np.where(done, 0.0, residual)
    preconditioner = objective.preconditioner(others)
    if preconditioner is None or not done.any():
        return False
    origin = np.zeros(len(objective.scaling.scale))
    pull = objective.part_of_gradient(np.flatnonzero(done), origin)
    known = preconditioner.solve(objective.curvature_times(point, others))
    with np.errstate(over="ignore", invalid="ignore"):
        ways = preconditioner.solve(pull), known - point
        return any(_only_gains(full, way) for way in ways)


def _only_gains(objective, step):
    """Whether a step adds to the margins of some rows and takes from none."""
    gains = _gains(objective, objective.moved(step))
    return bool(0 < gains.max() < np.inf and gains.min() >= -UNMOVED * gains.max())


def _push(objective, done, columns):
    """A step along some columns that leaves no loss to rows that are done: until then
    the rounding of their part in the gradient hides that of all others. 0 where they
    do not pull alike."""
    pull = objective.part_of_gradient(np.flatnonzero(done), np.zeros(len(columns)))
    pull[~columns] = 0
    least = _gains(objective, objective.moved(pull))[done].min()
    return (VANISHED / least if least > 0 else 0.0) * pull


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
    return objective.loss.margin_gains(objective.target, moved)


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
