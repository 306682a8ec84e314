# SPDX-License-Identifier: BSD-3-Clause
"""The coordinates in which the second-order solvers work."""

from dataclasses import dataclass

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._column_scale import column_scale
from skpulsar._problem._moments import EPSILON

MIN_VARIANCE = 1e-8  # A sum of squares hides a variance of less than this share of it.
MAX_PENALTY = 1e300  # A column with more, in units of its deviation, has weight 0.


@dataclass(frozen=True)
class Scaling:
    """Rows seen as ``a = scale * (x - centre, 1)``, points as u = weights / scale.

    Parameters
    ----------
    centre : ndarray of shape (n_columns,)
        Means of dense columns, or where most entries lie if a few far out own the mean;
        zeros for CSR, whose rows are scaled only, or without an intercept to take the
        centre up.

    scale : ndarray of shape (n_columns + 1,)
        One over the standard deviation from the centre; 0 for a column that does not
        vary or whose penalty is too large, and for an intercept that is not wanted.
        Their u is 0.

    penalty : ndarray of shape (n_columns + 1,)
        ``alpha * (deviation * scale)**2``, so that ``sum(penalty * u**2) / 2`` is the
        penalty of the weights; 0 for the intercept, 1 where the scale is 0.

    mean : ndarray of shape (n_columns,)
        Means of the scaled columns from their centre.

    fit_intercept : bool
        Whether points have an intercept.

    tie : ndarray of shape (n_columns + 1,), or None
        What is orthogonal to every point of a model without an intercept, whose rows
        are centred all the same: u_b is then no more than what the centre adds.
    """

    centre: np.ndarray
    scale: np.ndarray
    penalty: np.ndarray
    mean: np.ndarray
    fit_intercept: bool
    tie: np.ndarray | None = None

    @classmethod
    def of(cls, moments, penalty, fit_intercept, centre):
        """The scaling that column moments and a penalty suggest, about a centre that an
        intercept can take up.

        Without an intercept there is a centre only if columns vary by so little around
        it that sums of their squares would not show it; then the intercept is tied.
        """
        tied = not fit_intercept and _need_a_centre(moments, centre)
        if tied:  # A constant column is no more than its size, and needs no centre.
            centre = np.where(moments.constant(), 0.0, centre)
        elif not fit_intercept:
            centre = np.zeros(len(centre))
        scale = np.zeros(len(centre) + 1)
        scale[:-1] = column_scale(moments, penalty, centre, fit_intercept)
        cost = np.ones(len(scale))
        with np.errstate(over="ignore"):
            cost[:-1] = penalty.curvature(scale[:-1])
        scale[cost > MAX_PENALTY] = 0
        scale[-1] = fit_intercept or tied
        cost[scale == 0] = 1
        if fit_intercept or tied:
            cost[-1] = 0
        mean = scale[:-1] * (moments.mean - centre)
        tie = np.append(centre * scale[:-1], -1.0) if tied else None
        return cls(centre, scale, cost, mean, fit_intercept or tied, tie)

    def to_scaled(self, weights):
        """The point of given weights; weights of columns without a scale are lost."""
        scale = np.where(self.scale > 0, self.scale, np.inf)
        with np.errstate(over="ignore"):
            point = weights / scale
        if self.fit_intercept:
            point[-1] = weights[-1] + _core.dot(weights[:-1], self.centre)
        return point

    def to_original(self, point):
        """The weights of a point."""
        weights = point * self.scale
        weights[-1] -= _core.dot(weights[:-1], self.centre)
        if self.tie is not None:
            weights[-1] = 0.0  # It differs from 0 by rounding only.
        return weights

    def intercept_rounding(self, point):
        """What squared error gains at least by the rounding of an intercept that makes
        up for columns far from 0."""
        moved = np.abs((point * self.scale)[:-1] * self.centre)
        return (EPSILON * _core.total(moved)) ** 2 / 2

    @property
    def packed(self):
        """For the kernel: scale, penalty and tie."""
        return self.scale, self.penalty, self.tie

    def deviations(self):
        """One over the scale; 0 where that is 0."""
        zeros = np.zeros(len(self.scale))
        return np.divide(1.0, self.scale, out=zeros, where=self.scale > 0)

    def scaled_gradient(self, slope, origin):
        """The gradient by the point of a function whose gradient by the weights of
        ``(x - origin, 1)`` is given."""
        pulled = slope.copy()
        pulled[:-1] -= (self.centre - origin) * slope[-1]
        return pulled * self.scale

    def scaled_curvature(self, curvature, origin):
        """The same of a symmetric curvature, or, roughly, of its diagonal."""
        if curvature.ndim == 1:
            return curvature * self.scale * self.scale
        away = self.centre - origin
        pulled = curvature.copy()
        pulled[:-1] -= away[:, np.newaxis] * curvature[-1]
        pulled[:, :-1] -= pulled[:, -1:] * away
        return pulled * self.scale[:, np.newaxis] * self.scale


def _need_a_centre(moments, centre):
    """Whether columns vary so little around a centre that the sums of their squares
    would not show it. Of more columns than rows all is in the span of the rows."""
    if moments.n_rows <= len(centre):
        return False
    hidden = moments.variance < MIN_VARIANCE * moments.square()
    return bool((hidden & (centre != 0) & ~moments.constant()).any())
