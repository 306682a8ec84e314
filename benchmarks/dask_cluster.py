# SPDX-License-Identifier: BSD-3-Clause
"""What a Dask cluster gains on one machine, and what it costs to lose its workers.

One and two workers, processes of one thread each, fit the rows of a Parquet file of 28
random columns, in turns with a fit without Dask. All must have the same bits. Processor
seconds are those of the process that calls `fit` and of the workers: on a machine that
does nothing else, a fit takes about as long as the caller and the busiest worker
together. A file is written into a temporary folder, deleted at the end, and in the
cache of the system when it is read.

The second table is of a fit, in each of whose passes a worker is killed by SIGKILL.

    python benchmarks/dask_cluster.py [--quick] [--rows N] [--rounds N]
"""

import os
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from _parquet import LABEL, write_random
from _report import begin, in_turns, parser, short, table
from distributed import Client, LocalCluster

from skpulsar import SLPClassifier, rows
from skpulsar._problem import _cluster

OPTIONS = {"threads_per_worker": 1, "dashboard_address": ":0", "memory_limit": 0}
QUICK = 5_000_000


def main():
    options = parser(__doc__)
    options.add_argument("--rows", type=int, default=20_000_000)
    options.add_argument("--rounds", type=int, default=3)
    arguments = options.parse_args()
    begin("Dask")
    n_rows = QUICK if arguments.quick else arguments.rows
    print(f"{n_rows:,} rows. Load of the last minute: {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.parquet")
        write_random(path, n_rows, "float64")
        bits = print_speed(path, 1 if arguments.quick else arguments.rounds)
        print_losses(path, bits)


def print_speed(path, n_rounds):
    """A table of seconds; the bits of the fit without Dask."""
    with cluster(1) as one, cluster(2) as two:
        fits = [Fit(path, client) for client in (None, one, two)]
        seconds = in_turns(fits, n_rounds)
    if len({fit.bits for fit in fits}) > 1:
        raise AssertionError("bits differ")
    names, found = ("without Dask", "one worker", "two workers"), []
    for name, taken, fit in zip(names, seconds.T, fits, strict=True):
        ratio = np.median(taken / seconds[:, 0])
        busy = [np.median(part) for part in zip(*fit.busy, strict=True)]
        workers = " + ".join(map(short, busy[1:])) or "-"
        together = short(busy[0] + max([0, *busy[1:]]))
        found.append((name, short(np.median(taken)), f"{ratio:.2f}", short(busy[0]),
                      workers, together))  # fmt: skip
    table(("", "seconds", "ratio", "processor seconds of the caller", "of workers",
           "of the caller and the busiest"), found)  # fmt: skip
    gain = np.median(seconds[:, 1] / seconds[:, 2])
    print(f"\nTwo workers take {1 / gain:.2f} of the time of one.\n")
    return fits[0].bits


class Fit:
    """A fit of a file, by the workers of a client or without any.

    Attributes
    ----------
    busy : list of list of float
        Processor seconds of the caller and of each worker, of every fit.

    bits : str
        Those of the last one.
    """

    def __init__(self, path, client=None):
        self.path, self.client, self.busy = path, client, []

    def __call__(self):
        before, model = self._clocks(), SLPClassifier(random_state=0)
        if self.client is None:
            model.fit(rows(self.path), LABEL)
        else:
            with self.client.as_current():
                model.fit(rows(self.path), LABEL)
        pairs = zip(before, self._clocks(), strict=True)
        self.busy.append([after - clock for clock, after in pairs])
        self.bits = bits_of(model)

    def _clocks(self):
        of_workers = self.client.run(process_time) if self.client else {}
        return [process_time(), *dict(sorted(of_workers.items())).values()]


def bits_of(model):
    history = {k: v for k, v in model.history_.items() if k != "seconds"}
    return repr((model.coef_.tobytes(), model.intercept_.tobytes(), history))


def print_losses(path, bits):
    """A table of what is done twice where a worker is killed in every pass."""
    with tempfile.TemporaryDirectory() as folder, cluster(2) as client:
        passes = Passes(folder)
        began = perf_counter()
        _cluster.Cluster.map = passes.watched(_cluster.Cluster.map)
        with client.as_current():
            model = SLPClassifier(random_state=0).fit(rows(path), LABEL)
        seconds = perf_counter() - began
    if bits_of(model) != bits:
        raise AssertionError("bits differ")
    print(
        f"A worker of two is killed in every pass: {seconds:.0f} seconds, same bits.\n"
    )
    table(("pass", "tasks", "begun"), passes.lines)


class Passes:
    """Notes how many tasks passes have, and how many were begun."""

    def __init__(self, folder):
        self.folder, self.lines = Path(folder), []

    def watched(self, map_parts):
        def mapped(cluster, work, parts, name):
            begun = self.folder / str(len(self.lines))
            found = map_parts(cluster, second_dies(work, begun), parts, name)
            self.lines.append((name, len(parts), begun.stat().st_size))
            return found

        return mapped


def second_dies(work, begun):
    """The same work, but the second task to begin kills its worker."""

    def done_or_dead(*arguments):
        file = os.open(begun, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        os.write(file, b".")
        number = os.lseek(file, 0, os.SEEK_CUR)
        os.close(file)
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*arguments)

    return done_or_dead


@contextmanager
def cluster(n_workers):
    """A client of workers on this machine."""
    with (
        LocalCluster(n_workers=n_workers, **OPTIONS) as workers,
        Client(workers, set_as_default=False) as client,
    ):
        yield client


if __name__ == "__main__":
    main()
