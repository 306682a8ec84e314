# SPDX-License-Identifier: BSD-3-Clause
"""Time of all cut-offs of some logits, against one np.argsort of them.

Logits are all distinct, or rounded to two digits. Everything else is given as
multiples of np.argsort, formed within a turn.

    python benchmarks/cutoffs.py [--quick]
"""

import numpy as np
from _report import begin, in_turns, parser, short, table
from sklearn.metrics import precision_recall_curve

from skpulsar.thresholds import cutoffs


def main():
    quick = parser(__doc__).parse_args().quick
    n_rows, n_rounds = (100_000, 5) if quick else (1_000_000, 25)
    begin(f"All cut-offs of {n_rows:,} logits")
    header = ("", "9 %", "50 %", "9 %, ties", "9 %, weights")
    columns = [
        measure(*made, n_rounds)
        for made in (
            make(n_rows, 0.09),
            make(n_rows, 0.5),
            make(n_rows, 0.09, digits=2),
            make(n_rows, 0.09, weighted=True),
        )
    ]
    milliseconds = [f"{short(sort * 1e3)} ms" for sort, _ in columns]
    table(header, [("np.argsort", *milliseconds)])
    rows = zip(NAMES, *(times for _, times in columns), strict=True)
    table(header, [(name, *(f"{x:.2f}" for x in times)) for name, *times in rows])


def make(n_rows, share, digits=None, weighted=False):
    """Labels, logits, weights or None."""
    rng = np.random.default_rng(0)
    y = (rng.random(n_rows) < share).astype(np.int64)
    logits = rng.standard_normal(n_rows) + 2 * y - 2
    if digits is not None:
        logits = logits.round(digits)
    return y, logits, rng.random(n_rows) if weighted else None


NAMES = (
    "cutoffs",
    "cutoffs, precision and recall",
    "precision_recall_curve",
    "best precision with recall of 0.9, cut-offs at hand",
    "one resample and its choice",
)


def measure(y, logits, weight, n_rounds):
    """Seconds of np.argsort, and the others' multiples of it: medians."""

    def ratios():
        made = cutoffs(y, logits, sample_weight=weight)
        return made.precision, made.recall

    def best(curve):
        return curve.best("precision", min_recall=0.9)

    curve = cutoffs(y, logits, sample_weight=weight)
    actions = [
        lambda: np.argsort(logits),
        lambda: cutoffs(y, logits, sample_weight=weight),
        ratios,
        lambda: precision_recall_curve(y, logits, sample_weight=weight),
        lambda: best(curve),
        lambda: curve.interval(best, n_resamples=10, random_state=0),
    ]
    seconds = in_turns(actions, n_rounds)
    seconds[:, -1] /= 10
    times = np.median(seconds[:, 1:] / seconds[:, :1], axis=0)
    return np.median(seconds[:, 0]), times


if __name__ == "__main__":
    main()
