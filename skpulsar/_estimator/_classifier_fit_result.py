# SPDX-License-Identifier: BSD-3-Clause
"""The result of training a classifier."""

from dataclasses import dataclass, field

import numpy as np

from skpulsar._estimator._class_weights import ClassStatistics
from skpulsar._estimator._fit_result import FitResult


@dataclass(frozen=True, kw_only=True)
class ClassifierFitResult(FitResult):
    """The state of training a classifier of two classes.

    Parameters
    ----------
    classes : ndarray of shape (2,)
        The labels.

    class_count : ndarray of shape (2,)
        Sum of the sample weights of each class, over all rows seen.

    seen : ClassStatistics
        Counts and weights of the classes among these rows.

    prior_shift : float
        Log-odds by which `intercept_` is less than the trained intercept in `weights`.
    """

    classes: np.ndarray
    class_count: np.ndarray = field(default_factory=lambda: np.zeros(2))
    seen: ClassStatistics = field(default_factory=ClassStatistics.empty)
    prior_shift: float = 0.0

    @classmethod
    def of(cls, estimator):
        """The result that the attributes of a fitted estimator hold.

        The intercept is the trained one, to the last bit, unless the user has set
        `intercept_` since.
        """
        result = super().of(
            estimator,
            classes=estimator.classes_,
            class_count=estimator.class_count_,
            seen=estimator._class_statistics,
            prior_shift=estimator.prior_shift_,
        )
        trained, shift = estimator._trained_intercept, result.prior_shift
        unchanged = np.array_equal(estimator.intercept_, trained - shift)
        shown = result.weights[:, -1]
        result.weights[:, -1] = trained if unchanged else shown + shift
        return result

    def attributes(self):
        """The attributes of an estimator with this result, by name."""
        attributes = super().attributes()
        trained = attributes["intercept_"]
        attributes |= {
            "intercept_": trained - self.prior_shift,
            "_trained_intercept": trained,
            "classes_": self.classes,
            "class_count_": self.class_count,
            "sampling_counts_": np.array(self.state.n_visits),
            "prior_shift_": self.prior_shift,
            "_class_statistics": self.seen,
        }
        return attributes
