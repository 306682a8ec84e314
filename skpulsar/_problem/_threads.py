# SPDX-License-Identifier: BSD-3-Clause
"""Threads between which passes over the rows are divided."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import cached_property, partial
from numbers import Integral
from threading import Condition

import joblib

from skpulsar._problem._pairwise_sum import LEAF, tree_sum

FEW_ENTRIES = 1_000_000  # One thread reads so many before a second would have begun.
MIN_ENTRIES, MAX_ENTRIES = 250_000, 4_000_000  # of a part: Ctrl-C waits for its end
PARTS_PER_THREAD = 4  # so that none waits long for the last one
ENTRIES_PER_SUM = 4  # Fewer entries of a part would be read faster than its sums join.
ENTRIES_PER_NUMBER = 0.25  # A number of a vector is read faster than an entry of a row.


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
        How many threads: None is 1 unless ``joblib.parallel_config`` says otherwise,
        -1 is as many as there are cores, and -2 one less.
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

    @cached_property
    def number(self):
        """How many threads there are."""
        n_jobs = self.n_jobs
        if n_jobs is None:  # joblib counts processes, and knows of none within another.
            return joblib.effective_n_jobs(None)
        if not isinstance(n_jobs, Integral) or n_jobs == 0:
            raise ValueError(
                f"n_jobs must be None or an int other than 0. Got {n_jobs!r:.60} "
                "instead."
            )
        return int(n_jobs) if n_jobs > 0 else max(1, joblib.cpu_count() + 1 + n_jobs)

    def parts(self, n_rows, leaf=LEAF, entries_per_row=1, n_sums=0):
        """Where parts of the rows begin and end, of each of which so many sums are
        formed; one for one thread."""
        n_entries = n_rows * entries_per_row
        if n_entries < max(FEW_ENTRIES, 1) or self.number == 1:
            return [(0, n_rows)]
        most = n_entries / (PARTS_PER_THREAD * self.number)
        most = min(max(most, MIN_ENTRIES), MAX_ENTRIES)
        most = max(most, ENTRIES_PER_SUM * n_sums)
        size = leaf
        while 2 * size * entries_per_row <= most:
            size *= 2
        starts = range(0, n_rows, size)
        return [(start, min(start + size, n_rows)) for start in starts]

    def map(self, work, parts):
        """The results of ``work(start, stop)`` for all parts, in their order."""
        if len(parts) < 2:
            return [work(*ends) for ends in parts]
        shared = _SharedWork(work, parts)
        try:
            helpers = self._start(shared.help, min(self.number, len(parts)) - 1)
            shared.run()
        finally:
            shared.end()
        for helper in helpers:
            helper.result()
        return shared.results

    def _start(self, help, n_helpers):
        """Let so many threads help, or as many as can be started."""
        helpers = []
        if self._pool is None and n_helpers:
            self._pool = ThreadPoolExecutor(self.number - 1, "skpulsar")
        try:
            for _ in range(n_helpers):
                helpers.append(self._pool.submit(help))
        except RuntimeError:  # There can be no more threads.
            pass
        return helpers

    def sum(self, function, *vectors):
        """The value of a function of vectors as long as the data, None among them: its
        values for leaves, summed pairwise."""
        parts = self.parts(len(vectors[0]), entries_per_row=ENTRIES_PER_NUMBER)
        if len(parts) == 1:
            return function(*vectors)

        def of_part(start, stop):
            part = slice(start, stop)
            return function(*(None if v is None else v[part] for v in vectors))

        return tree_sum(self.map(of_part, parts))


class _SharedWork:
    """Parts that the caller and its helpers take, one after the other.

    Parameters
    ----------
    work, parts : callable, list of (int, int)
        What is done, and with which rows.

    Attributes
    ----------
    results : list
        What work returned for every part.
    """

    def __init__(self, work, parts):
        self._work, self._left = work, deque(enumerate(parts))
        self._changed, self._n_helping = Condition(), 0
        self.results = [None] * len(parts)

    def run(self):
        """Work until nothing is left. After an error nobody begins another part."""
        try:
            while True:
                try:
                    place, ends = self._left.popleft()
                except IndexError:
                    return
                self.results[place] = self._work(*ends)
        finally:
            self._left.clear()

    def help(self):
        """The same in a thread of its own, unless the work has ended before."""
        _current.set(_ALONE)
        with self._changed:
            if not self._left:
                return
            self._n_helping += 1
        try:
            self.run()
        finally:
            with self._changed:
                self._n_helping -= 1
                self._changed.notify_all()

    def end(self):
        """Let nobody begin another part, and wait for those that are being read: a
        thread that Ctrl-C met as it was started is unknown to its pool."""
        self._left.clear()
        with self._changed:
            self._changed.wait_for(lambda: self._n_helping == 0)


_current, _ALONE = ContextVar("threads"), Threads(1)
threads = partial(_current.get, _ALONE)
