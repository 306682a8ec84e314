# SPDX-License-Identifier: BSD-3-Clause
"""Tables whose rows are in partitions that dask computes."""

from copy import copy

from dask.delayed import Delayed
from dask.optimization import cull


class Partitions:
    """Base of tables over collections of dask.

    A subclass has `partitions(columns)`, a list of a `dask.delayed.Delayed` for every
    partition, each with a graph of its own; `_collection`; and `_lengths`, a list of
    how many rows each partition has, or None until it has been computed.
    """

    _computed = None

    def within(self, start, stop):
        """Yield the numbers of partitions that have rows from `start` up to `stop`, or
        the last, and their first rows. Those not yet counted are computed meanwhile."""
        first = 0
        for number in range(len(self._lengths)):
            if stop is not None and first >= stop:
                return
            length = self._lengths[number]
            if length is None or first + length > max(start, first):
                yield number, first
            first += self._lengths[number]

    def computed(self, partitions):
        """The same table, of which only some partitions, by number, are at hand."""
        table = copy(self)
        table._collection, table._computed = None, partitions
        return table

    def parts(self, columns, start, stop):
        """Yield numbers of partitions, their first rows and what is computed of them,
        one after the other."""
        lazy = self.partitions(columns) if self._computed is None else None
        for number, first in self.within(start, stop):
            part = lazy[number].compute() if lazy else self._computed[number]
            self._count(number, part.shape[0])
            yield number, first, part

    def _count(self, number, n_rows):
        """Note how many rows a partition has: as many as before."""
        if self._lengths[number] is None:
            self._lengths[number] = n_rows
        elif n_rows != self._lengths[number]:
            raise ValueError(
                f"Partition {number} of the dask collection has {n_rows} rows, where "
                f"{self._lengths[number]} were counted before. It must give the same "
                "rows each time it is computed."
            )


def apart(lazy):
    """Lazy partitions, each of which has its own part of their common graph: a task
    that is given one would else carry all."""
    graph = dict(lazy[0].dask)
    return [Delayed(each.key, cull(graph, [each.key])[0]) for each in lazy]
