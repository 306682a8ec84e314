# SPDX-License-Identifier: BSD-3-Clause
"""Peak extra memory and time of balanced training, where positives are 1 % of the rows.

Every fit runs in a process of its own, after a small fit that loads what is loaded
late. The system counts the pages of the process (Linux) and time is taken in the same
run; processes of all cases take turns, and ratios are medians of ratios within a turn.
The balanced objective is the mean cross-entropy with class_weight="balanced", plus the
penalty, over the rows as given. A peer has a ladder of `max_iter` (lbfgs) or `tol`
(newton-cholesky), and its cheapest step that comes within 0.1 % of the optimum is the
one measured; where none does, the first that gains nothing on the step before it.

    python benchmarks/balanced_memory.py [--quick]
"""

import json
import warnings
from time import perf_counter

import numpy as np
from _data import make
from _process import begin_peak, in_a_process, peak
from _report import begin, parser, short, table
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from skpulsar import SLPClassifier

ALPHA = 1e-4
N_COLUMNS = 28
OFFSET = -5.9  # 1 % of ones
QUALITY = 1e-3
OURS = "SLPClassifier, balanced"
COPIES = "RandomOverSampler + lbfgs"
METRIC = "class_weight, newton-cholesky"
QUICK = (OURS, METRIC, COPIES)


def ours(**parameters):
    return SLPClassifier(alpha=ALPHA, sampling="balanced", random_state=0, **parameters)


def logistic(n_rows, **parameters):
    return LogisticRegression(C=1 / (ALPHA * n_rows), **parameters)


def lbfgs(n_rows, step, **parameters):
    return logistic(n_rows, max_iter=(4, 6, 8, 12, 16, 24)[step], tol=0, **parameters)


def newton(n_rows, step, **parameters):
    tol = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)[step]
    return logistic(n_rows, solver="newton-cholesky", tol=tol, **parameters)


def sampled(sampler, solver):
    """A pipeline of both; alpha counts the rows that the sampler makes."""

    def made(n_rows, step):
        after = 2 * 0.99 * n_rows
        return make_pipeline(sampler(random_state=0), solver(after, step))

    return made


def weighted(solver):
    return lambda n_rows, step: solver(n_rows, step, class_weight="balanced")


N_STEPS = 6
# Name to (a function of n_rows and a step of the ladder, number of steps)
CASES = {
    OURS: (lambda n_rows, step: ours(), 1),
    "SLPClassifier, adam, by index": (lambda n, step: ours(solver="adam"), 1),
    "SLPClassifier, sgd, by index": (lambda n, step: ours(solver="sgd"), 1),
    "class_weight, lbfgs": (weighted(lbfgs), N_STEPS),
    METRIC: (weighted(newton), N_STEPS),
    COPIES: (sampled(RandomOverSampler, lbfgs), N_STEPS),
    "RandomOverSampler + newton-cholesky": (
        sampled(RandomOverSampler, newton),
        N_STEPS,
    ),
    "SMOTE + lbfgs": (sampled(SMOTE, lbfgs), N_STEPS),
    "SMOTE + newton-cholesky": (sampled(SMOTE, newton), N_STEPS),
}


def main():
    options = parser(__doc__)
    options.add_argument("--case", nargs=3, help="name, number of rows, step: inside")
    arguments = options.parse_args()
    if arguments.case:
        name, n_rows, step = arguments.case
        print(json.dumps(measure(name, int(n_rows), int(step))))
        return
    n_rows, n_turns, names, first = 1_000_000, 3, tuple(CASES), 0
    if arguments.quick:
        n_rows, n_turns, names, first = 50_000, 1, QUICK, N_STEPS - 2
    begin("Balanced training: memory and time")
    best = in_a_process(__file__, METRIC, n_rows, -1)["objective"]
    steps, gaps = {}, {}
    for name in names:
        steps[name], gaps[name] = climb(name, n_rows, best, first)
    runs = [
        {name: in_a_process(__file__, name, n_rows, step) for name, step in turn}
        for turn in turns(steps, n_turns)
    ]
    print(f"{n_rows:,} x {N_COLUMNS}, float64, {runs[0][OURS]['positive']:.2%} ones:\n")
    header = ("", "above the optimum, %", "extra memory, MiB", "over ours", "fit, s")
    table((*header, "times ours"), [line(name, runs, gaps) for name in names])


def climb(name, n_rows, best, first):
    """The first step of the ladder that is good enough, or gains no more; its gap."""
    last = np.inf
    for step in range(min(first, CASES[name][1] - 1), CASES[name][1]):
        gap = in_a_process(__file__, name, n_rows, step)["objective"] / best - 1
        if gap <= QUALITY or gap > 0.9 * last:
            break
        last = gap
    return step, gap


def turns(steps, n_turns):
    """A B C, then C B A."""
    for turn in range(n_turns):
        yield list(steps.items())[:: 1 if turn % 2 == 0 else -1]


def line(name, runs, gaps):
    def median(key):
        return np.median([run[name][key] for run in runs])

    def ratio(key):
        return np.median([run[name][key] / run[OURS][key] for run in runs])

    return (
        name,
        f"{gaps[name] * 100:.3f}",
        f"{median('bytes') / 2**20:.1f}",
        f"{ratio('bytes'):.1f}",
        short(median("seconds")),
        f"{ratio('seconds'):.1f}",
    )


def measure(name, n_rows, step):
    """Extra bytes and seconds of one fit, and the balanced objective where it ends."""
    threadpool_limits(limits=1)
    warnings.simplefilter("ignore")  # ladders stop early
    X, y = balanced_data(2_000)
    CASES[name][0](len(y), step).fit(X, y)
    X, y = balanced_data(n_rows)
    model = CASES[name][0](n_rows, step)
    before = begin_peak()
    began = perf_counter()
    model.fit(X, y)
    seconds = perf_counter() - began
    return {
        "bytes": peak() - before,
        "seconds": seconds,
        "objective": objective(X, y, model[-1] if hasattr(model, "steps") else model),
        "positive": float(y.mean()),
    }


def balanced_data(n_rows):
    X, y = make(n_rows, N_COLUMNS, offset=OFFSET)
    return X, y.astype(np.int64)


def objective(X, y, model):
    """The mean of both classes' mean cross-entropy, plus the penalty."""
    w, b = model.coef_[0], model.intercept_[0]
    losses = np.logaddexp(0, np.where(y == 1, -1.0, 1.0) * (X @ w + b))
    return (losses[y == 1].mean() + losses[y == 0].mean()) / 2 + ALPHA / 2 * (w @ w)


if __name__ == "__main__":
    main()
