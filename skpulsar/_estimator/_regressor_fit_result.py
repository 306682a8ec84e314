# SPDX-License-Identifier: BSD-3-Clause
"""The result of training a regressor."""

from dataclasses import dataclass

from skpulsar._estimator._fit_result import FitResult
from skpulsar._problem._sample_weights import WeightStatistics


@dataclass(frozen=True, kw_only=True)
class RegressorFitResult(FitResult):
    """Where the training of a regressor stands.

    A subclass has `has_one_column(estimator)`, whether y had one dimension.

    Parameters
    ----------
    seen : WeightStatistics
        What the rows seen weigh.

    one_column : bool
        Whether y has one dimension.
    """

    seen: WeightStatistics
    one_column: bool

    @classmethod
    def of(cls, estimator):
        """The result that the attributes of a fitted estimator hold."""
        return super().of(
            estimator,
            seen=estimator._weight_statistics,
            one_column=cls.has_one_column(estimator),
        )

    def n_targets(self):
        """How many targets there are."""
        return len(self.intercepts_of(self.weights))

    def attributes(self):
        """The attributes of an estimator with this result, by name."""
        return {**super().attributes(), "_weight_statistics": self.seen}
