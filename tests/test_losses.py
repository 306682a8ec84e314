# SPDX-License-Identifier: BSD-3-Clause
"""Loss, gradient and sigmoid against mpmath, to the last place."""

import math
from functools import cache

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skpulsar.losses import (
    log_sigmoid,
    sigmoid,
    sigmoid_cross_entropy,
    sigmoid_derivative,
)

PRECISION = 2200  # bits: products and sums of the largest and the least are exact
EDGES = [
    0, 5e-324, 1e-310, 2.0**-1022, 1e-300, 1e-100, 1e-30, 1e-17, 2.0**-53, 2.0**-52,
    1e-12, 1e-8, 1e-4, 1e-2, 0.1, 0.25, 0.5, math.log(2), 1, 2, 4, 8, 16, 16.64, 17.33,
    18, 20, 25, 30, 33.3, 35, 36.0437, 36.7368, 37, 37.43, 38, 40, 50, 88.72, 88.73,
    100, 103.97, 104, 232.8, 500, 700, 708.39, 708.40, 709.78, 709.79, 720, 740, 744.44,
    745.13, 745.14, 750, 1e3, 1e4, 1e10, 1e20, 1e100, 1e300, 8.98e307, 1e308, 1.797e308,
]  # fmt: skip
TARGETS = [
    0, 1, 5e-324, 1e-300, 1e-16, 1e-8, 0.1, 0.25, 0.5, 0.75, 0.9, 1 - 1e-8,
    1 - 2.0**-52, 1 - 2.0**-53,
]  # fmt: skip


def with_neighbours(points, n, dtype=np.float64):
    """Points and the n floats on either side of each."""
    below = above = np.asarray(points, dtype=dtype)
    found = [below]
    for _ in range(n):
        below = np.nextafter(below, dtype(-np.inf))
        above = np.nextafter(above, dtype(np.inf))
        found += [below, above]
    found = np.unique(np.concatenate(found))
    return found[np.isfinite(found)]


def cuts():
    """Where the kernel's own arithmetic changes its course.

    Multiples of ln(2) / 2, where the exponent's rounding turns; exp(-x) = sqrt(2) - 1,
    where log1p changes its form; and where exp(-x) is subnormal or 0.
    """
    turns = np.arange(1, 2150, 2)[np.r_[:12, 40:1070:60]] * (math.log(2) / 2)
    return [*turns, -math.log(math.sqrt(2) - 1), 708.396418532264, 745.1332191019411]


def edges():
    points = with_neighbours(np.concatenate([EDGES, np.negative(EDGES)]), 1)
    return np.union1d(points, with_neighbours([*cuts(), *np.negative(cuts())], 4))


def grid():
    rng = np.random.default_rng(0)
    sizes = 10 ** rng.uniform(-20, 3, 300) * rng.choice([-1, 1], 300)
    even, wide = np.linspace(-40, 40, 641), rng.uniform(-745, 745, 600)
    return np.concatenate([edges(), even, wide, sizes])


@cache
def exact_parts(x):
    """exp(-|x|), its logarithm with 1 added, and the inverse of 1 + exp(-|x|)."""
    if abs(x) > 2000:  # exp(-|x|) is far below the least double
        return mpmath.mpf(0), mpmath.mpf(0), mpmath.mpf(1)
    with mpmath.workprec(320):
        e = mpmath.exp(-abs(mpmath.mpf(x)))
        return e, mpmath.log1p(e), 1 / (1 + e)


def exact(x, z):
    """Loss, gradient and sigmoid."""
    e, log1p, inverse = exact_parts(x)
    p, q = (inverse, e * inverse) if x >= 0 else (e * inverse, inverse)
    x, z = mpmath.mpf(x), mpmath.mpf(z)
    return max(x, 0) - x * z + log1p, (1 - z) * p - z * q, p


def ulps(got, expected, of=None, dtype=np.float64):
    """Error in units of the last place of `expected`, or of a larger number."""
    info = np.finfo(dtype)
    _, exponent = mpmath.frexp(expected if of is None else of)
    exponent = max(int(exponent) - info.nmant - 1, info.minexp - info.nmant)
    return float(abs(mpmath.mpf(float(got)) - expected) * mpmath.mpf(2) ** -exponent)


