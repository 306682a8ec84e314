# SPDX-License-Identifier: BSD-3-Clause
"""MLPRegressor as its users meet it."""

import pickle

import numpy as np
import pytest
from _assertions import refuses
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
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


@pytest.mark.parametrize("standardize", [True, False])
def test_the_loss_is_half_the_squared_error_in_units_of_the_variances(
    waves, standardize
):
    X, Y = waves
    given = {"alpha": 0.0, "return_train_score": True, "standardize": standardize}
    model = MLPRegressor(**OPTIONS, **given, max_iter=300, learning_rate_init=1e-5)
    weight = np.arange(500) % 3 / 2.0
    model.fit(X, Y, sample_weight=weight)
    errors = model.predict(X) - Y
    if standardize:
        mean = np.average(Y, axis=0, weights=weight)
        errors /= np.sqrt(np.average((Y - mean) ** 2, axis=0, weights=weight))
    value = np.average((errors**2).sum(axis=1) / 2, weights=weight)
    history = model.history_
    assert_allclose(history["train_loss"][-1], value)
    assert_allclose(history["loss"][-1], value, rtol=0.01)  # met on the way there


@pytest.mark.parametrize("power", [20, -20, 400, -600])
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_a_power_of_2_as_unit_of_y_changes_no_bit(waves, power, solver):
    X, Y = waves
    options = {**OPTIONS, "solver": solver, "max_iter": 5}
    one = MLPRegressor(**options).fit(X, Y)
    other = MLPRegressor(**options).fit(X, Y * 2.0**power)
    assert_array_equal(other.predict(X), one.predict(X) * 2.0**power)
    assert other.loss_curve_ == one.loss_curve_


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_units_and_offsets_of_targets_do_not_matter(waves, dtype):
    """Each target has its own."""
    X, Y = waves[0].astype(dtype), waves[1]
    options = {**OPTIONS, "max_iter": 20}
    one = MLPRegressor(**options).fit(X, Y)
    units, offsets = np.array([1e6, 1e-6]), np.array([3e6, -5e-6])
    other = MLPRegressor(**options).fit(X, Y * units + offsets)
    rounding = 1e-9 if dtype is np.float64 else 1e-4
    assert_allclose((other.predict(X) - offsets) / units, one.predict(X), atol=rounding)
    assert_allclose(other.loss_, one.loss_, rtol=rounding)


def test_targets_standardised_outside_give_the_same(waves):
    X, Y = waves
    options = {**OPTIONS, "max_iter": 20}
    inside = MLPRegressor(**options).fit(X, Y)
    scaled = (Y - Y.mean(axis=0)) / Y.std(axis=0), (X - X.mean(axis=0)) / X.std(axis=0)
    outside = MLPRegressor(standardize=False, **options).fit(*scaled[::-1])
    assert_allclose(
        outside.predict(scaled[1]) * Y.std(axis=0) + Y.mean(axis=0), inside.predict(X)
    )
    assert_allclose(outside.loss_curve_, inside.loss_curve_)


def test_a_constant_target_is_predicted_exactly(waves):
    X, Y = waves
    for constant in (0.0, 1e-6, -3e9):
        targets = np.column_stack([Y[:, 0], np.full(500, constant)])
        model = MLPRegressor(**OPTIONS, max_iter=5).fit(X, targets)
        assert_array_equal(model.predict(X)[:, 1], constant)
        assert (model.coefs_[-1][:, 1] == 0).all()
        alone = MLPRegressor(**OPTIONS, max_iter=5).fit(X, targets[:, 1])
        assert_array_equal(alone.predict(X), constant)


def test_the_first_call_in_which_a_target_varies_decides_its_units(waves):
    X, Y = waves
    Y = Y * [1.0, 1e4]
    constant = np.column_stack([Y[:, 0], np.full(500, 7.0)])
    model = MLPRegressor(**OPTIONS).partial_fit(X, constant)
    model.partial_fit(X, Y)
    units = model._target_units
    model.partial_fit(X, 100 * Y)
    assert_array_equal(model._target_units.deviation, units.deviation)
    assert_allclose(units.deviation, Y.std(axis=0))
    assert_allclose(units.centre, Y.mean(axis=0))
    registered = MLPRegressor(**OPTIONS)
    registered.partial_fit(X, Y, sample_weight=np.zeros(500))
    assert registered._target_units is None
    registered.partial_fit(X, Y)
    expected = MLPRegressor(**OPTIONS).partial_fit(X, Y)
    assert_array_equal(registered.predict(X), expected.predict(X))


