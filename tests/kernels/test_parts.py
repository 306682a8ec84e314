# SPDX-License-Identifier: BSD-3-Clause
"""Passes over parts of the rows, which several threads may make at the same time."""

import numpy as np
import pytest
from _layouts import LAYOUTS, layouts
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._kernels import _core, reference
from skpulsar._problem._pairwise_sum import tree_sums

LEAF, N = 32, 32 * 11 + 5
PARTS = [(0, 128), (128, 256), (256, N)]  # subtrees of four leaves
every_layout = pytest.mark.parametrize("layout", LAYOUTS)
each_order = pytest.mark.parametrize("ordered", [False, True])
each_width = pytest.mark.parametrize("d", [3, 17])


def dataset(kernel, layout, d=3, ordered=False):
    """Rows of two outputs, with targets and weights of their own."""
    rng = np.random.default_rng(d)
    X = rng.standard_normal((N, d)) * (rng.random((N, d)) < 0.6)
    rows = dict(layouts(X))[layout]
    centre = rng.random(d) * (not isinstance(rows, tuple))
    target, weight = (rng.random((2, N)) < 0.4) * 1.0, rng.random((2, N))
    order = rng.permutation(N) if ordered else None
    return kernel.Dataset(rows, target, weight, order, centre=centre, leaf=LEAF)


def objective(rows, d, residual, **part):
    weights = np.linspace(-1, 1, 2 * (d + 1)).reshape(2, -1)
    return rows.objective(weights, residual, True, **part)


@every_layout
@each_order
@each_width
def test_parts_of_an_objective_sum_to_the_bits_of_the_whole(layout, ordered, d):
    rows, twin = (dataset(each, layout, d, ordered) for each in (_core, reference))
    whole, parts, twins = np.zeros((3, 2, N))
    expected = objective(rows, d, whole)
    found = []
    for first, stop in reversed(PARTS):
        part = {"first": first, "stop": stop}
        found.insert(0, objective(rows, d, parts, **part))
        for one, other in zip(found[0], objective(twin, d, twins, **part), strict=True):
            assert_allclose(one, other, rtol=1e-12, atol=1e-12)
    for one, other in zip(tree_sums(found), expected, strict=True):
        assert_array_equal(one, other)
    assert_array_equal(parts, whole)
    assert_allclose(parts, twins, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("kernel", [_core, reference])
def test_parts_of_moments_and_products(kernel):
    rng = np.random.default_rng(0)
    X, target, weight = rng.standard_normal((N, 5)), rng.random(N), rng.random(N)
    rows = kernel.Dataset(X, target, weight, centre=np.zeros(5), leaf=LEAF)
    norms, whole = np.zeros((2, N))
    precision, shift = np.ones(5), np.zeros(1)
    sums = rows.moments(precision, whole)
    parts = [{"first": first, "stop": stop} for first, stop in PARTS]
    found = tree_sums([rows.moments(precision, norms, **part) for part in parts])
    products = tree_sums([(rows.products(shift, **part),) for part in parts])
    assert_allclose(norms, whole, rtol=1e-14)
    assert_allclose(found, sums, rtol=1e-12)
    assert_allclose(products[0], rows.products(shift), rtol=1e-12)
    if kernel is _core:
        assert_array_equal(norms, whole)
        assert_array_equal(found, sums)
        assert_array_equal(products[0], rows.products(shift))


@pytest.mark.parametrize("d", [3, 7, 8, 9, 40])
def test_columns_of_a_curvature(d, level):
    """They are those of the whole, and others are left alone."""
    rng = np.random.default_rng(d)
    h, scale = rng.random(N), rng.random(d + 1)
    given, centre = (rng.standard_normal((N, d)), None, None), rng.random(d)
    rows, twin = (k.Dataset(*given, centre=centre) for k in (_core, reference))
    whole, G = rows.curvature(h, scale), np.full((d + 1, d + 1), 7.0)
    for first in range(0, d + 1, 8):
        stop = min(first + 8, d + 1)
        assert_array_equal(G[:, first:], 7)
        rows.curvature(h, scale, out=G, first=first, stop=stop)
        columns = np.tril(np.ones_like(G))[:, first:stop] > 0
        assert_array_equal(G[:, first:stop][columns], whole[:, first:stop][columns])
    assert_allclose(np.tril(G), twin.curvature(h, scale), rtol=1e-11, atol=1e-12)


def test_what_is_no_part_is_refused():
    rows, csr = (dataset(_core, layout) for layout in LAYOUTS[:2])
    residual, h, scale = np.zeros((2, N)), np.ones(N), np.ones(4)
    for first, stop in [(-LEAF, LEAF), (1, LEAF), (0, N + 1), (64, 64), (96, 64)]:
        with pytest.raises(ValueError, match="a part is empty"):
            objective(rows, 3, residual, first=first, stop=stop)
    for first, stop in [(1, 4), (0, 5), (-8, 4), (0, 0)]:
        with pytest.raises(ValueError, match="no such columns"):
            rows.curvature(h, scale, first=first, stop=stop)
    with pytest.raises(ValueError, match="CSR rows all columns"):
        csr.curvature(h, scale, first=0, stop=2)
    with pytest.raises(ValueError, match="another shape"):
        rows.curvature(h, scale, out=np.zeros((3, 3)))
