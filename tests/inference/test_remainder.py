# SPDX-License-Identifier: BSD-3-Clause
"""Minima without a row, and which rows get them."""

import numpy as np
from _removals import Case
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize

from skpulsar._inference import _remainder
from skpulsar._inference._remainder import MOST_LEVERAGE, MOST_SHIFT, Remainder, refit
from skpulsar._problem._losses import LOGISTIC, SQUARED


def test_minima():
    """At weights that are no minimum: of the objective less its slope there."""
    removals = Case(LOGISTIC, 1, True).removals()
    for row in range(0, 30, 5):
        remainder = Remainder(removals, row)
        shift, length, converged = remainder.minimum()
        best = minimize(
            lambda y, at=remainder._at: at(y)[:2], np.zeros(4), jac=True, method="BFGS",
            options={"gtol": 1e-9},
        ).x  # fmt: skip
        assert converged
        assert_allclose(length, best @ best, rtol=2e-3)
        assert_allclose(shift, remainder._z @ best, rtol=2e-3, atol=1e-5)


def test_a_step_too_far_is_shortened(monkeypatch):
    remainder = Remainder(Case(LOGISTIC, 0, False).removals(), 3)
    expected = remainder.minimum()
    monkeypatch.setattr(remainder, "_rough_inverse", lambda: 1e5 * np.eye(4))
    start = remainder._at(np.zeros(4))
    there, taken = remainder._descend(start, np.zeros(4), -1e5 * start.slope)
    assert taken < 1e-2 and there.value <= start.value
    assert_allclose(remainder.minimum(), expected, rtol=1e-3)


def test_which_rows():
    removals = Case(LOGISTIC, 0, False).removals()
    moved = removals.move()
    found, failed = refit(removals, moved)
    expected = (moved.leverage > MOST_LEVERAGE) | (np.abs(moved.shift) > MOST_SHIFT)
    assert_array_equal(found.refitted, expected)
    assert 0 < expected.sum() and not len(failed)
    assert_array_equal(found.shift[~expected], moved.shift[~expected])
    assert_array_equal(found.leverage, moved.leverage)
    row = np.flatnonzero(expected)[0]
    assert found.shift[row] == Remainder(removals, row).minimum()[0]


def test_no_row_of_squared_error():
    removals = Case(SQUARED, 0, False).removals()
    found, _ = refit(removals, removals.move())
    assert not found.refitted.any()
    for row in (3, 20):
        shift, length, _ = Remainder(removals, row).minimum()
        assert_allclose(found.shift[row], shift)
        assert_allclose(found.length[row], length)


def test_too_few_steps_are_told(monkeypatch):
    monkeypatch.setattr(_remainder, "MOST_STEPS", 1)
    removals = Case(LOGISTIC, 0, False).removals()
    found, failed = refit(removals, removals.move())
    assert len(failed) > 0
    assert set(failed) <= set(np.flatnonzero(found.refitted))