def test_a_warm_start_keeps_the_model_and_measures_anew(waves):
    X, Y = waves
    model = MLPRegressor(warm_start=True, **OPTIONS, max_iter=5).fit(X, Y)
    expected = model.predict(X)
    model.set_params(learning_rate_init=1e-12)  # at which nothing is learnt
    for y, standardize in ((2 * Y + 1, True), (Y, False), (Y, True)):
        model.set_params(standardize=standardize).fit(X, y)
        assert_allclose(model.predict(X), expected, atol=1e-6)
        if standardize:
            assert_allclose(model._target_units.deviation, y.std(axis=0))
        else:
            assert model._target_units is None


def test_calls_of_partial_fit_are_epochs_of_fit(waves):
    """Of targets with units, through pickles and files, bit for bit."""
    X, Y = waves
    whole = MLPRegressor(**OPTIONS, max_iter=4).fit(X, 1e3 * Y)
    steps = MLPRegressor(**OPTIONS)
    for _ in range(4):
        steps = pickle.loads(pickle.dumps(steps.partial_fit(X, 1e3 * Y)))
    assert_array_equal(steps.predict(X), whole.predict(X))
    assert steps.loss_curve_ == whole.loss_curve_


def test_early_stopping_watches_the_loss_that_is_trained(waves):
    X, Y = waves
    options = {**OPTIONS, "tol": 1e-3, "early_stopping": True}
    options["learning_rate_init"] = 0.02
    one = MLPRegressor(**options).fit(X, Y)
    other = MLPRegressor(**options).fit(X, Y * [2.0**30, 2.0**-30])
    assert one.validation_scores_ == other.validation_scores_
    assert one.n_iter_ == other.n_iter_


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_rows_in_every_layout(waves, dtype):
    X, Y = np.where(waves[0] > 0, waves[0], 0).astype(dtype), waves[1]
    options = {**OPTIONS, "hidden_layer_sizes": (6, 4), "max_iter": 4}
    expected = MLPRegressor(**options).fit(X, Y)
    rounding = 1e-12 if dtype is np.float64 else 1e-5
    for given in (np.asfortranarray(X), csr_array(X), csr_array(X).tocsc()):
        model = MLPRegressor(**options).fit(given, Y)
        for one, other in zip(model.coefs_, expected.coefs_, strict=True):
            assert_allclose(one, other, rtol=rounding, atol=rounding)
        assert_allclose(model.predict(given), expected.predict(X), atol=10 * rounding)


def test_weights_of_rows_are_copies(waves):
    """In one batch, and weight 0 is absence."""
    X, Y = waves[0][:60], waves[1][:60]
    weight = np.arange(60) % 3
    options = {**OPTIONS, "batch_size": 1000, "max_iter": 4}
    one = MLPRegressor(**options).fit(X, Y, sample_weight=weight)
    copies = np.repeat(np.arange(60), weight)
    other = MLPRegressor(**options).fit(X[copies], Y[copies])
    assert_allclose(one.predict(X), other.predict(X), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("fitted", [False, True])
def test_training_that_overflows_is_refused(waves, method, fitted):
    model = MLPRegressor(**OPTIONS, max_iter=2)
    if fitted:
        model.fit(*waves)
    model.set_params(learning_rate_init=1e300, solver="sgd")
    before = pickle.dumps(vars(model))
    with pytest.raises(ValueError, match=r"overflowed.*learning_rate_init=1e\+300"):
        getattr(model, method)(*waves)
    assert pickle.dumps(vars(model)) == before


def test_targets_as_they_are_may_be_to_blame(waves):
    X, y = waves
    model = MLPRegressor(**OPTIONS, solver="sgd", standardize=False)
    refuses(
        ValueError, "or y is. Lower the rate, scale X and y", model, "fit", X, 1e9 * y
    )
