# SPDX-License-Identifier: BSD-3-Clause
"""Sample weights of rows that have no classes: 1 in the mean over all rows seen."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from skpulsar._kernels import _core


@dataclass(frozen=True)
class WeightStatistics:
    """The rows of positive weight seen so far.

    Parameters
    ----------
    n_rows : int
        How many there are.

    mean : float
        Their mean weight.
    """

    n_rows: int = 0
    mean: float = 0.0

    def merge(self, n_rows, mean):
        """The statistics with the rows of another call, at least one, added."""
        n_seen = self.n_rows + n_rows
        return WeightStatistics(
            n_seen, self.mean + (mean - self.mean) * (n_rows / n_seen)
        )


class RowWeights(NamedTuple):
    """Weights of the rows of one call.

    Parameters
    ----------
    index : ndarray of int64, or None
        The rows of positive weight; None stands for all rows.

    weight : ndarray of shape (n_rows,), or None
        Weight of every row; None stands for ones.

    seen : WeightStatistics
        The statistics of all rows seen, these included.
    """

    index: np.ndarray | None
    weight: np.ndarray | None
    seen: WeightStatistics


def weigh(sample_weight, n_rows, seen):
    """Weights in the mean of the losses of `n_rows` rows, after those `seen`.

    Parameters
    ----------
    sample_weight : ndarray of shape (n_rows,), or None
        Weights of at least 0; None stands for ones.

    n_rows : int
        How many rows there are.

    seen : WeightStatistics
        The statistics of the rows of earlier calls.

    Returns
    -------
    row_weights : RowWeights
    """
    if sample_weight is None:
        seen = seen.merge(n_rows, 1.0)
        weight = None if seen.mean == 1 else np.full(n_rows, 1 / seen.mean)
        return RowWeights(None, weight, seen)
    largest = sample_weight.max() or 1.0  # Sums of huge weights overflow.
    relative = sample_weight / largest
    index = None if relative.all() else np.flatnonzero(relative)
    kept = relative if index is None else relative[index]
    if len(kept) == 0:
        return RowWeights(index, None, seen)
    seen = seen.merge(len(kept), largest * (_core.total(kept) / len(kept)))
    return RowWeights(index, relative / (seen.mean / largest), seen)
