# SPDX-License-Identifier: BSD-3-Clause
"""What turns rows into logits."""

import numpy as np
import pytest
from _layouts import LAYOUTS, layouts
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._logits import logits
from skpulsar._problem._models import Layers, Linear

RNG = np.random.default_rng(0)
X = RNG.standard_normal((300, 5)).astype(np.float32).astype(float)
HIDDEN, OUT = RNG.standard_normal((6, 4)), RNG.standard_normal((5, 3))


def layers(arrays, activation):
    """A network of arrays that have their biases in the last row."""
    return Layers([a[:-1] for a in arrays], [a[-1] for a in arrays], activation)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layers(layout):
    matrix = dict(layouts(X))[layout]
    model = layers((HIDDEN, OUT), "tanh")
    expected = np.tanh(X @ HIDDEN[:-1] + HIDDEN[-1]) @ OUT[:-1] + OUT[-1]
    assert_allclose(logits(matrix, model), expected, rtol=1e-12, atol=1e-12)
    order = np.array([7, 299, 0])
    assert_allclose(model.logits(matrix, 0, 3, order), expected[order], atol=1e-12)
    assert model.n_outputs == 3


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_layer_is_linear(layout):
    matrix = dict(layouts(X))[layout]
    one, other = layers((HIDDEN,), "relu"), Linear(np.ascontiguousarray(HIDDEN.T))
    assert_allclose(logits(matrix, one), logits(matrix, other), atol=1e-12)
    assert one.n_outputs == other.n_outputs == 4


def test_blocks_change_no_bit(monkeypatch):
    model = layers((HIDDEN, OUT), "logistic")
    expected = logits(X, model)
    monkeypatch.setattr("skpulsar._problem._logits.ENTRIES_AT_ONCE", 1000)
    assert_array_equal(logits(X, model), expected)


def test_rows_that_overflow_are_named():
    model = layers((100 * HIDDEN, OUT), "relu")
    huge = np.vstack([X[:2], np.full((1, 5), 1e308)])
    with pytest.raises(ValueError, match="Row 2 of X"):
        model.saturate(logits(huge, model), huge)
