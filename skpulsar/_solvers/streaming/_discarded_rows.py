# SPDX-License-Identifier: BSD-3-Clause
"""A second-order model of the loss of rows that were discarded."""

from dataclasses import dataclass, replace

import numpy as np

from skpulsar._kernels import _core


@dataclass(frozen=True)
class DiscardedRows:
    """The loss of rows that are not kept, about an anchor, as the sum of three parts.

    The first two parts have what the value and the gradient of the rows of each class
    lost in draws. The third is the mean loss of the rows of an earlier fit. Where no
    row is kept any more, the first two have value and gradient of all rows of each
    class, and the third has their curvature.

    Parameters
    ----------
    origin : ndarray of shape (n_columns,)
        The parts are functions of v, the weights of (x - origin, 1).

    anchor : ndarray of shape (n_columns + 1,)
        The v at which the values and gradients were taken.

    value : ndarray of shape (3,)
        The values of the parts.

    slope : ndarray of shape (3, n_columns + 1)
        The gradients of the parts.

    bend : ndarray of shape (2, n_columns)
        The diagonals of curvatures of the first two parts. They are 0 unless the
        penalty is too weak to keep a linear term from driving the weights of columns
        that separate the classes to infinity.

    curvature : ndarray of shape (n_columns + 1, n_columns + 1), its diagonal, or None
        The curvature of the third part; None where there is none.

    totals : ndarray of shape (2,)
        The weight of the rows of the third part in each class.
    """

    origin: np.ndarray
    anchor: np.ndarray
    value: np.ndarray
    slope: np.ndarray
    bend: np.ndarray
    curvature: np.ndarray | None
    totals: np.ndarray

    @classmethod
    def none(cls, origin):
        """No rows."""
        size = len(origin) + 1
        bend = np.zeros((2, len(origin)))
        return cls(
            origin, np.zeros(size), np.zeros(3), np.zeros((3, size)), bend, None,
            np.zeros(2),
        )  # fmt: skip

    @classmethod
    def fitted(cls, summary, totals):
        """The rows of a fit, which have these totals."""
        discarded, anchor = cls.none(summary.scaling().centre), summary.weights.copy()
        discarded.value[2], discarded.slope[2] = summary.loss, summary.slope
        anchor[-1] += _core.dot(discarded.origin, anchor[:-1])
        return replace(
            discarded, anchor=anchor, curvature=summary.curvature(), totals=totals
        )

    def scaled(self, factor):
        """The same in another unit of the row weights."""
        by = np.array([factor, factor, 1.0])
        return replace(
            self,
            value=self.value * by,
            slope=self.slope * by[:, np.newaxis],
            bend=self.bend * factor,
            totals=self.totals * factor,
        )

    def lost(self, part, before, after, weights, origin, bent):
        """The same, and what a draw took from the sums of a class at weights of
        (x - origin, 1).

        `before` and `after` are these sums: the value, the gradient and the diagonal of
        the curvature, which counts if `bent`.
        """
        value, slope = before[0] - after[0], before[1] - after[1]
        slope[:-1] += (origin - self.origin) * slope[-1]
        away = self._away(weights, origin)
        bend = np.maximum(before[2][:-1] - after[2][:-1], 0) * bent
        bent_away = np.append(bend * away[:-1], 0.0)
        values, slopes, bends = self.value.copy(), self.slope.copy(), self.bend.copy()
        values[part] += value - _core.dot(slope, away) + _core.dot(bent_away, away) / 2
        slopes[part] += slope - bent_away
        bends[part] += bend
        return replace(self, value=values, slope=slopes, bend=bends)

    def read(self, weights, origin):
        """The value and gradient of every part at weights of (x - origin, 1)."""
        away = self._away(weights, origin)
        bent = np.zeros_like(self.slope)
        bent[:2, :-1] = self.bend * away[:-1]
        if self.curvature is not None:
            bent[2] = times(self.curvature, away)
        chords = self.slope + bent / 2
        value = self.value + [_core.dot(chord, away) for chord in chords]
        slope = self.slope + bent
        slope[:, :-1] -= (origin - self.origin) * slope[:, -1:]
        return value, slope

    def _away(self, weights, origin):
        """The difference of weights of (x - origin, 1) from the anchor."""
        away = weights.copy()
        away[-1] += _core.dot(self.origin - origin, weights[:-1])
        return away - self.anchor


class DiscardedTerms:
    """What discarded rows add to an `Objective`.

    Parameters
    ----------
    discarded : DiscardedRows
        The rows.

    scaling : Scaling
        That of the objective.

    class_factor : ndarray of shape (2,)
        What the weights of the rows of each class are multiplied by.

    total : float
        What the sums are divided by.

    Attributes
    ----------
    share : float
        The share of the third part in the weight of all rows.
    """

    def __init__(self, discarded, scaling, class_factor, total):
        share = (
            class_factor[0] * discarded.totals[0]
            + class_factor[1] * discarded.totals[1]
        )
        a, b, c = class_factor[0] / total, class_factor[1] / total, share / total
        self.share = c
        slope = a * discarded.slope[0] + b * discarded.slope[1] + c * discarded.slope[2]
        self.value = (
            a * discarded.value[0] + b * discarded.value[1] + c * discarded.value[2]
        )
        self.slope = scaling.scaled_gradient(slope, discarded.origin)
        weights = discarded.anchor.copy()
        weights[-1] -= _core.dot(discarded.origin, weights[:-1])
        self.anchor = scaling.to_scaled(weights)
        bend = a * discarded.bend[0] + b * discarded.bend[1]
        self.bend = np.append(bend, 0.0) * scaling.scale * scaling.scale
        self.curvature = None
        if discarded.curvature is not None:
            self.curvature = c * scaling.scaled_curvature(
                discarded.curvature, discarded.origin
            )

    def read(self, point):
        """The value and gradient at a point."""
        away = point - self.anchor
        bent = self.bent(away)
        value = self.value + _core.dot(self.slope, away) + _core.dot(bent, away) / 2
        return value, self.slope + bent

    def diagonal(self):
        """The diagonal of the curvature."""
        if self.curvature is None:
            return self.bend
        square = self.curvature.ndim == 2
        return self.bend + (self.curvature.diagonal() if square else self.curvature)

    def square(self):
        """The curvature as a matrix, or 0."""
        if self.curvature is not None and self.curvature.ndim == 2:
            return self.curvature + np.diag(self.bend)
        diagonal = self.diagonal()
        return np.diag(diagonal) if diagonal.any() else 0.0

    def bent(self, step):
        """The curvature times a step."""
        bent = self.bend * step
        return bent if self.curvature is None else bent + times(self.curvature, step)


def times(curvature, vector):
    """A curvature, or its diagonal, times a vector."""
    if curvature.ndim == 1:
        return curvature * vector
    return _core.logits(curvature, 0, len(vector), np.append(vector, 0.0))
