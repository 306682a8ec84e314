# SPDX-License-Identifier: BSD-3-Clause
"""What every column is multiplied by, so that raw columns of any size are alike."""

import numpy as np


def column_scale(moments, penalty, centre, fit_intercept, added=0.0):
    """One over the root mean square of every column about a centre.

    Parameters
    ----------
    moments : Moments
        Those of the columns.

    penalty : Penalty
        Its barred columns get 0.

    centre : ndarray of shape (n_columns,)
        What is subtracted from the columns.

    fit_intercept : bool
        Whether the model has an intercept. It makes up for a column that does not vary,
        which then gets 0. Without one such a column is measured from 0, wherever the
        centre is, and only a column of zeros gets 0.

    added : ndarray of shape (n_columns,), or float
        What is added to the mean squares.

    Returns
    -------
    scale : ndarray of shape (n_columns,)
        The scales, all finite.
    """
    flat, square = moments.constant(), moments.square(centre)
    if not fit_intercept:
        square = np.where(flat, moments.square(), square)
        flat = moments.zero()
    used = ~(flat | penalty.barred)
    scale = np.zeros(len(used))
    scale[used] = 1 / np.sqrt((square + added)[used])
    return scale
