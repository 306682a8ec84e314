# SPDX-License-Identifier: BSD-3-Clause
"""The units in which a network sees columns that are constant, or move."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.exceptions import ConvergenceWarning

from skpulsar import MLPClassifier, MLPRegressor, load, save

X = np.random.default_rng(0).standard_normal((500, 3))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)
OPTIONS = {"hidden_layer_sizes": (16,), "learning_rate_init": 0.02, "batch_size": 20,
           "tol": None, "random_state": 0}  # fmt: skip


@pytest.mark.parametrize("max_iter", [1, 3])
def test_the_penalty_is_that_of_the_weights_that_are_shown(max_iter):
    rows = np.column_stack([X, np.full(len(X), 7.0)])
    model = MLPClassifier(max_iter=max_iter, alpha=0.1, **OPTIONS).fit(rows, Y)
    first, *others = model.coefs_
    first = first * rows.std(axis=0)[:, np.newaxis]
    squares = sum((coef**2).sum() for coef in [first, *others])
    assert_allclose(model.history_["penalty"][-1], 0.05 * squares)


@pytest.mark.parametrize("activation", ["relu", "logistic"])
def test_a_stream_may_begin_with_one_row(activation):
    """No column varies in it, and yet units may not stay alike."""
    model = MLPClassifier(activation=activation, alpha=0, **OPTIONS)
    model.partial_fit(X[:1], Y[:1], classes=[0, 1])
    assert not model.coefs_[0].any()
    for _ in range(40):
        model.partial_fit(X, Y)
    assert model.score(X, Y) > 0.9


def test_a_stream_may_drift(tmp_path):
    """The deviation of the last column grows fiftyfold, also across a file."""
    rows = np.column_stack([X, np.arange(len(X))])
    model = MLPClassifier(**OPTIONS)
    for _ in range(16):
        for start in range(0, len(X), 10):
            if start == 100:
                save(model, tmp_path / "model")
                model = load(tmp_path / "model")
            chunk = slice(start, start + 10)
            model.partial_fit(rows[chunk], Y[chunk], classes=[0, 1])
    assert model.score(rows, Y) > 0.9


def test_standardize_may_change_within_a_stream():
    rows = 5 * X + [0, 1, 100]
    model = MLPClassifier(max_iter=5, **OPTIONS).fit(rows, Y)
    for standardize in (False, True):
        before = model.decision_function(rows)
        model.set_params(standardize=standardize, learning_rate_init=1e-12)
        model.partial_fit(rows, Y)
        assert_allclose(model.decision_function(rows), before, atol=1e-6)


WATCHED = OPTIONS | {"tol": 1e-4, "max_iter": 1000}


def warns_of_equal_outputs():
    return pytest.warns(ConvergenceWarning, match="same output: .* learning_rate_init")


def test_units_that_a_large_step_killed_are_a_warning():
    model = MLPClassifier(**WATCHED | {"solver": "sgd", "learning_rate_init": 1e4})
    with warns_of_equal_outputs():
        model.set_params(standardize=False).fit(X, Y)
    assert len(np.unique(model.decision_function(X))) == 1


@pytest.mark.parametrize("hidden", [(16,), (4, 8)])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_units_that_no_row_moves_are_a_warning(hidden, activation):
    """They are 0, or -1."""
    options = WATCHED | {"hidden_layer_sizes": hidden, "activation": activation}
    model = MLPRegressor(warm_start=True, **options).fit(X, X)
    model.intercepts_[0] -= 1e6
    with warns_of_equal_outputs():
        model.fit(X, X)


def test_equal_outputs_for_other_reasons_are_none():
    same, constant = np.ones((500, 3)), np.full(500, 2.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        MLPClassifier(**WATCHED).fit(same, Y)
        MLPClassifier(**WATCHED | {"hidden_layer_sizes": (), "alpha": 1e9}).fit(X, Y)
        MLPRegressor(**WATCHED).fit(X, constant)
