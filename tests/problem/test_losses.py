# SPDX-License-Identifier: BSD-3-Clause
"""What solvers know of a loss."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skpulsar._kernels import _core, reference
from skpulsar._problem._losses import LOGISTIC, SQUARED

LOSSES = [LOGISTIC, SQUARED]
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: repr(loss))
STEP = 1e-4


def targets(loss, n=400, seed=0):
    z = np.random.default_rng(seed).random(n)
    return (z < 0.2).astype(float) if loss is LOGISTIC else 5 * z - 1


@every_loss
def test_its_tag_is_that_of_the_kernel_and_of_the_twin(loss):
    assert loss.tag in _core.LOSSES
    assert loss.tag in reference.LOSSES


@every_loss
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_its_curvature_is_the_second_derivative(loss, target):
    x = np.linspace(-5, 5, 41)
    z = np.full_like(x, target)
    up, here, down = (loss.evaluate(x[np.newaxis] + by, z) for by in (STEP, 0, -STEP))
    slope, bent = (up - down) / 2 / STEP, (up - 2 * here + down) / STEP**2
    assert_allclose(loss.curvature(np.abs(slope)), bent, atol=1e-6)
    assert loss.curvature(np.abs(slope)).max() <= loss.max_curvature


@every_loss
@pytest.mark.parametrize("weighted", [False, True])
def test_no_other_intercept_is_better_than_the_null_model(loss, weighted):
    z, weight = targets(loss), None
    if weighted:
        weight = np.random.default_rng(1).exponential(size=len(z))
    s = np.ones(len(z)) if weight is None else weight
    null = loss.null_model(z, weight, s.sum(), True)
    least = np.average(loss.evaluate(np.full((1, len(z)), null.logit), z), weights=s)
    assert null.loss == pytest.approx(least, rel=1e-12)
    assert null.mean == pytest.approx(np.average(z, weights=s), rel=1e-12)
    for by in (-0.1, 0.1):
        other = loss.evaluate(np.full((1, len(z)), null.logit + by), z)
        assert np.average(other, weights=s) > null.loss


@every_loss
def test_without_an_intercept_the_null_model_says_nothing(loss):
    z = targets(loss)
    null = loss.null_model(z, None, len(z), False)
    assert null.logit == 0
    assert null.loss == pytest.approx(loss.evaluate(np.zeros((1, len(z))), z).mean())


def test_margins_grow_towards_the_target():
    gains = LOGISTIC.margin_gains(np.array([0.0, 1.0]), np.array([3.0, 3.0]))
    assert gains.tolist() == [3, -3]


@every_loss
def test_losses_of_several_outputs_are_summed(loss):
    x = np.random.default_rng(0).standard_normal((3, 50))
    own = np.stack([targets(loss, 50, seed) for seed in range(3)])
    for z in (own, own[0]):
        alone = [
            loss.evaluate(x[[k]], np.broadcast_to(z, x.shape)[k]) for k in range(3)
        ]
        assert_allclose(loss.evaluate(x, z), sum(alone), rtol=1e-14)
