# SPDX-License-Identifier: BSD-3-Clause
"""
Fashion-MNIST by one softmax layer
==================================

Images of clothes: 784 pixels, 10 classes. The textbook trains for 20 epochs of rmsprop,
by keras, and prints a test accuracy of .8395. That is one epoch's luck at a constant
rate: over seeds it is .846, and so it is at the minimum of the objective, where the
default solver ends.

Run it with ``python examples/fashion_mnist.py [--quick] [--output FILE]``.

Data: the folder fashion-mnist in the one that SKPULSAR_DATA names, or OpenML's data set
40996, which scikit-learn fetches. From H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST:
a Novel Image Dataset for Benchmarking Machine Learning Algorithms", arXiv 1708.07747,
2017.
"""

import matplotlib.pyplot as plt
import numpy as np
from _data import at_hand, fashion_mnist
from _options import options_of
from _pictures import show

from skpulsar import SLPClassifier

NAMES = (
    "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker",
    "bag", "ankle boot",
)  # fmt: skip
KERAS = {
    "solver": "rmsprop",
    "learning_rate_init": 0.001,
    "beta_2": 0.9,
    "batch_size": 32,
    "alpha": 0.0,
    "tol": None,
}

options = options_of(__doc__, quick="20,000 images, 5 epochs, 2 seeds", draws=True)
X_train, y_train, X_test, y_test = at_hand(fashion_mnist)
n_epochs, n_seeds = 20, 5
if options.quick:
    X_train, y_train, n_epochs, n_seeds = X_train[:20_000], y_train[:20_000], 5, 2
print(f"X {X_train.shape}, y {y_train.shape}; test {X_test.shape}, {y_test.shape}")

# %%
# Test accuracy
# -------------

print("Test accuracy\n\ntextbook, 20 epochs of rmsprop        .8395")
scores = []
for seed in range(n_seeds):
    model = SLPClassifier(**KERAS, max_iter=n_epochs, random_state=seed)
    scores.append(model.fit(X_train, y_train).score(X_test, y_test))
print(
    f"{n_epochs} epochs of rmsprop, {n_seeds} seeds".ljust(37),
    f"{np.mean(scores):.4f} +- {np.std(scores):.4f}",
)
model = SLPClassifier(random_state=0).fit(X_train, y_train)
print(f"at the minimum, alpha=1e-4            {model.score(X_test, y_test):.4f}")

# %%
# The first test images
# ---------------------
# Their probabilities, and the largest of these.

probabilities = model.predict_proba(X_test[:4])
print(np.array_str(probabilities, precision=2, suppress_small=True))
print(probabilities.argmax(axis=1), "(the textbook: 9 2 1 1)")

figure, axes = plt.subplots(1, 4, figsize=(8, 2.4), layout="constrained")
for ax, image, row in zip(axes, X_test, probabilities, strict=False):
    ax.imshow(image.reshape(28, 28), cmap="gray_r")
    ax.set_title(f"{NAMES[row.argmax()]}, {row.max():.2f}", fontsize="medium")
    ax.axis("off")
show(figure, options.output)