def errors(x, z, dtype=np.float64):
    """Largest errors of loss and gradient; the latter in ulp of max(p, z) if soft."""
    x, z = (a.ravel() for a in np.broadcast_arrays(x, z))
    loss, gradient = sigmoid_cross_entropy(x.astype(dtype), z.astype(dtype))
    assert loss.dtype == gradient.dtype == dtype
    assert np.isfinite(loss).all() and (loss >= 0).all()
    worst = [0.0, 0.0]
    with mpmath.workprec(PRECISION):
        for a, b, c, g in zip(
            *map(np.ndarray.tolist, (x, z, loss, gradient)), strict=True
        ):
            expected_loss, expected_gradient, p = exact(a, b)
            of = None if b in (0, 1) else max(p, b)
            worst[0] = max(worst[0], ulps(c, expected_loss, None, dtype))
            worst[1] = max(worst[1], ulps(g, expected_gradient, of, dtype))
    return worst


@pytest.mark.parametrize("target", [0, 1])
def test_loss_and_gradient_of_labels(target):
    loss, gradient = errors(grid(), float(target))
    assert loss <= 2
    assert gradient <= 2


def test_loss_and_gradient_of_soft_targets():
    x = grid()
    for logits, targets in [
        (x, sigmoid(x)),
        (x, np.random.default_rng(1).random(len(x))),
        (x[:, np.newaxis], np.array(TARGETS)),
    ]:
        loss, gradient = errors(logits, targets)
        assert loss <= 2
        assert gradient <= 3


def test_sigmoid_and_log_sigmoid():
    x = grid()
    with mpmath.workprec(PRECISION):
        for a, p, log_p in zip(x.tolist(), sigmoid(x), log_sigmoid(x), strict=True):
            loss, _, expected = exact(a, 1.0)
            assert ulps(p, expected) <= 2
            assert ulps(log_p, -loss) <= 2
    assert (log_sigmoid(x) <= 0).all() and np.isfinite(log_sigmoid(x)).all()


def test_float32_is_rounded_once():
    finite = [edge for edge in EDGES if edge < 3.4e38]
    x = with_neighbours([*finite, *np.negative(finite)], 1, np.float32)
    x = np.concatenate([x, np.random.default_rng(0).normal(0, 30, 300)])
    x = x.astype(np.float32).astype(np.float64)
    for target in (0.0, 1.0, 0.25):
        assert max(errors(x, target, np.float32)) <= 0.51
    with mpmath.workprec(PRECISION):
        singles = x.astype(np.float32)
        assert sigmoid(singles).dtype == log_sigmoid(singles).dtype == np.float32
        pairs = sigmoid(singles).tolist(), log_sigmoid(singles).tolist()
        for a, p, log_p in zip(x.tolist(), *pairs, strict=True):
            loss, _, expected = exact(a, 1.0)
            assert ulps(p, expected, None, np.float32) <= 0.51
            assert ulps(log_p, -loss, None, np.float32) <= 0.51


def test_float32_of_every_kind():
    # A million bit patterns; the double results are held to 2 ulp above.
    bits = np.random.default_rng(0).integers(0, 2**32, 10**6, dtype=np.uint32)
    x = bits.view(np.float32)
    x = x[np.isfinite(x)]
    for target in (0, 1):
        single = sigmoid_cross_entropy(x, np.float32(target))
        double = sigmoid_cross_entropy(x.astype(np.float64), target)
        for one, other in zip(single, double, strict=True):
            assert one.dtype == np.float32
            assert (abs(one - other) <= np.spacing(abs(one)) * np.float64(0.5)).all()


def test_limits():
    x, z = np.array([-np.inf, np.inf]), np.array([[0.0], [1.0], [0.5]])
    loss, gradient = sigmoid_cross_entropy(x, z)
    assert_array_equal(loss, [[0, np.inf], [np.inf, 0], [np.inf, np.inf]])
    assert_array_equal(gradient, [[0, 1], [-1, 0], [-0.5, 0.5]])
    assert_array_equal(sigmoid(x), [0, 1])
    assert_array_equal(log_sigmoid(x), [-np.inf, 0])


def test_nan_only_from_nan():
    x = np.concatenate([grid(), [np.inf, -np.inf]])
    for z in TARGETS:
        assert not np.isnan(sigmoid_cross_entropy(x, z)).any()
    assert np.isnan(sigmoid_cross_entropy(np.nan, [0.0, 0.5, 1.0])).all()
    assert np.isnan(sigmoid_cross_entropy([-1.0, 0.0, 1.0, np.inf], np.nan)).all()
    assert np.isnan([sigmoid(np.nan), log_sigmoid(np.nan)]).all()


