# SPDX-License-Identifier: BSD-3-Clause
"""A second-order model of the loss of rows that were discarded."""

from dataclasses import dataclass, replace

import numpy as np

from skpulsar._kernels import _core


@dataclass(frozen=True)
class DiscardedRows:
    """The loss of rows that are not kept, about an anchor, as sums of three parts.

    The first two are of rows of the two classes that left in draws: what the value and
    the gradient lost. The third is the mean loss of the rows of an earlier fit. Where
    no row is kept any more, the first two have value and gradient of all rows of each
    class, and the third has their curvature.

    Parameters
    ----------
    origin : ndarray of shape (n_columns,)
        v are the weights of (x - origin, 1).

    anchor : ndarray of shape (n_columns + 1,)
        The v of which the values and slopes are.

    value : ndarray of shape (3,)
        Values.

    slope : ndarray of shape (3, n_columns + 1)
        Gradients.

    bend : ndarray of shape (2, n_columns)
        Curvature that the first two have, where the penalty is too weak to bar a slope
        from leading columns that separate the classes to infinity.

    curvature : ndarray of shape (n_columns + 1, n_columns + 1), its diagonal, or None
        Of the third part; None where there is none.

    totals : ndarray of shape (2,)
        Weight of the rows of the third part in each class.
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
        size = len(origin) + 1
        bend = np.zeros((2, len(origin)))
        return cls(
            origin, np.zeros(size), np.zeros(3), np.zeros((3, size)), bend, None,
            np.zeros(2),
        )  # fmt: skip

    @classmethod
    def fitted(cls, summary, totals):
        """The past of a fit whose rows have these totals."""
        discarded, anchor = cls.none(summary.scaling().centre), summary.weights.copy()
        discarded.value[2], discarded.slope[2] = summary.loss, summary.slope
        anchor[-1] += _core.dot(discarded.origin, anchor[:-1])
        return replace(
            discarded, anchor=anchor, curvature=summary.curvature(), totals=totals
        )

    def scaled(self, factor):
        """In another unit of the row weights."""
        by = np.array([factor, factor, 1.0])
        return replace(
            self,
            value=self.value * by,
            slope=self.slope * by[:, np.newaxis],
            bend=self.bend * factor,
            totals=self.totals * factor,
        )

    def lost(self, part, before, after, weights, origin, bent):
        """With what a draw took from the sums of a class: value, gradient and, if bent,
        diagonal of the curvature, before and after, at weights of (x - origin, 1)."""
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
        """Value and gradient of every part at weights of (x - origin, 1)."""
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
        """Weights of (x - origin, 1), from the anchor."""
        away = weights.copy()
        away[-1] += _core.dot(self.origin - origin, weights[:-1])
        return away - self.anchor


class DiscardedTerms:
    """Discarded rows in scaled columns, weighed and divided by a total."""

    def __init__(self, discarded, scaling, class_factor, total):
        share = (
            class_factor[0] * discarded.totals[0]
            + class_factor[1] * discarded.totals[1]
        )
        a, b, c = class_factor[0] / total, class_factor[1] / total, share / total
        self.share = c  # of the third part in the weights of all rows
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
        """Value and gradient."""
        away = point - self.anchor
        bent = self.bent(away)
        value = self.value + _core.dot(self.slope, away) + _core.dot(bent, away) / 2
        return value, self.slope + bent

    def diagonal(self):
        """Of the curvature."""
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
