# SPDX-License-Identifier: BSD-3-Clause
"""Classes that are left out of some rows, against plain sums in NumPy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._losses import Softmax
from skpulsar._problem._memory import Rows

N, D, K = 40, 3, 4


def read(weighted=False):
    """Passes at some weights, and the probabilities there."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((N, D)), rng.integers(0, K, N)
    weight = rng.exponential(size=N) if weighted else None
    rows = Rows(X, y.astype(float), weight)
    passes, weights = (
        rows.full_pass(np.zeros(D), True, Softmax(K)),
        rng.normal(size=(K, D + 1)),
    )
    passes.objective(weights)
    A = np.column_stack([X, np.ones(N)])
    p = np.exp(weights @ A.T)
    return passes, A, y, p / p.sum(axis=0), weight, rng


def test_nothing_is_left_out_at_first():
    passes, *_ = read()
    saturated = passes.saturated_classes()
    assert not saturated.sums(np.zeros(D), N).any()
    places = np.array([3, 5])
    assert_array_equal(saturated.residuals(places), passes.residuals(places))


@pytest.mark.parametrize("weighted", [False, True])
def test_what_a_step_makes_vanish_is_left_out(weighted):
    passes, A, y, p, weight, rng = read(weighted)
    step = rng.normal(size=(K, D + 1))
    moved = step @ A.T
    fall = moved - (p * moved).sum(axis=0)
    expected = (fall >= 0.5) & (p < 0.5) & (y != np.arange(K)[:, np.newaxis])
    assert expected.any()
    saturated = passes.saturated_classes()
    assert saturated.choose(step, 0.5, N, np.inf)
    assert not saturated.choose(step, 0.5, N, np.inf)  # the same once more
    lost = np.where(expected, p, 0)
    lost[y, np.arange(N)] = -lost.sum(axis=0)
    share = (np.ones(N) if weight is None else weight) / N
    centre = rng.normal(size=D)
    rows = A - np.append(centre, 0)
    assert_allclose(saturated.sums(centre, N), (lost * share) @ rows, atol=1e-14)
    kept = np.where(expected, 0, p)
    own = y, np.arange(N)
    kept[own] = np.maximum(1 - p[own] + lost[own], 0)
    assert_allclose(saturated.residuals(np.arange(N)), kept, atol=1e-14)
    back = passes.saturated_classes()
    back.choose(step, 0.5, N, np.inf)
    back.choose(-step, 0.5, N, np.inf)
    assert not (back.left_out & expected).any()  # These would come back.


def test_the_cheapest_are_left_out():
    passes, *_, rng = read()
    step = rng.normal(size=(K, D + 1))
    every, few = passes.saturated_classes(), passes.saturated_classes()
    every.choose(step, 0.1, N, np.inf)
    losses = passes.residual / N
    spared = losses[every.left_out].sum() / 3
    assert few.choose(step, 0.1, N, spared)
    assert 0 < losses[few.left_out].sum() <= spared
    assert losses[few.left_out].max() <= losses[every.left_out & ~few.left_out].min()
    assert not passes.saturated_classes().choose(step, 0.1, N, 0.0)
