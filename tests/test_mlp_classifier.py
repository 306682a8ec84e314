# SPDX-License-Identifier: BSD-3-Clause
"""MLPClassifier as its users meet it."""

import copy
import pickle

import numpy as np
import pytest
from _assertions import refuses
from _fitted import assert_same
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from scipy.special import expit, softmax
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier as Peer

from skpulsar import MLPClassifier, SLPClassifier

SOLVERS = ("sgd", "adam", "rmsprop")
SMALL = {"hidden_layer_sizes": (6, 4), "max_iter": 4, "tol": None, "random_state": 0}
ALONE = {"hidden_layer_sizes": ()}
TO_THE_MINIMUM = {  # a way there in one batch, and how near it ends
    "sgd": ({"learning_rate_init": 0.2, "max_iter": 1000}, 1e-9),
    "adam": ({"learning_rate_init": 0.02, "max_iter": 2000}, 1e-7),
    "rmsprop": (  # swings about the minimum as far as the rate
        {"learning_rate_init": 0.1, "max_iter": 4000, "learning_rate": "invscaling"},
        1e-5,
    ),
}
ACTIVATIONS = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "logistic": expit,
    "tanh": np.tanh,
}


@pytest.fixture(scope="module")
def rows(pulsars):
    """X and y of few rows."""
    X, y = pulsars
    return X[:400], y[:400]


def three_of(X):
    return np.digitize(X[:, 0], np.quantile(X[:, 0], [0.3, 0.8]))


def labels_of(X, y):
    return np.column_stack([y, three_of(X) > 0])


def trained(model):
    """What training has come to, without times."""
    history = model.history_
    del history["seconds"]
    return [model.coefs_, model.intercepts_, model._state, history, model.t_]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_logits_are_those_of_the_attributes(rows, activation):
    X, y = rows
    for target in (y, three_of(X), labels_of(X, y)):
        model = MLPClassifier(activation=activation, **SMALL).fit(X, target)
        a = X
        for coef, intercept in zip(model.coefs_, model.intercepts_, strict=True):
            z = a @ coef + intercept
            a = ACTIVATIONS[activation](z)
        found = model.decision_function(X)
        assert_allclose(found.reshape(z.shape), z, rtol=1e-9, atol=1e-9)
        proba = softmax(z, axis=1) if model.out_activation_ == "softmax" else expit(z)
        assert_allclose(model.predict_proba(X)[:, -1], proba[:, -1], rtol=1e-9)
        assert model.n_layers_ == 4
        assert model.n_outputs_ == z.shape[1]


@pytest.mark.parametrize("options", [{}, {"sampling": "balanced"}, {"dropout": 0.4}])
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_calls_of_partial_fit_are_epochs_of_fit(rows, solver, dtype, options):
    """Bit for bit, pickled in the middle too."""
    X, y = rows[0].astype(dtype), rows[1]
    options = {**SMALL, "solver": solver, "batch_size": 32, **options}
    for target in (y, three_of(X)):
        whole = MLPClassifier(**options).fit(X, target)
        steps = MLPClassifier(**options)
        for _ in range(4):
            steps.partial_fit(X, target, classes=np.unique(target))
            steps = pickle.loads(pickle.dumps(steps))
        assert_same(trained(steps), trained(whole))


@pytest.mark.parametrize("solver", SOLVERS)
def test_no_hidden_layer_is_the_single_layer(solver):
    """At the minimum, with columns standardised in both."""
    X, y = load_iris(return_X_y=True)
    options = {"standardize": True, "alpha": 0.01, "random_state": 0}
    way, near = TO_THE_MINIMUM[solver]
    for target in (y > 0, y, np.column_stack([y > 0, y == 1])):
        single = SLPClassifier(tol=None, **options).fit(X, target)
        network = MLPClassifier(
            hidden_layer_sizes=(), solver=solver, tol=None, **way, **options
        ).fit(X, target)
        proba = network.predict_proba(X)
        assert_allclose(proba, single.predict_proba(X), atol=near)
        assert network.loss_ <= single.loss_ * (1 + 1e-7)


def test_classes_exchange_without_hidden_layers(rows):
    X, y = rows
    options = {**SMALL, "hidden_layer_sizes": ()}
    one = MLPClassifier(**options).fit(X, y)
    other = MLPClassifier(**options).fit(X, 1 - y)
    assert_array_equal(one.coefs_[0], -other.coefs_[0])


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_scikit_learn_trains_the_same_network(rows, solver):
    """From the same weights, in one batch, with its penalty."""
    X, y = rows
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    common = {"hidden_layer_sizes": (5,), "solver": solver, "batch_size": len(X)}
    peer = Peer(alpha=1.0, tol=0, random_state=0, max_iter=1, shuffle=False, **common)
    peer.partial_fit(X, y, classes=[0, 1])
    ours = MLPClassifier(alpha=1 / len(X), standardize=False, shuffle=False, **common)
    ours.partial_fit(X, y, classes=[0, 1], sample_weight=np.zeros(len(X)))
    ours.coefs_ = [coef.copy() for coef in peer.coefs_]
    ours.intercepts_ = [intercept.copy() for intercept in peer.intercepts_]
    if solver == "adam":
        peer._optimizer.ms = [0 * m for m in peer._optimizer.ms]
        peer._optimizer.vs = [0 * v for v in peer._optimizer.vs]
        peer._optimizer.t = 0
    else:
        peer._optimizer.velocities = [0 * v for v in peer._optimizer.velocities]
    for _ in range(5):
        peer.partial_fit(X, y)
        ours.partial_fit(X, y)
    for one, other in zip(peer.coefs_, ours.coefs_, strict=True):
        assert_allclose(one, other, rtol=1e-6, atol=1e-8)


