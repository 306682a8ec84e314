# SPDX-License-Identifier: BSD-3-Clause
"""
Precision and recall at every cut-off
=====================================

The choice is the highest precision among cut-offs with a recall of 0.9. The picture has
the intervals of what the population will see there, and where the choice falls on
resampled rows: how firmly they hold it.

Run it with ``python examples/threshold.py [--quick] [--output FILE]``.
"""

from _options import options_of
from _pictures import pulsars, show

from skpulsar import SLPClassifier
from skpulsar.displays import ThresholdDisplay

options = options_of(__doc__, draws=True)
X_train, X_test, y_train, y_test = pulsars(options.quick)
model = SLPClassifier(random_state=0).fit(X_train, y_train)
display = ThresholdDisplay.from_estimator(
    model,
    X_test,
    y_test,
    choose=lambda curve: curve.best("precision", min_recall=0.9),
    random_state=0,
    score_name="logit",
)
chosen, interval = display.cutoff, display.interval
print("95 % intervals of the best precision with a recall of 0.9\n")
for name in ("threshold", "precision", "recall"):
    low, high = interval[name]
    print(f"{name:<10} {getattr(chosen, name):7.3f}   {low:.3f} to {high:.3f}")
show(display.figure_, options.output)
