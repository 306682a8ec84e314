# SPDX-License-Identifier: BSD-3-Clause
"""Number and total weight of the rows of each of two classes, and their log-odds."""

import numpy as np

from skpulsar._kernels import _core


def class_totals(target, weight=None):
    """Number of rows of each class, and sums of their weights.

    Parameters
    ----------
    target : ndarray of shape (n_rows,), float64
        Targets, 0 and 1.

    weight : ndarray of shape (n_rows,), float64, or None
        Weights; None stands for ones.

    Returns
    -------
    n_rows : ndarray of shape (2,), int64

    sums : ndarray of shape (2,), float64 or int64
    """
    n_rows = _core.class_totals(target).astype(np.int64)
    return n_rows, n_rows if weight is None else _core.class_totals(target, weight)


def log_odds(totals):
    """Log-odds of class 1, from positive totals of both classes."""
    no, yes = totals
    return _core.log(yes) - _core.log(no)
