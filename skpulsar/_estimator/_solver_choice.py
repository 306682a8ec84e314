# SPDX-License-Identifier: BSD-3-Clause
"""The choice of a solver by the parameters of an estimator."""

import warnings
from functools import cache
from inspect import signature

from skpulsar._estimator._caller import caller_level
from skpulsar._solvers._table import ACTS_WITH, acts_with, automatic


@cache
def defaults(estimator):
    """Default value of every parameter of an estimator class."""
    parameters = signature(estimator).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters}


def choose_solver(estimator):
    """The name of the solver that runs.

    A parameter that is set and does not act with this solver causes a UserWarning. The
    warning points at the line that called `fit` or `partial_fit`.
    """
    default = defaults(type(estimator))
    given = [
        name
        for name in ACTS_WITH
        if name in default and getattr(estimator, name) != default[name]
    ]
    solver, words = estimator.solver, f"solver={estimator.solver!r}"
    if solver == "auto":
        solver = automatic(given, estimator.early_stopping)
        words += f", which is {solver!r} here"
    for name in given:
        solvers = acts_with(name, estimator.early_stopping)
        if solver not in solvers:
            others = " and ".join(map(repr, solvers))
            warn_of_idle(estimator, name, f"with {words}; it acts with {others}")
    return solver


def warn_of_idle(estimator, name, where):
    """Warn that a parameter does not act there."""
    warnings.warn(
        f"{name}={getattr(estimator, name)!s:.80} does not act {where}.",
        UserWarning,
        stacklevel=caller_level(),
    )
