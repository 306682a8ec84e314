# SPDX-License-Identifier: BSD-3-Clause
"""
Which candidates decide the model
=================================

`leave_one_out` tells what the model would be without each of its rows, and
`InfluenceDisplay` draws it. The table has the candidates of the largest influence, each
with its logit in the model and in the model without it. ``tol=1e-8``, since this is
about the minimum.

Run it with ``python examples/influence.py [--quick] [--output FILE]``.

Data: HTRU_2.csv in the folder that SKPULSAR_DATA names, or what `fetch_htru2` fetches;
synthetic pulsars where neither is to be had.
"""

import numpy as np
from _data import htru2_or_twin
from _options import options_of
from _pictures import show

from skpulsar import SLPClassifier, summary
from skpulsar.diagnostics import leave_one_out
from skpulsar.displays import InfluenceDisplay

options = options_of(__doc__, draws=True)
X, y, is_htru2 = htru2_or_twin()
names = np.arange(0, len(y), 5 if options.quick else 1)
X, y = X[names], y[names]
model = SLPClassifier(alpha=1e-6, tol=1e-8, random_state=0).fit(X, y)
rows = leave_one_out(model, X, y)
print("HTRU2" if is_htru2 else "Synthetic pulsars: HTRU2 is not at hand")
print(f"{len(y)} candidates, {y.sum()} pulsars\n{rows}\n")
print("candidate  pulsar  leverage  Cook's distance    logit  without it")
logits = model.decision_function(X)
for row in np.argsort(-rows.influence)[:10]:
    pulsar = "yes" if y[row] else "no"
    print(
        f"{names[row]:>9}  {pulsar:>6}  {rows.leverage[row]:8.2g}  "
        f"{rows.influence[row]:15.4f}  {logits[row]:7.2f}  {rows.decision[row]:10.2f}"
    )

# %%
# Without the first of them
# -------------------------
# What the candidate of the largest influence does to the coefficients, by a fit without
# it.

row = int(rows.influence.argmax())
without = SLPClassifier(alpha=1e-6, tol=1e-8, random_state=0)
without.fit(np.delete(X, row, axis=0), np.delete(y, row))
error = summary(model, X, y).standard_error[:-1]
moves = (without.coef_ - model.coef_)[0] / error
column = int(np.abs(moves).argmax())
print(
    f"Without candidate {names[row]} the coefficient of column {column} moves by "
    f"{moves[column]:+.2f} standard errors, from {model.coef_[0, column]:.3f} to "
    f"{without.coef_[0, column]:.3f}."
)

# %%
# All of them
# -----------

display = InfluenceDisplay(rows, names=names, classes=["noise", "pulsar"])
show(display.plot().figure_, options.output)
