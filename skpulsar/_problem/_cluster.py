# SPDX-License-Identifier: BSD-3-Clause
"""The workers of a Dask cluster, between which passes over a table are divided."""

import sys
from itertools import count
from queue import SimpleQueue
from uuid import uuid4

_passes = count(1)


class Cluster:
    """The workers of a `distributed.Client`.

    Tasks carry what they need, weights and all. Nothing is scattered, persisted or kept
    by a worker; a result is gathered and released as soon as it is there. If a worker
    is lost, Dask runs its tasks again.

    Parameters
    ----------
    client : distributed.Client
        What submits tasks.
    """

    def __init__(self, client):
        self._client = client

    @property
    def number(self):
        """How many threads the workers have that are there now, or 1."""
        return max(1, sum(self._client.nthreads().values()))

    def map(self, work, parts, name):
        """The results of ``work(*part)`` for all parts, in their order.

        What is lazy among the arguments, a `dask.delayed.Delayed` in a list or dict, is
        computed on the workers. Keys of tasks have this name. An error of a task is
        raised as it is; then, or after Ctrl-C, no other task begins.
        """
        from dask import delayed

        work = delayed(work, pure=False)
        name = f"skpulsar-{name}-{next(_passes)}-{uuid4().hex}"
        futures, results, done = {}, {}, SimpleQueue()
        try:
            for k, part in enumerate(parts):
                task = work(*part, dask_key_name=f"{name}-{k}")
                future = self._client.compute(task)
                futures[future] = k
                future.add_done_callback(done.put)
            while futures:
                future = done.get()
                results[futures.pop(future)] = future.result()
                future.release()
        finally:
            for future in futures:
                future.release()
        return [results[k] for k in range(len(parts))]


def in_task():
    """Whether this is a task of a worker."""
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return False
    try:
        distributed.get_worker()
    except ValueError:
        return False
    return True


def cluster():
    """The `Cluster` of the current client; None if there is none, or if this is itself
    a task of a worker, which had to wait for others."""
    distributed = sys.modules.get("distributed")
    if distributed is None or in_task():
        return None
    try:
        client = distributed.Client.current()
    except ValueError:
        return None
    if client.asynchronous or client.status != "running":  # A closed one may stay.
        return None
    return Cluster(client)
