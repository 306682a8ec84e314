# SPDX-License-Identifier: BSD-3-Clause
"""Whether training that is killed while it saves can always be resumed.

A child process trains with a Checkpoint after every epoch. SIGKILL ends it at a random
time. The file must then load (that of a child before, if none was written yet), and
training that goes on from it must end with the bits of a fit that nobody broke. Then
every byte of a file is given every other value: `load` must refuse each of these files.

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
from sklearn.base import clone

import skpulsar
from skpulsar import SLPClassifier
from skpulsar.callbacks import Checkpoint

N_EPOCHS = 40  # of the whole training
SOLVERS = {"sgd": {"learning_rate": "invscaling"}, "adam": {"average": True}}


def main():
    options = parser(__doc__)
    options.add_argument("--kills", type=int, help="default: 1,000; quick: 50")
    arguments = options.parse_args()
    begin("Killed while saving")
    n_kills = arguments.kills or (50 if arguments.quick else 1000)
    with TemporaryDirectory() as folder:
        path = Path(folder, "model.skp")
        header = ("", "kills", "in a write", "files that load", "same bits")
        table(header, killed(path, n_kills))
        header = ("", "bytes", "changes", "found")
        table(header, corrupted(path, [0xFF] if arguments.quick else range(1, 256)))


def killed(path, n_kills):
    """Lines of the table of kills, as they come."""
    X, y = make(500, 1000, np.float32)
    for solver, own in SOLVERS.items():
        options = {"solver": solver, "tol": None, "random_state": 0, **own}
        model = SLPClassifier(max_iter=N_EPOCHS, **options)
        counts = kill_often(path, model, X, y, n_kills // len(SOLVERS))
        yield solver, n_kills // len(SOLVERS), *counts


def kill_often(path, model, X, y, n_kills):
    """How many kills came while a file was being written, how many files load, and how
    many end with the bits of the whole run."""
    rng, whole = np.random.default_rng(0), bits(clone(model).fit(X, y))
    began = monotonic()
    train(path, model, X, y)
    seconds, n_writes, n_loaded, n_same = monotonic() - began, 0, 0, 0
    for _ in range(n_kills):
        child = os.fork()
        if child == 0:
            train(path, model, X, y)
            os._exit(0)
        sleep(rng.uniform(0, 1.1 * seconds))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for part in path.parent.glob("*.part_*"):
            n_writes += 1
            part.unlink()
        resumed = skpulsar.load(path)
        n_loaded += 1
        while resumed.n_iter_ < N_EPOCHS:
            resumed.partial_fit(X, y)
        n_same += bits(resumed) == whole
    return n_writes, n_loaded, n_same


def train(path, model, X, y):
    """Train, and save after every epoch."""
    clone(model).set_callbacks(Checkpoint(path)).fit(X, y)


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
