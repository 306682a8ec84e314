# SPDX-License-Identifier: BSD-3-Clause
"""What a pass over the rows and a whole fit cost, in products `X @ w`.

A full pass gives the loss, the gradient and the residuals of every row. The statistics
pass, one per fit, gives the norms of the rows and the moments of the columns. The data
are synthetic, of about 100 MB (--quick: 10) in float64; passes and fits take turns with
the product on one thread, and there is a fit for each of five random states.

    python benchmarks/full_pass.py [--quick]
"""

from functools import partial

import numpy as np
from _data import make
from _report import begin, in_turns, parser, short, table

from skpulsar import SLPClassifier
from skpulsar._kernels import _core
from skpulsar._problem._row_statistics import LEAF

COLUMNS = (3, 8, 10, 28, 62, 500)
PASSES = ("product", "full pass", "statistics pass")
SEEDS = range(5)


def main():
    options = parser(__doc__)
    options.add_argument("--solver", default="auto", help="of SLPClassifier")
    arguments = options.parse_args()
    megabytes, n_turns = (10, 5) if arguments.quick else (100, 15)
    begin("A pass and a fit, in products")

    passes, fits = [], []
    for d in COLUMNS:
        X, y = make(int(megabytes * 1e6 / 8 / d), d)
        name = f"{len(X):,} x {d}"
        passes.append((name, *pass_cells(pass_ns(X, y, n_turns))))
        fits.append((name, *fit_cells(X, y, arguments.solver, n_turns)))
    print("ns a row (times the product):\n")
    table(("", *PASSES), passes)
    print("A whole fit with the default tol:\n")
    table(("", "ms", "full passes", "products", "least", "most"), fits)


def pass_ns(X, y, n_turns):
    """Nanoseconds per row of every pass; medians over the turns."""
    w = np.random.default_rng(0).standard_normal(X.shape[1])
    centre, ones, each = X.mean(axis=0), np.ones(len(w)), np.empty(len(X))
    dataset = _core.Dataset(X, y, None, centre=centre, leaf=LEAF)
    calls = [
        partial(np.matmul, X, w),
        partial(dataset.objective, np.append(w, 0.0), each),
        partial(dataset.moments, ones, each),
    ]
    return np.median(in_turns(calls, n_turns), axis=0) / len(X) * 1e9


def pass_cells(ns):
    return [short(ns[0]), *(f"{short(own)} ({own / ns[0]:.2f})" for own in ns[1:])]


def fit_cells(X, y, solver, n_turns):
    """Milliseconds, full passes, and the time in products: median, least and most."""
    models = [SLPClassifier(solver=solver, random_state=seed) for seed in SEEDS]
    calls = [partial(np.matmul, X, np.ones(X.shape[1]))]
    calls += [partial(model.fit, X, y) for model in models]
    seconds = in_turns(calls, n_turns)
    products = np.median(seconds[:, 1:] / seconds[:, :1], axis=0)
    return (
        short(np.median(seconds[:, 1:]) * 1e3),
        f"{np.median([model.n_iter_ for model in models]):.0f}",
        *(f"{f(products):.1f}" for f in (np.median, min, max)),
    )


if __name__ == "__main__":
    main()
