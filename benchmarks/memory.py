# SPDX-License-Identifier: BSD-3-Clause
"""Peak extra memory of fit, in bytes a row of X.

Every case runs in two fresh processes after a small fit that loads what is loaded late.
One counts the allocations of Python and NumPy with tracemalloc, on all rows and on half
of them, which gives a slope and a constant. The other has the system count the pages of
the process (Linux), which also sees what compiled code allocates by itself.

    python benchmarks/memory.py [--quick]
"""

import json
import tracemalloc
import warnings

import numpy as np
from _data import make
from _process import begin_peak, in_a_process, peak
from _report import begin, parser, table
from sklearn.linear_model import LogisticRegression, SGDClassifier

from skpulsar import SLPClassifier

N_COLUMNS = 28


def ours(solver="psgd", **parameters):
    return SLPClassifier(
        solver=solver, max_iter=2, tol=None, random_state=0, **parameters
    )


# Name to (estimator, dtype of y, whether weighted)
CASES = {
    "psgd, y float64": (ours(), np.float64, False),
    "psgd, y int64": (ours(), np.int64, False),
    "psgd, y bool": (ours(), np.bool_, False),
    "psgd, y int64, balanced": (ours(class_weight="balanced"), np.int64, False),
    "psgd, y int64, weighted": (ours(), np.int64, True),
    "sgd, y int64": (ours("sgd"), np.int64, False),
    "sgd, y int64, batch 32": (ours("sgd", batch_size=32), np.int64, False),
    "sgd, y int64, balanced": (ours("sgd", class_weight="balanced"), np.int64, False),
    "sgd, y int64, weighted": (ours("sgd"), np.int64, True),
    "adam, y int64": (ours("adam"), np.int64, False),
    "SGDClassifier, y int64": (
        SGDClassifier(loss="log_loss", max_iter=2, tol=None),
        np.int64,
        False,
    ),
    "SGDClassifier, y int64, weighted": (
        SGDClassifier(loss="log_loss", max_iter=2, tol=None),
        np.int64,
        True,
    ),
    "LogisticRegression, y int64": (
        LogisticRegression(max_iter=5),
        np.int64,
        False,
    ),
}


def main():
    options = parser(__doc__)
    options.add_argument("--case", nargs=3, help="meter, number of rows, name: inside")
    arguments = options.parse_args()
    if arguments.case:
        meter, n_rows, name = arguments.case
        print(json.dumps(measure(meter, int(n_rows), name)))
        return
    n_rows = 100_000 if arguments.quick else 1_000_000
    begin("Extra memory of fit")
    print(f"{n_rows:,} x {N_COLUMNS}, float64, C order, peak less what was there:\n")
    rows = []
    for name in CASES:
        half, whole = (
            in_a_process(__file__, "python", n, name) for n in (n_rows // 2, n_rows)
        )
        slope = (whole - half) / (n_rows - n_rows // 2)
        pages = in_a_process(__file__, "pages", n_rows, name)
        rows.append(
            (
                name,
                f"{whole / n_rows:.1f}",
                f"{slope:.1f}",
                f"{(whole - slope * n_rows) / 2**20:.2f}",
                "-" if pages is None else f"{pages / n_rows:.1f}",
            )
        )
    table(
        ("", "bytes a row", "slope", "constant, MiB", "process: bytes a row"),
        rows,
    )


def measure(meter, n_rows, name):
    """Extra bytes at the peak of one fit, or None if the meter is not to be had."""
    estimator, dtype, weighted = CASES[name]
    warnings.simplefilter("ignore")
    begin_quietly(estimator, dtype, weighted)
    X, y = make(n_rows, N_COLUMNS)
    y = y.astype(dtype)
    weight = np.linspace(0.5, 1.5, n_rows) if weighted else None
    if meter == "python":
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        estimator.fit(X, y, sample_weight=weight)
        return tracemalloc.get_traced_memory()[1] - before
    try:
        before = begin_peak()
    except OSError:
        return None
    estimator.fit(X, y, sample_weight=weight)
    return peak() - before


def begin_quietly(estimator, dtype, weighted):
    X, y = make(1000, N_COLUMNS)
    weight = np.ones(1000) if weighted else None
    estimator.fit(X, y.astype(dtype), sample_weight=weight)


if __name__ == "__main__":
    main()
