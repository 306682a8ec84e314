# SPDX-License-Identifier: BSD-3-Clause
"""
One linear neuron that learns y = 2 x + 1
=========================================

Gradient steps in plain NumPy. With ``error = y - prediction``, the mean of
``error**2 / 2`` falls fastest along ``mean(error * x)`` for the weight and
``mean(error)`` for the bias. The textbook prints another step, ``error / prediction``
for both. It is no gradient: it divides by what may be near 0, and it leads away from
the target where the prediction and ``x + 1`` differ in sign. Nor is it a number, but
one for every row: weight and bias become as long as the data, as if every row had a
neuron of its own.

Run it with ``python examples/linear_neuron.py [--quick]``.
"""

import numpy as np
from _options import options_of

RATE = 0.1


def as_printed(x, error, prediction):
    """The textbook's step, for weight and bias."""
    return error / prediction, error / prediction


def by_gradient(x, error, prediction):
    """The step against the gradient of the mean of error**2 / 2."""
    return np.mean(error * x), np.mean(error)


n_steps = 200 if options_of(__doc__, quick="fewer steps").quick else 1000
rng = np.random.default_rng(0)
x = rng.standard_normal(100)
y = 2 * x + 1
start = rng.standard_normal(2)
print(f"y = 2 x + 1 of {len(x)} rows, {n_steps} steps at rate {RATE}\n")
print(f"{'step':<20} {'weight':>9} {'bias':>9} {'shape':>7} {'mean error^2':>13}")
for step in (as_printed, by_gradient):
    weight, bias = start
    for _ in range(n_steps):
        prediction = weight * x + bias
        by_weight, by_bias = step(x, y - prediction, prediction)
        weight, bias = weight + RATE * by_weight, bias + RATE * by_bias
    loss = np.mean((y - weight * x - bias) ** 2)
    print(
        f"{step.__name__:<20} {np.mean(weight):9.3g} {np.mean(bias):9.3g} "
        f"{np.shape(weight)!s:>7} {loss:13.3g}"
    )
