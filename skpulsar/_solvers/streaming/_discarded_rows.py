# SPDX-License-Identifier: BSD-3-Clause
"""A second-order model of the loss of rows that were discarded."""

from dataclasses import dataclass, replace

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._losses import centred
from skpulsar._solvers.streaming._curvatures import (
    block,
    diagonal,
    joint,
    scaled,
    times,
)


@dataclass(frozen=True)
class DiscardedRows:
    """The loss of rows that are not kept, about an anchor, as the sum of parts.

    There is a part for every class, which has what the value and the gradient of its
    rows lost in draws. The last part is the mean loss of the rows of an earlier fit.
    Where no row is kept any more, the first parts have value and gradient of all rows
    of each class, and the last has their curvature.

    Parameters
    ----------
    origin : ndarray of shape (n_columns,)
        The parts are functions of v, the weights of (x - origin, 1).

    anchor : ndarray of shape (n_outputs, n_columns + 1)
        The v at which the values and gradients were taken.

    value : ndarray of shape (n_classes + 1,)
        The values of the parts.

    slope : ndarray of shape (n_classes + 1, n_outputs, n_columns + 1)
        The gradients of the parts.

    bend : ndarray of shape (n_classes, n_outputs, n_columns)
        The diagonals of curvatures of all parts but the last. They are 0 unless the
        penalty is too weak to keep a linear term from driving the weights of columns
        that separate the classes to infinity.

    curvature : ndarray or None
        The curvature of the last part, as exactly as it is known (see `_curvatures`);
        None where there is none.

    totals : ndarray of shape (n_classes,)
        The weight of the rows of the last part in each class.
    """

    origin: np.ndarray
    anchor: np.ndarray
    value: np.ndarray
    slope: np.ndarray
    bend: np.ndarray
    curvature: np.ndarray | None
    totals: np.ndarray

    @classmethod
    def none(cls, origin, n_classes=2, n_outputs=1):
        """No rows."""
        size = len(origin) + 1
        return cls(
            origin=origin,
            anchor=np.zeros((n_outputs, size)),
            value=np.zeros(n_classes + 1),
            slope=np.zeros((n_classes + 1, n_outputs, size)),
            bend=np.zeros((n_classes, n_outputs, size - 1)),
            curvature=None,
            totals=np.zeros(n_classes),
        )

    @classmethod
    def fitted(cls, summary, totals):
        """The rows of a fit, which have these totals."""
        weights, curvature = np.atleast_2d(summary.weights), summary.curvature()
        centre = summary.scaling().centre
        discarded = cls.none(centre, len(totals), len(weights))
        discarded.value[-1], discarded.slope[-1] = summary.loss, summary.slope
        return replace(
            discarded,
            anchor=moved(weights, centre),
            curvature=curvature if len(weights) > 1 else curvature[np.newaxis],
            totals=totals,
        )

    def scaled(self, factor):
        """The same in another unit of the row weights."""
        by = np.full(len(self.value), factor)
        by[-1] = 1.0
        return replace(
            self,
            value=self.value * by,
            slope=self.slope * by[:, np.newaxis, np.newaxis],
            bend=self.bend * factor,
            totals=self.totals * factor,
        )

    def lost(self, before, after, weights, origin, bent):
        """The same, and what a draw took from the sums of every class at weights of
        (x - origin, 1).

        `before` and `after` are these sums: of the values, the gradients and the
        diagonals of the curvatures, which count if `bent`.
        """
        lost, slope = before[0] - after[0], before[1] - after[1]
        slope[..., :-1] += (origin - self.origin) * slope[..., -1:]
        away = self._away(weights, origin)
        bend = np.maximum(before[2] - after[2], 0)[..., :-1] * bent
        bent_away = np.zeros_like(slope)
        bent_away[..., :-1] = bend * away[:, :-1]
        value, slopes = self.value.copy(), self.slope.copy()
        for part, (own, bent_own) in enumerate(zip(slope, bent_away, strict=True)):
            value[part] += lost[part] - _dot(own, away) + _dot(bent_own, away) / 2
        slopes[:-1] += slope - bent_away
        return replace(self, value=value, slope=slopes, bend=self.bend + bend)

    def read(self, weights, origin):
        """The value and gradient of every part at weights of (x - origin, 1)."""
        away = self._away(weights, origin)
        bent = np.zeros_like(self.slope)
        bent[:-1, :, :-1] = self.bend * away[:, :-1]
        if self.curvature is not None:
            bent[-1] = times(self.curvature, away)
        chords = self.slope + bent / 2
        value = self.value + [_dot(chord, away) for chord in chords]
        slope = self.slope + bent
        slope[..., :-1] -= (origin - self.origin) * slope[..., -1:]
        return value, slope

    def _away(self, weights, origin):
        """The difference of weights of (x - origin, 1) from the anchor."""
        return moved(weights, self.origin - origin) - self.anchor


