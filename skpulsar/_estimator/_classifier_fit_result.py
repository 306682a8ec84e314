# SPDX-License-Identifier: BSD-3-Clause
"""The result of training a classifier."""

from dataclasses import dataclass

import numpy as np

from skpulsar._estimator._class_weights import ClassStatistics
from skpulsar._estimator._fit_result import FitResult


@dataclass(frozen=True, kw_only=True)
class ClassifierFitResult(FitResult):
    """Where the training of a classifier stands.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        The labels.

    class_count : ndarray of shape (n_classes,)
        Sum of the sample weights of each class, over all rows seen.

    seen : ClassStatistics
        Counts and weights of the classes among these rows.

    prior_shift : float, or ndarray of shape (n_classes,)
        What the intercepts that are shown have less than those of `weights`.

    multilabel : bool
        Whether the classes are labels of which a row may have several. The counts and
        weights of each are then those of the rows without it and of those with it.
    """

    classes: np.ndarray
    class_count: np.ndarray
    seen: ClassStatistics
    prior_shift: float | np.ndarray
    multilabel: bool = False

    @classmethod
    def of(cls, estimator):
        """The result that the attributes of a fitted estimator hold.

        The intercepts of the outputs are the trained ones, to the last bit, unless the
        user has set them since.
        """
        result = super().of(
            estimator,
            classes=estimator.classes_,
            class_count=estimator.class_count_,
            seen=estimator._class_statistics,
            prior_shift=estimator.prior_shift_,
            multilabel=estimator.multilabel_,
        )
        trained, shift = estimator._trained_intercept, result.prior_shift
        intercepts = cls.intercepts_of(result.weights)
        unchanged = np.array_equal(intercepts, trained - shift)
        intercepts[:] = trained if unchanged else intercepts + shift
        return result

    def attributes(self):
        """The attributes of an estimator with this result, by name."""
        n_visits = self.state.n_visits or np.zeros(len(self.classes), dtype=int)
        return {
            **super().attributes(),
            "_trained_intercept": self.intercepts_of(self.weights).copy(),
            "classes_": self.classes,
            "class_count_": self.class_count,
            "multilabel_": self.multilabel,
            "sampling_counts_": None if self.multilabel else np.array(n_visits),
            "prior_shift_": self.prior_shift,
            "_class_statistics": self.seen,
        }
