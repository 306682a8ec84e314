# SPDX-License-Identifier: BSD-3-Clause
"""
Logits of stars and of pulsars, and the cut
===========================================

Balanced class weights move all logits up by much the same, past the cut at 0: more
pulsars are found, and more stars are taken for one. Prior correction moves them back.

Run it with ``python examples/logit_histogram.py [--quick] [--output FILE]``.
"""

from _options import options_of
from _pictures import pulsars, show

from skpulsar import SLPClassifier
from skpulsar.displays import LogitHistogramDisplay
from skpulsar.thresholds import cutoffs

MODELS = {
    "as found": {},
    "balanced": {"class_weight": "balanced"},
    "balanced, corrected": {"class_weight": "balanced", "prior_correction": True},
}

options = options_of(__doc__, draws=True)
X_train, X_test, y_train, y_test = pulsars(options.quick)
print(f"{'held-out rows at the cut 0':<28} {'recall':>7} {'precision':>9}")
for name, parameters in MODELS.items():
    model = SLPClassifier(random_state=0, **parameters).fit(X_train, y_train)
    cut = cutoffs(y_test, model.decision_function(X_test)).at(0.0)
    print(f"{name:<28} {cut.recall:7.3f} {cut.precision:9.3f}")

# %%
# The logits of the last model
# ----------------------------
# Pulsars left of the cut are missed, stars right of it are false alarms.

display = LogitHistogramDisplay.from_estimator(model, X_test, y_test)
show(display.figure_, options.output)
