# SPDX-License-Identifier: BSD-3-Clause
"""The result of training a regressor."""

from dataclasses import dataclass

from skpulsar._estimator._fit_result import FitResult
from skpulsar._problem._sample_weights import WeightStatistics


@dataclass(frozen=True, kw_only=True)
class RegressorFitResult(FitResult):
    """Where the training of a regressor stands.

    Parameters
    ----------
    seen : WeightStatistics
        What the rows seen weigh.

    one_column : bool
        Whether y has one dimension.

    fit_intercept : bool
        Whether the model has intercepts.
    """

    seen: WeightStatistics
    one_column: bool
    fit_intercept: bool

    @classmethod
    def of(cls, estimator):
        """The result that the attributes of a fitted estimator hold."""
        return super().of(
            estimator,
            seen=estimator._weight_statistics,
            one_column=estimator.coef_.ndim == 1,
            fit_intercept=estimator.fit_intercept,
        )

    def attributes(self):
        """The attributes of an estimator with this result, by name, in the shapes of
        scikit-learn's Ridge."""
        attributes = super().attributes()
        coef, intercept = attributes["coef_"], attributes["intercept_"]
        if self.one_column:
            coef, intercept = coef[0], float(intercept[0])
        if not self.fit_intercept:
            intercept = 0.0
        return attributes | {
            "coef_": coef,
            "intercept_": intercept,
            "_weight_statistics": self.seen,
        }
