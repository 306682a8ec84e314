# SPDX-License-Identifier: BSD-3-Clause
"""Time of an epoch, against SGDClassifier's.

An epoch is a ninth of what a fit of ten epochs takes beyond a fit of one, so that
validation and set-up are not in it; they are in the whole fits beside it. Ratios above
1 say that SLPClassifier is faster.

    python benchmarks/epoch.py [--data DIR] [--quick]
"""

from functools import partial

import numpy as np
from _data import add_argument, load, make, standardised
from _report import begin, in_turns, parser, short, table
from scipy import sparse
from sklearn.linear_model import SGDClassifier

from skpulsar import SLPClassifier
from skpulsar._kernels import _core

N_EPOCHS = 10

FIRST = ("sgd", 32)  # what the target is about
VARIANTS = (FIRST, ("sgd", 200), ("adam", 32), ("adam", 200))


def main():
    options = parser(__doc__)
    add_argument(options)
    arguments = options.parse_args()
    quick = arguments.quick
    begin("Time of an epoch")

    sets = data_sets(arguments.data, quick)
    print_against_sgd(sets, quick)
    print_levels(sets, quick)
    print_single(sets, quick)


def data_sets(folder, quick):
    """Name to (X, y, rounds)."""
    sets = {}
    for name, X, y in load(("HTRU2", "a9a", "w8a"), folder):
        X = X if sparse.issparse(X) else standardised(X)
        sets[f"{name}, {shape(X)}"] = X, y, 5 if quick else 31
    X, y = make(100_000 if quick else 1_000_000, 28)
    sets[f"made, {shape(X)}"] = X, y, 3 if quick else 7
    return sets


def shape(X):
    return f"{X.shape[0]:,} x {X.shape[1]}" + (" CSR" if sparse.issparse(X) else "")


def print_against_sgd(sets, quick):
    print("SLPClassifier and SGDClassifier, float64:\n")
    rows = []
    for name, (X, y, n_rounds) in sets.items():
        fits = [partial(fit_theirs, X, y)]
        fits += [partial(fit_ours, X, y, *variant) for variant in VARIANTS]
        epochs, wholes = measure(fits, n_rounds)
        for k, (solver, size) in enumerate(VARIANTS, start=1):
            rows.append(
                (
                    f"{name}: {solver}, batch {size}",
                    milliseconds(epochs[:, k]),
                    milliseconds(epochs[:, 0]),
                    ratio(epochs[:, 0], epochs[:, k]),
                    milliseconds(wholes[:, k]),
                    milliseconds(wholes[:, 0]),
                    ratio(wholes[:, 0], wholes[:, k]),
                )
            )
    table(
        (
            "",
            "epoch, ms",
            "SGDClassifier",
            "times faster",
            f"fit of {N_EPOCHS}, ms",
            "SGDClassifier",
            "times faster",
        ),
        rows,
    )


def print_levels(sets, quick):
    print("The same kernel compiled for each instruction set (sgd, batch 32):\n")
    rows = []
    for name, (X, y, n_rounds) in sets.items():
        fits = [partial(fit_theirs, X, y)]
        fits += [partial(fit_ours, X, y, *FIRST, level=k) for k in _core.LEVELS]
        epochs, _ = measure(fits, n_rounds)
        for k, level in enumerate(_core.LEVELS, start=1):
            rows.append(
                (
                    f"{name}: {level}",
                    milliseconds(epochs[:, k]),
                    ratio(epochs[:, 0], epochs[:, k]),
                )
            )
    table(("", "epoch, ms", "times faster than SGDClassifier"), rows)


def print_single(sets, quick):
    print("float32 against float64 (sgd, batch 32):\n")
    doubles = [(n, *s) for n, s in sets.items() if not sparse.issparse(s[0])]
    X, y = make(20_000 if quick else 200_000, 500)
    doubles.append((f"made, {shape(X)}", X, y, 3 if quick else 7))
    rows = []
    for name, X, y, n_rounds in doubles:
        single = X.astype(np.float32)
        fits = [partial(fit_ours, x, y, *FIRST) for x in (X, single)]
        epochs, wholes = measure(fits, n_rounds)
        rows.append(
            (
                name,
                milliseconds(epochs[:, 0]),
                milliseconds(epochs[:, 1]),
                ratio(*epochs.T),
                ratio(*wholes.T),
            )
        )
    table(
        (
            "",
            "float64: epoch, ms",
            "float32: epoch, ms",
            "epoch: times faster",
            f"fit of {N_EPOCHS}: times faster",
        ),
        rows,
    )


def measure(fits, n_rounds):
    """Seconds of an epoch and of a fit of ten, by round and fit."""
    actions = [partial(fit, n) for fit in fits for n in (1, N_EPOCHS)]
    seconds = in_turns(actions, n_rounds)
    one, ten = seconds[:, ::2], seconds[:, 1::2]
    return (ten - one) / (N_EPOCHS - 1), ten


def fit_ours(X, y, solver, batch_size, max_iter, level=_core.LEVELS[0]):
    _core.use_level(level)
    SLPClassifier(
        solver=solver,
        batch_size=batch_size,
        max_iter=max_iter,
        tol=None,
        random_state=0,
    ).fit(X, y)
    _core.use_level(_core.LEVELS[0])


def fit_theirs(X, y, max_iter):
    SGDClassifier(
        loss="log_loss",
        learning_rate="constant",
        eta0=0.01,
        max_iter=max_iter,
        tol=None,
        random_state=0,
    ).fit(X, y)


def milliseconds(seconds):
    return short(np.median(seconds) * 1e3)


def ratio(theirs, ours):
    return f"{np.median(theirs / ours):.2f}"


if __name__ == "__main__":
    main()
