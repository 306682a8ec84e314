# SPDX-License-Identifier: BSD-3-Clause
import warnings
from inspect import currentframe, signature
from numbers import Integral, Real

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skpulsar import SLPClassifier
from skpulsar._estimator._parameters import Number
from skpulsar._solvers._table import ACTS_WITH

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
            "a str among {'balanced'}, an instance of dict, a list of one dict a",
        ),
        ("warm_start", ["no"], "a bool"),
        (
            "random_state",
            [-1, 2**32, "seed"],
            "an int in the range [0, 4294967295], an instance of RandomState or None",
        ),
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


@pytest.mark.parametrize(
    "number, words",
    [
        (Number(Integral, 0), "an int in the range [0, inf)"),
        (Number(Integral, -3.0, 10**20, "()"), "an int in the range (-3, 100000"),
        (Number(Integral, -np.inf, 2**32 - 1, "(]"), "(-inf, 4294967295]"),
        (Number(Real, 0, 1), "a float in the range [0.0, 1.0)"),
        (Number(Real, -np.inf, closed="[]"), "a float in the range [-inf, inf]"),
    ],
)
def test_bounds_are_of_the_kind_of_the_number(number, words):
    assert words in str(number)


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


OTHERS = {
    "batch_size": 7, "learning_rate": "invscaling", "learning_rate_init": 0.1,
    "power_t": 0.1, "average": True, "shuffle": False, "n_iter_no_change": 2,
    "momentum": 0.5, "nesterovs_momentum": False, "beta_1": 0.5, "beta_2": 0.5,
    "epsilon": 1e-4,
}  # fmt: skip


def test_these_are_the_parameters_that_act_with_some_solvers():
    assert set(OTHERS) == set(ACTS_WITH)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("solver", ["auto", "psgd", "sgd", "adam", "rmsprop"])
@pytest.mark.parametrize("also", [{}, {"batch_size": 9}, {"beta_1": 0.6}], ids=str)
@pytest.mark.parametrize("name", OTHERS)
def test_every_idle_parameter_is_told_at_the_line_of_the_caller(
    name, also, solver, method
):
    given = {**also, name: OTHERS[name]}
    model = SLPClassifier(solver=solver, max_iter=1, tol=None, **given)
    classes = [Y] if method == "partial_fit" else []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        getattr(model, method)(X, Y, *classes)
        line = currentframe().f_lineno - 1
    ran = {"auto": "sgd" if set(given) - {"beta_1", "beta_2", "epsilon"} else "psgd"}
    assert model.solver_ == ran.get(solver, solver)
    told = [str(warning.message) for warning in caught]
    idle = [key for key in ACTS_WITH if key in given]
    idle = [key for key in idle if model.solver_ not in ACTS_WITH[key]]
    here = f", which is {model.solver_!r} here" if solver == "auto" else ""
    assert told == [
        f"{key}={given[key]} does not act with solver={solver!r}{here}; it acts with "
        f"{' and '.join(map(repr, ACTS_WITH[key]))}."
        for key in idle
    ]
    places = {(warning.filename, warning.lineno) for warning in caught}
    assert places <= {(__file__, line)}


def test_the_table_of_the_docstring_says_what_acts_with_what():
    lines = [line.split() for line in SLPClassifier.__doc__.splitlines()]
    first = lines.index(["parameter", "psgd", "sgd", "adam", "rmsprop"])
    last = next(k for k in range(first + 2, len(lines)) if lines[k][0][0] == "=")
    solvers = lines[first][1:]
    table = {
        name: tuple(s for s, word in zip(solvers, words, strict=True) if word == "yes")
        for name, *words in lines[first + 2 : last]
    }
    assert table == ACTS_WITH
    assert list(table) == list(ACTS_WITH)


def test_the_solver_is_that_of_the_call(pulsars):
    """Not of the one before it, whose parameters were others."""
    X, y = pulsars
    model = SLPClassifier(random_state=0)
    for options, solver in (
        ({}, "psgd"),
        ({"batch_size": 20}, "sgd"),
        ({"solver": "adam"}, "adam"),
        ({"solver": "auto", "batch_size": "auto"}, "psgd"),
    ):
        assert model.set_params(**options).partial_fit(X, y, [0, 1]).solver_ == solver
        with pytest.raises(ValueError, match="y contains NaN"):
            model.set_params(solver="rmsprop").partial_fit(X, np.full(len(y), np.nan))
        assert model.solver_ == solver
        model.set_params(solver=options.get("solver", "auto"))


def test_what_does_not_act_changes_nothing(pulsars):
    X, y = pulsars
    plain = SLPClassifier(random_state=0).fit(X, y)
    with pytest.warns(UserWarning, match="which is 'psgd' here"):
        model = SLPClassifier(random_state=0, beta_1=0.5).fit(X, y)
    assert_array_equal(model.coef_, plain.coef_)
