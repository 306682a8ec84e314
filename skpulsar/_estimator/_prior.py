# SPDX-License-Identifier: BSD-3-Clause
"""Prior correction: the part of the intercept that sampling and class weights add."""

from math import isclose
from numbers import Real

import numpy as np

from skpulsar._estimator._labels import by_label
from skpulsar._estimator._parameters import Number
from skpulsar._problem._class_totals import log_odds, log_shares

PROPORTION = Number(Real, 0, 1, "()")
SUM_TOLERANCE = 1e-6  # The sum of two shares may differ from 1 by this much.


def prior_shift(prior_correction, factor, weight, classes):
    """Log-odds of class 1 in the objective, less those in the population; of more than
    two classes the logarithms of their shares, with the mean taken off.

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

    factor : ndarray of shape (n_classes,)
        By what the objective multiplies the sample weights of each class.

    weight : ndarray of shape (n_classes,)
        Sum or mean of the sample weights of each class.

    classes : ndarray of shape (n_classes,)
        The labels.

    Returns
    -------
    shift : float, or ndarray of shape (n_classes,) for more than two classes
        0.0 where a class has no weight.
    """
    given = not isinstance(prior_correction, (bool, np.bool_))
    shares = population_shares(prior_correction, classes) if given else None
    all_present = (factor > 0).all() and (weight > 0).all()
    if not (prior_correction and all_present):
        return 0.0 if len(classes) == 2 else np.zeros(len(classes))
    log_of = log_odds if len(classes) == 2 else log_shares
    shift = log_of(factor)
    if not given:
        return shift
    return shift + log_of(weight) - log_of(shares)


def population_shares(given, classes):
    """Shares of the classes in the population.

    Parameters
    ----------
    given : dict or float
        The shares of all classes, or of all but one, by label; of two classes a float
        is that of class 1.

    classes : ndarray of shape (n_classes,)
        The labels.

    Returns
    -------
    shares : list of float

    Raises
    ------
    ValueError
        If a share is no number in (0, 1), all are not 1 together, or a key is no class.
    """
    n_classes = len(classes)
    by_class = given if isinstance(given, dict) else {classes[1]: given}
    shares = list(by_class.values())
    sound = n_classes - len(shares) in (0, 1) and all(map(PROPORTION.admits, shares))
    if sound:
        whole = len(shares) == n_classes
        total = sum(map(float, shares))
        sound = isclose(total, 1, rel_tol=SUM_TOLERANCE) if whole else total < 1
    if not sound:
        which = (
            "one class, or of both" if n_classes == 2 else "all classes (or but one)"
        )
        raise ValueError(
            "prior_correction by label must be the share in the population of "
            f"{which}, each greater than 0 and together 1. Got {given!r:.100} instead."
        )
    found = by_label(by_class, classes, "prior_correction")
    rest = 1 - sum(float(share) for share in found if share is not None)
    return [rest if share is None else float(share) for share in found]
