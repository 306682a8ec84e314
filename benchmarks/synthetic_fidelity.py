# SPDX-License-Identifier: BSD-3-Clause
"""How close the synthetic twin of `make_pulsars` comes to HTRU2.

Marginals and rank correlations by class, then F1 (at 0.5) and log loss of the same
models by stratified 5-fold cross-validation on both. The twin's scores are means over
several draws.

    python benchmarks/synthetic_fidelity.py [CSV] [--quick]
"""

import argparse
import warnings

import numpy as np
from scipy.stats import spearmanr
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpulsar import SLPClassifier
from skpulsar.datasets import fetch_htru2, load_htru2, make_pulsars

MODELS = {
    "SLPClassifier()": SLPClassifier(random_state=0),
    "LogisticRegression() on scaled features": make_pipeline(
        StandardScaler(), LogisticRegression()
    ),
}
# Finer than the levels that the twin is drawn from, which are among them.
LEVELS = np.linspace(0.01, 0.99, 197)


def main():
    # a fit that ends at max_iter is scored like any other
    warnings.simplefilter("ignore", ConvergenceWarning)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("csv", nargs="?", help="HTRU2; by default from the data home")
    parser.add_argument("--quick", action="store_true", help="one draw instead of ten")
    arguments = parser.parse_args()

    real = load_htru2(arguments.csv) if arguments.csv else fetch_htru2()
    n_draws = 1 if arguments.quick else 10
    twins = [make_pulsars(random_state=seed) for seed in range(n_draws)]

    print_marginals(real, *twins[0])
    print_scores(real, twins)


def print_marginals(real, X, y):
    print("Largest difference of a quantile from 1 % to 99 %, as a share of the IQR,")
    print("and of a rank correlation (one draw):\n")
    print(f"{'':<20}" + "".join(f"{name:>14}" for name in real.target_names))
    classes = [(real.data[real.target == k], X[y == k]) for k in (0, 1)]
    distances = np.column_stack([quantile_distances(*pair) for pair in classes])
    for name, row in zip(real.feature_names, distances, strict=True):
        print(f"{name:<20}" + "".join(f"{distance:14.3f}" for distance in row))
    correlations = [
        np.abs(spearmanr(a).statistic - spearmanr(b).statistic).max()
        for a, b in classes
    ]
    print(f"{'rank correlation':<20}" + "".join(f"{c:14.3f}" for c in correlations))


def quantile_distances(real, twin):
    """Largest quantile difference of each feature over its interquartile range."""
    difference = np.quantile(real, LEVELS, axis=0) - np.quantile(twin, LEVELS, axis=0)
    lower, upper = np.quantile(real, [0.25, 0.75], axis=0)
    return np.abs(difference).max(axis=0) / (upper - lower)


def print_scores(real, twins):
    print(
        f"\nStratified 5-fold, twin: mean of {len(twins)} draws (and their spread):\n"
    )
    print(f"{'':<40}{'':<10}{'HTRU2':>8}{'twin':>18}")
    for name, model in MODELS.items():
        real_scores = scores(model, real.data, real.target)
        twin_scores = np.array([scores(model, X, y) for X, y in twins])
        means, spreads = twin_scores.mean(axis=0), twin_scores.std(axis=0)
        for row, metric in enumerate(("F1", "log loss")):
            print(
                f"{name if row == 0 else '':<40}{metric:<10}{real_scores[row]:8.4f}"
                f"{means[row]:9.4f} ({spreads[row]:.4f})"
            )


def scores(model, X, y):
    """Mean F1 and log loss over the test folds."""
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    found = cross_validate(model, X, y, cv=folds, scoring=["f1", "neg_log_loss"])
    return found["test_f1"].mean(), -found["test_neg_log_loss"].mean()


if __name__ == "__main__":
    main()
