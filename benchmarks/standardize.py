# SPDX-License-Identifier: BSD-3-Clause
"""What `standardize=True` does to ranking, probabilities and decisions.

Default fits, alpha 1e-4, by stratified five-fold cross-validation.

    python benchmarks/standardize.py [--data DIR] [--quick]
"""

import numpy as np
from _data import add_argument, load
from _report import begin, parser, table
from sklearn.model_selection import StratifiedKFold, cross_validate

from skpulsar import SLPClassifier

NAMES = ("HTRU2", "thoracic", "a9a", "w8a", "ijcnn1", "shuttle", "campaign", "cover")
SCORES = {"average precision": "average_precision", "log loss": "neg_log_loss"}
SCORES["F1 at 0.5"] = "f1"


def main():
    options = parser(__doc__)
    add_argument(options)
    arguments = options.parse_args()
    begin("Standardised penalty")
    names = NAMES[:2] if arguments.quick else NAMES
    header = [f"{score}{kind}" for score in SCORES for kind in ("", ", standardised")]
    rows = []
    for name, X, y in load(names, arguments.data):
        y = (y == y.max()).astype(np.int64)
        rows.append((name, *measure(X, y)))
        if name == "HTRU2":
            smallest, largest = X.min(axis=0), X.max(axis=0)
            rows.append(
                ("HTRU2, min-max", *measure((X - smallest) / (largest - smallest), y))
            )
    table(("", *header), rows)


def measure(X, y):
    """Means over the folds, without and with."""
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    found = [
        cross_validate(
            SLPClassifier(standardize=standardize, random_state=0),
            X, y, cv=folds, scoring=SCORES,
        )
        for standardize in (False, True)
    ]  # fmt: skip
    for score in SCORES:
        for results in found:
            yield f"{abs(results[f'test_{score}'].mean()):.4f}"


if __name__ == "__main__":
    main()
