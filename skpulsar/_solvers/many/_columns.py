# SPDX-License-Identifier: BSD-3-Clause
"""Sums over arrays whose columns are models, in an order that no CPU changes."""

import numpy as np


def dots(a, b):
    """``a . b`` of every column, of shape (n_models,)."""
    return total(a * b)


def total(array):
    """The sum of the rows, one after the other."""
    result = np.zeros(array.shape[1:])
    for row in array:
        result += row
    return result


def weighted_sum(factor, sums):
    """``sum over g of factor[g] * sums[g]``, one after the other."""
    result = factor[0] * sums[0]
    for each, of_group in zip(factor[1:], sums[1:], strict=True):
        result += each * of_group
    return result


def distinct(*arrays):
    """Which columns of some arrays, one above the other, differ.

    Returns
    -------
    first : ndarray of int64
        The places of the first columns of each kind.

    kind : ndarray of int64, of shape (n_columns,)
        Which of them every column equals.
    """
    table, first = np.ascontiguousarray(np.vstack(arrays).T), {}
    same = [first.setdefault(row.tobytes(), place) for place, row in enumerate(table)]
    first = np.array(list(first.values()))
    return first, np.searchsorted(first, same)
