# SPDX-License-Identifier: BSD-3-Clause
"""Whether the penalty, and not the data, made a minimum."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._moments import EPSILON

LEAST_SHARE = 0.1  # of what a step would gain without the penalty
LEAST_STEP = 1e-290  # whose inverse is finite
RESOLVED = 1e-6  # of the objective: a fall whose parts rounding does not blur


def made_by_penalty(lbfgs, start, start_loss, scaling, draw, by_chance):
    """Whether F fell by less than a tenth of what the same step foretells without the
    penalty, where that is more than what chance foretells.

    Along the step v from the null model let the loss have the slope k and the curvature
    c, and the penalty the curvature e. By their quadratic model F falls by
    ``k^2 / (c + e) / 2``, and the loss alone by ``k^2 / c / 2``: what counts is whether
    ``c < (c + e) / 10``. How F fell tells c. Only where it fell by next to nothing, a
    minibatch has to.

    Parameters
    ----------
    lbfgs : LBFGS
        At the best point.

    start, start_loss : ndarray, float
        The null model, of an intercept alone, and its objective.

    scaling : Scaling
        The coordinates.

    draw : callable
        Makes the `Objective` of a minibatch.

    by_chance : float
        The fall that columns without a meaning foretell.
    """
    fall, pushed = start_loss - lbfgs.value, scaling.penalty * lbfgs.point
    resolved = fall > RESOLVED * lbfgs.value
    if resolved and _core.dot(pushed, lbfgs.point) < fall:
        return False  # as nearly always
    step = lbfgs.point - start if resolved else _direction(lbfgs, scaling)
    slope = _core.dot(pushed - lbfgs.gradient, step)
    stiffness = _core.dot(scaling.penalty * step, step)
    if resolved:
        curvature = max(2 * (fall - slope) + stiffness, EPSILON * lbfgs.value)
        slope += curvature  # from that at the point to that at the null model
    else:
        curvature = _curvature(draw(), lbfgs.point, step)
    small = curvature < LEAST_SHARE * (curvature + stiffness)
    return bool(small and slope * slope / 2 > by_chance * curvature)


def _direction(lbfgs, scaling):
    """Of the step to where the path leads: its length, and the intercept's change, may
    be below rounding; the intercept keeps the mean logit."""
    step = lbfgs.point - lbfgs.step
    largest = np.abs(step[:-1]).max()
    step /= largest if largest > LEAST_STEP else 1.0
    if scaling.tie is None:
        step[-1] = -_core.dot(scaling.mean, step[:-1]) * scaling.fit_intercept
    return step


def _curvature(batch, point, step):
    batch.read(point)
    return batch.loss_curvature(batch.moved(step), batch.residual)