def test_classes_are_symmetric_to_the_bit():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-745, 745, 2500), rng.normal(0, 5, 5000)])
    z = rng.integers(0, 2**53, len(x), endpoint=True) / 2**53  # 1 - z is exact
    z[::3] = rng.integers(0, 2, len(z[::3]))
    for a, b in [(x, z), (grid()[:, np.newaxis], np.array([0, 0.25, 0.5, 1]))]:
        one, other = sigmoid_cross_entropy(a, b), sigmoid_cross_entropy(-a, 1 - b)
        assert_array_equal(one[0], other[0])
        assert_array_equal(one[1], -other[1])
        assert_array_equal(sigmoid(-a), sigmoid_cross_entropy(-a, 0)[1])


@pytest.mark.parametrize("span", [1, 40, 750])
def test_monotone(span):
    x = np.linspace(-span, span, 500_001)
    assert (np.diff(sigmoid(x)) >= 0).all()
    assert (np.diff(log_sigmoid(x)) >= 0).all()


def test_nothing_warns_or_raises_a_flag():
    x = np.concatenate([grid(), [np.inf, -np.inf, np.nan]])
    with np.errstate(all="raise"):
        for dtype in (np.float64, np.float32):
            y = x[~(abs(x) > np.finfo(dtype).max) | np.isinf(x)]
            with np.errstate(under="ignore"):
                y = y.astype(dtype)
            for z in TARGETS:
                with np.errstate(under="ignore"):
                    z = dtype(z)
                sigmoid_cross_entropy(y, z)
            sigmoid_derivative(sigmoid(y))
            log_sigmoid(y)


def test_subnormal_numbers_are_left_alone():
    # Objects compiled with -ffast-math switch them off for the whole process.
    assert np.array([5e-324]) * np.array([1.0]) != 0


def test_sigmoid_derivative():
    p = sigmoid(np.linspace(-800, 800, 1001))
    assert_array_equal(sigmoid_derivative(p), p * (1 - p))
    assert sigmoid_derivative([0, 0.5, 1]).tolist() == [0, 0.25, 0]
    assert sigmoid_derivative(0.5) == 0.25
    assert sigmoid_derivative(np.float32(0.5)).dtype == np.float32


@pytest.mark.parametrize("function", [sigmoid, log_sigmoid])
def test_shapes_and_dtypes_of_functions_of_one_argument(function):
    x = np.linspace(-3, 3, 24)
    expected = function(x)
    for shape in [(24,), (4, 6), (2, 3, 4)]:
        assert_array_equal(function(x.reshape(shape)), expected.reshape(shape))
    assert_array_equal(function(x.reshape(4, 6).T), expected.reshape(4, 6).T)
    assert_array_equal(function(x[::-2]), expected[::-2])
    assert_array_equal(function(x.tolist()), expected)
    assert isinstance(function(1), np.float64)
    assert function(1) == function(1.0) == function([1])[0] == function(np.int8(1))
    assert function(True) == function(1)
    assert function([]).shape == (0,) and function(np.empty((3, 0))).shape == (3, 0)
    for dtype in (np.float16, np.float32, np.float64):
        assert function(x.astype(dtype)).dtype == dtype
        assert type(function(dtype(1))) is dtype
    with pytest.raises(ValueError):
        function("1 + 1")


def test_shapes_and_dtypes_of_logits_and_targets():
    x, z = np.linspace(-3, 3, 6), np.array([[0.0], [1.0]])
    loss, gradient = sigmoid_cross_entropy(x, z)
    assert loss.shape == gradient.shape == (2, 6)
    for k, row in enumerate(z):
        one = sigmoid_cross_entropy(x, row[0])
        assert_array_equal(one, [loss[k], gradient[k]])
        assert_array_equal(sigmoid_cross_entropy(x.tolist(), int(row[0])), one)
        assert_array_equal(sigmoid_cross_entropy(x, np.full(6, bool(row[0]))), one)
    scalars = sigmoid_cross_entropy(2, 1)
    assert all(type(scalar) is np.float64 for scalar in scalars)
    assert_array_equal(scalars, [-log_sigmoid(2), -sigmoid(-2)])
    for a, b, dtype in [
        (np.float32, np.float32, np.float32),
        (np.float16, np.float16, np.float16),
        (np.float16, np.float32, np.float32),
        (np.float32, np.float64, np.float64),
        (np.int64, np.int64, np.float64),
    ]:
        for result in sigmoid_cross_entropy(x.astype(a), z.astype(b)):
            assert result.dtype == dtype


@pytest.mark.parametrize("target", [-5e-324, 1 + 2**-52, 2, -np.inf, [0, 1, 2]])
def test_targets_outside_of_0_and_1_are_refused(target):
    with pytest.raises(ValueError, match=r"target must lie in \[0, 1\]"):
        sigmoid_cross_entropy(0.0, target)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="shape"):
        sigmoid_cross_entropy([1.0, 2.0], [0.0, 1.0, 1.0])
