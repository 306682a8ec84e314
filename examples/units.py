# SPDX-License-Identifier: BSD-3-Clause
"""
Units, and what one line can do
===============================

A unit weighs its inputs, adds them up and sends the sum through a curve. Here are five
such curves with their slopes, and the loss that trains the sigmoid. One unit draws one
line: that is enough for AND and OR, and not for XOR. On two half moons, a linear and a
logistic unit draw much the same line, and sixteen units below another bend it.

Run it with ``python examples/units.py [--quick] [--output FILE]``.

docs/first_principles.md derives what is drawn here.
"""

import matplotlib.pyplot as plt
import numpy as np
from _options import options_of
from _pictures import COLOURS, draw_boundary, show
from sklearn.datasets import make_moons

from skpulsar import MLPClassifier, SLPClassifier, SLPRegressor
from skpulsar.losses import sigmoid, sigmoid_cross_entropy, sigmoid_derivative

options = options_of(__doc__, quick="fewer rows", draws=True)

# %%
# Five units
# ----------
# Each as its value at a sum x, and its slope there. The step has no slope to learn by.
# The loss is that of a sigmoid unit whose target is 1.

UNITS = {
    "step": lambda x: (np.where(x > 0, 1.0, 0.0), np.zeros_like(x)),
    "sigmoid": lambda x: (sigmoid(x), sigmoid_derivative(sigmoid(x))),
    "tanh": lambda x: (np.tanh(x), 1 - np.tanh(x) ** 2),
    "identity": lambda x: (x, np.ones_like(x)),
    "relu": lambda x: (np.maximum(x, 0), np.where(x > 0, 1.0, 0.0)),
    "loss, target 1": lambda x: sigmoid_cross_entropy(x, 1),
}
some = np.array([-2.0, -0.5, 0.5, 2.0])
print(f"{'sum':<16}", *(f"{x:8.1f}" for x in some))
for name, unit in UNITS.items():
    print(f"{name:<16}", *(f"{value:8.3f}" for value in unit(some)[0]))

# %%
# Gates by one unit
# -----------------

inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])
gates = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}
models = {name: SLPClassifier().fit(inputs, target) for name, target in gates.items()}
print("\nProbabilities of 1 for 00, 01, 10, 11 by one logistic unit")
for name, model in models.items():
    print(f"{name:<4}", *(f"{p:6.3f}" for p in model.predict_proba(inputs)[:, 1]))

# %%
# A linear unit, a logistic unit, a network
# -----------------------------------------

X, y = make_moons(200 if options.quick else 600, noise=0.2, random_state=0)
linear = SLPRegressor().fit(X, y)
logistic = SLPClassifier().fit(X, y)
network = MLPClassifier(
    (16,), learning_rate_init=0.01, max_iter=300, tol=None, random_state=0
).fit(X, y)
outputs = {
    "linear unit": linear.predict(X),
    "logistic unit": logistic.predict_proba(X)[:, 1],
    "16 hidden units": network.predict_proba(X)[:, 1],
}
right = {name: np.mean((output > 0.5) == y) for name, output in outputs.items()}
print(f"\n{f'{len(y)} rows of two moons':<24} {'accuracy':>8} {'least':>7} {'most':>7}")
for name, output in outputs.items():
    print(f"{name:<24} {right[name]:8.3f} {min(output):7.3f} {max(output):7.3f}")

# %%
# The figures hold
# ----------------

for name in "AND", "OR":
    assert (models[name].predict(inputs) == gates[name]).all()
assert np.allclose(models["XOR"].predict_proba(inputs), 0.5)
assert min(outputs["linear unit"]) < 0 and max(outputs["linear unit"]) > 1
assert abs(right["linear unit"] - right["logistic unit"]) < 0.02
assert right["16 hidden units"] > right["logistic unit"] + 0.08
print("\nOne unit draws one line; units below it bend the line.")

# %%
# All of it in a picture
# ----------------------

figure, axes = plt.subplots(4, 3, figsize=(5.4, 7.4), layout="constrained")
x = np.linspace(-4, 4, 401)
for ax, (name, unit) in zip(axes[:2].flat, UNITS.items(), strict=True):
    value, slope = unit(x)
    ax.axhline(0, color="0.8", linewidth=0.8)
    ax.axvline(0, color="0.8", linewidth=0.8)
    ax.plot(x, value, color=COLOURS[0], linewidth=2, label="value")
    ax.plot(x, slope, color=COLOURS[1], linewidth=1.5, linestyle="--", label="slope")
    ax.set_title(name, fontsize="medium")
    ax.set(ylim=(-1.2, 2.2), xticks=[-4, 0, 4], yticks=[-1, 0, 1, 2])
axes[0, 0].legend(frameon=False, loc="upper left", fontsize="small", handlelength=1.2)
for ax, (name, model) in zip(axes[2], models.items(), strict=True):
    draw_boundary(model, inputs, np.array(gates[name]), ax, name, eps=0.5)
    ax.set(xticks=[0, 1], yticks=[0, 1])
axes[2, 2].text(0.5, 0.5, "1/2 everywhere", ha="center", va="center")
for ax, model, name in zip(axes[3], (linear, logistic, network), outputs, strict=True):
    display = draw_boundary(model, X, y, ax, name, eps=0.3, size=8)
    plane = display.xx0, display.xx1, display.response
    ax.contour(*plane, levels=[0.5], colors="black", linewidths=1.5)
    ax.set(xticks=[], yticks=[])
show(figure, options.output)
