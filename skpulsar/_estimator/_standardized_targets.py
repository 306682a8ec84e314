# SPDX-License-Identifier: BSD-3-Clause
"""Targets that are numbers, which training sees in units of their deviations."""

from dataclasses import dataclass, replace

from skpulsar._estimator._number_targets import NumberTargets
from skpulsar._estimator._regressor_fit_result import RegressorFitResult
from skpulsar._estimator._targets import as_targets
from skpulsar._problem._losses import SQUARED, SquaredInUnits
from skpulsar._problem._target_units import TargetUnits


@dataclass(frozen=True, kw_only=True)
class StandardizedFitResult(RegressorFitResult):
    """Where the training of a regressor with such targets stands.

    Parameters
    ----------
    target_units : TargetUnits or None
        The units of the targets inside; None without `standardize`.
    """

    target_units: TargetUnits | None = None

    @classmethod
    def of(cls, estimator):
        """The result that the attributes of a fitted estimator hold."""
        return replace(super().of(estimator), target_units=estimator._target_units)

    def attributes(self):
        """The attributes of an estimator with this result, by name."""
        return {**super().attributes(), "_target_units": self.target_units}


class StandardizedTargets(NumberTargets):
    """A mixin of regressors whose parameter `standardize` covers their targets, too.

    The first call decides the units, of a target that does not vary yet a later one. So
    the losses of all calls compare, and so do the gradients that the optimizer's
    moments are of.
    """

    def _loss_of(self, result):
        units = result.target_units
        return SQUARED if units is None else SquaredInUnits(units.unit)

    def _trained_targets(self, y, sample_weight, start):
        units = start.target_units if self.standardize else None
        if self.standardize and (sample_weight is None or sample_weight.any()):
            units = TargetUnits.of(as_targets(y), sample_weight).unless_known(units)
        start, targets = super()._trained_targets(y, sample_weight, start)
        if units is not None:
            targets = units.of_raw(targets)
        return replace(start, target_units=units), targets
