# SPDX-License-Identifier: BSD-3-Clause
"""Rows that saturate: their curvature is gone once a step is made.

A row that lies far out may own the curvature of a direction. Once it is on its side,
Newton's step adds 1 to its margin, its curvature falls by a factor of e, and the next
step does the same, with a margin of millions to go. The decrement sees the small loss
of this row, and nothing of what the other rows could gain behind it.
"""

from functools import partial
from math import sqrt
from typing import NamedTuple

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.quadratic._preconditioners import CholeskyPreconditioner

SUSPECT, MIN_SUSPECT = 0.1, 0.01  # A step that adds this to a margin is looked at,
SATURATES = 0.5  # and one that adds this may leave no curvature behind.
STALE = 0.5  # The curvature along a step must not have fallen below this share.
EXCESS = 2  # A gain of more than this many decrements is no noise.
MAX_ESCAPES = 8  # A search steps past so many groups of rows that saturate.
SPARED = 1e-3  # Rows that saturate may lose this share of an objective together.
UNMOVED = 1e-6  # A margin that gains less than this share of the largest does not move.
VANISHED = 800  # The loss of a margin of this size is 0.
MIN_CURVATURE_RATIO = 1e-100  # A decrement may be divided by this and stay finite.
MAX_ROUNDS = 6  # So often the rows that a step leaves out are chosen anew.
MAX_CONJUGATE = 10  # Conjugate gradients take so many steps at most.
MIN_RELATIVE_GAIN = 0.01  # A further step has to gain this share of what was found.


class Escape(NamedTuple):
    """A step past rows that saturate.

    Parameters
    ----------
    preconditioner : CholeskyPreconditioner or None
        The curvature of all rows at the point.

    newton_decrement : float
        The decrement of Newton's step by this curvature.

    step : ndarray of shape (n_columns + 1,)
        Newton's step without the rows that saturate along it.

    decrement : float
        What the step gains, as far as its curvature tells.

    singular : bool
        Whether the curvature of some rows on the way was singular to rounding.
    """

    preconditioner: CholeskyPreconditioner | None
    newton_decrement: float
    step: np.ndarray
    decrement: float
    singular: bool


def decrement_at(objective, residual, gradient, step, tol, current=False):
    """The decrement of a step by the curvature at given residuals.

    Parameters
    ----------
    objective : SampleObjective
        The rows that stand for all.

    residual : ndarray of shape (n_rows,)
        ``|p_i - z_i|`` of these rows at the point where the step begins.

    gradient, step : ndarray of shape (n_columns + 1,)
        The gradient of all rows, and what a preconditioner makes of it.

    tol : float
        The share of the objective that may be left: the less it is, the less margins
        should move.

    current : bool, default=False
        Whether the preconditioner is the curvature at these residuals.

    Returns
    -------
    decrement : float or None
        None where no decrement is reliable: where rows saturate along the step, the
        preconditioner is far too large, or a column alone promises more.
    """
    moved = objective.moved(step)
    curvature = partial(objective.curvature_at, residual, step, moved)
    decrement, share = _by_curvature(gradient, step, curvature)
    gain = np.where(residual < 0.5, _gains(objective, moved), 0.0).max()
    suspect = min(SUSPECT, max(MIN_SUSPECT, 10 * sqrt(tol)))
    if gain >= suspect or share < STALE:
        return None
    if current or objective.scaling.tie is not None:
        return decrement  # A tie leaves no column free.
    alone = objective.column_gains(gradient, residual).max()
    return decrement if alone <= EXCESS * decrement else None


def decrement_along(objective, gradient, step):
    """The decrement along a step by the curvature at the point of the last `read`."""
    curvature = partial(objective.curvature_along, step)
    return _by_curvature(gradient, step, curvature)[0]


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
    left_out, first, singular = np.zeros(len(residual), bool), None, False
    held = left_out.copy()  # rows whose margins a step without them would lessen
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
        moved, singular = objective.moved(step), singular or preconditioner.singular
        curvature = partial(objective.curvature_at, residual, step, moved)
        decrement, _ = _by_curvature(slope, step, curvature)
        first = first or (preconditioner, decrement)
        gains = _gains(objective, moved)
        if objective.stands_alone:  # Otherwise the gains may be noise.
            held |= left_out & (gains < 0)
        saturating = (residual < 0.5) & (gains >= SATURATES) & ~held
        within = _cheapest(objective, residual, saturating, spared)
        if np.array_equal(within, left_out):
            break
        left_out = within
    if first is None:
        return Escape(None, 0.0, np.zeros(len(point)), 0.0, False)
    return Escape(*first, step, decrement, singular)


def conjugate_step(objective, residual, gradient, preconditioner):
    """Newton's step by the curvature at given residuals, and its decrement.

    It is found by preconditioned conjugate gradients (M. R. Hestenes, E. Stiefel,
    J. Res. NBS 49, 1952). Where the preconditioner's factor had to be raised, its own
    decrement is much less.
    """
    step, rest, least = np.zeros(len(gradient)), gradient, MIN_RELATIVE_GAIN
    if preconditioner.singular:  # What it hides is found late.
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

    Two directions are tried, by the rows that have lost nearly all of their loss. One
    that varies in these rows only has no curvature without them. So a preconditioner of
    the other rows makes it of their gradient, which is taken at 0, where all of them
    weigh alike: at the point itself, those that have lost the most would hardly count.
    The other direction is the point itself, without the part that has curvature in the
    other rows.

    Parameters
    ----------
    objective, residual, point, spared
        See `step_past`.

    full : Objective, default=objective
        That of all rows, wherever these are.
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
    least, largest = objective.margin_gains(step)
    return bool(0 < largest < np.inf and least >= -UNMOVED * largest)


def _push(objective, done, columns):
    """A step along some columns that leaves no loss to rows that are done: until then
    the rounding of their part in the gradient hides that of all others. 0 where they
    do not pull alike."""
    pull = objective.part_of_gradient(np.flatnonzero(done), np.zeros(len(columns)))
    pull[~columns] = 0
    least = _gains(objective, objective.moved(pull))[done].min()
    return (VANISHED / least if least > 0 else 0.0) * pull


def _by_curvature(gradient, step, curvature):
    """The decrement of a step, and the share that is there of the curvature that it
    reckons with; where less is there, the decrement grows. `curvature` returns what is
    there along the step."""
    slope = _core.dot(gradient, step)
    if not slope > 0:
        return 0.0, 1.0
    with np.errstate(over="ignore"):
        share = curvature() / slope
    return slope / 2 / min(1.0, max(share, MIN_CURVATURE_RATIO)), share


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
