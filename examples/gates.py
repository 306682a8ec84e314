# SPDX-License-Identifier: BSD-3-Clause
"""
Gates, and the perceptron rule
==============================

One unit with a threshold is an AND gate or an OR gate. The textbook prints both, the OR
gate with its comparison turned round, and describes the perceptron rule in words. It
gives no figures. From any start the rule learns AND in 6.5 epochs and OR in 3.9, in the
mean; XOR it never learns, since no line divides its rows.

Run it with ``python examples/gates.py [--quick]``.
"""

import numpy as np
from _options import options_of

options = options_of(__doc__, quick="fewer starts, and fewer epochs")
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])

# %%
# Gates by a threshold
# --------------------
# Both inputs count alike, and the sum has to reach the threshold: 2 for AND, 1 for OR.

total = X.sum(axis=1)
gates = {
    "AND": total >= 2,
    "OR, as printed": total < 1,
    "OR": total >= 1,
}
print(f"{'inputs':<16}", *("".join(map(str, row)) for row in X))
for name, output in gates.items():
    print(f"{name:<16}", *(f"{bit:2d}" for bit in output))
assert (gates["AND"] == X.all(axis=1)).all()
assert (gates["OR"] == X.any(axis=1)).all()
assert (gates["OR, as printed"] == ~X.any(axis=1)).all()  # which is NOR

# %%
# The perceptron rule
# -------------------
# Rows are visited in random order. Where the unit is wrong, the row is added to the
# weights or subtracted from them. It ends after the first epoch without a mistake.


def epochs_to_learn(target, seed, max_iter):
    """Epochs, the one without a mistake included; None if there was none."""
    rng = np.random.default_rng(seed)
    rows = np.column_stack([X, np.ones(len(X))])  # The last column is the bias's.
    weights = rng.standard_normal(3)
    for epoch in range(1, max_iter + 1):
        mistakes = 0
        for i in rng.permutation(len(rows)):
            error = target[i] - (rows[i] @ weights > 0)
            weights += error * rows[i]
            mistakes += abs(error)
        if mistakes == 0:
            return epoch
    return None


n_starts, max_iter = (30, 100) if options.quick else (100, 1000)
print(f"\nThe perceptron rule, {n_starts} starts, at most {max_iter} epochs\n")
targets = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}
expected = {"AND": (5.0, 8.0), "OR": (3.0, 5.0)}
for name, target in targets.items():
    epochs = [epochs_to_learn(target, seed, max_iter) for seed in range(n_starts)]
    learnt = [n for n in epochs if n is not None]
    print(f"{name:<4} learnt from {len(learnt):3d} starts", end="")
    if name == "XOR":
        assert not learnt
        continue
    print(f", in {np.mean(learnt):.1f} epochs, at most {max(learnt)}")
    least, most = expected[name]
    assert len(learnt) == n_starts
    assert least <= np.mean(learnt) <= most

print(
    "\n\nThe rule finds a line where there is one, and never ends where there is none."
)
