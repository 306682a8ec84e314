# SPDX-License-Identifier: BSD-3-Clause
"""The distance of an estimator from the minimum of the rows that are given with it."""

import warnings

import numpy as np

FAR = 0.01  # The square of a tenth of a standard error: less is passed over.


def warn_if_far(distance):
    """Warn the caller of the caller where the weights are not at the minimum of these
    rows, by the square of their distance in standard errors."""
    if distance > FAR:
        warnings.warn(
            "Coefficients may stand "
            f"{np.sqrt(distance):.2g} standard errors from the minimum of these rows: "
            "give the rows of the fit, and fit with solver='psgd' and tol=1e-8.",
            UserWarning,
            stacklevel=3,
        )
