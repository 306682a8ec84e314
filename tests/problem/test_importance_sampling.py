# SPDX-License-Identifier: BSD-3-Clause
"""Draws by importance: probabilities, and sums that they leave as they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._importance_sampling import STRIDED, draw, draw_key

deterministic = settings(derandomize=True, database=None, deadline=None)
FLOOR = 0.1


def rows(n, seed=0, spread=1.0):
    """Residuals and norms."""
    random = np.random.default_rng(seed)
    return random.random(n), random.lognormal(0, spread, n)


def probabilities(residual, norms, m):
    """Those of a draw of m rows, by bisection for the constant."""
    scores = (residual + FLOOR) * norms
    low, high = 0.0, m / scores.min()
    for _ in range(200):
        c = (low + high) / 2
        low, high = (c, high) if np.minimum(1, c * scores).sum() < m else (low, c)
    return np.minimum(1, c * scores)


@deterministic
@given(
    n=st.integers(100, 2000),
    share=st.floats(0.1, 0.4),
    spread=st.floats(0, 1),
    seed=st.integers(0, 1000),
)
def test_rows_join_by_score_and_are_weighted_back(n, share, spread, seed):
    residual, norms = rows(n, seed, spread)
    places, back = draw(residual, norms, FLOOR, share * n, draw_key(seed, 0))
    assert (np.diff(places) > 0).all() and (places >= 0).all() and (places < n).all()
    expected = probabilities(residual, norms, share * n)
    assert_allclose(1 / back, expected[places], rtol=0.2)  # four steps of calibration
    some = back > 1  # of these the probability is a multiple of the score
    c = 1 / (back * (residual + FLOOR)[places] * norms[places])[some]
    assert_allclose(c, np.median(c), rtol=1e-9)
    assert set(np.flatnonzero(expected > 1.2)) <= set(places)


def test_about_m_rows_join_and_their_sums_are_unbiased():
    n, m, n_draws = 4000, 300, 400
    residual, norms = rows(n)
    value = residual * norms * np.random.default_rng(1).standard_normal(n)
    expected = probabilities(residual, norms, m)
    sizes, sums = [], []
    for k in range(n_draws):
        places, back = draw(residual, norms, FLOOR, m, draw_key(0, k))
        sizes.append(len(places))
        sums.append(value[places] @ back)
    # Variances of independent draws, and five standard errors of means over the draws
    variance = value**2 @ (1 / expected - 1)
    assert abs(np.mean(sums) - value.sum()) < 5 * np.sqrt(variance / n_draws)
    assert_allclose(np.var(sums), variance, rtol=0.3)
    assert abs(np.mean(sizes) - m) < 0.02 * m
    assert_allclose(np.var(sizes), expected @ (1 - expected), rtol=0.3)


def test_a_draw_is_that_of_its_key():
    residual, norms = rows(500)
    keys = [draw_key(seed, k) for seed in (0, 1) for k in (0, 1)]
    assert len(set(keys)) == 4 and keys[0] == draw_key(0, 0)
    first, again, *others = (
        draw(residual, norms, FLOOR, 100, key)[0] for key in (keys[0], *keys)
    )
    assert_array_equal(first, again)
    assert not any(np.array_equal(first, other) for other in others)


@pytest.mark.parametrize("times", [3, 30])
def test_no_row_is_left_out_where_the_calibration_missed_the_heavy_ones(times):
    """Rows between those that calibrate the draw have nearly all of the norms."""
    n, m = 4 * STRIDED, 2000
    residual, norms = np.full(n, 0.5), np.full(n, float(times))
    norms[::4] = 1.0
    places, back = draw(residual, norms, FLOOR, m, draw_key(0, 0))
    assert len(places) > 1.2 * m + 200
    assert_allclose(back.sum(), n, rtol=0.1)
    assert_allclose(back @ norms[places], norms.sum(), rtol=0.1)


def test_rows_of_a_probability_of_1_all_join():
    residual, norms = rows(300)
    norms[:7] = 1e9
    places, back = draw(residual, norms, FLOOR, 60, draw_key(0, 0))
    assert_array_equal(places[:7], np.arange(7))
    assert_array_equal(back[:7], 1)
