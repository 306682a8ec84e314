# SPDX-License-Identifier: BSD-3-Clause
"""Curvatures of several outputs, as exactly as they are known.

A curvature is one of three arrays; their functions tell them apart by the number of
axes:

- the diagonal, of shape (n_outputs, size);
- a block for every output, of shape (n_outputs, size, size): nothing is known of the
  products of outputs;
- all of it, of shape (n_outputs - 1, size, n_outputs - 1, size), of outputs that only
  count by their differences. These are the blocks of all outputs but the last, whose
  blocks make the sums over the outputs 0.
"""

import numpy as np

from skpulsar._kernels import _core


def times(curvature, step):
    """A curvature times a step of shape (n_outputs, size)."""
    if curvature.ndim == 2:
        return curvature * step
    if curvature.ndim == 3:
        return np.array([_product(G, v) for G, v in zip(curvature, step, strict=True)])
    n = curvature.shape[0] * curvature.shape[1]
    others = _product(curvature.reshape(n, n), (step[:-1] - step[-1]).ravel())
    bent = others.reshape(curvature.shape[:2])
    return np.concatenate((bent, [-sum(bent)]))


def scaled(curvature, scaling, origin):
    """The curvature by the points of a `Scaling`, of one by the weights of
    ``(x - origin, 1)``."""
    if curvature.ndim < 4:
        return np.array([scaling.scaled_curvature(G, origin) for G in curvature])
    pulled = np.empty_like(curvature)
    for k, row in enumerate(pulled):
        for other in range(len(pulled)):
            G = curvature[k, :, other]
            row[:, other] = scaling.scaled_curvature(G, origin)
    return pulled


def diagonal(curvature):
    """The diagonal, of shape (n_outputs, size)."""
    if curvature.ndim == 2:
        return curvature
    if curvature.ndim == 3:
        return np.array([G.diagonal() for G in curvature])
    blocks = curvature.diagonal(axis1=1, axis2=3)  # of every two outputs
    last = sum(sum(row) for row in blocks)
    return np.array([*(row[k] for k, row in enumerate(blocks)), last])


def block(curvature, k):
    """The block of one output, of shape (size, size)."""
    if curvature.ndim == 2:
        return np.diag(curvature[k])
    if curvature.ndim == 3:
        return curvature[k]
    if k < len(curvature):
        return curvature[k, :, k]
    return sum(sum(row.transpose(1, 0, 2)) for row in curvature)


def joint(curvature):
    """All of a curvature, where that of the differences of the outputs is wanted:
    blocks B_k have ``[k = l] B_k - (B_k + B_l) / n + (sum of B) / n^2`` there."""
    if curvature.ndim == 4:
        return curvature
    n, size = curvature.shape[:2]
    blocks = [block(curvature, k) for k in range(n)]
    mean = sum(blocks) / n
    found = np.empty((n - 1, size, n - 1, size))
    for k in range(n - 1):
        for other in range(n - 1):
            G = (mean - blocks[k] - blocks[other]) / n
            found[k, :, other] = G + blocks[k] if k == other else G
    return found


def _product(G, vector):
    return _core.logits(G, 0, len(vector), np.append(vector, 0.0))
