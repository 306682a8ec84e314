# SPDX-License-Identifier: BSD-3-Clause
"""L-BFGS steps of many models are those of each alone."""

import numpy as np
from numpy.testing import assert_allclose

from skpulsar._solvers.many._pairs import MEMORY, Pairs
from skpulsar._solvers.quadratic._lbfgs import LBFGS


class Identity:
    """A metric of no effect, for many models or for one."""

    def solve(self, gradient, models=None):
        return gradient.copy()

    def scaled(self, step, pair):
        return step


def test_steps_are_those_of_one_model():
    rng, identity = np.random.default_rng(0), Identity()
    curvatures = [A.T @ A + np.eye(6) for A in rng.standard_normal((3, 6, 6))]
    points = rng.standard_normal((MEMORY + 1, 6, 3))
    gradients = np.array(
        [
            np.column_stack([H @ p[:, m] for m, H in enumerate(curvatures)])
            for p in points
        ]
    )
    pairs, alone = Pairs((6, 3)), [LBFGS() for _ in curvatures]
    for i, (point, gradient) in enumerate(zip(points, gradients, strict=True)):
        if i:
            some = np.array([0, 2]) if i == 2 else np.arange(3)
            steps, changes = point - points[i - 1], gradient - gradients[i - 1]
            pairs.add(some, steps[:, some], changes[:, some])
        for m, each in enumerate(alone):
            each.accept(point[:, m].copy(), 0.0, gradient[:, m].copy(), identity)
    alone[1].pairs.pop(1)
    found = pairs.step(identity, gradients[-1], np.arange(3))
    for m, each in enumerate(alone):
        assert_allclose(found[:, m], each._step(gradients[-1, :, m], identity))
    own = pairs.step(identity, gradients[-1][:, [2]], np.array([2]))
    assert_allclose(own[:, 0], found[:, 2])


def test_a_pair_without_curvature_changes_no_step():
    pairs, gradient = Pairs((2, 1)), np.array([[1.0], [2.0]])
    pairs.add(np.array([0]), np.ones((2, 1)), -np.ones((2, 1)))
    assert_allclose(pairs.step(Identity(), gradient, np.array([0])), gradient)
