# SPDX-License-Identifier: BSD-3-Clause
"""The search for the minimum over the rows that a stream keeps and those discarded."""

from abc import abstractmethod
from math import inf, nan
from typing import ClassVar

import numpy as np

from skpulsar._solvers.quadratic._minimise import Search
from skpulsar._solvers.streaming._discarded_rows import (
    DiscardedRows,
    DiscardedTerms,
    weighted,
)

POOR = 1 / 4  # A step that leaves more of the decrement asks for a new curvature.
MAX_EVALUATIONS = 100  # A call evaluates the objective so often at most.
LOWEST_LOSS = -0.01  # Rounding does not make a mean loss that is lower.


class StreamSearch(Search):
    """The objective of the kept and the discarded rows, and one search for its minimum.

    Parameters
    ----------
    solver : Stream
        The solver.

    state : StreamState
        The rows, and what is known of all rows.

    Attributes
    ----------
    objective_class : type
        The class of the objective.

    at_minimum : bool
        Whether the search is one for the minimum, and not for the null model.

    is_wide : bool
        Whether there are too many columns for a curvature.

    factor : ndarray of shape (n_classes,)
        What the weights of the rows of each class are multiplied by.

    residual : ndarray
        The residuals at the best point.

    renewed : bool
        Whether the preconditioner was made in this search.

    curvature_is_current : bool
        Whether the preconditioner is the curvature at the best point, or this is not
        finite.

    value, gap, stop_reason : float, float, str or None
        The objective at the best point, the estimated gap to the minimum, and why the
        search ended.
    """

    objective_class: ClassVar[type]
    at_minimum = True

    def __init__(self, solver, state):
        kept, totals = state.kept, state.totals
        self.factor = factor = solver.class_factor / solver.class_factor.max()
        total = weighted(factor, totals)
        self.scaling = solver.scaling(state.basis, kept.sparse)
        super().__init__(self.scaling.tie)
        rows = kept
        if (factor != 1).any():
            each = factor[kept.targets().astype(np.intp)]
            rows = kept.weighing(kept.sample_weight() * each)
        discarded = DiscardedTerms(state.discarded, self.scaling, factor, total)
        self.objective = self.objective_class(
            rows, self.scaling, total, solver.loss, discarded=discarded
        )
        self.half_row = total / state.n_seen / 2
        self.alpha, self.is_wide = solver.penalty.alpha, solver.is_wide(kept)
        self.residual, self.n_read = None, 0
        self.renewed = self.curvature_is_current = self.null_was_tried = False
        self.value, self.gap, self.stop_reason = inf, nan, None

    @abstractmethod
    def cached(self):
        """What the next call may precondition with, or None."""

    @abstractmethod
    def importance(self, n_kept):
        """The sizes of the residuals of the kept rows, and their weights."""

    @abstractmethod
    def null_model(self):
        """The point of no weights, with the shares of all rows."""

    @abstractmethod
    def curvature_left(self, point):
        """The curvature of the mean loss at a point (see `_curvatures`), or its
        diagonal where it is too large."""

    @abstractmethod
    def renew(self):
        """Precondition by the curvature at the best point; false if that is no news, or
        the curvature is not finite."""

    def to_point(self, weights):
        """The point of weights of shape (n_outputs, n_columns + 1)."""
        return np.array([self.scaling.to_scaled(row) for row in weights]).ravel()

    def to_weights(self, point):
        """The weights of a point."""
        rows = point.reshape(-1, len(self.scaling.scale))
        return np.array([self.scaling.to_original(row) for row in rows])

    def by_class(self, rows, point):
        """The sums of the losses, of their gradients, and of the diagonals of their
        curvatures in every class, by the weights of (x - centre, 1): arrays of shape
        (n_classes,), and twice (n_classes, n_outputs, n_columns + 1)."""
        n_classes, size = len(self.factor), len(self.scaling.scale)
        loss = np.zeros(n_classes)
        slope, squares = np.zeros((2, n_classes, len(point) // size, size))
        for k in range(n_classes):
            of_class = rows.of_class(k)
            if of_class.n_rows > 0:
                part = self.objective_class(
                    of_class, self.scaling, 1.0, self.objective.loss
                )
                loss[k], slope[k], squares[k] = part.sums(point, True)
                self.n_read += of_class.n_rows
        return loss, slope, squares

    def left_behind(self, state, weights):
        """All rows as `DiscardedRows` about given weights: value and slope of each
        class, and the curvature of all, or its diagonal where that is large."""
        scaling, point = self.scaling, self.to_point(weights)
        anchor = point.reshape(weights.shape) * scaling.scale
        value, slope = state.discarded.read(anchor, scaling.centre)
        value[-1] *= self.objective.discarded.share
        slope[-1] *= self.objective.discarded.share
        losses, slopes, _ = self.by_class(state.kept, point)
        value[:-1] += losses
        slope[:-1] += slopes
        return DiscardedRows(
            origin=scaling.centre,
            anchor=anchor,
            value=value,
            slope=slope,
            bend=np.zeros_like(state.discarded.bend),
            curvature=self.curvature_left(point),
            totals=state.totals,
        )

    def minimise(self, weights):
        """The best point found from given weights, or None."""
        self.stop_reason = self.run(self.to_point(weights), MAX_EVALUATIONS)
        self.value = self.lbfgs.value
        self.objective.residual = self.residual
        return self.lbfgs.point

    def evaluate(self, point):
        self.n_read += self.objective.rows.n_rows
        return self.objective.read(point, self.is_wide)

    def is_worse(self, value):
        """Whether a point is to be rejected. No mean loss is below 0: where it seems to
        be, the quadratic that stands for discarded rows does not reach so far."""
        impossible = not np.isfinite(value) or value < LOWEST_LOSS
        return impossible or super().is_worse(value)

    def reject(self):
        """Try the null model once, then the curvature at the best point, then a shorter
        step."""
        if not self.null_was_tried:
            self.null_was_tried = True
            return self.try_point(self.null_model())
        if self.lbfgs.point is not None and self.restart():
            return None
        return super().reject()

    def restart(self):
        """Step by the curvature at the best point; false if that is no news."""
        renewed = self.renew()
        if renewed:
            self.lbfgs.restart(self.preconditioner.solve(self.lbfgs.gradient))
        return renewed
