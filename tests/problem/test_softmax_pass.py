# SPDX-License-Identifier: BSD-3-Clause
"""What passes of more than two classes keep and tell, beside the same by NumPy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import softmax

from skpulsar._problem._losses import Softmax
from skpulsar._problem._memory import Rows

N, K = 500, 4
W = np.random.default_rng(9).standard_normal((K, 4))


def passes_of(weighted=False):
    rng = np.random.default_rng(0)
    X, z = rng.standard_normal((N, 3)), rng.integers(0, K, N)
    s = rng.exponential(size=N) if weighted else None
    passes = Rows(X, z.astype(float), s).full_pass(np.zeros(3), True, Softmax(K))
    return passes, X, z, np.ones(N) if s is None else s


def probabilities(X):
    return softmax(W @ np.column_stack([X, np.ones(N)]).T, axis=0)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_pass_leaves_its_residuals(weighted):
    passes, X, z, s = passes_of(weighted)
    passes.objective(W)
    p = probabilities(X)
    residual = np.abs(p - np.eye(K)[:, z])
    assert_allclose(passes.probabilities(), p, atol=1e-13)
    assert_allclose(passes.residuals(), residual, atol=1e-13)
    assert_allclose(passes.residuals(np.array([7, 9])), residual[:, [7, 9]], atol=1e-13)
    assert_allclose(passes.sizes(), np.linalg.norm(residual, axis=0), rtol=1e-12)
    step = np.random.default_rng(2).standard_normal((K, 4))
    moved = step @ np.column_stack([X, np.ones(N)]).T
    bent = (p * moved**2).sum(axis=0) - (p * moved).sum(axis=0) ** 2
    along = passes.curvature_along(step, 7.0)
    assert along == pytest.approx(s @ bent / 7, rel=1e-10)


def test_the_same_shares_for_all_rows_until_a_pass():
    passes, _, z, _ = passes_of()
    share = np.array([0.1, 0.2, 0.3, 0.4])
    passes.predict_mean(share)
    expected = np.linalg.norm(share[:, np.newaxis] - np.eye(K)[:, z], axis=0)
    assert_allclose(passes.sizes(), expected, rtol=1e-12)
    passes.objective(W)
    assert np.abs(passes.sizes() - expected).max() > 0.1


def test_rows_on_their_side():
    z = np.arange(3.0)
    passes = Rows(np.eye(3), z).full_pass(np.zeros(3), True, Softmax(3))
    for size, on_their_side in [(9.0, True), (0.1, False), (-9.0, False)]:
        passes.objective(size * np.eye(3, 4))
        assert passes.separated() == on_their_side


def test_draws_stand_for_all():
    passes, _, _, s = passes_of(True)
    passes.objective(W)
    norms = passes.rows.leverages(np.zeros(3), np.ones(3))
    sums = [passes.draw(norms, 100, key)[1].sum() for key in range(200)]
    assert np.mean(sums) == pytest.approx(s.sum(), rel=0.02)
    first, second = passes.draw(norms, 100, 1), passes.draw(norms, 100, 1)
    assert_array_equal(first, second)
