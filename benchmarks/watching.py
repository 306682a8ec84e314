# SPDX-License-Identifier: BSD-3-Clause
"""What it costs to watch training: the history, a validation set, callbacks.

A bare run is a fit that records nothing and sets no attributes after an epoch.

    python benchmarks/watching.py [--quick]
"""

import warnings
from functools import partial
from time import perf_counter

import numpy as np
from _data import make
from _report import begin, in_turns, parser, short, table

from skpulsar import SLPClassifier
from skpulsar._training._history import Epoch, History

OPTIONS = {"tol": None, "random_state": 0}


class Watcher:
    """A callback that does nothing."""

    def setup(self, estimator, context):
        pass

    teardown = on_fit_task_begin = setup

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        pass


def main():
    arguments = parser(__doc__).parse_args()
    begin("Watching")
    warnings.simplefilter("ignore")
    sizes = [(1000, 28, 100), (100_000, 28, 5)]
    if not arguments.quick:
        sizes.append((1_000_000, 28, 3))
    header = ("", "history", "with a validation set", "with a callback")
    n_rounds = 5 if arguments.quick else 15
    table(header, (ratios(*size, n_rounds) for size in sizes))
    print()
    header = ("recording an epoch, microseconds", "median")
    table(header, recording(200 if arguments.quick else 5000))


def ratios(n_rows, n_columns, n_epochs, n_rounds):
    """Time of a fit of sgd over that of a bare run; a tenth of the rows validates."""
    X, y = make(n_rows, n_columns, np.float64)
    fit = partial(SLPClassifier, solver="sgd", max_iter=n_epochs, **OPTIONS)
    n_val = n_rows // 10
    given = {"X_val": X[:n_val], "y_val": y[:n_val]}
    actions = [
        partial(bare, X, y, n_epochs),
        lambda: fit().fit(X, y),
        lambda: fit().fit(X, y, **given),
        lambda: fit().set_callbacks(Watcher()).fit(X, y),
    ]
    seconds = in_turns(actions, n_rounds)
    found = np.median(seconds[:, 1:] / seconds[:, :1], axis=0)
    return f"sgd, {n_rows:,} x {n_columns}", *(f"{ratio:.3f}" for ratio in found)


class Bare(SLPClassifier):
    """Training that records nothing and publishes no epoch."""

    __init__ = SLPClassifier.__init__

    def _publish(self, result):
        pass


def bare(X, y, n_epochs):
    """A fit without its history."""
    after, History.after = History.after, lambda history, epoch, scores: history
    try:
        Bare(solver="sgd", max_iter=n_epochs, **OPTIONS).fit(X, y)
    finally:
        History.after = after


def recording(n_epochs):
    """Medians of the first and the last hundred epochs of a history."""
    history, seconds = History(), []
    epoch, scores = Epoch(0.5, 0.1, 0.01, 100, 0.1), {"validation_loss": 0.5}
    for _ in range(n_epochs):
        began = perf_counter()
        history = history.after(epoch, scores)
        seconds.append(perf_counter() - began)
    for name, part in (("1 to 100", seconds[:100]), ("last 100", seconds[-100:])):
        yield f"epochs {name} of {n_epochs:,}", short(1e6 * np.median(part))


if __name__ == "__main__":
    main()
