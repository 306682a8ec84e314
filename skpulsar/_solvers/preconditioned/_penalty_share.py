# SPDX-License-Identifier: BSD-3-Clause
"""Whether the penalty, and not the data, made a minimum."""

from math import sqrt

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._moments import EPSILON

MIN_LOSS_SHARE = 0.1  # Less of the curvature is the loss's: the penalty decides alone.
MIN_SIZE = 1e-290  # A step has to be larger than this to be divided by its size.
MIN_RELATIVE_FALL = 1e-6  # A fall by a smaller share of F loses digits.


def made_by_penalty(lbfgs, start, start_loss, scaling, loss_curvature, by_chance):
    """Whether F fell by less than a tenth of what the same step foretells without the
    penalty, where that is more than what chance foretells.

    Along the step v from the null model let the loss have the slope k and the curvature
    c, and the penalty the curvature e. By their quadratic model F falls by
    ``k^2 / (c + e) / 2``, and the loss alone by ``k^2 / c / 2``: what counts is whether
    ``c < (c + e) / 10``. How F fell tells c. Only where it fell by next to nothing is c
    measured.

    Parameters
    ----------
    lbfgs : LBFGS
        At the best point.

    start, start_loss : ndarray, float
        The null model, of an intercept alone, and its objective.

    scaling : Scaling
        The coordinates.

    loss_curvature : callable
        Takes a step and returns the curvature of the loss along it, at the best point.

    by_chance : float
        The fall that columns without a meaning foretell.
    """
    fall, pushed = start_loss - lbfgs.value, scaling.penalty * lbfgs.point
    resolved = fall > MIN_RELATIVE_FALL * lbfgs.value
    if resolved and _core.dot(pushed, lbfgs.point) < fall:
        return False  # This is the usual case, and costs nothing.
    step = lbfgs.point - start if resolved else _direction(lbfgs, scaling)
    slope = _core.dot(pushed - lbfgs.gradient, step)
    stiffness = _core.dot(scaling.penalty * step, step)
    if resolved:
        curvature = max(2 * (fall - slope) + stiffness, EPSILON * lbfgs.value)
        slope += curvature  # This is now the slope at the null model.
    else:
        curvature = loss_curvature(step)
    small = curvature < MIN_LOSS_SHARE * (curvature + stiffness)
    return bool(small and abs(slope) > sqrt(2 * by_chance * curvature))


def _direction(lbfgs, scaling):
    """The direction from the null model to the end of the next step, of size 1.

    The change of the intercept may be below rounding: it is chosen so that the mean
    logit stays.
    """
    step = lbfgs.point - lbfgs.step
    largest = np.abs(step[:-1]).max()
    step /= largest if largest > MIN_SIZE else 1.0
    if scaling.tie is None:
        step[-1] = -_core.dot(scaling.mean, step[:-1]) * scaling.fit_intercept
    return step
