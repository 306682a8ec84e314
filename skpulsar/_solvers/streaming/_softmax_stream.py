# SPDX-License-Identifier: BSD-3-Clause
"""psgd over a stream of rows of more than two classes."""

from dataclasses import dataclass
from math import inf
from typing import ClassVar

import numpy as np

from skpulsar._problem._losses import Softmax
from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._solvers.streaming._softmax_kept_rows import SoftmaxKeptRows
from skpulsar._solvers.streaming._solver import MAX_WIDE, MIN_KEPT, Stream

MAX_FACTORS = 10**7  # Factors of all classes may have so many entries: 80 MB.
MAX_TERMS = 5 * 10**6  # So may the linear terms of all classes: 40 MB.


@dataclass(frozen=True)
class SoftmaxStream(Stream):
    """The same as `Stream` for more than two classes.

    What a draw takes from the rows of each class stays as a linear term of its own,
    since weights of classes may change: that is a matrix of the shape of the weights
    for every class.
    """

    max_outputs: ClassVar[float] = inf  # one for every class
    search_class: ClassVar[type] = SoftmaxKeptRows

    loss: Softmax

    @staticmethod
    def max_columns(loss):
        """So many columns may the rows have: more for fewer classes."""
        return MAX_TERMS // loss.n_classes**2 - 1

    def most_kept(self, rows):
        """How many rows are kept: 8 a weight, unless these are too many to evaluate."""
        most = max(MIN_KEPT, 8 * (self.loss.n_classes - 1) * (rows.n_columns + 1))
        dense_and_wide = self.is_wide(rows) and not rows.sparse
        return MIN_KEPT if dense_and_wide else min(most, MAX_WIDE)

    def is_wide(self, rows):
        """Whether there are too many columns for a curvature of every class."""
        n_entries = self.loss.n_classes * (rows.n_columns + 1) ** 2
        return super().is_wide(rows) or n_entries > MAX_FACTORS

    def scaling(self, moments, sparse):
        """That of the moments; columns far from 0 without an intercept are not centred,
        since no tie is known for several outputs."""
        if self.is_far_from_zero(moments, sparse):
            origin = np.zeros(len(moments.mean))
            return Scaling.of(moments, self.penalty, False, origin)
        return super().scaling(moments, sparse)

    def is_far_from_zero(self, moments, sparse):
        """Whether columns vary so little around means that no intercept takes up that
        sums of squares hide it."""
        return super().scaling(moments, sparse).tie is not None
