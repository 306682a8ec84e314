# SPDX-License-Identifier: BSD-3-Clause
"""Speed of `partial_fit` by the size of chunks, beside how near the optimum it ends.

Every run gives all rows once, a chunk after the other. Ratios are SGDClassifier's time
to that of the run, above 1 where the run is faster, in time of the process. The gap is
how far the objective of all rows is above its minimum, in per cent of the minimum,
after the last chunk.

    python benchmarks/partial_fit.py [--quick]
"""

from functools import partial
from time import process_time

import numpy as np
from _problems import make_correlated, make_rows
from _reference import objective, optimum
from _report import begin, in_turns, parser, short, table
from sklearn.linear_model import SGDClassifier

from skpulsar import SLPClassifier

CHUNKS = 100, 1_000, 10_000, 50_000
ALPHA = 1e-4
# Name to what makes the estimator: SGDClassifier, with which all are compared, first
ESTIMATORS = {
    "SGDClassifier": partial(SGDClassifier, loss="log_loss", alpha=ALPHA),
    "the same, average=True": partial(
        SGDClassifier, loss="log_loss", alpha=ALPHA, average=True
    ),
    "SLPClassifier, psgd": partial(SLPClassifier, alpha=ALPHA),
    "SLPClassifier, sgd": partial(SLPClassifier, alpha=ALPHA, solver="sgd"),
}


def main():
    quick = parser(__doc__).parse_args().quick
    begin("Chunks of a stream")
    n_rows = 50_000 if quick else 200_000
    for name, make in {"Independent": make_rows, "Correlated": make_correlated}.items():
        X, y = make(n_rows, 28)
        best, *_ = optimum(X, y, ALPHA)
        print(f"{name} columns, {n_rows:,} x {X.shape[1]}:\n")
        header = "", "rows a chunk", "us a row", "times faster", "gap, %"
        table(header, runs(X, y, best, 1 if quick else 3))


def runs(X, y, best, n_rounds):
    """Rows of the table."""
    for size in CHUNKS:
        models = {}
        actions = [partial(stream, models, name, X, y, size) for name in ESTIMATORS]
        seconds = in_turns(actions, n_rounds, clock=process_time)
        for k, name in enumerate(ESTIMATORS):
            ratio = np.median(seconds[:, 0] / seconds[:, k])
            a_row = short(np.median(seconds[:, k]) / len(X) * 1e6)
            model = models[name]
            reached = objective(X, y, ALPHA, model.coef_, model.intercept_)
            gap = short(100 * (reached / best - 1))
            yield name, f"{size:,}", a_row, f"{ratio:.2f}", gap


def stream(models, name, X, y, size):
    """Give all rows once, and keep the model."""
    model = models[name] = ESTIMATORS[name](random_state=0)
    for start in range(0, len(X), size):
        rows = slice(start, start + size)
        model.partial_fit(X[rows], y[rows], classes=[0, 1])


if __name__ == "__main__":
    main()
