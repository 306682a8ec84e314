# SPDX-License-Identifier: BSD-3-Clause
"""How the models of a grid are counted."""

import numpy as np

from skpulsar._solvers.many._grid import Grid


def test_models_are_counted_as_their_arrays_are():
    grid = Grid(np.array([3.0, 1.0]), np.ones((2, 4, 2)))
    assert grid.shape == (2, 4, 2)
    assert grid.n_folds == 3
    models = np.arange(16).reshape(grid.shape)
    for v, k, a in np.ndindex(grid.shape):
        model = models[v, k, a]
        assert grid.weighting[model] == v
        assert grid.left_out[model] == k
        assert grid.strength[model] == a
        assert grid.path[model] == 2 * v + a
    assert grid.whole.tolist() == models[:, -1].ravel().tolist()
    assert grid.path[grid.whole].tolist() == [0, 1, 2, 3]
