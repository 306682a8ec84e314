# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skpulsar._estimator._targets import LARGEST, as_targets


@pytest.mark.parametrize("dtype", [bool, np.int32, np.float32, np.float64, object])
@pytest.mark.parametrize("shape", [(6,), (6, 1), (6, 3)])
def test_targets_have_a_row_for_every_output(shape, dtype):
    y = np.random.default_rng(0).integers(0, 2, shape).astype(dtype)
    targets = as_targets(y)
    assert targets.shape == (y.size // 6, 6)
    assert targets.dtype == np.float64 and targets.flags.c_contiguous
    assert_array_equal(targets.T, y.reshape(6, -1).astype(float))


def test_targets_of_one_column_are_not_copied():
    y = np.arange(5.0)
    assert np.shares_memory(as_targets(y), y)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_target_that_can_be_squared(sign):
    as_targets(np.array([1.0, sign * LARGEST]))
    with pytest.raises(ValueError, match="too large to be squared"):
        as_targets(np.array([1.0, sign * 2 * LARGEST]))


def test_an_object_that_is_no_number():
    for y in ([1.0, np.nan], [1.0, None]):
        with pytest.raises(ValueError, match="NaN"):
            as_targets(np.array(y, dtype=object))
    with pytest.raises(ValueError, match="y must hold numbers"):
        as_targets(np.array([1.0, "one"], dtype=object))
