# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._solvers.stepping._schedules import SCHEDULES


@pytest.mark.parametrize("name", ["constant", "adaptive"])
def test_constant_rates(name):
    assert_array_equal(SCHEDULES[name](np.arange(1, 6), 0.5), np.ones(5))


@pytest.mark.parametrize("power_t", [0.0, 0.25, 0.5, 1.0, 2.0])
def test_invscaling_rates(power_t):
    steps = np.array([1, 2, 3, 10, 12345, 2**40])
    rates = SCHEDULES["invscaling"](steps, power_t)
    assert_allclose(rates, steps**-power_t, rtol=1e-14)
    assert rates[0] == 1


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)
def test_rates_follow_from_the_step_alone(schedule):
    steps = np.arange(1, 1001)
    whole = schedule(steps, 0.5)
    parts = [schedule(part, 0.5) for part in np.array_split(steps, [1, 1, 77, 600])]
    assert_array_equal(np.concatenate(parts), whole)
    assert (np.diff(whole) <= 0).all()
