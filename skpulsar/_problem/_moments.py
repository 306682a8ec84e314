# SPDX-License-Identifier: BSD-3-Clause
"""Mean and variance of every column, over all rows seen so far."""

from dataclasses import dataclass

import numpy as np

EPSILON = np.finfo(np.float64).eps
LEAST_DEVIATION = 1e-150  # whose square has an inverse


@dataclass(frozen=True)
class Moments:
    """Column moments, as running means.

    A row counts by its weight among the rows that it comes with; where these are merged
    with others they count by their number times `weight`, the mean of what a row of
    theirs weighs. Merging moments with equal ones changes no bit of `mean` and
    `variance`: a second look at the same rows teaches nothing, and `fit` may leave it
    out.
    """

    n_rows: int
    mean: np.ndarray
    variance: np.ndarray
    weight: float = 1.0

    def merge(self, other):
        """Moments of both sets of rows (Chan, Golub, LeVeque 1983)."""
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
        """Standard deviation of every column, 0 where the variance may be the rounding
        of a constant: StandardScaler's rule, by the bound of Chan, Golub, LeVeque."""
        rounding = self.n_rows * EPSILON
        bound = rounding * self.variance + (rounding * self.mean) ** 2
        return np.where(self.variance <= bound, 0.0, np.sqrt(self.variance))

    def constant(self):
        """Columns that do not vary, rounding and underflow apart."""
        rounding = EPSILON * np.abs(self.mean)
        return np.sqrt(self.variance) <= np.maximum(rounding, LEAST_DEVIATION)

    def zero(self):
        """Columns of nothing but zeros, underflow apart."""
        return np.sqrt(self.square()) <= LEAST_DEVIATION

    def square(self, centre=0.0):
        """Mean square of every column from a centre."""
        away = self.mean - centre
        return self.variance + away * away

    def centre(self, sparse):
        """Means of dense columns; sparse ones would be filled by centring."""
        return np.zeros(len(self.mean)) if sparse else self.mean
