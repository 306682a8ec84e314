# SPDX-License-Identifier: BSD-3-Clause
"""Sums in a binary tree."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._pairwise_sum import tree_sum

deterministic = settings(derandomize=True, database=None, deadline=None)


@deterministic
@given(st.integers(1, 70), st.integers(0, 6), st.integers(0, 99))
def test_subtrees_sum_to_the_bits_of_the_whole(n, height, seed):
    leaves = np.random.default_rng(seed).standard_normal((n, 3)) * 1e3
    size = 2**height
    chunks = [leaves[start : start + size] for start in range(0, n, size)]
    whole = tree_sum(leaves)
    assert_array_equal(tree_sum([tree_sum(chunk) for chunk in chunks]), whole)
    assert_allclose(whole, [math.fsum(column) for column in leaves.T], atol=1e-10)


def test_tree_sum_joins_siblings():
    a, b, c, d, e = values = (1.0, 1e-16, 1e-16, 1e-16, 3e-16)
    assert tree_sum(values) == ((a + b) + (c + d)) + e
    assert tree_sum(iter(values[:1])) == 1.0
