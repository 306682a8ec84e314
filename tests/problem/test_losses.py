# SPDX-License-Identifier: BSD-3-Clause
"""What solvers know of a loss."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import logsumexp

from skpulsar._kernels import _core, reference
from skpulsar._problem._losses import LOGISTIC, SQUARED, Softmax
from skpulsar._problem._memory import Rows

LOSSES = [LOGISTIC, SQUARED]
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: repr(loss))
STEP = 1e-4


def targets(loss, n=400, seed=0):
    z = np.random.default_rng(seed).random(n)
    return (z < 0.2).astype(float) if loss is LOGISTIC else 5 * z - 1


def rows_of(target, weight=None):
    return Rows(np.zeros((target.shape[-1], 1)), target, weight)


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
    null = loss.null_model(rows_of(z, weight), True)
    least = np.average(loss.evaluate(np.full((1, len(z)), null.logit), z), weights=s)
    assert null.loss == pytest.approx(least, rel=1e-12)
    assert null.mean == pytest.approx(np.average(z, weights=s), rel=1e-12)
    for by in (-0.1, 0.1):
        other = loss.evaluate(np.full((1, len(z)), null.logit + by), z)
        assert np.average(other, weights=s) > null.loss


@every_loss
def test_without_an_intercept_the_null_model_says_nothing(loss):
    z = targets(loss)
    null = loss.null_model(rows_of(z), False)
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


def test_the_unit_of_squared_error_is_the_deviation_of_its_targets():
    z = np.random.default_rng(0).standard_normal((2, 500)) * 3 + 7
    weight = np.random.default_rng(1).exponential(size=500)
    mean = np.average(z, axis=1, weights=weight)
    variance = np.average((z - mean[:, np.newaxis]) ** 2, axis=1, weights=weight)
    rows = rows_of(z, weight)
    assert SQUARED.unit(rows) == pytest.approx(np.sqrt(variance.mean()))
    assert SQUARED.start(rows) == pytest.approx(mean - 0.01 * np.sqrt(variance))
    assert SQUARED.unit(rows_of(np.full(5, 1e6))) == pytest.approx(1e-2)
    assert SQUARED.unit(rows_of(np.zeros(5))) == 1
    intercepts, loss = SQUARED.baseline(rows, True)
    assert intercepts == pytest.approx(mean)
    assert loss == pytest.approx(variance.sum() / 2)
    square = np.average(z**2, axis=1, weights=weight)
    intercepts, loss = SQUARED.baseline(rows, False)
    assert intercepts == [0, 0]
    assert loss == pytest.approx(square.sum() / 2)


@pytest.mark.parametrize("loss", [LOGISTIC, Softmax(3)])
def test_logits_have_the_unit_1_and_start_at_0(loss):
    rows = rows_of(np.zeros(5))
    assert loss.unit(rows) == 1
    assert loss.start(rows) == 0
    intercept, value = loss.baseline(rows, True)
    logits = np.zeros((getattr(loss, "n_classes", 1), 5))
    assert intercept == 0
    assert value == pytest.approx(loss.evaluate(logits, np.zeros(5)).mean())


class TestSoftmax:
    loss = Softmax(4)

    def data(self, weighted):
        rng = np.random.default_rng(0)
        z = rng.choice(4, 300, p=[0.5, 0.3, 0.15, 0.05]).astype(float)
        return z, rng.exponential(size=300) if weighted else None

    def test_values(self):
        x = np.random.default_rng(0).normal(0, 5, (4, 300))
        z, _ = self.data(False)
        expected = logsumexp(x, axis=0) - x[z.astype(int), np.arange(300)]
        assert_allclose(self.loss.evaluate(x, z), expected, rtol=1e-12, atol=1e-14)
        p = self.loss.probabilities(np.ascontiguousarray(x.T))
        assert_allclose(p.sum(axis=1), 1, rtol=1e-14)

    @pytest.mark.parametrize("weighted", [False, True])
    def test_no_other_intercepts_are_better_than_the_null_model(self, weighted):
        z, weight = self.data(weighted)
        s = np.ones(300) if weight is None else weight
        null = self.loss.null_model(rows_of(z, weight), True)

        def mean_loss(logits):
            x = np.repeat(logits[:, np.newaxis], 300, axis=1)
            return np.average(self.loss.evaluate(x, z), weights=s)

        assert null.loss == pytest.approx(mean_loss(null.logit), rel=1e-12)
        assert null.logit.sum() == pytest.approx(0, abs=1e-14)
        assert_allclose(null.mean, np.bincount(z.astype(int), s) / s.sum(), rtol=1e-12)
        for by in 0.1 * np.eye(4):
            assert mean_loss(null.logit + by) > null.loss < mean_loss(null.logit - by)

    def test_without_intercepts_all_classes_are_as_likely(self):
        z, _ = self.data(False)
        null = self.loss.null_model(rows_of(z), False)
        assert null.loss == pytest.approx(np.log(4), rel=1e-15)
        assert_allclose(null.mean, 0.25)

    def test_no_curvature_is_above_its_bound(self):
        for seed in range(50):
            p = np.random.default_rng(seed).dirichlet(np.full(4, 0.5))
            H = np.diag(p) - np.outer(p, p)
            assert np.linalg.eigvalsh(H).max() <= self.loss.max_curvature
