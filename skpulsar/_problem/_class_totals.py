# SPDX-License-Identifier: BSD-3-Clause
"""How many rows each class has, what they weigh, and the odds of that."""

import numpy as np

from skpulsar._kernels import _core


def class_totals(target, weight=None, n_classes=2):
    """Rows of each class, and the sums of their weights.

    Parameters
    ----------
    target : ndarray of shape (n_rows,), float64
        Numbers of classes, from 0 on.

    weight : ndarray of shape (n_rows,), float64, or None
        Weights; None stands for ones.

    n_classes : int
        How many classes there are.

    Returns
    -------
    n_rows : ndarray of shape (n_classes,), int64

    sums : ndarray of shape (n_classes,), float64 or int64
    """
    if n_classes > 2:
        numbers = target.astype(np.intp)
        n_rows = np.bincount(numbers, minlength=n_classes).astype(np.int64)
        if weight is None:
            return n_rows, n_rows
        return n_rows, np.bincount(numbers, weight, minlength=n_classes)
    n_rows = _core.class_totals(target).astype(np.int64)
    return n_rows, n_rows if weight is None else _core.class_totals(target, weight)


def log_odds(totals):
    """Log-odds of class 1, from positive totals of both classes."""
    no, yes = totals
    return _core.log(yes) - _core.log(no)


def log_shares(totals):
    """Logarithms of the totals of all classes, positive ones, with their mean off."""
    logarithms = np.array([_core.log(float(total)) for total in totals])
    return logarithms - _core.total(logarithms) / len(logarithms)
