# SPDX-License-Identifier: BSD-3-Clause
"""Endings of training that its user should hear of."""

import warnings

from sklearn.exceptions import ConvergenceWarning

from skpulsar._solvers._protocol import Explanation

CALLER = 4  # levels up: of `fit` or `partial_fit`, which call a method that warns here

UNDONE = Explanation(
    "Training did not lower the objective, so that the weights are zero, as at "
    "its start. Scale the features, or lower learning_rate_init."
)


def warn_of(explanations):
    """Warn of what a solver, or who trained it, says of its end."""
    for sentence, of_convergence in explanations:
        category = ConvergenceWarning if of_convergence else UserWarning
        warnings.warn(sentence, category, stacklevel=CALLER)
