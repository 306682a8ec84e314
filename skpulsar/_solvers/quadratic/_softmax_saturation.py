# SPDX-License-Identifier: BSD-3-Clause
"""Rows that saturate with more than two classes; `_saturation` has the reasons.

What saturates is the probability that a row gives to a class that is not its own.
Without that class the row's loss is smaller: what can be gained without some classes of
some rows is a bound on what can be gained with them, as far as nearly all of their loss
is gone already.
"""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._saturated_classes import vanishing
from skpulsar._solvers.quadratic._saturation import (
    MAX_ROUNDS,
    MIN_SUSPECT,
    SATURATES,
    SUSPECT,
)
from skpulsar._solvers.quadratic._softmax_preconditioners import NewtonPreconditioner


def suspect(tol):
    """What a step may take from the logarithm of a probability and not be looked at.

    Parameters
    ----------
    tol : float
        The share of F that may be left: the less it is, the less may change.
    """
    return min(SUSPECT, max(MIN_SUSPECT, 10 * tol**0.5))


def saturates(objective, step, least):
    """Whether a step takes so much from the logarithm of a probability.

    Parameters
    ----------
    objective : SoftmaxSampleObjective
        The rows, with the residuals of the point where the step begins.

    step : ndarray
        What is subtracted from the point.

    least : float
        So much.
    """
    found, _ = vanishing(objective.passes, objective.uncentred(step), least)
    return bool(found.any())


def step_past(full, batch, gradient, spared):
    """Newton's step without the probabilities that vanish along it, and its decrement.

    Parameters
    ----------
    full : SoftmaxObjective
        All rows, at the point where the step begins. What is left out of the gradient
        has to be that of all rows: it is much larger than what remains.

    batch : SoftmaxSampleObjective
        Rows drawn of them, whose curvature is taken. Its residuals are changed.

    gradient : ndarray
        The gradient of all rows.

    spared : float
        What the probabilities that are left out may add to F together.
    """
    saturated = full.passes.saturated_classes()
    scaling, total = full.scaling, full.total
    step, slope = np.zeros(len(gradient)), gradient
    for number in range(MAX_ROUNDS):
        batch.residual = saturated.residuals(batch.places)
        preconditioner = NewtonPreconditioner.of(batch)
        if preconditioner.factored is None:
            break
        sums = saturated.sums(scaling.centre, total)
        slope = gradient - (sums * scaling.scale).ravel()
        step = preconditioner.solve(slope)
        if number == 0 and not saturates(batch, step, SATURATES):
            break  # The drawn rows are asked before all are read.
        if not saturated.choose(full.uncentred(step), SATURATES, total, spared):
            break
    return step, max(0.0, _core.dot(slope, step) / 2)
