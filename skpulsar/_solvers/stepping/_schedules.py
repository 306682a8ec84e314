# SPDX-License-Identifier: BSD-3-Clause
"""Schedules: functions from step numbers, 1 on, to shares of the first rate."""

import numpy as np

from skpulsar._kernels import _core


def constant(steps, power_t):
    """1 for every step. ``learning_rate="adaptive"`` uses this schedule, too."""
    return np.ones(len(steps))


def invscaling(steps, power_t):
    """``t ** -power_t`` for step t.

    For ``0.5 < power_t <= 1`` the sum of the rates diverges and that of their squares
    converges, as Robbins and Monro (1951) require.
    """
    return _core.inverse_power(steps.astype(np.float64), power_t)


SCHEDULES = {"constant": constant, "adaptive": constant, "invscaling": invscaling}
