# SPDX-License-Identifier: BSD-3-Clause
"""
Alpha, class weight and cut-off, chosen
=======================================

`SLPClassifierCV` chooses the strength of the penalty, the weight of the pulsars and the
cut-off by rows held out, and `CoefficientPathDisplay` draws what it saw.

Run it with ``python examples/choose_alpha.py [--quick] [--output FILE]``.

Data: HTRU_2.csv in the folder that SKPULSAR_DATA names, or what `fetch_htru2` fetches;
with ``--quick``, or without either, the synthetic pulsars.
"""

from time import perf_counter

from _data import htru2_or_twin
from _options import options_of
from _pictures import pulsars, show
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import f1_score
from sklearn.model_selection import FixedThresholdClassifier, train_test_split

from skpulsar import SLPClassifierCV
from skpulsar.displays import CoefficientPathDisplay

CLASS_WEIGHTS = [None, {1: 3}, "balanced"]


def candidates(quick):
    """Candidates to train and to test on, and where they are from."""
    if quick:
        return pulsars(quick), "synthetic pulsars"
    X, y, is_htru2 = htru2_or_twin()
    name = "HTRU2" if is_htru2 else "synthetic pulsars"
    return train_test_split(X, y, stratify=y, random_state=0), name


options = options_of(__doc__, draws=True)
(X_train, X_test, y_train, y_test), name = candidates(options.quick)

# %%
# Twenty alphas, three class weights, five folds
# ----------------------------------------------
# All of these models are trained side by side, in a few readings of the rows.

search = SLPClassifierCV(
    class_weights=CLASS_WEIGHTS,
    prior_correction=True,
    scoring=["average_precision", "f1_best"],
    random_state=0,
)
began = perf_counter()
search.fit(X_train, y_train)
seconds = perf_counter() - began
n_models = search.objective_gaps_.size
print(f"{name}: {n_models} models of {len(X_train)} rows in {seconds:.2f} s\n")
print("class weight   best alpha   average precision   less than the best by")
mean = search.scores_.mean(axis=0)[:, 0]
for i, class_weight in enumerate(CLASS_WEIGHTS):
    a = mean[i].argmax()
    error = search.paired_standard_errors_[i, 0, a]
    less = search.scores_.mean(axis=0).max() - mean[i, a]
    print(
        f"{class_weight!s:<12} {search.alphas_[a]:12.3g} {mean[i, a]:19.4f}   "
        f"{less:.4f} +- {error:.4f}"
    )
print(f"\nchosen: {search.class_weight_}, alpha {search.alpha_:.3g}")

# %%
# The cut-off
# -----------
# It comes from the same rows held out, and is tried on rows that had no part in it.

print(f"cut-off of the best F1 in the rows held out: {search.cutoff_:.3f}")
cut = FixedThresholdClassifier(
    FrozenEstimator(search),
    threshold=search.cutoff_,
    response_method="decision_function",
).fit(X_test, y_test)
for classifier, words in ((search, "at a logit of 0"), (cut, "at that cut-off")):
    f1 = f1_score(y_test, classifier.predict(X_test))
    print(f"F1 of other rows {words}: {f1:.3f}")

# %%
# Coefficients and scores over alpha
# ----------------------------------

display = CoefficientPathDisplay.from_estimator(search, X_train)
show(display.figure_, options.output)
