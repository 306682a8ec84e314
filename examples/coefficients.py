# SPDX-License-Identifier: BSD-3-Clause
"""What a model goes by, and how sure that is: `summary` and CoefficientDisplay.

Coefficients are compared in units of their columns' deviations. `tol=1e-8`, since
intervals are about the minimum: at the default the coefficients may stand next to it.

    python examples/coefficients.py [--quick] [--output FILE]
"""

from _options import options_of
from _pictures import pulsars, show

from skpulsar import SLPClassifier, summary
from skpulsar.displays import CoefficientDisplay


def main():
    options = options_of(__doc__, draws=True)
    X, _, y, _ = pulsars(options.quick)
    model = SLPClassifier(alpha=1e-6, tol=1e-8, random_state=0).fit(X, y)
    table = summary(model, X, y)
    print(table)
    show(CoefficientDisplay(table).plot().figure_, options.output)


if __name__ == "__main__":
    main()
