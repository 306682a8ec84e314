# SPDX-License-Identifier: BSD-3-Clause
"""What the targets and weights in a table stand for: rows of chunks."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.utils import assert_all_finite

from skpulsar._estimator._class_weights import row_weights
from skpulsar._estimator._labels import encode
from skpulsar._estimator._targets import as_targets, check_targets


@dataclass(frozen=True)
class TableWeights:
    """Sample weights in a table.

    Parameters
    ----------
    largest : float or None
        The largest of them; None if there are none.
    """

    largest: float | None

    def relative(self, part):
        """The sample weights of a part over the largest of all; None for ones."""
        if self.largest is None:
            return None
        weight = np.asarray(part.weight, dtype=np.float64)
        return weight / (self.largest or 1.0)  # Sums of huge weights overflow.


@dataclass(frozen=True)
class ClassRows(TableWeights):
    """Rows of two classes: `RowWeights` of chunks.

    Parameters
    ----------
    classes : ndarray of shape (2,)
        The labels.

    used : ndarray of bool of shape (2,)
        Whether rows of each class have a weight.

    factor, mean : ndarray of shape (2,) or None, float
        What the weights of each class are multiplied by, and the mean weight, which is
        made 1; None: they stay relative sample weights.
    """

    classes: np.ndarray
    used: np.ndarray
    factor: np.ndarray | None = None
    mean: float = 1.0

    @property
    def weighted(self):
        equal = self.factor is None or self.factor[0] == self.factor[1]
        return self.largest is not None or not equal

    def targets(self, part):
        try:
            return encode(part.target, self.classes)
        except ValueError as error:
            raise ValueError(f"In {part.where}: {error}") from error

    def kept(self, part, target):
        relative = self.relative(part)
        kept = None if relative is None else relative > 0
        if not self.used.all():
            of_used = self.used[target.astype(np.intp)]
            kept = of_used if kept is None else kept & of_used
        return None if kept is None or kept.all() else kept

    def of_samples(self):
        return replace(self, factor=None)

    def weights(self, target, relative):
        if self.factor is None:
            return relative
        return row_weights(target, relative, self.factor, self.mean)


@dataclass(frozen=True)
class NumberRows(TableWeights):
    """Rows of a regression: `RowWeights` of chunks.

    Parameters
    ----------
    mean : float
        The mean of the weights over the largest, which is made 1.
    """

    mean: float = 1.0

    @property
    def weighted(self):
        return self.largest is not None

    def targets(self, part):
        try:
            given = np.asarray(part.target)
            check_targets(given)
            if given.dtype.kind == "f":
                assert_all_finite(given, input_name="y")
            return as_targets(given)[0]
        except ValueError as error:
            raise ValueError(f"In {part.where}: {error}") from error

    def kept(self, part, target):
        relative = self.relative(part)
        return None if relative is None or relative.all() else relative > 0

    def of_samples(self):
        return replace(self, mean=1.0)

    def weights(self, target, relative):
        return None if relative is None else relative / self.mean
