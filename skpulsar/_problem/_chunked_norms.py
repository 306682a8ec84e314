# SPDX-License-Identifier: BSD-3-Clause
"""Norms of rows that are read in chunks."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class ChunkedNorms:
    """How the norms of rows are computed, wherever these are read.

    Parameters
    ----------
    begun : tuple of ndarray, or None
        Shift and precision of the sums that `moments_and_norms` has begun.

    added : tuple of ndarray, or None
        Centre and precision of what `leverages` adds; None if that is nothing.
    """

    begun: tuple | None
    added: tuple | None = None

    def of(self, chunk):
        """The norms of a chunk, as `Rows.leverages` gives them."""
        begun = None
        if self.begun is not None:
            _, begun = chunk.column_sums_and_norms(*self.begun)
        return self.completed(chunk, begun)

    def completed(self, chunk, begun):
        """The same, from sums that were begun."""
        nothing = np.zeros(chunk.n_columns)
        added = self.added or (nothing, nothing)
        return chunk.leverages(*added, begun).values
