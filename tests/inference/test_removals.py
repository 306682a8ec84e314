# SPDX-License-Identifier: BSD-3-Clause
"""Objectives without a row, beside sums that are written out."""

import numpy as np
import pytest
from _removals import Case
from numpy.testing import assert_allclose

from skpulsar._inference._remainder import Remainder
from skpulsar._problem._losses import LOGISTIC, SQUARED

CASES = [
    (loss, power, deviations)
    for loss, powers in ((LOGISTIC, (0, 1, 2)), (SQUARED, (0,)))
    for power in powers
    for deviations in (False, True)
]


@pytest.mark.parametrize("loss, power, deviations", CASES)
def test_the_objective_without_a_row(loss, power, deviations):
    case = Case(loss, power, deviations)
    removals = case.removals()
    to_weights = removals.scores.design.to_weights() @ removals.to_scaled
    rng = np.random.default_rng(1)
    for row in (0, 7, 29):
        others = np.arange(30) != row
        remainder = Remainder(removals, row)
        here = remainder._at(np.zeros(4))
        for _ in range(3):
            y = rng.standard_normal(4)
            there = remainder._at(y)
            moved = case.weights[0] + to_weights @ y
            truth = case.value(moved, others) - case.value(case.weights[0], others)
            truth -= removals.slope @ y
            assert_allclose(there.value - here.value, truth, rtol=1e-9)


@pytest.mark.parametrize("loss, power, deviations", CASES)
def test_slopes(loss, power, deviations):
    """What pushes the weights is the slope of the objective without a row; the slope
    that is left with all rows is not the row's."""
    case = Case(loss, power, deviations)
    removals, step = case.removals(), 1e-5
    everyone = np.ones(30, bool)
    to_weights = removals.scores.design.to_weights() @ removals.to_scaled
    ((rows, block),) = removals.scores.design.blocks()
    push = removals._push(rows, block, block.products(removals.to_scaled))

    def slope(used):
        return [
            np.subtract(
                *(case.value(case.weights[0] + s * e, used) for s in (step, -step))
            )
            / (2 * step)
            for e in to_weights.T
        ]

    assert_allclose(removals.slope, slope(everyone), rtol=1e-5, atol=1e-6)
    for row in (0, 7, 29):
        expected = removals.slope - slope(np.arange(30) != row)
        assert_allclose(push[row], expected, rtol=1e-4, atol=1e-5)
        found = Remainder(removals, row)._at(np.zeros(4)).slope
        assert_allclose(found, -expected, rtol=1e-4, atol=1e-5)


def test_coordinates():
    """The curvature is 1 by them, and that of the penalty diagonal."""
    removals = Case(LOGISTIC, 0, True).removals()
    scores, V = removals.scores, removals.to_scaled
    penalty = np.diag(scores.penalty)
    assert_allclose(V.T @ (scores.information() + penalty) @ V, np.eye(4), atol=1e-12)
    share = np.diag(removals.penalty_share)
    assert_allclose(V.T @ penalty @ V, share, atol=1e-12)
    assert removals.penalty_share.min() >= 0


def test_leverages_sum_to_what_the_penalty_leaves():
    removals = Case(LOGISTIC, 1, False).removals()
    moved = removals.move()
    assert_allclose(moved.leverage.sum(), 4 - removals.penalty_share.sum())
    assert not moved.refitted.any()


@pytest.mark.parametrize("power", [0, 1, 2])
def test_shares(power):
    """Of the sum of the weights that leaves with a row."""
    case = Case(LOGISTIC, power, False)
    removals = case.removals()
    total = removals.scores.total
    for row in (0, 7, 29):
        others = np.arange(30) != row
        factor = case.factor(others)[case.target[others].astype(int)]
        rest = case.weight[others] @ factor
        assert_allclose(removals.share[row], 1 - rest / total, atol=1e-12)
