# SPDX-License-Identifier: BSD-3-Clause
"""The models that are trained side by side, and how they are counted."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Grid:
    """The models to train: V weightings of the classes by K folds left out, and none,
    by A strengths of the penalty.

    Model (v, k, a) minimises the mean loss of the rows outside fold k, weighted by
    their sample weights times ``class_factor[v, k, class]``, plus ``alphas[a] / 2 *
    |deviation[k] * w|^2``. Nothing is left out for ``k = K``.

    Parameters
    ----------
    alphas : ndarray of shape (A,)
        Strengths of the penalty, at least 0, in any order.

    class_factor : ndarray of shape (V, K + 1, 2)
        What multiplies the sample weights of a class.

    deviation : ndarray of shape (K + 1, n_columns), or None
        Units of the penalty by fold left out. A column of deviation 0 has no weight.
        None: the columns are penalised as they are.

    corrected : bool
        Whether what the class factors add to the intercept is taken out again before
        rows held out are scored. Their loss is taken to be that of weighted classes
        then, which has its minimum where the other has; else they count by their sample
        weights alone.
    """

    alphas: np.ndarray
    class_factor: np.ndarray
    deviation: np.ndarray | None = None
    corrected: bool = False

    @property
    def shape(self):
        """V, K + 1 and A."""
        return (*self.class_factor.shape[:2], len(self.alphas))

    @property
    def n_folds(self):
        return self.class_factor.shape[1] - 1

    @cached_property
    def weighting(self):
        """v of every model."""
        return self._places[0]

    @cached_property
    def left_out(self):
        """k of every model."""
        return self._places[1]

    @cached_property
    def strength(self):
        """a of every model."""
        return self._places[2]

    @cached_property
    def factor(self):
        """Of every model, what multiplies the sample weights of both classes, of shape
        (2, n_models)."""
        return self.class_factor[self.weighting, self.left_out].T

    @cached_property
    def path(self):
        """Of every model, the number of its weighting and its alpha among all pairs of
        these."""
        return self.weighting * len(self.alphas) + self.strength

    @cached_property
    def whole(self):
        """The models of all rows, by weighting and alpha."""
        return np.flatnonzero(self.left_out == self.n_folds)

    @cached_property
    def _places(self):
        return [places.ravel() for places in np.indices(self.shape)]
