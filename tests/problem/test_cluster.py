# SPDX-License-Identifier: BSD-3-Clause
"""Passes divided between the workers of a Dask cluster."""

import sys
from operator import add
from queue import SimpleQueue
from types import SimpleNamespace
from uuid import uuid4

import distributed
import numpy as np
import pytest
from _dask import tasks_left, workers
from dask import delayed

from skpulsar._problem import _cluster
from skpulsar._problem._cluster import Cluster, cluster


@pytest.fixture(scope="module")
def client():
    with workers(2) as client:
        yield client


def test_results_are_in_the_order_of_the_parts(client):
    found = Cluster(client).map(add, [(k, 100) for k in range(20)], "sum")
    assert found == list(range(100, 120))
    assert tasks_left(client) == []


def test_what_is_lazy_is_computed(client):
    parts = [({0: delayed(np.arange)(k)}, k) for k in range(4)]
    found = Cluster(client).map(length, parts, "length")
    assert found == [(k, k) for k in range(4)]


def length(partitions, k):
    return len(partitions[0]), k


def test_the_same_part_twice_is_done_twice(client):
    """Tasks are not pure: Dask must not take one for another."""
    assert len(set(Cluster(client).map(uuid4, [(), ()], "number"))) == 2


def test_names_say_which_pass(client, monkeypatch):
    keys, compute = [], client.compute

    def noted(task):
        keys.append(task.key)
        return compute(task)

    monkeypatch.setattr(client, "compute", noted)
    for _ in range(2):
        Cluster(client).map(abs, [(1,), (2,)], "sum")
    assert len(set(keys)) == 4
    assert all(key.startswith("skpulsar-sum-") for key in keys)
    passes = [int(key.split("-")[2]) for key in keys]
    assert passes[0] == passes[1] == passes[2] - 1 == passes[3] - 1


def test_an_error_is_raised_as_it_is(client):
    parts = [(k, 1 - k) for k in range(4)]
    with pytest.raises(ZeroDivisionError):
        Cluster(client).map(divmod, parts, "division")
    assert tasks_left(client) == []


def test_ctrl_c_leaves_nothing(client, monkeypatch):
    class Interrupted(SimpleQueue):
        def get(self):
            super().get()
            raise KeyboardInterrupt

    monkeypatch.setattr(_cluster, "SimpleQueue", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        Cluster(client).map(add, [(k, 1) for k in range(20)], "sum")
    assert tasks_left(client) == []


def test_the_current_client_is_found(client, monkeypatch):
    assert cluster() is None
    with client.as_current():
        assert cluster().number == 2
        monkeypatch.delitem(sys.modules, "distributed")
        assert cluster() is None


def test_a_task_has_no_cluster(client):
    """It would wait for tasks, which wait for its worker."""
    with client.as_current():
        assert client.submit(lambda: cluster() is None, pure=False).result()


def test_a_client_of_coroutines_is_not_used():
    class Asynchronous:
        asynchronous = True

    with distributed.Client.as_current(Asynchronous()):
        assert cluster() is None


def test_a_client_that_was_closed_is_not_asked(monkeypatch):
    """It may still be the current one."""
    closed = SimpleNamespace(asynchronous=False, status="closed")
    monkeypatch.setattr(distributed.Client, "current", lambda: closed)
    assert cluster() is None
