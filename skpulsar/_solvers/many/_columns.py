# SPDX-License-Identifier: BSD-3-Clause
"""Sums over arrays whose columns are models, in an order that no CPU changes."""

import numpy as np


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
