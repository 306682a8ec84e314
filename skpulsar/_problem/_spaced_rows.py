# SPDX-License-Identifier: BSD-3-Clause
"""The few rows that a first look is at."""

import numpy as np

MANY = 2**24  # Of more entries, the rows that are looked at lie together in runs:
N_RUNS = 8  # so many, since a file is read from the beginning of some part on.


def spaced(rows, most):
    """Places of evenly spaced rows, in ascending order: all, or `most`; of very many
    rows, as many in runs that are evenly spaced.

    Parameters
    ----------
    rows : RowSource
        What has the rows.

    most : int
        A multiple of 8.

    Returns
    -------
    places : ndarray of int64
    """
    n_rows, n_runs = rows.n_rows, min(rows.n_rows, most)
    length = 1
    if n_rows * rows.entries_per_row > MANY and n_rows > most:
        n_runs, length = N_RUNS, most // N_RUNS
    starts = np.linspace(0, n_rows - length, n_runs).astype(np.int64)
    return (starts[:, np.newaxis] + np.arange(length)).ravel()
