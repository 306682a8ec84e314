# SPDX-License-Identifier: BSD-3-Clause
"""
What a model goes by, and how sure that is
==========================================

`summary` has a standard error and an interval for every coefficient, and
`CoefficientDisplay` draws them. Coefficients are compared in units of their columns'
deviations. ``tol=1e-8``, since intervals are about the minimum: at the default the
coefficients may stand next to it.

Run it with ``python examples/coefficients.py [--quick] [--output FILE]``.
"""

from _options import options_of
from _pictures import pulsars, show

from skpulsar import SLPClassifier, summary
from skpulsar.displays import CoefficientDisplay

options = options_of(__doc__, draws=True)
X, _, y, _ = pulsars(options.quick)
model = SLPClassifier(alpha=1e-6, tol=1e-8, random_state=0).fit(X, y)
table = summary(model, X, y)
print(table)

# %%
# The same as a picture
# ---------------------
# An interval that holds 0 is that of a column which the model could do without.

show(CoefficientDisplay(table).plot().figure_, options.output)
