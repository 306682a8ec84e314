# SPDX-License-Identifier: BSD-3-Clause
import warnings
from inspect import signature

import numpy as np
import pytest

from skpulsar import SLPClassifier

X, Y = np.array([[0.0], [1.0]]), [0, 1]


@pytest.mark.parametrize(
    "parameter, values, words",
    [
        (
            "alpha",
            [-1, np.nan, np.inf, "a", None, True],
            "a float in the range [0.0, inf)",
        ),
        (
            "solver",
            ["lbfgs", None],
            "a str among {'auto', 'psgd', 'sgd', 'adam', 'rmsprop'}",
        ),
        (
            "batch_size",
            [0, 2.5, "all"],
            "a str among {'auto'} or an int in the range [1",
        ),
        ("learning_rate", ["optimal"], "a str among {'constant', 'adaptive', 'invsca"),
        ("learning_rate_init", [0, -1.0, np.inf], "a float in the range (0.0, inf)"),
        ("power_t", [-0.5], "a float in the range [0.0, inf)"),
        ("momentum", [-0.1, 1.0, np.nan], "a float in the range [0.0, 1.0)"),
        ("nesterovs_momentum", [1, "yes"], "a bool"),
        ("beta_1", [1.0], "a float in the range [0.0, 1.0)"),
        ("beta_2", [1.0], "a float in the range [0.0, 1.0)"),
        ("epsilon", [0.0], "a float in the range (0.0, inf)"),
        ("average", [-1, 0.5], "a bool or an int in the range [0, inf)"),
        ("max_iter", [0, 1.5], "an int in the range [1, inf)"),
        ("tol", [-1e-3, "auto"], "a float in the range [0.0, inf) or None"),
        ("n_iter_no_change", [0], "an int in the range [1, inf)"),
        ("shuffle", [1], "a bool"),
        ("fit_intercept", [None], "a bool"),
        (
            "class_weight",
            ["auto", 3],
            "a str among {'balanced'}, an instance of dict or",
        ),
        ("warm_start", ["no"], "a bool"),
        ("random_state", [-1, 2**32, "seed"], "an instance of RandomState or None"),
        ("verbose", [-1], "a bool or an int in the range [0, inf)"),
    ],
)
def test_message(parameter, values, words):
    for value in values:
        model = SLPClassifier(**{parameter: value})
        for method in (model.fit, model.partial_fit):
            with pytest.raises(ValueError) as error:
                method(X, Y)
            message = str(error.value)
            assert message.startswith(
                f"The {parameter!r} parameter of SLPClassifier must"
            )
            assert words in message
            assert message.endswith(f"Got {value!r} instead.")


def test_every_parameter_has_its_rule():
    assert set(SLPClassifier._parameters) == set(signature(SLPClassifier).parameters)


def test_long_values_are_cut():
    with pytest.raises(ValueError) as error:
        SLPClassifier(solver="x" * 1000).fit(X, Y)
    assert len(str(error.value)) <= 300


@pytest.mark.parametrize("number", [np.float32(1e-3), np.int64(1), 1])
def test_numpy_numbers_are_numbers(number):
    SLPClassifier(alpha=number, max_iter=np.int32(2), tol=None).fit(X, Y)


@pytest.mark.parametrize(
    "solver, parameter, value, acts",
    [
        ("sgd", "beta_1", 0.5, False),
        ("sgd", "momentum", 0.5, True),
        ("adam", "momentum", 0.5, False),
        ("adam", "beta_1", 0.5, True),
        ("rmsprop", "beta_1", 0.5, False),
        ("rmsprop", "epsilon", 1e-4, True),
        ("rmsprop", "nesterovs_momentum", False, False),
        ("auto", "epsilon", 1e-4, True),
    ],
)
def test_a_parameter_that_does_not_act_is_told(solver, parameter, value, acts):
    model = SLPClassifier(solver=solver, max_iter=1, tol=None, **{parameter: value})
    if acts:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model.fit(X, Y)
    else:
        with pytest.warns(UserWarning, match=f"{parameter}={value} does not act with"):
            model.fit(X, Y)
