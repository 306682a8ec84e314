# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest

from skpulsar._training._plateau import Plateau


def stops(losses, tol, n_iter_no_change, relative=True):
    """The number of the epoch that ends training, from 1 on; None for none."""
    plateau = Plateau(tol, n_iter_no_change, relative)
    for epoch, loss in enumerate(losses, start=1):
        if plateau.reached(loss):
            return epoch
    return None


@pytest.mark.parametrize(
    ("losses", "tol", "n_iter_no_change", "epoch"),
    [
        ([1.0] * 9, 1e-4, 5, 6),  # the first loss always falls, from infinity
        ([1.0] * 9, 1e-4, 1, 2),
        ([1.0] * 9, None, 1, None),
        ([9, 8, 7, 6, 5, 4, 3, 2, 1], 1e-4, 2, None),
        ([4, 3, 3, 2, 2, 1, 1, 1], 1e-4, 2, 8),  # in a row
        ([1, 0.95, 0.9, 0.85], 0.1, 2, 3),  # falls, by less than asked for
        ([1, 0.95, 0.8, 0.79, 0.7, 0.6], 0.1, 2, None),
        ([1, 0.95, 0.8, 0.75, 0.7], 0.1, 2, 5),  # each measured from the least
        ([1.0, 0.0, 0.0, 0.0], 0.5, 2, 4),
        ([1.0, 1.0], 0.0, 1, 2),
        ([1.0, np.nextafter(1.0, 0.0)], 0.0, 1, None),
        ([-1.0, -1.05, -1.2], 0.1, 1, 2),  # losses below 0 are no losses of ours
        ([np.inf, 1.0, np.inf, np.inf], 1e-4, 2, 4),
        ([1.0, np.nan, np.nan], 1e-4, 2, 3),
    ],
)
def test_plateau(losses, tol, n_iter_no_change, epoch):
    assert stops(losses, tol, n_iter_no_change) == epoch


@pytest.mark.parametrize("scale", [1e-300, 1e-3, 1e300])
def test_plateau_is_relative(scale):
    losses = scale * np.array([1, 0.5, 0.4, 0.39, 0.3899, 0.3898, 0.3])
    assert stops(losses, 0.01, 2) == 6


@pytest.mark.parametrize("shift", [-100, 0, 100])
def test_plateau_of_scores_is_absolute(shift):
    costs = shift - np.array([0.5, 0.6, 0.605, 0.609, 0.615, 0.616, 0.617, 0.618])
    assert stops(costs, 0.01, 2, relative=False) == 4
    assert stops(costs, 0.01, 4, relative=False) == 6
    assert stops(costs, 0.004, 1, relative=False) == 4
    assert stops(costs, 0.003, 1, relative=False) == 6


def test_slow_progress_is_measured_from_the_least_loss():
    # 0.6 % an epoch: less than tol, epoch by epoch, from the least loss so far.
    losses = 0.994 ** np.arange(20)
    assert stops(losses, 0.01, 3) == 4
    assert stops(losses, 0.005, 3) is None


def test_a_state_goes_on_as_it_is():
    plateau, state = Plateau(1e-4, 1), object()
    for ends in (False, True):
        assert plateau.after(1.0, state) == (state, ends)
