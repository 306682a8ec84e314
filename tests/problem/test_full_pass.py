# SPDX-License-Identifier: BSD-3-Clause
"""What passes keep and tell, beside the same by NumPy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._kernels import _core
from skpulsar._problem import _threads
from skpulsar._problem._losses import LOGISTIC, SQUARED
from skpulsar._problem._memory import Rows
from skpulsar._problem._threads import Threads

N, CENTRE = 500, np.array([0.5, -1, 2])


def passes_of(loss, weighted=False, n_outputs=None):
    """Passes over rows, and the arrays behind them."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N, 3)) + CENTRE
    z = rng.integers(0, 2, (n_outputs or 1, N)).astype(float)
    z = z if n_outputs else z[0]
    s = rng.exponential(size=N) if weighted else None
    rows = Rows(X, z, s)
    return rows.full_pass(CENTRE, True, loss), X, z, np.ones(N) if s is None else s


def predicted(loss, X, w):
    logits = (X - CENTRE) @ w[:-1] + w[-1]
    return 1 / (1 + np.exp(-logits)) if loss is LOGISTIC else logits


every_loss = pytest.mark.parametrize("loss", [LOGISTIC, SQUARED])
either = pytest.mark.parametrize("weighted", [False, True])


@every_loss
@either
def test_a_pass_leaves_its_residuals(loss, weighted):
    passes, X, z, s = passes_of(loss, weighted)
    w = np.array([0.3, -0.2, 0.5, 0.1])
    value, gradient, squares = passes.objective(w, diagonal=True)
    p, A = predicted(loss, X, w), np.column_stack([X - CENTRE, np.ones(N)])
    h = p * (1 - p) if loss is LOGISTIC else np.ones(N)
    logits = A @ w if loss is LOGISTIC else p
    assert value == pytest.approx(s @ loss.evaluate(logits[np.newaxis], z), rel=1e-12)
    assert_allclose(gradient, A.T @ (s * (p - z)), rtol=1e-9)
    assert_allclose(squares, (s * h) @ A**2, rtol=1e-9)
    assert_allclose(passes.residuals(), np.abs(p - z), atol=1e-14)
    places = np.array([3, 77, 400])
    assert_array_equal(passes.residuals(places), passes.residuals()[places])
    step = np.array([1.0, 2, -1, 0.5])
    moved = X @ step[:-1] + step[-1]
    along = passes.curvature_along(step, 7.0)
    assert along == pytest.approx((s * h) @ moved**2 / 7, rel=1e-12)


@every_loss
def test_a_copy_of_the_residuals_is_nobody_elses(loss):
    passes, *_ = passes_of(loss)
    passes.predict_mean(0.25)
    passes.residuals()[:] = 9
    assert passes.residuals().max() < 1


@every_loss
def test_the_mean_for_all_rows(loss):
    passes, _, z, _ = passes_of(loss)
    passes.predict_mean(0.25)
    assert_array_equal(passes.residuals(), np.where(z == 1, 0.75, 0.25))
    assert not passes.separated()


def test_rows_on_their_side():
    z = np.array([0.0, 1, 1])
    passes = Rows(np.array([[-1.0], [0.5], [2]]), z).full_pass(
        np.zeros(1), True, LOGISTIC
    )
    for slope, on_their_side in [(1.0, True), (-1.0, False), (0.0, False)]:
        passes.objective(np.array([slope, 0.0]))
        assert passes.separated() == on_their_side
    least, largest = passes.margin_gains(np.array([-1.0, 0.0]))
    assert (least, largest) == (0.5, 2.0)


@either
def test_draws_stand_for_all(weighted):
    """In the mean over many keys; rows of large residuals and norms are likelier."""
    passes, _, _, s = passes_of(LOGISTIC, weighted)
    passes.objective(np.array([0.3, -0.2, 0.5, 0.1]))
    norms, mean, drawn = passes.rows.leverages(CENTRE, np.ones(3)), 0.0, np.zeros(N)
    for key in range(400):
        places, weight = passes.draw(norms, 100, key)
        assert (np.diff(places) > 0).all()
        mean += weight.sum() / 400
        drawn[places] += 1
    assert mean == pytest.approx(s.sum(), rel=0.02)
    score = (passes.residuals() + passes.residuals().mean()) * norms.values
    assert np.corrcoef(drawn, score)[0, 1] > 0.9


@pytest.mark.parametrize("loss", [LOGISTIC, SQUARED])
def test_outputs_that_share_passes(loss):
    shared, X, z, _ = passes_of(loss, n_outputs=2)
    weights = np.array([[0.3, -0.2, 0.5, 0.1], [0, 1, 0.2, -1]])
    losses, gradients, _ = shared.objective(weights)
    for k, w in enumerate(weights):
        alone = Rows(X, z[k]).full_pass(CENTRE, True, loss)
        value, gradient, _ = alone.objective(w)
        residuals = alone.residuals()
        assert value == losses[k]
        assert_array_equal(gradient, gradients[k])
        alone.predict_mean(0.5)
        alone.follow(shared, k)
        assert_array_equal(alone.residuals(), residuals)


@pytest.mark.parametrize("level", _core.LEVELS)
@pytest.mark.parametrize("n_columns", [3, 8, 21])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_output_has_the_same_bits_among_others(dtype, n_columns, level):
    """Tiles of rows, columns and outputs are filled, or not; rows lie apart, or not."""
    rng, n, most = np.random.default_rng(0), 391, 11
    X = rng.standard_normal((n, n_columns)).astype(dtype)
    z = rng.integers(0, 2, (most, n)).astype(float)
    weights = rng.standard_normal((most, n_columns + 1))
    centre = rng.standard_normal(n_columns)
    _core.use_level(level)
    try:
        for places in (np.arange(n), rng.permutation(n)[:94]):
            rows = Rows(X, z).at(places)
            alone = [
                rows.of_outputs(k).full_pass(centre, True, LOGISTIC)
                for k in range(most)
            ]
            sums = [p.objective(w, True) for p, w in zip(alone, weights, strict=True)]
            for n_outputs in (2, 3, 5, most):
                few = slice(n_outputs)
                together = rows.of_outputs(few).full_pass(centre, True, LOGISTIC)
                for diagonal in (True, False):
                    found = together.objective(weights[few], diagonal)
                    for k, expected in enumerate(sums[few]):
                        for own, each in zip(found, expected, strict=True):
                            if own is not None:
                                assert_array_equal(own[k], each)
                        assert_array_equal(together.residual[k], alone[k].residual)
    finally:
        _core.use_level(_core.LEVELS[0])


@pytest.mark.parametrize("n_jobs", [1, 2, 7])
@pytest.mark.parametrize("d", [1, 2, 3, 4, 7, 8, 12, 39])
def test_a_gram_in_parts_is_that_of_one_call(d, n_jobs, monkeypatch):
    monkeypatch.setattr(_threads, "FEW_ENTRIES", 0)
    monkeypatch.setattr(_threads, "MIN_ENTRIES", 1)
    rng = np.random.default_rng(d)
    X, h, scale = rng.standard_normal((20_000, d)), rng.random(20_000), np.ones(d + 1)
    passes = Rows(X, np.zeros(20_000)).full_pass(np.zeros(d), True, LOGISTIC)
    with Threads(n_jobs):
        assert_array_equal(passes.gram(h, scale), passes.dataset.curvature(h, scale))
