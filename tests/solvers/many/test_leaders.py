# SPDX-License-Identifier: BSD-3-Clause
"""Which models share a point."""

import numpy as np
import pytest
from _many import MANY, grid_of, last, objectives, table
from hypothesis import given
from hypothesis import strategies as st

from skpulsar._solvers.many._grid import Grid
from skpulsar._solvers.many._leaders import NEAR, leaders

GOAL = 0.1


def leaders_of(alphas, pull, live=None, size=np.inf):
    """Of one weighting and two sets of rows, whose models have the same penalties."""
    grid = Grid(np.asarray(alphas, float), np.ones((1, 2, 2)))
    pull, n_models = np.tile(np.asarray(pull, float), 2), 2 * len(alphas)
    live = np.ones((3, n_models), bool) if live is None else np.tile(live, 2)
    size, goal = np.full(n_models, size), np.full(n_models, GOAL)
    found = leaders(grid, live, pull, size, goal)
    own, other = found.reshape(2, -1)
    assert (other == own + len(alphas)).all()
    return own.tolist()


def test_small_alphas_share_the_point_of_the_largest_whose_penalty_is_nothing():
    alphas = np.array([1e-4, 1.0, 0.0, 1e-2, 1e-3])
    assert leaders_of(alphas, 50 * alphas**2) == [4, 1, 4, 3, 4]


def test_an_alpha_near_another_shares_its_point():
    assert leaders_of([1.0, 0.999, 0.5], [900.0, 900.0, 200.0]) == [0, 0, 2]


def test_large_alphas_share_no_point_though_their_penalties_are_next_to_nothing():
    alphas = np.array([1e6, 1e5, 0.999e5])
    penalty = 1e-6 / alphas  # The weights are 1 / alpha, and the pull is the penalty.
    size = np.tile(penalty, 2)
    assert leaders_of(alphas, penalty) == [0, 0, 0]
    assert leaders_of(alphas, penalty, size=size) == [0, 1, 1]


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_equal_alphas_share_a_point(alpha):
    assert leaders_of([alpha, alpha], [1e9, 1e9]) == [0, 0]


def test_models_of_other_free_weights_do_not():
    live = np.array([[True, True], [False, True], [True, True]])
    assert leaders_of([1e-3, 1e-4], [0.0, 0.0], live) == [0, 1]


@given(
    st.lists(st.floats(0, 1e3), min_size=1, max_size=9),
    st.integers(0, 2**32 - 1),
)
def test_what_is_shared_is_near(alphas, seed):
    """A model shares the point of a larger alpha that has one of its own, and by the
    gradient of its own objective there hardly anything is left."""
    alphas = np.array(alphas)
    rng = np.random.default_rng(seed)
    pull = alphas**2 * np.exp(rng.normal(size=len(alphas)))
    leader = np.array(leaders_of(alphas, pull))
    assert (leader[leader] == leader).all()
    assert (alphas[leader] >= alphas).all()
    shared = leader != np.arange(len(alphas))
    larger = np.maximum(alphas[leader], 1e-300)
    left = (1 - alphas / larger)[shared] ** 2 * pull[leader][shared]
    assert (left <= NEAR * GOAL).all()


def test_a_shared_point_is_certified_for_every_alpha():
    X, y, fold = table(MANY)
    alphas = np.array([1e-9, 1e-1, 0.0, 1e-8, 1e-3])
    grid = grid_of(fold, alphas)
    models = last(X, y, fold, grid)
    same = models.weights[0, :, [0, 2, 3]]
    assert (same == same[0]).all()
    found, least = objectives(models, X, y, fold, grid)
    assert (found - least <= models.gap + 1e-4 / 2 * found).all()


@pytest.mark.parametrize("alpha", [1e2, 1e3, 1e7])
def test_a_model_that_starts_at_0_leads_no_other(alpha):
    """The largest alphas start there, where they have no penalty yet. No model has to
    be read again but for a small alpha."""
    X, y, fold = table(MANY)
    models = last(X, y, fold, grid_of(fold, np.array([alpha, 1e-2])))
    size = np.abs(models.weights[..., :-1]).max(axis=-1)
    assert (size[..., 0] < size[..., 1] / 10).all()
    assert models.n_models == [2, 8]
