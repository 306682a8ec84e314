# SPDX-License-Identifier: BSD-3-Clause
"""Warnings of how training ended."""

import warnings

from sklearn.exceptions import ConvergenceWarning

from skpulsar._estimator._caller import caller_level
from skpulsar._solvers._protocol import Explanation

UNDONE = Explanation(
    "Training did not lower the objective, so that the weights are zero, as at "
    "its start. Scale the features, or lower learning_rate_init."
)


def warn_of(explanations):
    """Issue a warning for every `Explanation`."""
    for sentence, of_convergence in explanations:
        category = ConvergenceWarning if of_convergence else UserWarning
        warnings.warn(sentence, category, stacklevel=caller_level())
