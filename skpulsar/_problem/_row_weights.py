# SPDX-License-Identifier: BSD-3-Clause
"""What the targets and weights of a table stand for, as chunks take them."""

from typing import Protocol


class RowWeights(Protocol):
    """What targets and weights in a table stand for.

    Attributes
    ----------
    largest : float or None
        The largest sample weight; None if there are none.

    weighted : bool
        Whether rows have weights other than 1.
    """

    def targets(self, part):
        """The targets of a `Part`, as float64."""

    def kept(self, part, target):
        """A mask of the rows of positive weight; None stands for all."""

    def relative(self, part):
        """The sample weights of a part over the largest of all; None for ones."""

    def weights(self, target, relative):
        """The weights of rows, 1 in the mean; None if all are 1."""

    def of_samples(self):
        """The same, whose `weights` are those that `relative` tells."""


class OfClass:
    """The weights of the rows of one class, the others left out."""

    def __init__(self, weights, k):
        self._weights, self._k = weights, k
        self.targets, self.relative = weights.targets, weights.relative
        self.weights, self.weighted = weights.weights, weights.weighted

    def kept(self, part, target):
        of_class, kept = target == self._k, self._weights.kept(part, target)
        return of_class if kept is None else of_class & kept
