# SPDX-License-Identifier: BSD-3-Clause
"""Sizes of hidden layers, and dropout."""

import numpy as np
import pytest

from skpulsar._estimator._network_parameters import (
    SHARE,
    SIZE,
    SequenceOf,
    dropout_of,
    hidden_sizes,
)


@pytest.mark.parametrize("sizes", [7, np.int32(7), [7], (7,), np.array([7])])
def test_sizes(sizes):
    assert hidden_sizes(sizes) == (7,)


def test_several():
    rule = SequenceOf(SIZE, "a list of sizes")
    for admitted in ([], (1, 2), np.array([3])):
        assert rule.admits(admitted)
    for refused in (3, "12", [0], [1.5], [[1]], [True], None, np.array([[1]])):
        assert not rule.admits(refused)
    assert SequenceOf(SHARE, "").admits([0, 0.5])


def test_dropout():
    assert dropout_of(0.5, 2) == (0.5, 0.5)
    assert dropout_of(0, 0) == ()
    assert dropout_of([0.1, 0.2], 2) == (0.1, 0.2)
    with pytest.raises(ValueError, match="3 hidden layers"):
        dropout_of([0.1, 0.2], 3)
