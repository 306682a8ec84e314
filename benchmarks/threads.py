# SPDX-License-Identifier: BSD-3-Clause
"""What `n_jobs` gains: fits and predictions by one thread and by more, in turns.

"Times faster" is the time of one thread to that of more. The serial share is that of
the time of one thread which, by Amdahl's law, is not divided. Coefficients and
probabilities have the same bits, or this ends with an error. The second table shows
that data too small for threads take as long with n_jobs=-1 as with one.

    python benchmarks/threads.py [--quick] [--threads N ...]
"""

from functools import partial

import numpy as np
from _problems import make_rows, make_sparse
from _report import begin, in_turns, parser, short, table

from skpulsar import SLPClassifier
from skpulsar.datasets import make_pulsars

CALLS = {"200 x 8": 30, "17,898 x 8": 10}  # in a turn


def main():
    options = parser(__doc__)
    options.add_argument("--threads", type=int, nargs="+", default=[2])
    arguments = options.parse_args()
    quick, threads = arguments.quick, arguments.threads
    begin("Threads")
    n_rounds = 3 if quick else 15
    rows = []
    for name, X, y in problems(quick):
        rows += compared(name, X, y, threads, n_rounds)
    spread = "times faster", "least", "most"
    table(("", "call", "one thread, ms", "threads", *spread, "serial share"), rows)
    table(("", "n_jobs=1, ms", "n_jobs=-1 to that"), small(n_rounds))


def problems(quick):
    """Yield (name, X, y)."""
    part = 10 if quick else 1
    for n, d in ((1_000_000, 28), (100_000, 500)):
        yield f"{n // part:,} x {d}", *make_rows(n // part, d)
    n, d = 500_000 // part, 50_000
    yield f"{n:,} x {d:,} CSR", *make_sparse(n, d, 50)


def compared(name, X, y, threads, n_rounds):
    """Rows of the table: a fit, logits and probabilities."""
    models = [SLPClassifier(n_jobs=n, random_state=0) for n in (1, *threads)]
    calls = {
        "fit": [partial(model.fit, X, y) for model in models],
        "decision_function": [partial(model.decision_function, X) for model in models],
        "predict_proba": [partial(model.predict_proba, X) for model in models],
    }
    for call, actions in calls.items():
        seconds = in_turns(actions, n_rounds)
        one = short(np.median(seconds[:, 0]) * 1e3)
        for k, n in enumerate(threads, start=1):
            ratios = seconds[:, 0] / seconds[:, k]
            ratio = np.median(ratios)
            serial = (n / ratio - 1) / (n - 1)
            spread = f"{ratios.min():.2f}", f"{ratios.max():.2f}"
            yield name, call, one, n, f"{ratio:.2f}", *spread, f"{serial:.1%}"
    bits = {(m.coef_.tobytes(), m.predict_proba(X).tobytes()) for m in models}
    if len(bits) > 1:
        raise AssertionError(f"threads change bits of {name}")


def small(n_rounds):
    """Rows of the table of data too small for threads."""
    for n, name in zip((200, 17_898), CALLS, strict=True):
        X, y = make_pulsars(n_samples=n, random_state=0)
        models = [SLPClassifier(n_jobs=n, random_state=0) for n in (1, -1)]
        actions = [partial(fits, model, X, y, CALLS[name]) for model in models]
        seconds = in_turns(actions, 3 * n_rounds)
        ratio = np.median(seconds[:, 1] / seconds[:, 0])
        one = np.median(seconds[:, 0]) / CALLS[name] * 1e3
        yield name, f"{one:.3g}", f"{ratio:.3f}"


def fits(model, X, y, n_calls):
    for _ in range(n_calls):
        model.fit(X, y)


if __name__ == "__main__":
    main()
