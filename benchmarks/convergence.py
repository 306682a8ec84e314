# SPDX-License-Identifier: BSD-3-Clause
"""How far above the optimum a cold default fit on raw features ends.

The optimum is that of the same objective, see _reference.py.

    python benchmarks/convergence.py [--data DIR] [--quick]
"""

import warnings
from time import perf_counter

import numpy as np
from _data import add_argument, load
from _reference import objective, optimum
from _report import begin, parser, table
from sklearn.exceptions import ConvergenceWarning

from skpulsar import SLPClassifier

SETS = ("HTRU2", "shuttle", "campaign", "cover", "http", "a9a", "ijcnn1")
QUICK_SETS = ("HTRU2", "shuttle")
SOLVERS = ("psgd", "sgd", "adam", "rmsprop")


def main():
    options = parser(__doc__)
    add_argument(options)
    arguments = options.parse_args()
    seeds = range(1 if arguments.quick else 5)
    begin("A cold default fit on raw features")
    print(f"Over {len(seeds)} random states; epochs and time are medians.\n")

    rows = []
    for name, X, y in load(QUICK_SETS if arguments.quick else SETS, arguments.data):
        target = (y == y.max()).astype(np.int64)
        best, _, _ = optimum(X, target, SLPClassifier().alpha)
        for solver in SOLVERS:
            fits = [fit(X, y, target, best, solver, seed) for seed in seeds]
            gaps, epochs, seconds, warned = np.transpose(fits)
            rows.append(
                (
                    f"{name}, {X.shape[0]:,} x {X.shape[1]}",
                    solver,
                    f"{best:.6g}",
                    f"{100 * np.median(gaps):.3f}",
                    f"{100 * gaps.max():.3f}",
                    f"{100 * max(gaps[warned == 0], default=np.nan):.3f}",
                    f"{np.median(epochs):.0f}",
                    f"{warned.sum():.0f}",
                    f"{np.median(seconds) * 1e3:,.0f}",
                )
            )
    header = (
        "",
        "solver",
        "optimum",
        "gap, % (median)",
        "worst",
        "worst unwarned",
        "epochs",
        "warnings",
        "fit, ms",
    )
    table(header, rows)


def fit(X, y, target, best, solver, seed):
    """Relative gap, epochs, seconds, whether a ConvergenceWarning was given."""
    model = SLPClassifier(solver=solver, random_state=seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        began = perf_counter()
        model.fit(X, y)
        seconds = perf_counter() - began
    warned = any(issubclass(w.category, ConvergenceWarning) for w in caught)
    found = objective(X, target, model.alpha, model.coef_, model.intercept_)
    return found / best - 1, model.n_iter_, seconds, warned


if __name__ == "__main__":
    main()
