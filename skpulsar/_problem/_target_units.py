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
        # Powers of 2 round nothing, and with them no square is too small for a double.
        sizes = [max(each.max().item(), -each.min().item()) for each in targets]
        powers = np.array([2.0 ** frexp(max(size, 1e-300))[1] for size in sizes])
        columns = np.ascontiguousarray((targets / powers[:, np.newaxis]).T)
        index = None if sample_weight is None else np.flatnonzero(sample_weight)
        moments = sample_moments(Rows(columns, targets, None, index), sample_weight)
        return cls(moments.mean * powers, moments.deviation() * powers)

    def unless_known(self, known):
        """These, but for targets that have varied before, whose units are known."""
        if known is None:
            return self
        varied = known.deviation > 0
        return TargetUnits(
            np.where(varied, known.centre, self.centre),
            np.where(varied, known.deviation, self.deviation),
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
