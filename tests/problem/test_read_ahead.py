# SPDX-License-Identifier: BSD-3-Clause
"""A thread that reads ahead ends whatever happens."""

import threading

import pytest

from skpulsar._problem._read_ahead import AHEAD, read_ahead


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def test_items_keep_their_order():
    assert list(read_ahead(k for k in range(1000))) == list(range(1000))


def counted(made, n=1000):
    try:
        for k in range(n):
            made.append(k)
            yield k
    finally:
        made.append("closed")


def test_it_runs_no_further_ahead_than_allowed():
    made, items = [], None
    items = read_ahead(counted(made))
    assert next(items) == 0
    items.close()
    assert made[-1] == "closed"
    assert len(made) <= AHEAD + 4


def test_an_error_is_raised_where_items_are_used():
    def failing():
        yield 1
        raise ValueError("item 2")

    items = read_ahead(failing())
    assert next(items) == 1
    with pytest.raises(ValueError, match="item 2"):
        next(items)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_of_the_user_ends_the_thread(error):
    made = []
    with pytest.raises(error):
        for item in read_ahead(counted(made)):
            if item == 5:
                raise error
    assert made[-1] == "closed"


def test_nothing_is_nothing():
    assert list(read_ahead(counted([], 0))) == []
