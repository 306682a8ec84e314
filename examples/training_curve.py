# SPDX-License-Identifier: BSD-3-Clause
"""
Accuracy after every epoch
==========================

The textbook draws this picture of plain minibatch SGD on raw columns, and it jumps from
epoch to epoch: what the last minibatches held decides where the run ends. With early
stopping the best epoch is kept instead.

Run it with ``python examples/training_curve.py [--quick] [--output FILE]``.
"""

from _options import options_of
from _pictures import pulsars, show

from skpulsar import SLPClassifier
from skpulsar.displays import TrainingCurveDisplay

N_EPOCHS = 20

options = options_of(__doc__, draws=True)
X_train, X_test, y_train, y_test = pulsars(options.quick)
model = SLPClassifier(
    solver="sgd", batch_size=10, learning_rate_init=0.001, momentum=0.0, alpha=0.0,
    max_iter=N_EPOCHS, tol=None, early_stopping=True, scoring="accuracy",
    return_train_score=True, random_state=0, verbose=1,
)  # fmt: skip
model.fit(X_train, y_train, X_val=X_test, y_val=y_test)
print(f"\nThe weights kept are those of epoch {model.best_iter_}")

# %%
# The curves
# ----------

display = TrainingCurveDisplay.from_estimator(model, metric="accuracy")
show(display.figure_, options.output)
