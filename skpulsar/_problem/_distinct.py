# SPDX-License-Identifier: BSD-3-Clause
"""Columns that are there several times."""

import numpy as np


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
