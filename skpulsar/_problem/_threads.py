# SPDX-License-Identifier: BSD-3-Clause
"""Threads between which passes over the rows are divided."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import cached_property, partial

import joblib

from skpulsar._problem._pairwise_sum import LEAF, tree_sum

FEW_ENTRIES = 1_000_000  # One thread reads so many before a second would have begun.
MIN_ENTRIES, MAX_ENTRIES = 250_000, 4_000_000  # of a part: Ctrl-C waits for its end
PARTS_PER_THREAD = 4  # so that none waits long for the last one
NUMBER = 0.25  # A number of a vector costs less than an entry of a row, namely this.


class Threads:
    """The threads of one call, a context that ends them.

    Within the context, whatever reads rows finds it by `threads()`. No thread is
    started before there is work for two. They run the kernel, which releases the GIL,
    and so does the caller, who waits for them then; what they run finds one thread. A
    part of the rows has a power of two leaves, so that its sums are those of a subtree:
    results have the same bits for any number of threads.

    Parameters
    ----------
    n_jobs : int or None
        How many threads, in joblib's meaning: None is 1 unless
        ``joblib.parallel_config`` says otherwise, and -1 as many as there are cores.
    """

    def __init__(self, n_jobs=None):
        self.n_jobs, self._pool = n_jobs, None

    def __enter__(self):
        self._token = _current.set(self)
        return self

    def __exit__(self, *error):
        _current.reset(self._token)
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def parts(self, n_rows, leaf=LEAF, entries_per_row=1):
        """Where parts of the rows begin and end, one for one thread."""
        n_entries = n_rows * entries_per_row
        if n_entries < FEW_ENTRIES or self.number == 1:
            return [(0, n_rows)]
        most = n_entries / (PARTS_PER_THREAD * self.number)
        most = min(max(most, MIN_ENTRIES), MAX_ENTRIES)
        size = leaf
        while 2 * size * entries_per_row <= most:
            size *= 2
        starts = range(0, n_rows, size)
        return [(start, min(start + size, n_rows)) for start in starts]

    def map(self, work, parts):
        """The results of ``work(start, stop)`` for all parts, in their order."""
        if len(parts) == 1:
            return [work(*parts[0])]
        if self.number == 1:
            return [work(*ends) for ends in parts]
        left, results = deque(enumerate(parts)), [None] * len(parts)

        def next_part():
            try:
                return left.popleft()
            except IndexError:
                return None

        def run():
            try:
                while (part := next_part()) is not None:
                    place, ends = part
                    results[place] = work(*ends)
            finally:
                left.clear()  # After an error nobody begins another part.

        helpers = [self._helpers().submit(run) for _ in range(self.number - 1)]
        run()
        for helper in helpers:
            helper.result()
        return results

    def _helpers(self):
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.number - 1, "skpulsar")
        return self._pool

    @cached_property
    def number(self):
        """How many threads there are."""
        return joblib.effective_n_jobs(self.n_jobs)

    def sum(self, function, *vectors):
        """The value of a function of vectors as long as the data, None among them: its
        values for leaves, summed pairwise."""

        parts = self.parts(len(vectors[0]), entries_per_row=NUMBER)
        if len(parts) == 1:
            return function(*vectors)

        def of_part(start, stop):
            part = slice(start, stop)
            return function(*(None if v is None else v[part] for v in vectors))

        return tree_sum(self.map(of_part, parts))


_current = ContextVar("threads")
threads = partial(_current.get, Threads(1))
