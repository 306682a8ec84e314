# SPDX-License-Identifier: BSD-3-Clause
"""Prior correction: the part of the intercept that sampling and class weights add."""

from math import isclose
from numbers import Real

import numpy as np

from skpulsar._estimator._labels import by_label
from skpulsar._estimator._parameters import Number
from skpulsar._problem._class_totals import log_odds

PROPORTION = Number(Real, 0, 1, "()")
SUM_TOLERANCE = 1e-6  # The sum of two shares may differ from 1 by this much.


def prior_shift(prior_correction, factor, weight, classes):
    """Log-odds of class 1 in the objective, minus those in the population.

    Let class k count ``factor[k]`` times in the objective, by its class weight and by
    sampling. Then every row's odds of class 1 are multiplied by ``factor[1] /
    factor[0]``, and the logarithm of this ratio is added to the intercept. If the
    population is given by its share p of class 1, the odds of the objective's totals,
    ``factor * weight``, are compared with ``p / (1 - p)`` (King and Zeng, "Logistic
    Regression in Rare Events Data", Political Analysis 9, 2001, section 4.1).

    Parameters
    ----------
    prior_correction : bool, dict or float
        False means no correction. True takes the rows, with their sample weights, as
        the population. A dict gives the population's shares by label, a float in
        (0, 1) the share p.

    factor : ndarray of shape (2,)
        Factor by which the objective multiplies the sample weights of each class.

    weight : ndarray of shape (2,)
        Sum or mean of the sample weights of each class.

    classes : ndarray of shape (2,)
        The labels.

    Returns
    -------
    shift : float
        It is 0.0 if a class has no weight.
    """
    given = not isinstance(prior_correction, (bool, np.bool_))
    shares = population_shares(prior_correction, classes) if given else None
    both_present = (factor > 0).all() and (weight > 0).all()
    if not (prior_correction and both_present):
        return 0.0
    shift = log_odds(factor)
    if not given:
        return shift
    return shift + log_odds(weight) - log_odds(shares)


def population_shares(given, classes):
    """Shares of the two classes in the population.

    Parameters
    ----------
    given : dict or float
        The shares of one class or of both by label. A float is the share of class 1.

    classes : ndarray of shape (2,)
        The labels.

    Returns
    -------
    shares : tuple of two floats

    Raises
    ------
    ValueError
        If a share is not a number in (0, 1), if two shares do not add up to 1, or if a
        key is not a class.
    """
    by_class = given if isinstance(given, dict) else {classes[1]: given}
    shares = list(by_class.values())
    sound = len(shares) in (1, 2) and all(map(PROPORTION.admits, shares))
    if sound and len(shares) == 2:
        sound = isclose(sum(shares), 1, rel_tol=SUM_TOLERANCE)
    if not sound:
        raise ValueError(
            "prior_correction by label must be the share in the population of one "
            "class, or of both, each greater than 0 and together 1. Got "
            f"{given!r:.100} instead."
        )
    first, second = by_label(by_class, classes, "prior_correction")
    first = 1 - float(second) if first is None else float(first)
    return first, 1 - first if second is None else float(second)
