# SPDX-License-Identifier: BSD-3-Clause
"""Prior correction: what sampling and class weights put into the intercept."""

import numpy as np

from skpulsar._kernels._core import log


def prior_shift(prior_correction, factor, weight):
    """Log-odds of class 1 in the objective, less those in the population.

    Let class k count ``factor[k]`` times in the objective, by its class weight and by
    sampling. Then every row's odds of class 1 are multiplied by ``factor[1] /
    factor[0]``: in the logit, the logarithm of it is added to the intercept. For a
    population given by its share p of class 1, the odds of the objective's totals,
    ``factor * weight``, are compared with ``p / (1 - p)`` (King and Zeng, "Logistic
    Regression in Rare Events Data", Political Analysis 9, 2001, section 4.1).

    Parameters
    ----------
    prior_correction : bool or float
        False: no correction. True: the rows, as their sample weights count them, are
        the population. A float in (0, 1): p.

    factor : ndarray of shape (2,)
        By what the objective multiplies the sample weights of each class.

    weight : ndarray of shape (2,)
        Sum or mean of the sample weights of each class.

    Returns
    -------
    shift : float
        0.0 where a class has no weight.
    """
    known = (factor > 0).all() and (weight > 0).all()
    if not (prior_correction and known):
        return 0.0
    shift = log(factor[1]) - log(factor[0])
    if isinstance(prior_correction, (bool, np.bool_)):
        return shift
    share = float(prior_correction)
    population = log(share) - log(1 - share)
    return shift + (log(weight[1]) - log(weight[0])) - population
