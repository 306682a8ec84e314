# SPDX-License-Identifier: BSD-3-Clause
"""Moments of the columns, weighted by sample weights alone."""

from dataclasses import replace

import numpy as np


def sample_moments(rows, sample_weight):
    """Moments of the columns, without the class weights of the rows.

    Parameters
    ----------
    rows : Rows
        The rows, whose weights include those of their classes.

    sample_weight : ndarray of shape (n,), float64, or None
        Sample weights of all rows of the matrix; None stands for ones.

    Returns
    -------
    moments : Moments
    """
    if sample_weight is None:
        return rows.weighing(None).moments()
    largest = sample_weight.max()  # sums of huge weights overflow
    if rows.is_part:
        sample_weight = sample_weight[rows.order_of(np.arange(rows.n_rows))]
    rows = rows.weighing(sample_weight / largest)
    mean = largest * (rows.total() / rows.n_rows)
    return replace(rows.moments(), weight=mean)
