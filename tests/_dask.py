# SPDX-License-Identifier: BSD-3-Clause
"""Dask clusters for tests, none of which is current beyond a `with` statement."""

from contextlib import contextmanager

from distributed import Client, LocalCluster

OPTIONS = {"dashboard_address": ":0", "threads_per_worker": 1}


@contextmanager
def workers(n_workers, processes=False):
    """A client of so many workers, which the caller makes the current one."""
    options = {"n_workers": n_workers, "processes": processes, **OPTIONS}
    with (
        LocalCluster(**options) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


def tasks_left(client):
    """The keys that the scheduler still has after what was sent to it before; messages
    of the client are on their way for a while."""
    tasks = client.cluster.scheduler.tasks
    for _ in range(2000):
        if not tasks:
            break
        client.nthreads()  # The scheduler has done something else meanwhile.
    return [*tasks]
