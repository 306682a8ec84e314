# SPDX-License-Identifier: BSD-3-Clause
"""A source that is not `Rows`: chunks of dense rows of two classes, for psgd.

Each chunk is read alone, and keeps its residuals and norms. Sums of numbers of the rows
are those of the whole vectors, which this source has in memory.
"""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._importance_sampling import draw
from skpulsar._problem._memory import Rows
from skpulsar._problem._moments import Moments
from skpulsar._problem._orders import EveryRow
from skpulsar._problem._pairwise_sum import tree_sum
from skpulsar._problem._row_statistics import LEAF


class Chunks:
    """A `RowSource` of some rows, in chunks of two leaves."""

    n_targets, weighs_outputs, sparse, is_part = 0, False, False, False

    def __init__(self, X, y, weight):
        (self.n_rows, self.n_columns), self._weight, self._target = X.shape, weight, y
        self.entries_per_row, self.order = X.shape[1], EveryRow((len(y),))
        self._size = 2 * LEAF
        self._chunks = [
            Rows(X[some], y[some], weight[some])
            for start in range(0, len(y), self._size)
            for some in [slice(start, start + self._size)]
        ]

    def total(self):
        return _core.total(self._weight)

    def class_totals(self, n_classes):
        return _core.class_totals(self._target, self._weight)

    def dense_where_full(self):
        return self

    def moments_about(self, shift):
        each = (c.column_sums(shift, c.sample_weight()) for c in self._chunks)
        first, second = tree_sum(map(np.array, each)) / self.total()
        variance = np.maximum(second - first * first, 0)
        return Moments(self.n_rows, shift + first, variance)

    def moments_and_norms(self, shift, precision):
        norms = [c.moments_and_norms(shift, precision)[1] for c in self._chunks]
        return self.moments_about(shift), norms

    def leverages(self, centre, precision, begun=None):
        begun = begun or [None] * len(self._chunks)
        pairs = zip(self._chunks, begun, strict=True)
        return [chunk.leverages(centre, precision, norms) for chunk, norms in pairs]

    def extremes(self, target):
        least, most = zip(*(c.extremes(target) for c in self._chunks), strict=True)
        return np.min(least, axis=0), np.max(most, axis=0)

    def full_pass(self, centre, fit_intercept, loss):
        each = [c.full_pass(centre, fit_intercept, loss) for c in self._chunks]
        return ChunkPasses(each, self._weight, self._size)

    def take(self, places, weight):
        parts = [
            chunk.entries(places[places // self._size == k] % self._size)
            for k, chunk in enumerate(self._chunks)
        ]
        return Rows(np.concatenate(parts), self._target[places], weight)

    part = take

    def entries(self, places):
        return self.take(places, None).entries(np.arange(len(places)))

    def in_memory(self):
        return self.take(np.arange(self.n_rows), self._weight)


class ChunkPasses:
    """`Passes` over chunks."""

    def __init__(self, each, weight, size):
        self._each, self._weight, self._size = each, weight, size

    def objective(self, weights, diagonal=False):
        sums = tree_sum(
            np.concatenate([np.ravel(part) for part in found if part is not None])
            for found in (passes.objective(weights, diagonal) for passes in self._each)
        )
        D = len(weights)
        return sums[0], sums[1 : D + 1], sums[D + 1 :] if diagonal else None

    def predict_mean(self, mean):
        for passes in self._each:
            passes.predict_mean(mean)

    def separated(self):
        return all(passes.separated() for passes in self._each)

    def margin_gains(self, weights):
        gains = [passes.margin_gains(weights) for passes in self._each]
        least, largest = zip(*gains, strict=True)
        return min(least), max(largest)

    def draw(self, norms, m, key):
        sizes, norms = self.residuals(), np.concatenate([n.values for n in norms])
        floor = _core.total(sizes) / len(sizes)
        places, back = draw(sizes, norms, floor, m, key)
        return places, back * self._weight[places]

    def residuals(self, places=None):
        residuals = np.concatenate([passes.residuals() for passes in self._each])
        return residuals if places is None else residuals[places]
