# SPDX-License-Identifier: BSD-3-Clause
"""Which solver runs, by the parameters of an estimator."""

import warnings
from functools import cache
from inspect import signature

from skpulsar._solvers._table import ACTS_WITH, automatic


@cache
def defaults(estimator):
    """Default of every parameter of a class."""
    parameters = signature(estimator).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters}


def choose_solver(estimator):
    """The name of the solver that runs; what was set and does not act with it is a
    warning, at the line that called a method that called a method that asks here."""
    default = defaults(type(estimator))
    given = [name for name in ACTS_WITH if getattr(estimator, name) != default[name]]
    solver, words = estimator.solver, f"solver={estimator.solver!r}"
    if solver == "auto":
        solver = automatic(given)
        words += f", which is {solver!r} here"
    for name in given:
        if solver not in ACTS_WITH[name]:
            warnings.warn(
                f"{name}={getattr(estimator, name)} does not act with {words}; it acts "
                f"with {' and '.join(map(repr, ACTS_WITH[name]))}.",
                UserWarning,
                stacklevel=4,
            )
    return solver
