# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._sample_weights import WeightStatistics, weigh


def test_without_weights_all_rows_weigh_1():
    found = weigh(None, 5, WeightStatistics())
    assert found.index is found.weight is None
    assert found.seen == WeightStatistics(5, 1.0)


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e305])
def test_the_mean_of_the_rows_used_is_1(scale):
    weight = np.array([3.0, 0.0, 1.0, 2.0, 0.0]) * scale
    index, relative, seen = weigh(weight, 5, WeightStatistics())
    assert_array_equal(index, [0, 2, 3])
    assert_allclose(relative, [1.5, 0, 0.5, 1, 0])
    assert seen.n_rows == 3
    assert seen.mean == pytest.approx(2 * scale)


def test_later_calls_are_on_the_scale_of_all_rows_seen():
    weight = np.random.default_rng(0).exponential(size=30)
    seen = WeightStatistics()
    for part in (weight[:10], weight[10:17], weight[17:]):
        _, relative, seen = weigh(part, len(part), seen)
        assert_allclose(relative, part / seen.mean)
    assert seen.mean == pytest.approx(weight.mean())
    _, relative, seen = weigh(None, 10, seen)
    assert_allclose(relative, 1 / seen.mean)


def test_weights_of_0_leave_no_row():
    before = WeightStatistics(4, 2.0)
    index, relative, seen = weigh(np.zeros(3), 3, before)
    assert len(index) == 0 and relative is None
    assert seen == before
