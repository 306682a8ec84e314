# SPDX-License-Identifier: BSD-3-Clause
"""Whether one column alone separates two classes."""

import numpy as np


def has_ordered_column(rows, fit_intercept, live):
    """Whether some column orders the classes.

    Its entries in one class are nowhere larger than anywhere in the other, or, without
    an intercept, of one sign in each: a weight of it could grow for ever.

    Parameters
    ----------
    rows : RowSource
        Rows of both classes.

    fit_intercept : bool
        Whether there is an intercept.

    live : ndarray of bool of shape (n_columns,)
        The columns that may have a weight.
    """
    (min_0, max_0), (min_1, max_1) = (rows.extremes(target) for target in (0, 1))
    bound = max_0 if fit_intercept else np.zeros(rows.n_columns)
    up = (max_0 <= bound) & (bound <= min_1)
    bound = min_0 if fit_intercept else bound
    down = (max_1 <= bound) & (bound <= min_0)
    varies = np.minimum(min_0, min_1) < np.maximum(max_0, max_1)
    return bool(((up | down) & varies & live).any())
