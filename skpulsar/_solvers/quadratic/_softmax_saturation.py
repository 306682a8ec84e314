# SPDX-License-Identifier: BSD-3-Clause
"""Rows that saturate with more than two classes; `_saturation` has the reasons.

What saturates is the probability that a row gives to a class that is not its own.
Without that class the row's loss is smaller: what can be gained without some classes of
some rows is a bound on what can be gained with them, as far as nearly all of their loss
is gone already.
"""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._solvers.quadratic._saturation import (
    MAX_ROUNDS,
    MIN_SUSPECT,
    SATURATES,
    SUSPECT,
)
from skpulsar._solvers.quadratic._softmax_preconditioners import NewtonPreconditioner


def saturates(objective, step, tol):
    """Whether a step takes so much from a probability that its curvature may be gone.

    Parameters
    ----------
    objective : SoftmaxSampleObjective
        The rows, with the residuals of the point where the step begins.

    step : ndarray
        What is subtracted from the point.

    tol : float
        The share of F that may be left: the less it is, the less may change.
    """
    least = min(SUSPECT, max(MIN_SUSPECT, 10 * tol**0.5))
    return bool(_vanishing(objective, _falls(objective, step), least).any())


def step_past(full, batch, gradient, spared):
    """Newton's step without the probabilities that vanish along it, and its decrement.

    Parameters
    ----------
    full : SoftmaxSampleObjective
        All rows, with the residuals of the point where the step begins. What is left
        out of the gradient has to be that of all rows: it is much larger than what
        remains.

    batch : SoftmaxSampleObjective
        Rows drawn of them, whose curvature is taken. Its residuals are changed.

    gradient : ndarray
        The gradient of all rows.

    spared : float
        What the probabilities that are left out may add to F together.
    """
    left_out = held = np.zeros(full.residual.shape, bool)
    step, slope = np.zeros(len(gradient)), gradient
    for _ in range(MAX_ROUNDS):
        kept, part = _without(full, left_out)
        batch.residual = kept[:, batch.places]
        preconditioner = NewtonPreconditioner.of(batch)
        if preconditioner.factored is None:
            break
        slope = gradient - part
        step = preconditioner.solve(slope)
        falls = _falls(full, step)
        held = held | left_out & (falls < 0)  # They would come back.
        vanishing = _vanishing(full, falls, SATURATES) & ~held
        vanishing = _cheapest(full.weighted(full.residual), vanishing, spared)
        if np.array_equal(vanishing, left_out):
            break
        left_out = vanishing
    return step, max(0.0, _core.dot(slope, step) / 2)


def _falls(objective, step):
    """What a step takes from the logarithm of every probability."""
    p, moved = objective.passes.probabilities(), objective.moved(step)
    return moved - sum(share * by for share, by in zip(p, moved, strict=True))


def _vanishing(objective, falls, least):
    """Which probabilities, below 1/2 and not those of the rows' own classes, fall so
    much."""
    p = objective.passes.probabilities()
    own = objective.rows.targets().astype(np.intp), np.arange(objective.rows.n_rows)
    found = (p < 0.5) & (p > 0) & (falls >= least)
    found[own] = False
    return found


def _without(objective, left_out):
    """The residuals without some probabilities, and what these add to the gradient."""
    rows, scaling, residual = objective.rows, objective.scaling, objective.residual
    own = rows.targets().astype(np.intp), np.arange(rows.n_rows)
    lost = np.where(left_out, residual, 0.0)
    total = sum(lost)
    kept, sums = residual - lost, np.zeros(objective.shape)
    kept[own] = np.maximum(kept[own] - total, 0.0)
    lost[own] = -total
    if left_out.any():
        for of_class, each in zip(sums, objective.weighted(lost), strict=True):
            of_class[:-1] = rows.column_sums(scaling.centre, each)[0]
            of_class[-1] = _core.total(each)
    return kept, (sums * scaling.scale).ravel()


def _cheapest(losses, pairs, spared):
    """Those of some pairs whose losses, the least first, come to `spared` at most."""
    places = np.flatnonzero(pairs)
    places = places[np.argsort(losses.flat[places], kind="stable")]
    chosen = np.zeros(pairs.shape, bool)
    chosen.flat[places[np.cumsum(losses.flat[places]) <= spared]] = True
    return chosen
