# SPDX-License-Identifier: BSD-3-Clause
"""How many rows each of two classes has, what they weigh, and the odds of that."""

import numpy as np

from skpulsar._kernels import _core


def class_totals(target, weight=None):
    """Rows of each class, and the sums of their weights.

    Parameters
    ----------
    target : ndarray of shape (n_rows,), float64
        0 and 1.

    weight : ndarray of shape (n_rows,), float64, or None
        None stands for ones.

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
