# SPDX-License-Identifier: BSD-3-Clause
"""Softmax and its cross-entropy against mpmath."""

from itertools import product

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._kernels import _core

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
    loss, gradient, _ = _core.objective(dataset, weights, residual)
    assert_array_equal(np.abs(gradient[:, 0]), residual[:, 0])
    assert (np.delete(gradient[:, 0], target) >= 0).all() and gradient[target, 0] <= 0
    return loss, residual[:, 0]


def exact(logits, target):
    with mpmath.workprec(300):
        x = [mpmath.mpf(float(z)) for z in logits]
        top = max(x)
        e = [mpmath.exp(max(z - top, mpmath.mpf(-10_000))) for z in x]
        total = mpmath.fsum(e)
        first = x.index(top)  # 300 bits are too few for 1 + exp(-1000)
        rest = mpmath.fsum(e[:first] + e[first + 1 :])
        loss = (top - x[target]) + mpmath.log1p(rest)
        own = mpmath.fsum(e[:target] + e[target + 1 :]) / total
        return loss, [own if k == target else e[k] / total for k in range(len(x))]


def assert_close(logits, target):
    loss, residual = of_logits(logits, target)
    true_loss, true_residual = exact(logits, target)
    tiny = 2.0**-1074
    assert abs(loss - true_loss) <= 2 * ULP * true_loss + tiny, (logits, target)
    for got, true in zip(residual, true_residual, strict=True):
        assert abs(got - true) <= 4 * ULP * true + tiny, (logits, target)


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
    assert not np.isfinite(_core.objective(dataset, weights, np.empty((3, 1)))[0])
