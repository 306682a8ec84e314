# SPDX-License-Identifier: BSD-3-Clause
"""
The rings of abalones, by one linear unit
=========================================

A regression on 4,177 abalones, whose sex of three kinds becomes three columns. The
textbook trains for ten epochs, in batches of 10 with a rate of 0.001, and prints an
accuracy, ``1 - mean |error / y|``. R2 tells better how much is left to learn there. The
minimum takes no rate.

Run it with ``python examples/abalone.py [--quick]``.

Data: the file abalone.csv in the folder that SKPULSAR_DATA names, or OpenML's data set
183, which scikit-learn fetches. From W. Nash, T. Sellers, S. Talbot, A. Cawthorn, W.
Ford, "Abalone", UCI Machine Learning Repository, 1994.
"""

import numpy as np
from _data import abalone, at_hand
from _options import options_of
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import make_scorer
from sklearn.model_selection import RepeatedKFold, cross_validate

from skpulsar import SLPRegressor

TEXTBOOK = {"solver": "sgd", "batch_size": 10, "max_iter": 10, "tol": None}
MODELS = {
    "the mean of all": DummyRegressor(),
    "the textbook's ten epochs": SLPRegressor(
        **TEXTBOOK, learning_rate_init=0.001, momentum=0.0, random_state=0
    ),
    "the same at its own rate": SLPRegressor(**TEXTBOOK, random_state=0),
    "the minimum": SLPRegressor(random_state=0),
    "the minimum, by Ridge": Ridge(alpha=1e-4 * 0.8 * 4177),
}


def accuracy(y, predicted):
    """The textbook's."""
    return 1 - np.mean(np.abs((predicted - y) / y))


n_repeats = 1 if options_of(__doc__, quick="5 fits a model, not 50").quick else 10
X, y = at_hand(abalone)
folds = RepeatedKFold(n_splits=5, n_repeats=n_repeats, random_state=0)
scoring = {"r2": "r2", "accuracy": make_scorer(accuracy)}
print(f"X {X.shape}, y {y.shape}; means over {5 * n_repeats} folds of 5\n")
print(f"{'':<26} {'R2':>7} {'accuracy':>9}")
for name, model in MODELS.items():
    scores = cross_validate(model, X, y, cv=folds, scoring=scoring, error_score="raise")
    r2, share = scores["test_r2"].mean(), scores["test_accuracy"].mean()
    print(f"{name:<26} {r2:7.3f} {share:9.3f}")
