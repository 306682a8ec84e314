# SPDX-License-Identifier: BSD-3-Clause
"""How true searches of SLPClassifierCV are, over random sets that are hard for them.

Every set is trained with tol=1e-3 and to rounding: 5 folds x 20 alphas, and the models
of all rows. The error is how far a mean held-out log loss is off, in standard errors
of that mean, at the worst alpha; a gap is too large if a model is further above its
minimum than tol. Most sets have rare columns of ones beside columns of unlike scales,
some are nearly separable; sets of many columns have sparse and dense rows; those of
categories have columns of ones alone, each row as many.

    python benchmarks/held_out_error.py [--quick] [--sets N N N]
"""

import warnings

import numpy as np
from _report import begin, parser, table
from many_models import N_FOLDS, TOL, folds, held_out, trained
from scipy import sparse


def main():
    options = parser(__doc__)
    options.add_argument("--sets", type=int, nargs=3, default=[450, 30, 60])
    arguments = options.parse_args()
    begin("Searches of random sets")
    warnings.simplefilter("ignore")  # of convergence
    sizes = (10, 2, 2) if arguments.quick else arguments.sets
    lines = []
    for (name, make), n_sets in zip(MADE.items(), sizes, strict=True):
        found = np.array([errors(*make(seed)) for seed in range(n_sets)])
        error, gap = found.T
        lines.append(
            (
                name,
                n_sets,
                *(f"{each:.3f}" for each in (np.median(error), error.max())),
                np.count_nonzero(error > 0.15),
                np.count_nonzero(gap > TOL),
                f"{gap.max():.1e}",
            )
        )
    header = "sets", "error, median", "most", "above .15", "gaps too large", "most"
    table(("", *header), lines)


def errors(X, y):
    """The error of the scores of a search, and the largest gap, as a share."""
    fold = folds(y)
    models, exact = trained(X, y, fold), trained(X, y, fold, 1e-10)
    scores = held_out(exact, X, y, fold)
    away = (held_out(models, X, y, fold) - scores).mean(axis=0)
    error = np.abs(away / (scores.std(axis=0, ddof=1) / np.sqrt(N_FOLDS))).max()
    return error, ((models.loss - exact.loss) / exact.loss).max()


def few_columns(seed):
    """Up to 39 columns, in four sets of five with rare ones among them."""
    rng = np.random.default_rng((7, seed))
    n, d = int(rng.integers(6000, 30_000)), int(rng.integers(1, 40))
    X = rng.standard_normal((n, d)) * 10 ** rng.uniform(-2, 2, d)
    X = X * (rng.random() < 0.5) + rng.standard_normal((n, d))
    if seed % 5:
        k = int(rng.integers(1, d + 1))
        X[:, :k] = rng.random((n, k)) < 10 ** rng.uniform(-2.7, -1.7, k)
    logits = X / X.std(axis=0).clip(1e-3, 1) @ rng.standard_normal(d)
    logits *= rng.choice([0.5, 1, 3])
    logits -= np.quantile(logits, rng.uniform(0.5, 0.97))
    return X, (rng.random(n) < 1 / (1 + np.exp(-logits))) * 1.0


def many_columns(seed):
    """65 to 159 columns, a third of them rare, or more."""
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(15_000, 50_000)), int(rng.integers(65, 160))
    k = int(rng.integers(d // 3, d - 3))
    rare = (rng.random((n, k)) < 10 ** rng.uniform(-2.7, -1.7, k)).astype(float)
    X = np.hstack([rare, rng.standard_normal((n, d - k))])
    size = np.repeat([2.0, 0.4], [k, d - k])
    logits = X @ (rng.standard_normal(d) * size)
    logits -= np.quantile(logits, rng.uniform(0.8, 0.97))
    logits *= rng.uniform(0.7, 2)
    y = (rng.random(n) < 1 / (1 + np.exp(-logits))).astype(float)
    return (sparse.csr_array(X) if rng.random() < 0.5 else X), y


def categories(seed):
    """Up to 312 columns of ones, one for every category of 2 to 8 features."""
    rng = np.random.default_rng((5, seed))
    n, columns = int(rng.integers(5000, 25_000)), []
    for size in rng.integers(2, 40, rng.integers(2, 9)):
        drawn = rng.choice(size, n, p=rng.dirichlet(np.full(size, 0.3)))
        columns.append(drawn[:, np.newaxis] == np.arange(size))
    X = np.hstack(columns).astype(float)
    weights = rng.standard_normal(X.shape[1]) * rng.choice([0.3, 1, 2])
    logits = X / X.std(axis=0).clip(0.01, 1) @ weights
    logits *= min(1.0, 6 / logits.std())
    logits -= np.quantile(logits, rng.uniform(0.5, 0.98))
    return X, (rng.random(n) < 1 / (1 + np.exp(-logits))) * 1.0


MADE = {
    "1 to 39 columns": few_columns,
    "65 to 159 columns": many_columns,
    "categories": categories,
}


if __name__ == "__main__":
    main()
