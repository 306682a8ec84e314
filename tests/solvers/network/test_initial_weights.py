# SPDX-License-Identifier: BSD-3-Clause
"""The weights from which a network starts."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._solvers.network._initial_weights import initial_weights

SHAPES = (np.zeros((785, 100)), np.zeros((101, 10)))


def test_they_are_uniform_within_the_bounds():
    for layer in initial_weights(SHAPES, 0):
        bound = np.sqrt(6 / (len(layer) - 1 + layer.shape[1]))
        assert_array_equal(layer[-1], 0)
        assert 0.99 * bound < np.abs(layer[:-1]).max() <= bound
        assert_allclose(layer[:-1].std(), bound / np.sqrt(3), rtol=0.05)


def test_seeds_differ():
    one, other, same = (initial_weights(SHAPES, seed)[0] for seed in (0, 1, 0))
    assert (one[:-1] != other[:-1]).all()
    assert_array_equal(one, same)


def test_one_layer_starts_from_0():
    (layer,) = initial_weights(SHAPES[:1], 0)
    assert not layer.any()
