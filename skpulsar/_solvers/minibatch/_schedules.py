# SPDX-License-Identifier: BSD-3-Clause
"""Schedules: the number of a step, from 1 on, to its rate as a share of the first."""

import numpy as np

from skpulsar._kernels import _core


def constant(steps, power_t):
    """1: the rate stays as it is. ``learning_rate="adaptive"`` starts with it, too."""
    return np.ones(len(steps))


def invscaling(steps, power_t):
    """``t ** -power_t`` at step t: rates whose sum diverges and whose squares' sum may
    not, as Robbins and Monro (1951) ask for ``0.5 < power_t <= 1``."""
    return _core.inverse_power(steps.astype(np.float64), power_t)


SCHEDULES = {"constant": constant, "adaptive": constant, "invscaling": invscaling}
