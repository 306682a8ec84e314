# SPDX-License-Identifier: BSD-3-Clause
"""Mean and variance of every column, over all rows seen so far."""

from dataclasses import dataclass

import numpy as np

EPSILON = np.finfo(np.float64).eps
MIN_DEVIATION = 1e-150  # The square of a smaller one would have no inverse.


@dataclass(frozen=True)
class Moments:
    """Column moments, as running means.

    Among the rows of one call a row counts by its weight. When calls are merged, each
    counts by its number of rows times `weight`, their mean weight. Merging identical
    moments is idempotent: it changes no bit of `mean` and `variance`, so that `fit` may
    omit a second pass over the same rows.
    """

    n_rows: int
    mean: np.ndarray
    variance: np.ndarray
    weight: float = 1.0

    def merge(self, other):
        """Moments of the union of two sets of rows (Chan, Golub, LeVeque 1983)."""
        share = other.n_rows / (self.n_rows + other.n_rows)
        weight = self.weight + (other.weight - self.weight) * share
        share *= other.weight / weight
        step = other.mean - self.mean
        between = step * step * (1 - share)
        return Moments(
            self.n_rows + other.n_rows,
            self.mean + step * share,
            self.variance + (other.variance - self.variance + between) * share,
            weight,
        )

    def deviation(self):
        """Standard deviation of every column.

        It is 0 where the variance may be rounding error of a constant, which is
        StandardScaler's rule, by the bound of Chan, Golub, LeVeque.
        """
        rounding = self.n_rows * EPSILON
        bound = rounding * self.variance + (rounding * self.mean) ** 2
        return np.where(self.variance <= bound, 0.0, np.sqrt(self.variance))

    def constant(self):
        """Mask of the columns that do not vary, except by rounding or underflow."""
        rounding = EPSILON * np.abs(self.mean)
        return np.sqrt(self.variance) <= np.maximum(rounding, MIN_DEVIATION)

    def zero(self):
        """Mask of the columns that hold only zeros, except for underflow."""
        return np.sqrt(self.square()) <= MIN_DEVIATION

    def square(self, centre=0.0):
        """Mean square of every column about a centre."""
        away = self.mean - centre
        return self.variance + away * away

    def centre(self, sparse):
        """Means of dense columns; zeros for sparse ones, which centring would fill."""
        return np.zeros(len(self.mean)) if sparse else self.mean
