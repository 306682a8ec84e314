# SPDX-License-Identifier: BSD-3-Clause
"""Prior correction: the part of the intercept that sampling and class weights add."""

import numpy as np

from skpulsar._estimator._shares import shares_by_label
from skpulsar._problem._class_totals import log_odds, log_shares


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
    if given:
        by_class = prior_correction
        if not isinstance(by_class, dict):
            if len(classes) != 2:
                raise ValueError(
                    f"prior_correction={prior_correction} is the share of classes_[1] "
                    f"of two classes, and there are {len(classes)}: give the shares of "
                    "all classes (or but one) by label, {label: share}."
                )
            by_class = {classes[1]: prior_correction}
        shares = shares_by_label(by_class, classes, "prior_correction")
    all_present = (factor > 0).all() and (weight > 0).all()
    if not (prior_correction and all_present):
        return 0.0 if len(classes) == 2 else np.zeros(len(classes))
    log_of = log_odds if len(classes) == 2 else log_shares
    shift = log_of(factor)
    if not given:
        return shift
    return shift + log_of(weight) - log_of(shares)
