# SPDX-License-Identifier: BSD-3-Clause
"""How long Ctrl-C has to wait, and what it leaves.

Another process sends SIGINT at random times after scikit-learn's validation of X and y,
which is a few calls of NumPy's that nothing can interrupt. Latency is the time from the
signal to KeyboardInterrupt in the caller of `fit`. The state is right if the estimator
is as it was, or has the bits of a fit with as many epochs as it says.

    python benchmarks/interrupt.py [--quick] [--watched]

With --watched, for batches of 200 alone, a tenth of the rows validates every epoch, and
a Checkpoint saves the estimator after each.
"""

import multiprocessing
import os
import signal
from pathlib import Path
from sys import stderr
from tempfile import mkdtemp
from time import monotonic, sleep
from traceback import extract_tb

import numpy as np
from _data import make
from _report import begin, parser, table
from scipy import sparse

from skpulsar import SLPClassifier, load
from skpulsar.callbacks import Checkpoint

LONGEST = 3.0  # seconds: signals come within that, or within a few fits of one epoch
IN_TIME = 0.1
FILE = Path(mkdtemp(), "model.skp")


WEIGHTED_ROWS = SLPClassifier._weighted_rows


def weighted_rows(estimator, *arguments):
    """Says when validation is over."""
    if WATCHER is not None:
        WATCHER.start()
    return WEIGHTED_ROWS(estimator, *arguments)


SLPClassifier._weighted_rows = weighted_rows


class Sender:
    """A process of its own: it does not wait for this one's interpreter lock."""

    def __init__(self):
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(
            target=send, args=(other, os.getpid()), daemon=True
        )
        self.process.start()
        self.pipe.recv()
        self.delay = None

    def start(self):
        self.pipe.send(self.delay)


WATCHER = None


def send(pipe, parent):
    """SIGINT after every delay that comes in; its time goes back."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe.send("ready")
    while True:
        delay = pipe.recv()
        sleep(delay)
        sent = monotonic()
        os.kill(parent, signal.SIGINT)
        pipe.send(sent)


class Timer:
    """Stands in for the sender to find out how long an epoch takes."""

    def start(self):
        self.began = monotonic()


def main():
    options = parser(__doc__)
    options.add_argument("--watched", action="store_true", help="validate and save")
    arguments = options.parse_args()
    begin("Ctrl-C during fit")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a shell's job
    n_signals = 20 if arguments.quick else 100
    header = ("", "median, ms", "p99, ms", "most, ms", "within 0.1 s", "right state")
    table((*header, "before an epoch"), cases(arguments, n_signals))


def cases(arguments, n_signals):
    """Lines of the table, as they come."""
    for name, X, y in data_sets(arguments.quick):
        for size in (200,) if arguments.watched else (32, 200, len(y)):
            found = measure(X, y, size, n_signals, arguments.watched)
            latencies, right, before = found
            p50, p99 = np.percentile(latencies, [50, 99], method="higher")
            yield (
                f"{name}, batch {size:,}",
                *(f"{1e3 * seconds:.1f}" for seconds in (p50, p99, max(latencies))),
                f"{sum(seconds <= IN_TIME for seconds in latencies)} of {n_signals}",
                f"{right} of {n_signals}",
                before,
            )


def data_sets(quick):
    """(name, X, y); the largest take 4 GiB."""
    for n in (1000, 100_000) if quick else (1000, 100_000, 5_000_000):
        for n_columns in (28, 200):
            X, y = make(n, n_columns, np.float32)
            yield f"{n:,} x {n_columns} float32", X, y
        X, y = make_csr(n, 500, 20)
        yield f"{n:,} x 500 CSR, 20 a row", X, y


def make_csr(n_rows, n_columns, n_stored):
    rng = np.random.default_rng(0)
    gaps = rng.integers(1, n_columns // n_stored + 1, (n_rows, n_stored), np.int32)
    indices = gaps.cumsum(axis=1, dtype=np.int32).ravel() - 1
    indptr = np.arange(0, len(indices) + 1, n_stored, dtype=np.int32)
    values = rng.standard_normal(len(indices))
    y = (values[::n_stored] + rng.standard_normal(n_rows) > 1.5).astype(float)
    return sparse.csr_array((values, indices, indptr), (n_rows, n_columns)), y


def measure(X, y, batch_size, n_signals, watched):
    """Latencies, how many states were right, and how many before any epoch."""
    global WATCHER
    n_val = len(y) // 10
    given = {"X_val": X[:n_val], "y_val": y[:n_val]} if watched else {}
    options = {"batch_size": batch_size, "tol": None, "random_state": 0}
    WATCHER = Timer()
    reference = SLPClassifier(max_iter=1, **options).fit(X, y)
    longest = min(LONGEST, 4 * (monotonic() - WATCHER.began))
    sender, rng = Sender(), np.random.default_rng(0)
    bits = {1: weights(reference)}
    latencies, right, before = [], 0, 0
    for _ in range(n_signals):
        model = SLPClassifier(max_iter=10**9, **options)
        if watched:
            FILE.unlink(missing_ok=True)
            model.set_callbacks(Checkpoint(FILE))
        untouched = vars(model).copy()
        WATCHER, sender.delay = sender, rng.uniform(0, longest)
        try:
            model.fit(X, y, **given)
        except KeyboardInterrupt as error:
            caught, frames = monotonic(), extract_tb(error.__traceback__)
        latencies.append(caught - sender.pipe.recv())
        if latencies[-1] > IN_TIME:  # it surfaced where the call ended that held it
            print(
                f"{latencies[-1]:.3f} s: {frames[-2].name}, {frames[-1]}", file=stderr
            )
        WATCHER = None
        if not hasattr(model, "coef_"):
            before += 1
            right += vars(model) == untouched
            continue
        while reference.n_iter_ < model.n_iter_:
            reference.partial_fit(X, y)
            bits[reference.n_iter_] = weights(reference)
        right += weights(model) == bits[model.n_iter_]
        if watched and FILE.exists():
            saved = load(FILE)  # at this epoch, or the one before
            right -= weights(saved) != bits[saved.n_iter_]
    sender.process.terminate()
    sender.process.join()
    return latencies, right, before


def weights(model):
    return model.coef_.tobytes() + model.intercept_.tobytes()


if __name__ == "__main__":
    main()
