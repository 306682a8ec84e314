# SPDX-License-Identifier: BSD-3-Clause
"""Whether a few rows have all the curvature of some column."""

import numpy as np

SPREAD_ROWS = 128  # So many evenly spaced rows tell how far apart most entries are:
MIN_SPREAD = 1e-3  # by less than this share of a column's deviation, others own it.
MIN_FILLED = 0.1  # CSR rows that store less than this share of their entries tell not.


def has_owned_column(rows, scaling):
    """Whether a few entries are so far out in some column that most others are nothing
    beside them. Their rows keep its curvature after they have saturated.

    Of CSR rows the entries that are stored are compared, unless so few are that some
    rows do not tell.
    """
    if rows.sparse and rows.entries_per_row < MIN_FILLED * rows.n_columns:
        return False
    places = np.linspace(0, rows.n_rows - 1, min(rows.n_rows, SPREAD_ROWS))
    entries = rows.entries(places.astype(np.int64))
    if rows.sparse:
        entries[entries == 0] = np.nan
    entries.sort(axis=0)  # NaN comes last.
    last = np.count_nonzero(~np.isnan(entries), axis=0) - 1
    low, high = (
        np.take_along_axis(entries, np.maximum(last * k // 4, 0)[np.newaxis], 0)[0]
        for k in (1, 3)
    )
    spread = (high - low) * scaling.scale[:-1]
    return bool(((spread > 0) & (spread < MIN_SPREAD)).any())
