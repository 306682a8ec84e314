# SPDX-License-Identifier: BSD-3-Clause
"""
Seven faults of steel plates, by one softmax layer
==================================================

1,941 rows, 27 columns of very different size, 7 classes. Accuracy alone says little of
the rare faults; macro F1 counts every class alike. The columns go in as they are.
Balanced class weights improve neither figure here.

Run it with ``python examples/faults.py [--quick]``.

Data: the file faults.csv in the folder that SKPULSAR_DATA names, or OpenML's data set
40982, which scikit-learn fetches. From M. Buscema, S. Terzi, W. Tastle, "Steel Plates
Faults", UCI Machine Learning Repository, 2010.
"""

from _data import at_hand, faults
from _options import options_of
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import RepeatedStratifiedKFold, cross_validate

from skpulsar import SLPClassifier

MODELS = {
    "always the most frequent fault": DummyClassifier(),
    "one softmax layer": SLPClassifier(random_state=0),
    "the same, standardize=True": SLPClassifier(standardize=True, random_state=0),
    'and class_weight="balanced"': SLPClassifier(
        standardize=True, class_weight="balanced", random_state=0
    ),
}

n_repeats = 1 if options_of(__doc__, quick="5 fits a model, not 50").quick else 10
X, y = at_hand(faults)
folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=n_repeats, random_state=0)
print(f"X {X.shape}, y {y.shape}; means over {5 * n_repeats} folds of 5\n")
print(f"{'':<32} {'accuracy':>8} {'macro F1':>8}")
for name, model in MODELS.items():
    scores = cross_validate(
        model, X, y, cv=folds, scoring=("accuracy", "f1_macro"), error_score="raise"
    )
    accuracy, f1 = scores["test_accuracy"].mean(), scores["test_f1_macro"].mean()
    print(f"{name:<32} {accuracy:8.3f} {f1:8.3f}")
