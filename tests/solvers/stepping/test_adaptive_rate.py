# SPDX-License-Identifier: BSD-3-Clause
"""The rate that falls at every plateau, by the losses of epochs given beforehand."""

from itertools import pairwise

import pytest

from skpulsar._solvers.minibatch._solver import MinibatchState
from skpulsar._solvers.stepping._adaptive_rate import (
    MIN_RATE_SHARE,
    RATE_CUT,
    AdaptiveRate,
)


def shares_and_ends(losses, tol=1e-4):
    """Share of the first rate after every epoch, and whether training ends there."""
    rule, state = AdaptiveRate(tol, 2), MinibatchState(seed=7)
    for loss in losses:
        state, ends = rule.after(loss, state)
        assert state.seed == 7
        yield state.rate_share, ends
        if ends:
            return


def test_the_rate_is_cut_at_every_plateau():
    shares, ends = zip(*shares_and_ends([1.0, 0.5] + [0.5] * 50), strict=True)
    assert shares[:6] == pytest.approx([1] * 3 + [1 / RATE_CUT] * 2 + [RATE_CUT**-2])
    assert all(b in (a, a / RATE_CUT) for a, b in pairwise(shares))
    assert shares[-1] < MIN_RATE_SHARE <= shares[-2]
    assert list(ends) == [False] * (len(ends) - 1) + [True]
    cuts = 9  # 5 ** -9 is the first power below 1e-6
    assert len(shares) == 2 + 2 * cuts


def test_the_rate_stays_where_the_objective_falls_again():
    found = list(shares_and_ends([1.0, 1.0, 1.0, 0.5, 0.25, 0.2, 0.1]))
    assert [share for share, _ in found] == pytest.approx([1] * 2 + [1 / RATE_CUT] * 5)
    assert not any(ends for _, ends in found)


def test_without_a_tolerance_nothing_is_flat():
    assert set(shares_and_ends([1.0] * 50, tol=None)) == {(1.0, False)}
