# SPDX-License-Identifier: BSD-3-Clause
"""The estimators that are compared: their parameters by the grids that were given."""

from numbers import Integral, Real

import numpy as np

from skpulsar._classifier import SLPClassifier
from skpulsar._estimator._parameters import check_parameters

SHARED = (
    "standardize",
    "max_iter",
    "tol",
    "fit_intercept",
    "prior_correction",
)


def candidates_of(estimator, seed):
    """An SLPClassifier, not fitted, for every pair of a class weight and a sampling.

    Parameters
    ----------
    estimator : SLPClassifierCV

    seed : int
        Their `random_state`.

    Raises
    ------
    ValueError
        If a grid is empty, or is given together with the one value that it replaces.
    """
    class_weights = _grid(estimator, "class_weights", "class_weight")
    samplings = _grid(estimator, "samplings", "sampling")
    shared = {name: getattr(estimator, name) for name in SHARED}
    candidates = [
        SLPClassifier(
            class_weight=class_weight, sampling=sampling, random_state=seed, **shared
        )
        for class_weight in class_weights
        for sampling in samplings
    ]
    for candidate in candidates:
        check_parameters(candidate, candidate._parameters)
    return candidates


def grid_shape(estimator):
    """How many class weights and samplings there are; () if no grid was given."""
    grids = estimator.class_weights, estimator.samplings
    if grids == (None, None):
        return ()
    return tuple(1 if grid is None else len(grid) for grid in grids)


def _grid(estimator, several, single):
    """The values of a parameter that are tried."""
    grid, value = getattr(estimator, several), getattr(estimator, single)
    if grid is None:
        return [value]
    if value is not None:
        raise ValueError(
            f"{several} and {single}={value!r:.60} are both given: put the value into "
            f"{several}, and set {single}=None."
        )
    if len(grid) == 0:
        raise ValueError(
            f"{several} is empty: list at least one value, or set it to None."
        )
    return list(grid)


def given_alphas(alphas):
    """Alphas that were given, as an array, or None if they are a number of them.

    Raises
    ------
    ValueError
        If they are neither.
    """
    refused = ValueError(
        "The 'alphas' parameter of SLPClassifierCV must be an int in the range [1, "
        "inf) or an array of finite numbers of at least 0, one at least. Got "
        f"{alphas!r:.60} instead."
    )
    if isinstance(alphas, Integral) and not isinstance(alphas, (bool, np.bool_)):
        if alphas < 1:
            raise refused
        return None
    if isinstance(alphas, (str, Real)) or alphas is None:
        raise refused
    try:
        found = np.array(alphas, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise refused from None
    if found.ndim != 1 or not len(found) or not np.isfinite(found).all():
        raise refused
    if found.min() < 0:
        raise refused
    return found
