# SPDX-License-Identifier: BSD-3-Clause
"""How true searches of SLPClassifierCV are, over random sets that are hard for them.

Every set is trained with tol=1e-3 and to rounding: 5 folds x 20 alphas, and the models
of all rows. The error is how far a mean held-out log loss is off, in standard errors
of that mean, at the worst alpha; a gap is too large if a model is further above its
minimum than tol. Most sets have rare columns of ones beside columns of unlike scales,
some are nearly separable; sets of many columns have sparse and dense rows; others have
one-hot categories.

    python benchmarks/held_out_error.py [--quick] [--sets N N N]
"""

import warnings

import numpy as np
from _random_sets import categories, few_columns, many_columns
from _report import begin, parser, table
from many_models import N_FOLDS, TOL, folds, held_out, trained


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


MADE = {
    "1 to 39 columns": few_columns,
    "65 to 159 columns": many_columns,
    "one-hot categories": categories,
}


if __name__ == "__main__":
    main()
