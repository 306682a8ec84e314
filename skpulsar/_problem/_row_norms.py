# SPDX-License-Identifier: BSD-3-Clause
"""Norms of rows, which stay with their source."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RowNorms:
    """A number for every row; solvers only hand it back to the source that made it.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
        The numbers, in memory.
    """

    values: np.ndarray
