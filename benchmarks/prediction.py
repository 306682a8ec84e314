# SPDX-License-Identifier: BSD-3-Clause
"""Time of decision_function and predict_proba, against SGDClassifier's.

Both hold the same weights. Ratios above 1 say that SLPClassifier is faster.

    python benchmarks/prediction.py [--data DIR] [--quick]
"""

import warnings
from functools import partial

import numpy as np
from _data import add_argument, load, make
from _report import begin, in_turns, parser, short, table
from sklearn.linear_model import SGDClassifier

from skpulsar import SLPClassifier

METHODS = ("decision_function", "predict_proba")
ONE_CALLS = 50  # of one row, in a turn


def main():
    options = parser(__doc__)
    add_argument(options)
    arguments = options.parse_args()
    quick = arguments.quick
    begin("Time of a prediction")

    few, many = (20, 3) if quick else (400, 15)
    rows = []
    for name, X, y in data_sets(arguments.data, quick):
        models = fitted(X, y)
        for shown, part, n_rounds in (
            (f"1 row of {name}", X[:1], few),
            (name, X, many),
        ):
            for method in METHODS:
                found = compare(models, method, part, n_rounds)
                rows.append((shown, method, *found))
    table(
        ("", "method", "SLPClassifier, µs", "SGDClassifier, µs", "times faster"),
        rows,
    )


def data_sets(folder, quick):
    """Yield (name, X, y)."""
    n_rows = 100_000 if quick else 1_000_000
    for dtype in (np.float64, np.float32):
        yield f"{n_rows:,} x 28, {np.dtype(dtype)}", *make(n_rows, 28, dtype)
    n_rows = 2_000 if quick else 20_000
    for dtype in (np.float64, np.float32):
        yield f"{n_rows:,} x 500, {np.dtype(dtype)}", *make(n_rows, 500, dtype)
    for name, X, y in load(("a9a",), folder):
        yield f"{name}, {X.shape[0]:,} x {X.shape[1]} CSR", X, y


def fitted(X, y):
    """SLPClassifier and SGDClassifier with the same weights."""
    ours = SLPClassifier(max_iter=1, random_state=0)
    theirs = SGDClassifier(loss="log_loss", max_iter=1, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours.fit(X[:2000], y[:2000])
        theirs.fit(X[:2000], y[:2000])
    theirs.coef_ = ours.coef_.astype(X.dtype)
    theirs.intercept_ = ours.intercept_.astype(X.dtype)
    return ours, theirs


def compare(models, method, X, n_rounds):
    """Microseconds of both, and their ratio, as text."""
    n_calls = ONE_CALLS if X.shape[0] == 1 else 1
    actions = [partial(call, getattr(m, method), X, n_calls) for m in models]
    seconds = in_turns(actions, n_rounds)
    ours, theirs = np.median(seconds, axis=0) / n_calls * 1e6
    ratio = np.median(seconds[:, 1] / seconds[:, 0])
    return short(ours), short(theirs), f"{ratio:.2f}"


def call(method, X, n_calls):
    for _ in range(n_calls):
        method(X)


if __name__ == "__main__":
    main()
