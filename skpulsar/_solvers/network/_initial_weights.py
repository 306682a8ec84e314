# SPDX-License-Identifier: BSD-3-Clause
"""The weights from which a network starts."""

import numpy as np


def initial_weights(layers, seed):
    """Weights that break the symmetry of hidden units, in the shapes of `layers`.

    They are uniform within ``sqrt(6 / (units below + units))`` and biases are 0 (Glorot
    and Bengio, "Understanding the Difficulty of Training Deep Feedforward Neural
    Networks", AISTATS 2010). A single layer has no symmetry to break, and starts from
    0. RandomState gives the same numbers with every version of NumPy.
    """
    if len(layers) == 1:
        return layers
    random, drawn = np.random.RandomState(seed), []
    for layer in layers:
        below, units = layer.shape[0] - 1, layer.shape[1]
        bound = np.sqrt(6 / (below + units))
        weights = np.zeros_like(layer)
        weights[:-1] = bound * (2 * random.random_sample((below, units)) - 1)
        drawn.append(weights)
    return tuple(drawn)
