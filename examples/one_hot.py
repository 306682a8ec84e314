# SPDX-License-Identifier: BSD-3-Clause
"""
Two classes as one sigmoid or as two softmax units
==================================================

The textbook turns the labels of thoracic surgery into two columns of 0 and 1 and trains
a softmax of two units on them, for 100 epochs in batches of 10. It wonders why the
accuracy changes from run to run. MLPClassifier has one sigmoid for two classes: it is
the same function, of the difference of the two logits. What changes from run to run is
where columns as large as patients' numbers leave the last epoch.

Run it with ``python examples/one_hot.py [--quick]``.

Data: the textbook's file, ThoracicSurgery.csv, in the folder that SKPULSAR_DATA names;
see thoracic_surgery.py.
"""

import numpy as np
from _data import at_hand, thoracic_surgery
from _keras import ADAM
from _options import options_of
from _seeds import spread
from scipy.special import expit, log_softmax, softmax

from skpulsar import MLPClassifier
from skpulsar.losses import sigmoid_cross_entropy

options = options_of(__doc__, quick="3 seeds, not 20")
X, y = at_hand(thoracic_surgery)
n_seeds = 3 if options.quick else 20

# %%
# The same function
# -----------------
# ``softmax(z0, z1)[1]`` is ``exp(z1) / (exp(z0) + exp(z1))``, or
# ``1 / (1 + exp(z0 - z1))``, which is ``sigmoid(z1 - z0)``. The losses are the same.

z = np.random.default_rng(0).normal(scale=10, size=(470, 2))
difference = z[:, 1] - z[:, 0]
by_softmax, by_sigmoid = softmax(z, axis=1)[:, 1], expit(difference)
categorical = -log_softmax(z, axis=1)[np.arange(len(y)), y]
binary, _ = sigmoid_cross_entropy(difference, y)
print("softmax(z0, z1) and sigmoid(z1 - z0) of 470 random pairs of logits")
print(f"probabilities differ by {np.abs(by_softmax - by_sigmoid).max():.0e} at most,")
print(f"losses by {np.abs(categorical - binary).max():.0e}\n")
np.testing.assert_allclose(by_softmax, by_sigmoid, rtol=1e-12)
np.testing.assert_allclose(categorical, binary, rtol=1e-12, atol=1e-14)

# %%
# The same network
# ----------------
# With a third class, which no row has, the output is a softmax. Its third probability
# fades, and two softmax units are left: the textbook's network.


def network(seed, standardize):
    """The textbook's, 34-17 units."""
    parameters = ADAM | {"standardize": standardize, "batch_size": 10}
    return MLPClassifier((34, 17), max_iter=100, random_state=seed, **parameters)


def softmax_network(seed, standardize):
    """The same with three classes, after as many epochs."""
    model = network(seed, standardize)
    for _ in range(model.max_iter):
        model.partial_fit(X, y, classes=[0, 1, 2])
    return model


print(f"Training accuracy, {n_seeds} seeds; to say 0 of all: {1 - y.mean():.3f}\n")
for name, standardize, least, most in (
    ("raw columns", False, 0.8, 0.87),
    ("standardised", True, 0.94, 0.985),
):
    seeds = range(n_seeds)
    ours = [network(seed, standardize).fit(X, y) for seed in seeds]
    theirs = [softmax_network(seed, standardize) for seed in seeds]
    assert {model.out_activation_ for model in ours} == {"logistic"}
    assert {model.out_activation_ for model in theirs} == {"softmax"}
    assert max(model.predict_proba(X)[:, 2].max() for model in theirs) < 0.05
    for output, models in ("one sigmoid", ours), ("softmax", theirs):
        accuracy = [model.score(X, y) for model in models]
        print(f"{name:<13} {output:<12} {spread(accuracy)}")
        assert least <= np.mean(accuracy) <= most
print("\nOne sigmoid and two softmax units are one model; raw columns make it waver.")
