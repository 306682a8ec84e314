# SPDX-License-Identifier: BSD-3-Clause
"""Whether training that is killed while it saves can always be resumed.

A child process trains, and saves after every epoch. SIGKILL ends it at a random time.
The file must then load, and training that goes on from it must end with the bits of a
fit that nobody broke. The next child goes on from the file too. Then every byte of a
file is given every other value: `load` must refuse each of these files.

    python benchmarks/kill.py [--quick] [--kills N]
"""

import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import numpy as np
from _data import make
from _report import begin, parser, table

import skpulsar
from skpulsar import SLPClassifier

N_EPOCHS = 40  # of the whole training
LONGEST = 10  # epochs that a child lives at most
SOLVERS = {"sgd": {"learning_rate": "invscaling"}, "adam": {"average": True}}


def main():
    options = parser(__doc__)
    options.add_argument("--kills", type=int, help="default: 1,000; quick: 50")
    arguments = options.parse_args()
    begin("Killed while saving")
    n_kills = arguments.kills or (50 if arguments.quick else 1000)
    with TemporaryDirectory() as folder:
        path = Path(folder, "model.skp")
        header = (
            "",
            "kills",
            "in a write",
            "files that load",
            "same bits",
            "whole runs",
        )
        table(header, killed(path, n_kills))
        header = ("", "bytes", "changes", "found")
        table(header, corrupted(path, [0xFF] if arguments.quick else range(1, 256)))


def killed(path, n_kills):
    """Lines of the table of kills, as they come."""
    X, y = make(500, 1000, np.float32)
    for solver, own in SOLVERS.items():
        options = {"solver": solver, "tol": None, "random_state": 0, **own}
        whole = bits(SLPClassifier(max_iter=N_EPOCHS, **options).fit(X, y))
        start = SLPClassifier(**options).partial_fit(X, y, classes=[0, 1])
        counts = kill_often(path, start, X, y, whole, n_kills // len(SOLVERS))
        yield solver, n_kills // len(SOLVERS), *counts


def kill_often(path, start, X, y, whole, n_kills):
    """How many kills came while a file was being written, how many files load, how many
    end with the bits of the whole run, and how often all epochs were run."""
    rng = np.random.default_rng(0)
    skpulsar.save(start, path)
    began = monotonic()
    train(path, X, y, 3)
    epoch, n_writes, n_loaded, n_same, n_runs = (monotonic() - began) / 3, 0, 0, 0, 0
    for _ in range(n_kills):
        child = os.fork()
        if child == 0:
            train(path, X, y, N_EPOCHS)
            os._exit(0)
        sleep(rng.uniform(0, LONGEST * epoch))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for part in path.parent.glob("*.part_*"):
            n_writes += 1
            part.unlink()
        model = skpulsar.load(path)
        n_loaded += 1
        if model.n_iter_ == N_EPOCHS:
            n_runs += 1
            skpulsar.save(start, path)
        while model.n_iter_ < N_EPOCHS:
            model.partial_fit(X, y)
        n_same += bits(model) == whole
    return n_writes, n_loaded, n_same, n_runs


def train(path, X, y, n_epochs):
    """Go on from a file, and save after every epoch."""
    model = skpulsar.load(path)
    for _ in range(min(n_epochs, N_EPOCHS - model.n_iter_)):
        skpulsar.save(model.partial_fit(X, y), path)


def bits(model):
    """All of the model but the times in its history."""
    history = {name: each for name, each in model.history_.items() if name != "seconds"}
    return model.coef_.tobytes(), model.intercept_.tobytes(), model.t_, repr(history)


def corrupted(path, changes):
    """The line of the table of corruptions."""
    X, y = make(200, 2, np.float32)
    skpulsar.save(SLPClassifier(solver="sgd", max_iter=1, tol=None).fit(X, y), path)
    content, n_found = path.read_bytes(), 0
    with open(path, "r+b", buffering=0) as file:
        for place, byte in enumerate(content):
            for change in changes:
                file.seek(place)
                file.write(bytes([byte ^ change]))
                n_found += is_refused(path)
            file.seek(place)
            file.write(bytes([byte]))
    skpulsar.load(path)
    n_changes = len(content) * len(changes)
    yield "every byte", len(content), n_changes, f"{100 * n_found / n_changes} %"


def is_refused(path):
    try:
        skpulsar.load(path)
    except ValueError:
        return True
    return False


if __name__ == "__main__":
    main()
