# SPDX-License-Identifier: BSD-3-Clause
"""Products of the columns of an array, with the same bits everywhere."""

import numpy as np

from skpulsar._kernels import _core


def gram(matrix, weight, scale=None):
    """``sum of weight a a'`` over the rows a of an array, in scaled columns.

    Parameters
    ----------
    matrix : ndarray of shape (n, n_columns), float64

    weight : ndarray of shape (n,)
        No entry is negative.

    scale : ndarray of shape (n_columns,), or None
        Factors of the columns; None stands for ones.

    Returns
    -------
    gram : ndarray of shape (n_columns, n_columns)
        The lower half, zeros elsewhere.
    """
    n_columns = matrix.shape[1]
    scale = np.ones(n_columns) if scale is None else scale
    dataset = _core.Dataset(
        matrix, None, None, centre=np.zeros(n_columns), fit_intercept=False
    )
    return dataset.curvature(weight, np.append(scale, 0.0))[:-1, :-1]
