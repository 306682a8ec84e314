# SPDX-License-Identifier: BSD-3-Clause
"""X and y as estimators train with them, checked."""

import numpy as np
from sklearn.utils.validation import validate_data

from skpulsar._estimator._input_checks import check_readable
from skpulsar._problem._matrix import check_structure


class ValidatedInput:
    """A mixin of estimators that are trained, before `BaseEstimator`.

    The estimator defines `_check_targets(y)`, which refuses what scikit-learn's
    validation would misread, and returns a dict of what that has to know of y.
    """

    n_jobs = 1  # of estimators that have no such parameter

    def _validate(self, X, y, *, reset, finite=True):
        """X and y for the kernel. With finite=False, training looks for NaN in X."""
        target_checks = self._check_targets(y)
        check_readable(X, "X")
        check_structure(X)
        check_readable(y, "y")
        return validate_data(
            self,
            X,
            y,
            reset=reset,
            accept_sparse="csr",
            dtype=[np.float64, np.float32],
            order="C",
            ensure_all_finite=finite,
            **target_checks,
        )

    def _labels(self, y):
        """Validated y as scorers take it."""
        return y