def test_rows_in_every_layout(rows):
    X, y = rows[0].astype(np.float32).astype(float), rows[1]
    expected = MLPClassifier(**SMALL).fit(X, y)
    for given in (X, np.asfortranarray(X), csr_array(X), csr_array(X).tocsc()):
        model = MLPClassifier(**SMALL).fit(given, y)
        for one, other in zip(expected.coefs_, model.coefs_, strict=True):
            assert_allclose(one, other, rtol=1e-12, atol=1e-12)
        found = model.decision_function(given)
        assert_allclose(found, expected.decision_function(X), rtol=1e-12, atol=1e-12)
    single = MLPClassifier(**SMALL).fit(X.astype(np.float32), y)
    assert single._state.m[0].dtype == np.float32
    assert single.coefs_[0].dtype == np.float64
    assert_allclose(single.loss_, expected.loss_, rtol=1e-4)


def test_units_of_columns_do_not_matter(rows):
    X, y = rows
    units = 10.0 ** np.arange(-6, 10, 2)
    one = MLPClassifier(**SMALL).fit(X, y)
    other = MLPClassifier(**SMALL).fit(X * units + 3 * units, y)
    assert_allclose(
        other.decision_function(X * units + 3 * units),
        one.decision_function(X), rtol=1e-6, atol=1e-6,
    )  # fmt: skip


def test_a_constant_column_has_no_weight(rows):
    X, y = rows
    X = np.column_stack([X, np.full(len(X), 0.1)])
    model = MLPClassifier(**SMALL).fit(X, y)
    assert (model.coefs_[0][-1] == 0).all()
    assert model.coefs_[0][:-1].all()


def test_weights_of_rows_are_copies(rows):
    """In one batch, and weight 0 is absence."""
    X, y = rows[0][:60], rows[1][:60]
    weight = np.arange(60) % 3
    options = {**SMALL, "batch_size": 1000, "random_state": 1}
    one = MLPClassifier(**options).fit(X, y, sample_weight=weight)
    copies = np.repeat(np.arange(60), weight)
    other = MLPClassifier(**options).fit(X[copies], y[copies])
    assert_allclose(one.predict_proba(X), other.predict_proba(X), rtol=1e-9)


def test_prior_correction_restores_the_mean_probability(pulsars):
    """Nearly: for networks it is an approximation."""
    X, y = pulsars
    options = {"hidden_layer_sizes": (8,), "random_state": 0, "batch_size": 64}
    options |= {"max_iter": 50, "tol": None}
    for balance in ({"class_weight": "balanced"}, {"sampling": "balanced"}):
        model = MLPClassifier(**options, **balance).fit(X, y)
        assert model.predict_proba(X)[:, 1].mean() > 1.2 * y.mean()
        corrected = MLPClassifier(**options, **balance, prior_correction=True)
        corrected.fit(X, y)
        assert_allclose(corrected.predict_proba(X)[:, 1].mean(), y.mean(), rtol=0.15)
        moved = model.decision_function(X) - corrected.decision_function(X)
        assert_allclose(moved, corrected.prior_shift_, rtol=1e-9)


def test_early_stopping_keeps_the_best_weights(rows):
    X, y = rows
    options = {"max_iter": 60, "learning_rate_init": 0.05, "random_state": 0}
    model = MLPClassifier(early_stopping=True, tol=0, **options)
    model.fit(X[:200], y[:200], X_val=X[200:], y_val=y[200:])
    losses = model.history_["validation_loss"]
    assert model.best_iter_ == np.argmin(losses) + 1 < model.n_iter_
    assert_allclose(log_loss(y[200:], model.predict_proba(X[200:])), min(losses))
    held_out = MLPClassifier(early_stopping=True, scoring="f1", **options).fit(X, y)
    assert held_out.best_validation_score_ == max(held_out.validation_scores_)


def test_warm_start_goes_on_from_the_weights(rows):
    X, y = rows
    model = MLPClassifier(warm_start=True, **SMALL).fit(X, y)
    first = model.loss_curve_
    model.fit(X, y)
    assert model.loss_curve_[0] < first[-1]
    assert model.n_iter_ == 4
    refuses(ValueError, "hidden layers", model.set_params(hidden_layer_sizes=3),
            "fit", X, y)  # fmt: skip
    refuses(ValueError, "hidden layers", model, "partial_fit", X, y)