class DiscardedTerms:
    """What discarded rows add to a `SampleObjective` or a `SoftmaxSampleObjective`.

    Parameters
    ----------
    discarded : DiscardedRows
        The rows.

    scaling : Scaling
        That of the objective.

    class_factor : ndarray of shape (n_classes,)
        What the weights of the rows of each class are multiplied by.

    total : float
        What the sums are divided by.

    Attributes
    ----------
    share : float
        The share of the last part in the weight of all rows.
    """

    def __init__(self, discarded, scaling, class_factor, total):
        origin = discarded.origin
        by = [*(class_factor / total), weighted(class_factor, discarded.totals) / total]
        self.share = by[-1]
        self.value = weighted(by, discarded.value)
        slope = weighted(by, discarded.slope)
        self.slope = _flat(scaling.scaled_gradient(row, origin) for row in slope)
        weights = moved(discarded.anchor, -origin)
        self.anchor = _flat(scaling.to_scaled(row) for row in weights)
        self.shape = weights.shape
        bend = np.zeros(self.shape)
        bend[:, :-1] = weighted(by[:-1], discarded.bend)
        self.bend = bend * scaling.scale * scaling.scale
        self.curvature = None
        if discarded.curvature is not None:
            self.curvature = by[-1] * scaled(discarded.curvature, scaling, origin)

    def read(self, point):
        """The value and gradient at a point."""
        away = point - self.anchor
        bent = self.bent(away)
        value = self.value + _core.dot(self.slope, away) + _core.dot(bent, away) / 2
        return value, self.slope + bent

    def bent(self, step):
        """The curvature times a step. The steps of several outputs have a sum of 0."""
        step = step.reshape(self.shape)
        bent = self.bend * step
        if self.curvature is not None:
            bent = bent + times(self.curvature, step)
        return (bent if len(bent) == 1 else centred(bent)).ravel()

    def diagonal(self):
        """The diagonal of the curvature, of shape (n_outputs, n_columns + 1)."""
        if self.curvature is None:
            return self.bend
        return self.bend + diagonal(self.curvature)

    def block(self, k):
        """The curvature of one output as a matrix, or 0."""
        if self.curvature is not None and self.curvature.ndim > 2:
            return block(self.curvature, k) + np.diag(self.bend[k])
        diagonal = self.diagonal()[k]
        return np.diag(diagonal) if diagonal.any() else 0.0

    def joint(self):
        """The curvature of the differences of several outputs (see `_curvatures`), or
        0."""
        found = 0.0 if self.curvature is None else joint(self.curvature)
        return found + joint(self.bend) if self.bend.any() else found


def weighted(factors, parts):
    """``sum of factor part``, in their order."""
    total = factors[0] * parts[0]
    for factor, part in zip(factors[1:], parts[1:], strict=True):
        total = total + factor * part
    return total


def moved(weights, by):
    """The same model for columns minus `by`: intercepts increase by ``w . by``."""
    found = weights.copy()
    for row in found:
        row[-1] += _core.dot(by, row[:-1])
    return found


def _dot(a, b):
    return _core.dot(a.ravel(), b.ravel())


def _flat(rows):
    return np.array(list(rows)).ravel()
