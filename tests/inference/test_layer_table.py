# SPDX-License-Identifier: BSD-3-Clause
"""The layers of a network, and how many parameters they have."""

import numpy as np
import pandas as pd
import pytest

from skpulsar import MLPClassifier, MLPRegressor, SLPClassifier, summary

TEXT = """
layer  weights  units     parameters
1      17 x 34  relu             612
2      34 x 17  relu             595
3      17 x 1   logistic          18
all                            1,225
"""


@pytest.fixture(scope="module")
def model():
    X = np.random.default_rng(0).standard_normal((40, 17))
    net = MLPClassifier(hidden_layer_sizes=(34, 17), max_iter=1, tol=None)
    return net.fit(X, np.arange(40) % 2)


def test_the_textbooks_network(model):
    table = summary(model)
    assert repr(table) == TEXT.strip()
    assert [layer["parameters"] for layer in table] == [612, 595, 18]
    assert table.n_parameters == 1225
    assert len(table) == 3


def test_a_frame_has_a_row_for_every_layer(model):
    frame = summary(model).to_frame()
    assert list(frame) == ["layer", "weights", "units", "parameters"]
    pd.testing.assert_frame_equal(frame, pd.DataFrame(summary(model)))


def test_rows_are_for_one_layer(model):
    X = np.eye(17)
    with pytest.raises(ValueError, match="reads no rows"):
        summary(model, X, np.ones(17))
    single = SLPClassifier().fit(X, np.arange(17) % 2)
    with pytest.raises(ValueError, match="needs the rows"):
        summary(single)


def test_a_network_without_hidden_layers():
    X = np.eye(4)
    net = MLPRegressor(hidden_layer_sizes=(), max_iter=1, tol=None).fit(X, X[:, 0])
    assert [layer["units"] for layer in summary(net)] == ["identity"]