def test_dropout_of_every_layer_and_of_one(rows):
    X, y = rows
    one, same, other, none = (
        MLPClassifier(dropout=dropout, **SMALL).fit(X, y)
        for dropout in (0.5, [0.5, 0.5], [0.5, 0.0], 0.0)
    )
    assert_array_equal(one.coefs_[0], same.coefs_[0])
    assert (one.coefs_[0] != other.coefs_[0]).any()
    assert (none.coefs_[0] != other.coefs_[0]).any()
    assert none.loss_ < one.loss_


@pytest.mark.parametrize(
    ("words", "parameters"),
    [
        ("hidden_layer_sizes", {"hidden_layer_sizes": (3, 0)}),
        ("hidden_layer_sizes", {"hidden_layer_sizes": [2.5]}),
        ("hidden_layer_sizes", {"hidden_layer_sizes": "3"}),
        ("activation", {"activation": "swish"}),
        ("solver", {"solver": "lbfgs"}),
        ("solver", {"solver": "psgd"}),
        ("dropout", {"dropout": 1.0}),
        ("dropout", {"dropout": [0.1, -0.1]}),
        ("dropout.*holds 1 shares, and there are 2", {"dropout": [0.5]}),
        ("learning_rate_init", {"learning_rate_init": "auto"}),
        (
            r"epoch 1, minibatch .: learning_rate_init=1e\+300 is too large, or alpha=",
            {"learning_rate_init": 1e300, "solver": "sgd"},
        ),
        (
            r"learning_rate_init=1e\+300 is too large, or column . of X is",
            {"learning_rate_init": 1e300, "solver": "sgd", "standardize": False},
        ),
    ],
)
def test_parameters_that_are_refused(rows, words, parameters):
    for fitted in (False, True):
        model = MLPClassifier(**SMALL)
        if fitted:
            model.fit(*rows)
        refuses(ValueError, words, model.set_params(**parameters), "fit", *rows)


@pytest.mark.parametrize(
    ("words", "parameters"),
    [
        (r"momentum=0\.5 does not act with solver='adam'", {"momentum": 0.5}),
        ("activation=tanh .* without hidden", ALONE | {"activation": "tanh"}),
        (r"dropout=0\.2 .* without hidden", ALONE | {"dropout": 0.2}),
    ],
)
def test_a_parameter_that_does_not_act_is_a_warning(rows, words, parameters):
    model = MLPClassifier(**SMALL | parameters)
    with pytest.warns(UserWarning, match=words) as caught:
        model.fit(*rows)
    assert [warning.filename for warning in caught] == [__file__]
    with pytest.warns(UserWarning, match=words):
        model.partial_fit(*rows)


def test_no_share_for_each_of_no_layers(rows):
    """Is no parameter that does not act."""
    for shares in ([], (), np.empty(0)):
        MLPClassifier(**SMALL | ALONE, dropout=shares).fit(*rows)


def test_the_history_has_what_a_network_records(rows):
    X, y = rows
    model = MLPClassifier(**SMALL).fit(X[:300], y[:300], X_val=X[300:], y_val=y[300:])
    assert list(model.history_) == [
        "epoch", "loss", "penalty", "learning_rate", "n_rows", "seconds",
        "validation_loss",
    ]  # fmt: skip
    assert all(np.isfinite(values).all() for values in model.history_.values())


def test_rows_that_overflow_are_refused(rows):
    X, y = rows
    model = MLPClassifier(**SMALL).fit(X, y)
    model.coefs_[0] *= 1e5
    huge = np.full((1, X.shape[1]), 1e308)
    refuses(ValueError, "overflow", model, "predict", huge)
    with pytest.raises(ValueError, match="NaN"):
        model.predict(np.full((1, X.shape[1]), np.nan))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_infinity_is_refused_though_units_saturate(rows, activation):
    X, y = rows
    model = MLPClassifier(activation=activation, **SMALL).fit(X, y)
    for value in (np.inf, -np.inf, np.nan):
        for column in range(X.shape[1]):
            strange = X[:3].copy()
            strange[1, column] = value
            for given in (strange, csr_array(strange)):
                refuses(ValueError, "NaN|infinity", model, "predict_proba", given)


def test_numbers_of_units_as_scikit_learn_takes_them(rows):
    X, y = rows
    options = {k: v for k, v in SMALL.items() if k != "hidden_layer_sizes"}
    for sizes in (6, np.int64(6), [6], (6,), np.array([6])):
        model = clone(MLPClassifier(sizes, "relu", **options)).fit(X, y)
        assert [coef.shape for coef in model.coefs_] == [(8, 6), (6, 1)]
    assert_same(vars(copy.deepcopy(model)), vars(pickle.loads(pickle.dumps(model))))
