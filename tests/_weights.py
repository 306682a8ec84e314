# SPDX-License-Identifier: BSD-3-Clause
"""The weights that an estimator shows, of one layer or of several."""

import numpy as np


def weights_of(model):
    """Arrays of weights, then of intercepts."""
    if hasattr(model, "coefs_"):
        return [*model.coefs_, *model.intercepts_]
    return [model.coef_, model.intercept_]


def weight_bytes(model):
    """The same to the last bit."""
    return [np.asarray(array).tobytes() for array in weights_of(model)]
