# SPDX-License-Identifier: BSD-3-Clause
"""Whether the penalty made a minimum, on quadratics of which this is known."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from skpulsar._solvers.preconditioned._penalty_share import (
    MIN_LOSS_SHARE,
    MIN_RELATIVE_FALL,
    made_by_penalty,
)
from skpulsar._solvers.quadratic._lbfgs import LBFGS
from skpulsar._solvers.quadratic._scaling import Scaling

deterministic = settings(derandomize=True, database=None, deadline=None)
D = 3


class Quadratic:
    """A loss of slope k and curvature c along a direction, and a penalty of curvature e
    on every column."""

    def __init__(self, slope, curvature, stiffness, null=0.5, tied=False):
        direction = np.array([0.6, 0.0, 0.8, 0.0])
        fall = slope**2 / (curvature + stiffness) / 2
        self.value, self.null, self.n_asked = null - fall, null, 0
        self.curvature = curvature
        self.point = slope / (curvature + stiffness) * direction
        penalty = np.append(np.full(D, stiffness), 0.0)
        tie = np.array([0.0, 1.0, 0.0, -1.0]) if tied else None
        mean = np.array([3.0, 2.0, 1.0])
        self.scaling = Scaling(np.zeros(D), np.ones(D + 1), penalty, mean, True, tie)

    def loss_curvature(self, step):
        self.n_asked += 1
        if self.scaling.tie is None:  # the mean logit stays
            assert abs(step[-1] + self.scaling.mean @ step[:-1]) < 1e-12
        else:
            assert step[-1] == 0
        return self.curvature * step[:-1] @ step[:-1]

    def told(self, by_chance=0.0):
        lbfgs = LBFGS()
        lbfgs.set_point(self.point, self.value, np.zeros(D + 1))
        lbfgs.step = 1e-9 * self.point
        null = np.zeros(D + 1)
        return made_by_penalty(
            lbfgs, null, self.null, self.scaling, self.loss_curvature, by_chance
        )


share_of_the_loss = st.floats(1e-6, 1).filter(
    lambda s: abs(s / MIN_LOSS_SHARE - 1) > 0.05
)


@deterministic
@given(
    share=share_of_the_loss,
    slope=st.floats(0.01, 1),
    stiffness=st.floats(0.5, 100),
)
def test_the_loss_has_less_than_a_tenth_of_the_curvature(share, slope, stiffness):
    some = Quadratic(slope, share / (1 - share + 1e-9) * stiffness, stiffness)
    assume(0.1 > some.null - some.value > 2 * MIN_RELATIVE_FALL)
    assert some.told() == (share < MIN_LOSS_SHARE)
    assert some.n_asked == 0  # how F fell is enough


@deterministic
@given(share=share_of_the_loss, slope=st.floats(1e-6, 1e-4), tied=st.booleans())
def test_where_f_hardly_fell_the_curvature_tells(share, slope, tied):
    some = Quadratic(slope, share / (1 - share + 1e-9), 1.0, tied=tied)
    assert some.null - some.value < MIN_RELATIVE_FALL * some.value
    assert some.told() == (share < MIN_LOSS_SHARE)
    assert some.n_asked == 1


@pytest.mark.parametrize(("slope", "margin"), [(1e-5, 0.03), (0.3, 0.01)])
def test_what_chance_foretells_is_no_reason(slope, margin):
    """The loss alone would fall by ``k^2 / c / 2``."""
    some = Quadratic(slope, 0.01, 1.0)
    foretold = slope**2 / 0.01 / 2
    assert some.told((1 - margin) * foretold)
    assert not some.told((1 + margin) * foretold)


def test_without_a_penalty_it_made_nothing():
    for slope in (1e-5, 0.3):
        assert not Quadratic(slope, 1.0, 0.0).told()
