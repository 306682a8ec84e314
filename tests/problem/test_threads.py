# SPDX-License-Identifier: BSD-3-Clause
"""Threads that divide passes over the rows."""

import os
import signal
import threading

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skpulsar._kernels import _core
from skpulsar._problem import _threads
from skpulsar._problem._threads import MAX_ENTRIES, MIN_ENTRIES, Threads, threads

deterministic = settings(derandomize=True, database=None, deadline=None)
MANY = 10_000_000


@deterministic
@given(
    st.integers(0, MANY), st.integers(1, 5000), st.floats(0, 2000), st.integers(1, 64)
)
def test_parts_are_subtrees_that_tile_the_rows(n, leaf, entries, n_threads):
    parts = Threads(n_threads).parts(n, leaf, entries)
    ends = [0, *(stop for _, stop in parts)]
    assert [start for start, _ in parts] == ends[:-1] and ends[-1] == n
    if len(parts) == 1:
        return
    sizes = {stop - start for start, stop in parts[:-1]}
    (size,) = sizes
    leaves, rest = divmod(size, leaf)
    assert rest == 0 and leaves.bit_count() == 1
    assert parts[-1][1] - parts[-1][0] <= size
    assert size * entries <= MAX_ENTRIES or size == leaf
    assert 2 * size * entries > min(MIN_ENTRIES, n * entries / (4 * n_threads))


def test_one_thread_reads_what_is_small():
    assert Threads(8).parts(1000, 1, 10) == [(0, 1000)]
    assert Threads(1).parts(MANY) == [(0, MANY)]
    assert len(Threads(8).parts(MANY)) > 8


def test_none_is_what_joblib_says():
    assert Threads(None).number == 1
    assert Threads(-1).number == joblib.cpu_count()
    with joblib.parallel_config(n_jobs=5):
        assert Threads(None).number == 5
        assert Threads(2).number == 2


@pytest.mark.parametrize("n_jobs", [1, 2, 5])
def test_results_are_in_order(n_jobs):
    parts = [(start, start + 1) for start in range(50)]
    with Threads(n_jobs) as team:
        assert team.map(lambda *ends: sum(ends), parts) == list(range(1, 100, 2))


def test_the_sum_of_vectors_has_the_same_bits():
    a, b = np.random.default_rng(0).standard_normal((2, 6_300_001))
    target = (a > 1) * 1.0
    for function, *vectors in (
        (_core.total, a), (_core.dot, a, b), (_core.class_totals, target, np.abs(b)),
        (_core.class_totals, target, None),
    ):  # fmt: skip
        expected = function(*vectors)
        for n_jobs in (1, 2, 3, 16):
            with Threads(n_jobs) as team:
                assert np.array_equal(team.sum(function, *vectors), expected)


def test_contexts_are_nested_and_end_their_threads():
    running, outside = threading.active_count(), threads()
    with Threads(2) as outer:
        assert threads() is outer
        outer.map(lambda *ends: None, [(0, 1), (1, 2)])
        assert threading.active_count() > running
        with Threads(3) as inner:
            assert threads() is inner
        assert threads() is outer
        both = threading.Barrier(2, timeout=60)

        def work(start, stop):
            both.wait()
            return threading.current_thread(), threads()

        found = dict(outer.map(work, [(0, 1), (1, 2)]))
        assert found.pop(threading.current_thread()) is outer
        assert [*found.values()] == [outside]
    assert threads() is outside and threading.active_count() == running


def test_an_error_ends_the_others():
    started = []

    def work(start, stop):
        started.append(start)
        if start == 3:
            raise MemoryError("part 3")
        return start

    running = threading.active_count()
    with pytest.raises(MemoryError, match="part 3"), Threads(2) as team:
        team.map(work, [(k, k + 1) for k in range(10_000)])
    assert len(started) < 10_000 and threading.active_count() == running


def test_ctrl_c_ends_them():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    started, running = [], threading.active_count()

    def work(start, stop):
        started.append(start)
        if start == 3:
            os.kill(os.getpid(), signal.SIGINT)

    try:
        with pytest.raises(KeyboardInterrupt), Threads(2) as team:
            team.map(lambda *ends: None, [(0, 1), (1, 2)])  # Both threads are there.
            while True:
                team.map(work, [(k, k + 1) for k in range(1000)])
    finally:
        signal.signal(signal.SIGINT, before)
    assert 3 in started and threading.active_count() == running


def test_ctrl_c_as_a_thread_starts_leaves_none_at_work(monkeypatch):
    start, begun, done = threading.Thread.start, threading.Event(), []

    def interrupted(thread):
        start(thread)
        assert begun.wait(60)
        raise KeyboardInterrupt

    def work(first, stop):
        begun.set()
        done.append(first)

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt), Threads(2) as team:
        team.map(work, [(k, k + 1) for k in range(1_000_000)])
    n_done = len(done)
    assert 0 < n_done < 1_000_000
    assert len(done) == n_done  # Nobody is left who would go on.


def test_the_caller_does_what_no_thread_can_be_started_for(monkeypatch):
    def refused(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    with Threads(3) as team:
        assert team.map(lambda *ends: sum(ends), [(0, 1), (1, 2)]) == [1, 3]


def test_there_are_no_more_threads_than_parts():
    running = threading.active_count()
    with Threads(10**6) as team:
        team.map(lambda *ends: None, [(0, 1), (1, 2), (2, 3)])
        assert threading.active_count() <= running + 2


def test_parts_are_larger_than_their_sums():
    few, many = (len(Threads(8).parts(MANY, n_sums=n)) for n in (0, 10**6))
    assert many <= MANY // (2 * 10**6) < few


def test_small_work_asks_nobody(monkeypatch):
    """A small fit takes less than a millisecond."""
    monkeypatch.setattr(_threads, "joblib", None)
    with Threads(None) as team:
        assert team.map(lambda *ends: ends, team.parts(1000)) == [(0, 1000)]
