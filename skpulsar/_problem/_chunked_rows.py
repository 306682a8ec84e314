# SPDX-License-Identifier: BSD-3-Clause
"""Rows that are read in chunks, again and again: a `RowSource` larger than memory."""

from dataclasses import replace
from functools import cached_property, partial

import numpy as np

from skpulsar._problem import _chunk_work
from skpulsar._problem._chunked_norms import ChunkedNorms
from skpulsar._problem._chunked_passes import ChunkedPasses
from skpulsar._problem._importance_sampling import draw_key
from skpulsar._problem._memory import joined
from skpulsar._problem._orders import EveryRow
from skpulsar._problem._pairwise_sum import tree_sum, tree_sums
from skpulsar._problem._row_statistics import moments_of


class ChunkedRows:
    """Rows with one target in chunks, each of which is `Rows` while it is read.

    Sums over chunks are joined as those of subtrees: all results have the bits of the
    same rows in memory. Nothing as long as the rows is kept, but computed anew in every
    reading. `RowSource` describes the methods.

    Parameters
    ----------
    chunks : TableChunks
        What reads the rows.

    order : EveryRow
        The numbers of rows of each class.

    Attributes
    ----------
    candidates : Candidates or None
        The rows of the last draw, with others.
    """

    n_targets, weighs_outputs, is_part, chunked = 0, False, False, True

    def __init__(self, chunks, order):
        self.n_rows, self.n_columns = sum(order.n_rows), chunks.n_columns
        self.order, self.dtype, self.sparse = order, chunks.dtype, chunks.sparse
        if self.sparse and chunks.stored is None:
            chunks = chunks.of_stored(self._stored(chunks))
        self.chunks, self.entries_per_row = chunks, chunks.entries_per_row
        self.candidates = None

    def map(self, work, **arguments):
        """A list of what a function of `_chunk_work` returns for every chunk."""
        return self.chunks.map(partial(work, **arguments))

    # Statistics

    def moments(self):
        heaviest = self.entries(np.array([self._heaviest()]))
        return self.moments_about(heaviest[0].astype(np.float64))

    def moments_about(self, shift):
        sums = tree_sums(self.map(_chunk_work.column_sums, shift=shift))
        return moments_of(self, shift, self.total(), sums)

    def moments_and_norms(self, shift, precision, draw=None):
        norms, model, candidates = ChunkedNorms((shift, precision)), None, None
        if draw is not None:  # It needs no reading of its own.
            model = shift, draw.fit_intercept, draw.loss
            passes = self.full_pass(*model)
            null = draw.loss.null_model(self, draw.fit_intercept)
            passes.predict_mean(null.mean)
            candidates = passes.candidates(norms, draw.m, draw_key(draw.seed, 0))
        work = partial(_chunk_work.sums_and_norms, norms=norms, model=model)
        sums, self.candidates = self.chunks.map_with(work, candidates)
        return moments_of(self, shift, self.total(), tree_sums(sums)), norms

    def sample_moments(self):
        """Moments of the columns by sample weights alone, as `sample_moments`."""
        largest = self.chunks.weights.largest
        rows = ChunkedRows(self.chunks.by_sample_weight(), self.order)
        if largest is None:
            return rows.moments()
        mean = largest * (rows.total() / rows.n_rows)
        return replace(rows.moments(), weight=mean)

    def leverages(self, centre, precision, begun=None):
        norms = begun or ChunkedNorms(None)
        if not precision.any():
            return norms
        return replace(norms, added=(centre, precision))

    def extremes(self, target):
        ends = self.map(_chunk_work.extremes, target=target)
        least, most = zip(*ends, strict=True)
        return np.min(least, axis=0), np.max(most, axis=0)

    def largest(self):
        found = self.map(_chunk_work.largest)
        return max(found, key=lambda entry: abs(entry[1]))

    def sums(self, shift):
        return tree_sum(self.map(_chunk_work.sums, shift=shift))

    def total(self):
        return self._totals[-1]

    def class_totals(self, n_classes):
        return self._totals[:-1]

    def target_sum(self):
        return self._sum_without_features(_chunk_work.target_sum)

    def target_squares(self, mean):
        return self._sum_without_features(_chunk_work.target_squares, mean=mean)

    def mean_distance(self, mean):
        """How far a target is from a mean, on average."""
        sums = self._sum_without_features(_chunk_work.distances, mean=mean)
        return sums / self.n_rows

    # The same rows otherwise

    def dense_where_full(self):
        full = self.n_rows * self.n_columns
        if not self.sparse or sum(self.chunks.stored) < full:
            return self
        return ChunkedRows(self.chunks.as_arrays(), self.order)

    def outputs(self):
        return [self]

    def of_class(self, k):
        n_rows = self.order.n_rows[k]
        return ChunkedRows(self.chunks.of_class(k, n_rows), EveryRow((n_rows,)))

    # Passes and samples

    def full_pass(self, centre, fit_intercept, loss):
        return ChunkedPasses(self, centre, fit_intercept, loss)

    def take(self, places, weight):
        copied = self.at(places)
        return copied.take(np.arange(copied.n_rows), weight)

    part = take

    def entries(self, places):
        return self.at(places).entries(np.arange(len(places)))

    def at(self, places):
        """A copy of some of the rows, whose places ascend, with their weights."""
        if self.candidates is not None:
            found = self.candidates.where(places)
            if found is not None:
                return self.candidates.rows.copied(found)
        return self.chunks.at(places)

    def in_memory(self):
        return joined(self.map(_chunk_work.the_rows))

    @cached_property
    def _totals(self):
        """The sums of the weights of every class, and of all."""
        if not self.chunks.weighted:
            return np.array([*self.order.n_rows, self.n_rows], dtype=float)
        n_classes = len(self.order.n_rows)
        return self._sum_without_features(
            _chunk_work.weight_totals, n_classes=n_classes
        )

    def _heaviest(self):
        """The place of the first row of the largest weight."""
        if not self.chunks.weighted:
            return 0
        found = self._without_features(_chunk_work.heaviest)
        return max(found, key=lambda of_chunk: of_chunk[1])[0]

    def _stored(self, chunks):
        """How many entries CSR rows of every class store."""
        n_classes = len(self.order.n_rows)
        found = chunks.map(partial(_chunk_work.stored, n_classes=n_classes))
        return tuple(sum(found, np.zeros(n_classes, np.int64)).tolist())

    def _sum_without_features(self, work, **arguments):
        """Sums of chunks, joined, that features are not read for."""
        return tree_sum(self._without_features(work, **arguments))

    def _without_features(self, work, **arguments):
        """The same as `map` of chunks that have no features."""
        chunks = self.chunks.read(features=False)
        return [work(chunk, first, **arguments) for first, chunk in chunks]
