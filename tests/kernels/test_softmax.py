# SPDX-License-Identifier: BSD-3-Clause
"""Softmax and its cross-entropy against mpmath."""

from itertools import product

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._kernels import _core, reference

EDGES = (0.0, 1e-300, 1e-17, 0.3, 0.7, 1.0, 36.0, 37.5, 708.0, 745.2, 1e3, 1e300)
EDGES = sorted({sign * edge for edge in EDGES for sign in (-1, 1)})
ULP = 2.0**-52
deterministic = settings(derandomize=True, database=None, deadline=None)


def of_logits(logits, target):
    """Loss of a row, and its residuals |p_k - [k = target]|, by the kernel."""
    logits = np.asarray(logits, dtype=float)
    dataset = _core.Dataset(
        np.ones((1, 1)), np.array([float(target)]), None, centre=np.zeros(1),
        loss="softmax",
    )  # fmt: skip
    residual = np.empty((len(logits), 1))
    weights = np.column_stack([logits, np.zeros(len(logits))])
    loss, gradient, _ = dataset.objective(weights, residual)
    assert_array_equal(np.abs(gradient[:, 0]), residual[:, 0])
    assert (np.delete(gradient[:, 0], target) >= 0).all() and gradient[target, 0] <= 0
    return loss, residual[:, 0]


def exponentials(logits):
    """exp(x_k - x_top) of every class, x_top - x_k, and log(sum of the former)."""
    x = [mpmath.mpf(float(z)) for z in logits]
    top = x.index(max(x))
    below = [x[top] - z for z in x]
    e = [mpmath.exp(-min(b, 10_000)) for b in below]
    # the logarithm by the rest: 300 bits are too few for 1 + exp(-1000)
    return e, below, mpmath.log1p(mpmath.fsum(e[:top] + e[top + 1 :]))


def assert_near(got, true, ulps):
    """Within so many units in the last place, or those of the least numbers."""
    assert abs(got - true) <= ulps * ULP * abs(true) + ulps * 2.0**-1074


def assert_close(logits, target):
    """Loss and residuals of a row, and the probabilities of all classes."""
    (loss, residual), table = of_logits(logits, target), np.array([logits], float)
    p, log_p = _core.softmax(table)[0], _core.softmax(table, logarithms=True)[0]
    with mpmath.workprec(300):
        e, below, logarithm = exponentials(logits)
        total = mpmath.fsum(e)
        assert_near(loss, below[target] + logarithm, 2)
        others = mpmath.fsum(e[:target] + e[target + 1 :]) / total
        for k, own in enumerate(e):
            assert_near(residual[k], others if k == target else own / total, 4)
            assert_near(p[k], own / total, 4)
            assert_near(-log_p[k], below[k] + logarithm, 2)


@pytest.mark.parametrize("target", range(3))
def test_three_classes_on_the_edges(target):
    for logits in product(EDGES[::2], EDGES[1::3], EDGES[::3]):
        assert_close(logits, target)


@pytest.mark.parametrize("n_classes", [2, 10, 100])
@deterministic
@given(st.data())
def test_many_classes(n_classes, data):
    edge = st.sampled_from(EDGES) | st.floats(-50, 50)
    logits = data.draw(st.lists(edge, min_size=n_classes, max_size=n_classes))
    assert_close(logits, data.draw(st.integers(0, n_classes - 1)))


@pytest.mark.parametrize("n_classes", [3, 10, 100])
def test_of_equal_logits(n_classes):
    for far in (0.0, 1e300, -1e300):
        loss, residual = of_logits(np.full(n_classes, far), 1)
        assert loss == pytest.approx(np.log(n_classes), rel=2 * ULP)
        assert_allclose(np.delete(residual, 1), 1 / n_classes, rtol=2 * ULP)


def test_two_classes_are_the_logistic_loss():
    for x in EDGES[2:-2]:
        for target in (0, 1):
            loss, residual = of_logits([0.0, x], target)
            one, slope = _core.cross_entropy(np.array([x]), np.array([float(target)]))
            assert_allclose(loss, one[0], rtol=3 * ULP, atol=2.0**-1074)
            assert_allclose(residual, abs(slope[0]), rtol=4 * ULP, atol=2.0**-1074)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_logits_that_are_not_finite_show_in_the_loss(value, place):
    logits = np.zeros(3)
    logits[place] = value
    dataset = _core.Dataset(
        np.ones((1, 1)), np.zeros(1), None, centre=np.zeros(1), loss="softmax"
    )
    weights = np.column_stack([logits, np.zeros(3)])
    assert not np.isfinite(dataset.objective(weights, np.empty((3, 1)))[0])


@pytest.mark.parametrize("n", [0, 1, 255, 256, 257, 600])
@pytest.mark.parametrize("n_classes", [1, 2, 7])
def test_softmax_is_its_twin(n, n_classes):
    logits = np.random.default_rng(n).normal(0, 9, (n, n_classes))
    for logarithms in (False, True):
        got = _core.softmax(logits, logarithms)
        expected = reference.softmax(logits, logarithms)
        assert_allclose(got, expected, rtol=1e-12, atol=1e-13)


def test_every_level_gives_the_same_bits(level):
    logits = np.random.default_rng(0).normal(0, 30, (700, 11))

    def results():
        return [_core.softmax(logits, flag).tobytes() for flag in (False, True)]

    got = results()
    _core.use_level(_core.LEVELS[-1])
    assert got == results()
