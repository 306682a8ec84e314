# SPDX-License-Identifier: BSD-3-Clause
"""The units in which a network sees targets: centred, and divided by deviations."""

from dataclasses import dataclass
from math import frexp

import numpy as np

from skpulsar._problem._memory import Rows
from skpulsar._problem._sample_moments import sample_moments


@dataclass(frozen=True)
class TargetUnits:
    """A target y is ``(y - centre) / unit`` inside, where the unit is its deviation.

    Parameters
    ----------
    centre, deviation : ndarray of shape (n_targets,)
        Mean and standard deviation of every target; 0 if it does not vary.
    """

    centre: np.ndarray
    deviation: np.ndarray

    @classmethod
    def of(cls, targets, sample_weight):
        """Units by the rows of positive sample weight.

        Parameters
        ----------
        targets : ndarray of shape (n_targets, n), float64

        sample_weight : ndarray of shape (n,), or None
        """
        # Powers of 2 are exact, and the square of a small target is not 0 with them.
        powers = [2.0 ** -frexp(max(each.max(), -each.min()))[1] for each in targets]
        powers = np.clip(powers, 2.0**-1000, 2.0**1000)
        columns = np.ascontiguousarray((targets * powers[:, np.newaxis]).T)
        index = None if sample_weight is None else np.flatnonzero(sample_weight)
        moments = sample_moments(Rows(columns, targets, None, index), sample_weight)
        return cls(moments.mean / powers, moments.deviation() / powers)

    def or_of(self, later):
        """These, and for targets that did not vary yet those of later rows."""
        varies = self.deviation > 0
        return TargetUnits(
            np.where(varies, self.centre, later.centre),
            np.where(varies, self.deviation, later.deviation),
        )

    @property
    def unit(self):
        """What every target is divided by: 1 if it does not vary."""
        return np.where(self.deviation > 0, self.deviation, 1.0)

    def of_raw(self, targets):
        """Targets, of shape (n_targets, n) or (n,) for one, in these units."""
        shape = targets.shape
        each = targets.reshape(len(self.unit), -1)
        moved = each - self.centre[:, np.newaxis]
        return (moved / self.unit[:, np.newaxis]).reshape(shape)
