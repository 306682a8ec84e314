# SPDX-License-Identifier: BSD-3-Clause
"""Curvatures of several outputs in three forms, against matrices of all unknowns."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._solvers.streaming._curvatures import (
    block,
    diagonal,
    joint,
    scaled,
    times,
)

K, D = 4, 3
FORMS = ("diagonal", "blocks", "all")


def softmax_like(random):
    """The curvature of a softmax, of shape (K, D, K, D): its rows have a sum of 0."""
    H = np.zeros((K, D, K, D))
    for _ in range(30):
        a, p = random.standard_normal(D), random.dirichlet(np.ones(K))
        H += np.einsum("kl,i,j->kilj", np.diag(p) - np.outer(p, p), a, a)
    return H


def made(form, seed=0):
    """A curvature, and the same as a matrix of all unknowns."""
    H = softmax_like(np.random.default_rng(seed))
    if form == "all":
        return np.ascontiguousarray(H[:-1, :, :-1]), H
    blocks = np.array([H[k, :, k] for k in range(K)])
    if form == "diagonal":
        blocks = np.array([np.diag(np.diag(G)) for G in blocks])
    H = np.zeros_like(H)
    for k in range(K):
        H[k, :, k] = blocks[k]
    return diagonal(blocks) if form == "diagonal" else blocks, H


forms = pytest.mark.parametrize("form", FORMS)


@forms
def test_products_and_parts_are_those_of_the_matrix(form):
    curvature, H = made(form)
    step = np.random.default_rng(1).standard_normal((K, D))
    assert_allclose(times(curvature, step), np.einsum("kilj,lj->ki", H, step))
    assert_allclose(diagonal(curvature), np.einsum("kiki->ki", H))
    for k in range(K):
        assert_allclose(block(curvature, k), H[k, :, k], atol=1e-12)


@forms
def test_the_joint_curvature_is_that_of_steps_whose_sum_is_0(form):
    curvature, H = made(form)
    found = joint(curvature)
    assert found.shape == (K - 1, D, K - 1, D)
    step = np.random.default_rng(1).standard_normal((K, D))
    step -= step.mean(axis=0)
    bent = np.einsum("kilj,lj->ki", H, step)
    bent -= bent.mean(axis=0)
    assert_allclose(times(found, step), bent, atol=1e-12)


@forms
def test_other_coordinates(form):
    """A diagonal is roughly the same in them: it knows no products of columns."""
    curvature, H = made(form)
    random = np.random.default_rng(2)
    centre, origin = random.standard_normal((2, D - 1))
    scale = np.append(random.exponential(size=D - 1), 1.0)
    scaling = Scaling(centre, scale, np.zeros(D), np.zeros(D - 1), True)
    pull = np.eye(D)  # of weights of (x - origin, 1) to points
    pull[-1, :-1] = -(centre - origin) if form != "diagonal" else 0
    pull *= scale
    expected = np.einsum("ia,kilj,jb->kalb", pull, H, pull)
    found = scaled(curvature, scaling, origin)
    assert found.shape == curvature.shape
    step = random.standard_normal((K, D))
    assert_allclose(times(found, step), np.einsum("kalb,lb->ka", expected, step))
