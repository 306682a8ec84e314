# SPDX-License-Identifier: BSD-3-Clause
"""How far above the optimum a cold default fit on raw features ends.

The optimum is that of the same objective, by damped Newton steps in standardised
columns, with the penalty on the weights of the raw ones.

    python benchmarks/convergence.py [--data DIR] [--quick]
"""

import warnings
from time import perf_counter

import numpy as np
from _data import add_argument, load
from _report import begin, parser, table
from scipy import sparse
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning

from skpulsar import SLPClassifier

SETS = ("HTRU2", "shuttle", "campaign", "cover", "http", "a9a", "ijcnn1")
QUICK_SETS = ("HTRU2", "shuttle")
SOLVERS = ("sgd", "adam", "rmsprop")


def main():
    options = parser(__doc__)
    add_argument(options)
    arguments = options.parse_args()
    seeds = range(1 if arguments.quick else 5)
    begin("A cold default fit on raw features")
    print(f"Over {len(seeds)} random states; epochs and time are medians.\n")

    rows = []
    for name, X, y in load(QUICK_SETS if arguments.quick else SETS, arguments.data):
        target = (y == y.max()).astype(np.float64)
        dense = X.toarray() if sparse.issparse(X) else X
        best = optimum(dense, target, SLPClassifier().alpha)
        for solver in SOLVERS:
            fits = [fit(X, y, dense, target, best, solver, seed) for seed in seeds]
            gaps, epochs, seconds, warned = np.transpose(fits)
            rows.append(
                (
                    f"{name}, {X.shape[0]:,} x {X.shape[1]}",
                    solver,
                    f"{best:.6g}",
                    f"{100 * np.median(gaps):.2f}",
                    f"{100 * gaps.max():.2f}",
                    f"{100 * max(gaps[warned == 0], default=np.nan):.2f}",
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


def fit(X, y, dense, target, best, solver, seed):
    """Relative gap, epochs, seconds, whether a ConvergenceWarning was given."""
    model = SLPClassifier(solver=solver, random_state=seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        began = perf_counter()
        model.fit(X, y)
        seconds = perf_counter() - began
    warned = any(issubclass(w.category, ConvergenceWarning) for w in caught)
    weights = np.append(model.coef_, model.intercept_)
    found = objective(dense, target, weights, np.full(X.shape[1], model.alpha))
    return found / best - 1, model.n_iter_, seconds, warned


def objective(X, target, weights, alphas):
    logits = X @ weights[:-1] + weights[-1]
    return losses(logits, target).mean() + alphas @ weights[:-1] ** 2 / 2


def losses(logits, target):
    return np.logaddexp(0, np.where(target == 1, -logits, logits))


def optimum(X, target, alpha):
    """The least value of the objective, to a relative 1e-12."""
    scale = X.std(axis=0)
    scale[scale == 0] = 1
    X = np.column_stack([(X - X.mean(axis=0)) / scale, np.ones(len(X))])
    alphas = np.append(alpha / scale**2, 0.0)

    def value(w):
        return losses(X @ w, target).mean() + alphas @ w**2 / 2

    w = np.zeros(X.shape[1])
    now = value(w)
    for _ in range(200):
        p = expit(X @ w)
        gradient = X.T @ (p - target) / len(X) + alphas * w
        hessian = X.T @ (X * (p * (1 - p) / len(X))[:, np.newaxis])
        hessian[np.diag_indices_from(hessian)] += alphas
        step = np.linalg.lstsq(hessian, gradient)[0]
        decrement = gradient @ step  # twice what a full step gains, near the optimum
        if decrement <= 1e-12 * now:
            return now
        share = 1.0
        while value(w - share * step) > now - share * decrement / 4:
            share /= 2
            if share < 1e-10:
                raise RuntimeError("the reference does not get further down")
        w = w - share * step
        now = value(w)
    raise RuntimeError("the reference did not reach the optimum")


if __name__ == "__main__":
    main()
