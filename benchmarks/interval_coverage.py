# SPDX-License-Identifier: BSD-3-Clause
"""How often `Cutoffs.interval` holds what a chosen cut-off truly reaches.

Scores are drawn from two normal distributions, so that precision and recall of any
cut-off are known. The first table has the share of draws, in percent, in which the 95 %
intervals of precision / recall hold them. The second has the share of draws in which a
choice misses a constraint in the population, without / with confidence_level=0.95.

    python benchmarks/interval_coverage.py [--quick]
"""

import numpy as np
from _report import begin, parser, table
from scipy.stats import norm

from skpulsar.thresholds import cutoffs

# Rows, share of positives, distance of the means, whether scores are rounded to 0.1,
# weights.
SETTINGS = (
    (200, 0.1, 2.0, False, False),
    (200, 0.5, 1.0, False, False),
    (1000, 0.1, 1.0, False, False),
    (1000, 0.1, 2.0, True, False),
    (1000, 0.3, 2.0, False, True),
    (5000, 0.01, 2.5, False, False),
    (5000, 0.1, 2.0, False, False),
    (20000, 0.05, 2.0, False, False),
)
CHOICES = {
    "at(1)": lambda c: c.at(1.0),
    "best precision, min_recall=0.9": lambda c: c.best("precision", min_recall=0.9),
    "best recall, min_precision=0.7": lambda c: c.best("recall", min_precision=0.7),
    "F1": lambda c: c.best(lambda c: c.fbeta(1)),
    "F2": lambda c: c.best(lambda c: c.fbeta(2)),
    "cost, 1 to 9": lambda c: c.best(lambda c: -c.cost(fp=1, fn=9)),
    "at_budget, 10 %": lambda c: c.at_budget(0.1 * (c.tp[-1] + c.fp[-1])),
    "best precision": lambda c: c.best("precision"),
}
CONSTRAINTS = (("recall", "min_precision", 0.7), ("precision", "min_recall", 0.9))


def main():
    quick = parser(__doc__).parse_args().quick
    n_draws, n_resamples = (50, 10) if quick else (400, 20)
    begin("Coverage of intervals at a chosen cut-off")
    names = [name_of(*setting) for setting in SETTINGS]
    rows = [
        [coverage(choose, setting, n_draws, n_resamples) for choose in CHOICES.values()]
        for setting in SETTINGS
    ]
    table(("", *CHOICES), ((name, *row) for name, row in zip(names, rows, strict=True)))
    rows = [misses(setting, 2 * n_draws) for setting in SETTINGS]
    header = ("", *(f"{name}={value}" for _, name, value in CONSTRAINTS))
    table(header, ((name, *row) for name, row in zip(names, rows, strict=True)))


def name_of(n_rows, share, distance, ties, weighted):
    extra = (", ties" if ties else "") + (", weights" if weighted else "")
    return f"{n_rows:,} rows, {share:.0%}, {distance:g} apart{extra}"


def draw(rng, n_rows, share, distance, ties, weighted):
    """Cut-offs, and a function that tells precision and recall at a threshold."""
    y = (rng.random(n_rows) < share).astype(np.int64)
    score = rng.standard_normal(n_rows) + distance * y
    score = score.round(1) if ties else score
    weight = rng.uniform(0.2, 2, n_rows) if weighted else None
    rounding = 0.05 if ties else 0

    def reach(threshold):
        recall = norm.sf(threshold - rounding - distance)
        false = norm.sf(threshold - rounding)
        selected = share * recall + (1 - share) * false
        return np.array([share * recall / selected if selected else np.nan, recall])

    return cutoffs(y, score, sample_weight=weight), reach


def coverage(choose, setting, n_draws, n_resamples):
    """Of precision / recall, as text; draws without a choice are left out."""
    rng = np.random.default_rng(0)
    held = []
    for k in range(n_draws):
        curve, reach = draw(rng, *setting)
        try:
            truth = reach(choose(curve).threshold)
        except ValueError:
            continue
        found = curve.interval(choose, n_resamples=n_resamples, random_state=k)
        low, high = np.array([found.precision, found.recall]).T
        held.append((low <= truth) & (truth <= high))
    return "{:.0f} / {:.0f}".format(*(100 * np.mean(held, axis=0)))


def misses(setting, n_draws):
    """Of each constraint, without and with a confidence level, as text."""
    if setting[-1]:
        return ["-"] * len(CONSTRAINTS)
    return [
        " / ".join(
            f"{100 * missed(setting, n_draws, *constraint, level):.1f}"
            for level in (None, 0.95)
        )
        for constraint in CONSTRAINTS
    ]


def missed(setting, n_draws, metric, name, value, level):
    rng = np.random.default_rng(0)
    failed = 0
    for _ in range(n_draws):
        curve, reach = draw(rng, *setting)
        try:
            chosen = curve.best(metric, **{name: value}, confidence_level=level)
        except ValueError:
            continue
        precision, recall = reach(chosen.threshold)
        failed += (precision if name == "min_precision" else recall) < value
    return failed / n_draws


if __name__ == "__main__":
    main()
