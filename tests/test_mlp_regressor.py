# SPDX-License-Identifier: BSD-3-Clause
"""MLPRegressor as its users meet it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import Ridge

from skpulsar import MLPRegressor

OPTIONS = {"tol": None, "random_state": 0, "batch_size": 50}


@pytest.fixture(scope="module")
def waves():
    """X and two targets that are not linear in it."""
    X = np.random.default_rng(0).uniform(-3, 3, (500, 2))
    return X, np.column_stack([np.sin(X[:, 0]), np.cos(X[:, 1]) * X[:, 0] / 2])


@pytest.mark.parametrize("solver", ["sgd", "adam", "rmsprop"])
def test_it_learns_what_no_line_can(waves, solver):
    X, Y = waves
    model = MLPRegressor(
        hidden_layer_sizes=(30,), solver=solver, learning_rate_init=0.01, max_iter=150,
        activation="tanh", **OPTIONS,
    ).fit(X, Y)  # fmt: skip
    assert model.score(X, Y) > 0.95 > Ridge().fit(X, Y).score(X, Y) + 0.1
    assert model.out_activation_ == "identity"


def test_no_hidden_layer_is_ridge(waves):
    X, Y = waves
    model = MLPRegressor(
        hidden_layer_sizes=(), alpha=0.1, standardize=False, learning_rate_init=0.01,
        max_iter=500, solver="sgd", tol=None, batch_size=500,
    ).fit(X, Y)  # fmt: skip
    expected = Ridge(alpha=0.1 * len(X)).fit(X, Y)
    assert_allclose(model.coefs_[0], expected.coef_.T, atol=1e-6)
    assert_allclose(model.intercepts_[0], expected.intercept_, atol=1e-6)


def test_shapes_are_those_of_y(waves):
    X, Y = waves
    short = {**OPTIONS, "hidden_layer_sizes": 3, "max_iter": 2}
    for y in (Y[:, 0], Y[:, :1], Y):
        model = MLPRegressor(**short).fit(X, y)
        assert model.predict(X).shape == y.shape
        again = MLPRegressor(**short)
        for _ in range(2):
            again.partial_fit(X, y)
        assert_array_equal(again.predict(X), model.predict(X))
    with pytest.raises(ValueError, match="2 were seen"):
        model.partial_fit(X, Y[:, 0])


def test_the_loss_is_half_the_squared_error(waves):
    X, Y = waves
    model = MLPRegressor(alpha=0.0, **OPTIONS, max_iter=3, return_train_score=True)
    model.fit(X, Y)
    errors = model.predict(X) - Y
    value = (errors**2).sum(axis=1).mean() / 2
    assert_allclose(model.history_["train_loss"][-1], value)
