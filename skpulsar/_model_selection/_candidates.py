# SPDX-License-Identifier: BSD-3-Clause
"""The estimators that are compared: their parameters by the grids that were given."""

from numbers import Integral, Real

import numpy as np

from skpulsar._classifier import SLPClassifier
from skpulsar._estimator._class_targets import CLASS_PARAMETERS
from skpulsar._estimator._parameters import check_parameter, check_parameters

SHARED = (
    "standardize",
    "max_iter",
    "tol",
    "fit_intercept",
    "prior_correction",
)

GRIDS = {"class_weights": "class_weight", "samplings": "sampling"}


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
        If a grid is empty, has an entry that is no value of its parameter, or is given
        together with the one value that it replaces.
    """
    class_weights, samplings = (_grid(estimator, *names) for names in GRIDS.items())
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


def check_grids(estimator, classes):
    """Refuse entries of the grids of an estimator that these classes cannot have.

    Raises
    ------
    ValueError
        If there is one; the message names it.
    """
    for several, single in GRIDS.items():
        for place, value in enumerate(getattr(estimator, several) or ()):
            try:
                weight, _ = SLPClassifier(**{single: value})._by_class(classes)
            except ValueError as error:
                raise ValueError(f"{several}[{place}]: {error}") from None
            if weight is not None and not weight.all():
                raise ValueError(
                    f"{several}[{place}]={value!r:.60}: all weights of class "
                    f"{classes[weight == 0][0]!s:.60} are zero, and a model needs "
                    "rows of every class."
                )


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
    for place, entry in enumerate(grid):
        allowed, owner = CLASS_PARAMETERS[single], type(estimator).__name__
        check_parameter(f"{several}[{place}]", entry, allowed, owner)
    return list(grid)


def given_alphas(alphas):
    """Alphas that were given, as an array, or None if they are a number of them.

    Raises
    ------
    ValueError
        If they are neither.
    """
    if isinstance(alphas, Integral) and not isinstance(alphas, (bool, np.bool_)):
        if alphas >= 1:
            return None
    elif (found := _strengths(alphas)) is not None:
        return found
    raise ValueError(
        "The 'alphas' parameter of SLPClassifierCV must be an int in the range [1, "
        "inf) or an array of finite numbers of at least 0, one at least. Got "
        f"{alphas!r:.60} instead."
    )


def _strengths(alphas):
    """An array of alphas, or None if they are something else."""
    if isinstance(alphas, (str, Real)) or alphas is None:
        return None
    try:
        # NumPy takes "1" and True for numbers.
        if any(isinstance(each, (str, bytes, bool, np.bool_)) for each in alphas):
            return None
        found = np.array(alphas, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    if found.ndim != 1 or not len(found) or not np.isfinite(found).all():
        return None
    return found if found.min() >= 0 else None
