# SPDX-License-Identifier: BSD-3-Clause
"""The rows of a table that have a weight, in chunks of whole leaves."""

from bisect import bisect_left
from contextlib import closing
from dataclasses import replace
from functools import partial

import numpy as np

from skpulsar._problem._chunk_buffer import ChunkBuffer, KeptRows
from skpulsar._problem._cluster import Cluster, cluster, in_task
from skpulsar._problem._memory import joined
from skpulsar._problem._pairwise_sum import LEAF
from skpulsar._problem._places import places_within
from skpulsar._problem._read_ahead import read_ahead
from skpulsar._problem._row_statistics import leaf_of
from skpulsar._problem._row_weights import OfClass
from skpulsar._problem._spans import Span, check_tiles, spans_of
from skpulsar._problem._threads import PARTS_PER_THREAD, threads

ENTRIES = 2**20  # A chunk has at most so many, or a leaf.
MOST_SENT = 2**22  # Bytes of targets and weights of a task; of ten million Dask warns.
WITHOUT_FEATURES = 64 * LEAF  # rows of a chunk of targets and weights alone


class TableChunks:
    """Chunks of the rows of positive weight.

    Parameters
    ----------
    columns : TableColumns
        The table.

    weights : RowWeights
        What its targets and weights stand for.

    n_rows : int
        How many rows have a positive weight.

    starts : list of (int, int), optional
        Rows at which the table can begin to read, and their places, as far as these are
        known. Without n_rows, a reading of all rows notes them here.

    stored : tuple of int, optional
        How many entries CSR rows of each class store, as far as that is known.

    sparse : bool, optional
        Whether chunks are CSR rows; None: as those of the table.

    Attributes
    ----------
    entries_per_row : float
        How many entries a row has, on average.

    leaf, size : int
        How many rows a leaf has, and a chunk.
    """

    def __init__(self, columns, weights, n_rows, starts=None, stored=None, sparse=None):
        self.columns, self.weights, self.n_rows = columns, weights, n_rows
        self.starts, table = starts or [], columns.table
        if starts is None and n_rows is not None and n_rows == table.n_rows:
            # Places are numbers of rows.
            self.starts = list(zip(table.starts, table.starts, strict=True))
        self.n_columns = len(columns.features)
        self.dtype = columns.table.dtype(columns.features)
        self.weighted = weights.weighted
        self.sparse = table.sparse if sparse is None else sparse
        self.stored, self.entries_per_row, self.leaf = stored, self.n_columns, LEAF
        if self.sparse and stored is not None:
            self.entries_per_row = sum(stored) / max(n_rows, 1)
            self.leaf = leaf_of(n_rows, self.n_columns, self.entries_per_row)
        self.size = self.leaf
        while 2 * self.size * max(self.entries_per_row, 1) <= ENTRIES:
            self.size *= 2

    def read(self, span=None, features=True):
        """Yield pairs of a place and the `Rows` that begin there, of a `Span` or of all
        rows. Without features, `Rows` have no columns."""
        span = span or Span(0, self.n_rows)
        parts = self.columns.read(features, span.row, span.end)
        yield from self._chunks(parts, features, span)

    def read_ahead(self):
        """The same of all rows, which a thread of its own reads."""
        parts = read_ahead(self.columns.read())
        yield from self._chunks(parts, True, Span(0, self.n_rows))

    def map(self, work):
        """A list of what ``work(chunk, first)`` returns for every chunk."""
        return self.map_with(partial(_without_candidates, work), None)[0]

    def map_with(self, work, candidates):
        """The same of ``work(chunk, first, candidates)``, and the candidates, or None,
        to which it has added rows.

        Spans of chunks are read by the workers of the current Dask client, if there is
        one, else by the threads of the call.
        """
        workers = cluster() or threads()
        spans = self.spans(workers)
        if len(spans) == 1:
            pairs = self.read() if self._waits() else self.read_ahead()
            parts = [read_chunks(pairs, work, candidates)]
        elif isinstance(workers, Cluster):
            tasks = [(*sent, work, candidates) for sent in self._sent(spans)]
            parts = workers.map(read_span, tasks, _name(work))
        else:
            tasks = [(self, span, {}, work, candidates) for span in spans]
            parts = workers.map(read_span, tasks)
        found, kept = zip(*parts, strict=True)
        chunks = [each for of_span in found for each in of_span]
        return chunks, None if candidates is None else candidates.joined(kept)

    def spans(self, workers):
        """Spans of chunks that can be read apart, some for each of the workers."""
        number = PARTS_PER_THREAD * workers.number
        if isinstance(workers, Cluster):
            number = max(number, self.n_rows * self.columns.n_bytes_given / MOST_SENT)
            if hasattr(self.columns.table, "partitions"):  # They are in memory.
                number = max(number, 2 * len(self.starts))
        elif workers.number == 1 or self._waits():
            number = 1
        spans = spans_of(self.starts, self.n_rows, self.size, number)
        check_tiles(spans, self.n_rows)
        return spans

    def _waits(self):
        """Whether a reading waits for tasks of Dask within a task. It makes room for
        them on its worker, but in the thread of the task alone."""
        return in_task() and hasattr(self.columns.table, "partitions")

    def at(self, places):
        """A copy of the rows at some places, which ascend. Only the parts of the table
        are read that have some, up to the last of these."""
        starts = self.starts or [(0, 0)]
        numbers = np.searchsorted([place for _, place in starts], places, "right") - 1
        spans, of_spans = [], []
        for k in np.unique(numbers) if len(places) else [0]:
            mine = places[numbers == k]
            end = starts[k + 1][0] if k + 1 < len(starts) else None
            stop = int(mine.max(initial=0)) + 1
            if self.n_rows == self.columns.table.n_rows:  # Places are numbers of rows.
                end = stop
            spans.append(Span(starts[k][1], stop, *starts[k], end))
            of_spans.append(mine)
        workers = cluster()
        if workers and len(starts) > 1:
            sent = zip(self._sent(spans), of_spans, strict=True)
            return joined(workers.map(read_rows, [(*s, m) for s, m in sent], "rows"))
        return joined(self._by_turns([*zip(spans, of_spans, strict=True)]))

    def _by_turns(self, wanted):
        """What `rows_at` returns of spans, every other of which a thread reads."""
        others = (self.rows_at(*each) for each in wanted[1::2])
        with closing(others if self._waits() else read_ahead(others)) as others:
            return [
                next(others) if k % 2 else self.rows_at(*each)
                for k, each in enumerate(wanted)
            ]

    def rows_at(self, span, places):
        """A copy of those that a span has."""
        found, first = [], span.place
        parts = self.columns.read(True, span.row, span.end)
        with closing(parts):  # else Ctrl-C is lost in what Python throws away.
            for part in parts:
                kept = KeptRows(self, part, True)
                found.append(kept.at(places_within(places, first, kept.n_rows)))
                first += kept.n_rows
                if first >= span.stop:
                    break
        return joined(found)

    def by_sample_weight(self):
        """The same rows, whose weights are their sample weights over the largest."""
        return self._but(weights=self.weights.of_samples())

    def of_class(self, k, n_rows):
        """The rows of one class, so many."""
        stored = None if self.stored is None else self.stored[k : k + 1]
        weights = OfClass(self.weights, k)
        return self._but(weights=weights, n_rows=n_rows, starts=None, stored=stored)

    def of_columns(self, columns):
        """The same rows, as another process reads some of them."""
        return self._but(columns=columns, starts=())

    def of_stored(self, stored):
        """The same CSR rows, of which it is known how many entries they store."""
        return self._but(stored=stored)

    def as_arrays(self):
        """The same CSR rows as arrays."""
        return self._but(sparse=False)

    def _but(self, **changed):
        """The same with other parameters."""
        names = "columns", "weights", "n_rows", "starts", "stored", "sparse"
        return TableChunks(**{name: getattr(self, name) for name in names} | changed)

    def _chunks(self, parts, features, span):
        """Yield the rows of a span in chunks."""
        first, size = span.start, self.size if features else WITHOUT_FEATURES
        chunk, before = ChunkBuffer(self, size, features), span.start - span.place
        with closing(parts):  # else a thread that reads ahead outlives an error.
            for part in parts:
                kept = KeptRows(self, part, features)
                if self.n_rows is None:
                    self._note_starts(part, kept, first + chunk.n_rows)
                begin = min(before, kept.n_rows)
                before -= begin
                while begin < kept.n_rows:
                    begin += chunk.fill(kept, begin)
                    if chunk.n_rows == size:
                        yield first, chunk.rows()
                        first, chunk = first + size, ChunkBuffer(self, size, features)
                        if first == span.stop != self.n_rows:
                            return
        if chunk.n_rows:
            yield first, chunk.rows()
        if span.stop is not None and first + chunk.n_rows != span.stop:
            raise ValueError(
                f"The table has changed: {span.stop - span.start} rows of positive "
                f"weight, from place {span.start} on, are "
                f"{first + chunk.n_rows - span.start} now."
            )

    def _note_starts(self, part, kept, place):
        """Note at which rows of a part, which begins at this place, the table can begin
        to read."""
        starts, stop = self.columns.table.starts, part.first + len(part.target)
        some = slice(bisect_left(starts, part.first), bisect_left(starts, stop))
        self.starts += [
            (row, place + kept.n_before(row - part.first)) for row in starts[some]
        ]

    def _sent(self, spans):
        """What another process is given of each span."""
        columns, table, lazy = self.columns, self.columns.table, None
        if hasattr(table, "partitions"):
            lazy = table.partitions(columns.names())
            columns = replace(columns, table=table.computed({}))
        for span in spans:
            of_span = columns.between(span.row, span.end)
            chunks = self.of_columns(of_span)
            some = () if lazy is None else table.within(span.row, span.end)
            yield chunks, span, {number: lazy[number] for number, _ in some}


def read_span(chunks, span, partitions, work, candidates):
    """What `read_chunks` returns of a span."""
    pairs = _at_hand(chunks, partitions).read(span)
    return read_chunks(pairs, work, candidates)


def read_rows(chunks, span, partitions, places):
    """The rows of a span at some places."""
    return _at_hand(chunks, partitions).rows_at(span, places)


def _at_hand(chunks, partitions):
    """The chunks, from partitions of the table that have been computed, if it has
    some."""
    if not partitions:
        return chunks
    table = chunks.columns.table.computed(partitions)
    return chunks.of_columns(replace(chunks.columns, table=table))


def read_chunks(pairs, work, candidates):
    """What ``work(chunk, first, candidates)`` returns for some chunks, given with their
    places, and the candidates among these rows, or None."""
    if candidates is not None:
        candidates = candidates.empty()
    with closing(pairs):
        found = [work(chunk, first, candidates) for first, chunk in pairs]
    return found, candidates


def _without_candidates(work, chunk, first, candidates):
    return work(chunk, first)


def _name(work):
    """The name of a function, whatever arguments it has been given."""
    while isinstance(work, partial):
        work = work.args[0] if work.args else work.func
    return work.__name__
