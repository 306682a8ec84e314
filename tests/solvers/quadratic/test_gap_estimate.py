# SPDX-License-Identifier: BSD-3-Clause
"""What values and decrements say of the gap to the minimum."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.quadratic._gap_estimate import (
    FIRST_FALL,
    MAX_RATE,
    SAFETY,
    GapEstimate,
    attainable,
)

deterministic = settings(derandomize=True, database=None, deadline=None)
KINDS = [(True, False), (False, False), (False, True)]  # newton, diagonal
every_kind = pytest.mark.parametrize("newton, diagonal", KINDS)


def read(values, decrements, tol=1e-4, newton=False, diagonal=False):
    estimate = GapEstimate(tol, newton, diagonal)
    for value, decrement in zip(values, decrements, strict=True):
        estimate.add(value, decrement)
    return estimate


def falling(rate, n, gap=0.1, least=1.0):
    """Values whose gap falls at a rate, and what every step gains of it."""
    gaps = gap * rate ** np.arange(n + 1)
    return (least + gaps[:-1]).tolist(), (gaps[:-1] - gaps[1:]).tolist(), gaps[-2]


def test_no_tolerance_is_below_rounding():
    assert attainable(None) == attainable(0.0) == EPSILON
    assert attainable(EPSILON / 2) == EPSILON and attainable(1e-4) == 1e-4


@every_kind
@pytest.mark.parametrize("rate", [0.01, 0.3, 0.6, 0.89])
@pytest.mark.parametrize("n", [2, 3, 8, 20])
def test_the_gap_of_a_steady_fall_is_claimed(newton, diagonal, rate, n):
    values, decrements, gap = falling(rate, n)
    estimate = read(values, decrements, newton=newton, diagonal=diagonal)
    floor = EPSILON * values[-1]
    claim = estimate.gap()
    if diagonal:  # its decrements jump, so that two of them have a say
        most = 10 * gap / (1 - rate) / rate
        assert gap * (1 - 1e-6) <= claim <= max(most, floor)
    else:
        assert_allclose(claim, max(gap, floor), rtol=1e-9)


@pytest.mark.parametrize("rate", [0.5, 0.8])
def test_many_columns_claim_what_the_falls_foretell(rate):
    """Where the decrements of a diagonal are far too small."""
    values, decrements, gap = falling(rate, 16)
    estimate = read(values, [1e-9 * d for d in decrements], diagonal=True)
    assert_allclose(estimate.gap(), gap, rtol=0.02)
    blind = read(values[-8:], [1e-9 * d for d in decrements[-8:]])
    assert blind.gap() < 1e-6 * gap


@deterministic
@given(
    decrements=st.lists(st.floats(0, 1), min_size=1, max_size=9),
    kind=st.sampled_from(KINDS),
    tol=st.sampled_from([None, 1e-10, 1e-4, 0.1]),
)
def test_what_holds_is_within_the_goal(decrements, kind, tol):
    values = (2 - np.linspace(0, 1, len(decrements))).tolist()
    estimate = read(values, decrements, tol, *kind)
    gap, goal, floor = estimate.gap(), estimate.goal(), EPSILON * values[-1]
    assert gap >= max(decrements[-1], floor)
    assert goal == attainable(tol) * values[-1]
    if estimate.holds():
        assert gap <= max(goal, floor)
        assert estimate.passes_left() == 0 or decrements[-1] > goal
    elif kind[0]:
        assert gap > goal
    wider = read(values, decrements, tol, kind[0], kind[1] or not kind[0])
    assert wider.gap() >= gap  # a diagonal needs more margin


def test_a_curvature_of_other_rows_needs_a_margin():
    assert read([1.0], [0.9e-4], newton=True).holds()
    assert not read([1.0], [0.9e-4]).holds()
    assert read([1.0], [0.9e-4 * SAFETY]).holds()
    assert not read([1.0], [1.1e-4], newton=True).holds()


def test_a_slow_series_is_not_summed_for_ever():
    values, decrements, _ = falling(0.999, 8)
    claim = read(values, decrements).gap()
    assert_allclose(claim, decrements[-1] / (1 - MAX_RATE))
    rising = read([20, 19.9], [0.1, 0.2])
    assert_allclose(rising.gap(), 0.2 / (1 - MAX_RATE))


def test_the_objective_counts_some_part_of_the_null_model_at_least():
    estimate = read([1.0, 1e-20], [0.5, 1e-21])
    assert not estimate.holds()
    estimate.null_loss = 1.0
    assert_allclose(estimate.goal(), 1e-13)  # tol of a billionth
    assert estimate.holds()


@pytest.mark.parametrize("rate", [0.01, 0.3, 0.8])
@pytest.mark.parametrize("tol", [1e-4, 1e-8])
def test_the_passes_left(rate, tol):
    values, decrements, _ = falling(rate, 9)
    left = read(values, decrements, tol).passes_left()
    target = tol * values[-1]
    expected = max(0, math.log(decrements[-1] / target) / -math.log(rate))
    assert_allclose(left, expected, rtol=1e-9)
    first = read(values[:1], decrements[:1], tol).passes_left()
    assert_allclose(first, math.log(decrements[0] / tol / values[0]) / FIRST_FALL)
    assert read(values[:1], decrements[:1], tol, diagonal=True).passes_left() == 0


def test_a_restart_keeps_the_last_point_alone():
    values, decrements, _ = falling(0.9, 8)
    estimate = read(values, decrements, diagonal=True)
    estimate.restart(1e-6)
    assert not estimate.diagonal
    assert_allclose(estimate.gap(), 1e-6)
    assert estimate.goal() == 1e-4 * values[-1]


def test_rounding_is_claimed_at_least():
    assert read([2.0, 2.0], [1e-3, 0.0]).gap() == 2 * EPSILON


@every_kind
def test_no_claim_is_more_than_the_objective(newton, diagonal):
    estimate = read([2.0, 1.9], [1e6, 1e6], newton=newton, diagonal=diagonal)
    assert estimate.gap() == 1.9


def test_what_the_falls_since_refute_is_corrected():
    """Decrements that were ten times too small before are so now."""
    gaps = 0.1 * 0.8 ** np.arange(30)
    decrements = (gaps[:-1] - gaps[1:]) / 10
    values = (1 + gaps[:-1]).tolist()
    estimate = read(values, decrements.tolist())
    assert gaps[-2] / 1.5 < estimate.gap() < 1.5 * gaps[-2]
    few = read(values[:4], decrements[:4].tolist())  # these tell too little
    assert_allclose(few.gap(), decrements[3] / (1 - 0.8))
    honest = read(values, (10 * decrements).tolist())
    assert_allclose(honest.gap(), gaps[-2], rtol=1e-6)
