# SPDX-License-Identifier: BSD-3-Clause
"""How often the intervals of `summary` hold the true coefficients.

2,000 rows of a logistic model with 10 correlated columns in unlike units. The tables
have, for every way to balance, the share of draws, in percent, in which 95 % intervals
hold the true value: the mean over the columns with the least and the most of them, and
the intercept's. 1,000 draws tell a share of 95 % within 1.4 either way. "sampled" rows
were drawn with as many positives as negatives. In the second table few rows are
positive, and estimates of maximum likelihood are biased.

    python benchmarks/coefficient_coverage.py [--quick]
"""

import numpy as np
from _report import begin, parser, table
from scipy.special import expit, logit

from skpulsar import SLPClassifier, summary

N_ROWS, N_COLUMNS = 2000, 10
UNITS = 10.0 ** np.linspace(-1, 1, N_COLUMNS)
SLOPES = np.linspace(-1, 1, N_COLUMNS) / UNITS
CENTRE = 3 * UNITS
LEVELS = (-1.5, -4.0)  # logits of the mean row
N_POPULATION = 2_000_000  # rows that tell the share of positives

# Parameters, and whether rows are sampled by class
TENFOLD = {"class_weight": {0: 1, 1: 10}}
BALANCED = {"class_weight": "balanced"}
CORRECTED = {"prior_correction": True}
SETTINGS = (
    ("plain", {}, False),
    ("class_weight={0: 1, 1: 10}", TENFOLD, False),
    ("the same, corrected", TENFOLD | CORRECTED, False),
    ('class_weight="balanced"', BALANCED, False),
    ("the same, corrected", BALANCED | CORRECTED, False),
    ("sampling=0.3, corrected", {"sampling": 0.3} | CORRECTED, False),
    ("sampled, prior_correction=share", {}, True),
)


def main():
    n_draws = 100 if parser(__doc__).parse_args().quick else 1000
    begin("Coverage of the intervals of coefficients")
    for level in LEVELS:
        share = draw(np.random.default_rng(0), N_POPULATION, level)[1].mean()
        print(f"{share:.1%} of the population are positive\n")
        rows = (
            [name, *coverage(n_draws, level, share, *setting)]
            for name, *setting in SETTINGS
        )
        table(("", "columns", "least", "most", "intercept"), rows)


def draw(rng, n_rows, level):
    """Rows of the population."""
    mixed = rng.standard_normal((n_rows, N_COLUMNS))
    mixed[:, 1:] = 0.8 * mixed[:, 1:] + 0.6 * mixed[:, :-1]
    logits = mixed @ (SLOPES * UNITS) + level
    y = (rng.random(n_rows) < expit(logits)).astype(np.int64)
    return mixed * UNITS + CENTRE, y


def sampled(rng, level):
    """Rows drawn with as many positives as negatives."""
    X, y = draw(rng, 30 * N_ROWS, level)
    half = N_ROWS // 2
    rows = np.concatenate([np.flatnonzero(y == k)[:half] for k in (0, 1)])
    return X[rows], y[rows]


def coverage(n_draws, level, share, parameters, by_class):
    """Shares of draws in percent, as text."""
    rng = np.random.default_rng(1)
    if by_class:
        parameters = {"prior_correction": float(share)}
    model = SLPClassifier(alpha=1e-6, tol=1e-8, random_state=0, **parameters)
    intercept = level - CENTRE @ SLOPES + shift(model, share)
    truth = np.append(SLOPES, intercept)
    held = np.zeros(N_COLUMNS + 1)
    for _ in range(n_draws):
        X, y = sampled(rng, level) if by_class else draw(rng, N_ROWS, level)
        found = summary(model.fit(X, y), X, y)
        held += (found.low <= truth) & (truth <= found.high)
    held *= 100 / n_draws
    columns = held[:-1]
    numbers = columns.mean(), columns.min(), columns.max(), held[-1]
    return [f"{number:.1f}" for number in numbers]


def shift(model, share):
    """What balancing adds to the intercept of the population."""
    if model.prior_correction:
        return 0.0
    if model.class_weight == "balanced":
        return -logit(share)
    weight = model.class_weight or {0: 1, 1: 1}
    return np.log(weight[1] / weight[0])


if __name__ == "__main__":
    main()
