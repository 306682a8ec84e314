# SPDX-License-Identifier: BSD-3-Clause
"""The rows that a stream keeps, and the minimum over them and the past."""

from math import inf, nan

import numpy as np

from skpulsar._kernels._core import log
from skpulsar._rows import Rows
from skpulsar._solvers._certificate import SEPARABLE, attainable
from skpulsar._solvers._metrics import MOST_COLUMNS, Diagonal, Newton
from skpulsar._solvers._objective import Objective
from skpulsar._solvers._past import Past, PastTerms
from skpulsar._solvers._path import Path
from skpulsar._solvers._saturation import (
    SPARED,
    decrement_along,
    decrement_at,
    endless,
    step_past,
)
from skpulsar._solvers._survey import hidden_entries

NEWTON = 2000  # columns up to which the metric is a curvature, not its diagonal
TOL, WIDE_TOL = 1 / 10, 1 / 3  # of tol: calls add up
POOR = 1 / 4  # a step that leaves more of the decrement asks for a new metric
MOST_READINGS = 100
MAX_DENIED = 8
NO_LOSS = 0.01  # the least mean loss that rounding does not make


class Sample:
    """The objective of the kept rows and the past, and one search for its minimum."""

    def __init__(self, solver, state):
        kept, totals = state.kept, state.totals
        factor = solver.class_factor / solver.class_factor.max()
        total = factor[0] * totals[0] + factor[1] * totals[1]
        self.frame = solver.frame(state.basis, kept.sparse)
        rows = kept
        if factor[0] != 1 or factor[1] != 1:
            each = np.where(kept.target == 1, factor[1], factor[0])
            rows = Rows(kept.matrix, kept.target, kept.weight * each)
        past = PastTerms(state.past, self.frame, factor, total)
        self.objective = Objective(rows, self.frame, total, past=past)
        self.both = totals.all()
        half = total / state.n_seen / 2  # a row, added to either class
        self.negatives, self.positives = factor * totals + half
        self.alpha, self.wide = solver.penalty.alpha, wide(kept)
        self.tol = attainable(solver.tol) * (WIDE_TOL if self.wide else TOL)
        self.metric, self.path = None, Path(self.frame.tie)
        if self.wide:
            self.metric = Diagonal(self.frame)
        elif state.metric is not None:
            self.metric = Newton(state.metric, self.frame.tie)
        self.residual = None  # at the best point
        self.n_denied = 0  # how often a point was the minimum, and was not
        self.tried = False  # to make the metric that of the best point
        self.value, self.gap, self.n_read = inf, nan, 0
        self.renewed, self.ended = False, None

    def cached(self):
        return self.metric.factored if isinstance(self.metric, Newton) else None

    def read(self, point):
        self.n_read += self.objective.rows.n_rows
        return self.objective.read(point, self.wide)

    def by_class(self, rows, point):
        """Sums of the losses, of their gradient, and of the diagonal of the curvature
        in each class."""
        sums = []
        for target in (0, 1):
            places = np.flatnonzero(rows.target == target)
            if len(places) == 0:
                sums.append((0.0, np.zeros(len(point)), np.zeros(len(point))))
                continue
            part = Rows(rows.matrix, rows.target, rows.weight, places)
            sums.append(Objective(part, self.frame, 1.0).sums(point, True))
            self.n_read += len(places)
        return sums

    def left_behind(self, state, weights):
        """The past that stands for all rows about given weights: value and slope of
        each class, and the curvature of both, or its diagonal where that is large."""
        frame, many = self.frame, len(weights) > MOST_COLUMNS + 1
        point, back = frame.enter(weights), frame.deviations()
        anchor = point * frame.scale
        value, slope = state.past.read(anchor, frame.centre)
        value[2] *= self.objective.past.share
        slope[2] *= self.objective.past.share
        for part, sums in enumerate(self.by_class(state.kept, point)):
            value[part] += sums[0]
            slope[part] += sums[1]
        squares = self.objective.read(point, many)[2]
        if many:
            curvature = (squares - frame.penalty) * back * back
        else:
            G = self.objective.curvature()
            curvature = (np.tril(G) + np.tril(G, -1).T) * back * back[:, np.newaxis]
        return Past(
            frame.centre, anchor, value, slope, np.zeros((2, len(point) - 1)),
            curvature, state.totals,
        )  # fmt: skip

    def zero(self):
        """The point of no weights, and the log-odds of all rows."""
        point = np.zeros(len(self.frame.scale))
        if self.frame.fit_intercept and self.frame.tie is None:
            point[-1] = log(self.positives) - log(self.negatives)
        return point

    def minimise(self, weights):
        """The best point found from given weights, or None."""
        if not self.both:
            point = self.zero()
            self.value = self.read(point)[0]
            return point
        path, point, looked = self.path, self.frame.enter(weights), False
        for _ in range(MOST_READINGS):
            value, gradient, squares = self.read(point)
            if self._rose(value) and not looked:
                looked, point = True, self.zero()
                value, gradient, squares = self.read(point)
            if self._rose(value):
                self.ended = self._retreat()
            else:
                self.ended = self._accept(point, value, gradient, squares)
            if self.ended is not None:
                break
            point = path.proposal()
        else:
            self.ended = "limit"
        self.value, self.gap = path.value, path.decrement
        self.objective.residual = self.residual
        return path.point

    def _rose(self, value):
        """A mean loss below 0 is none: the past is no parabola so far away."""
        impossible = not np.isfinite(value) or value < -NO_LOSS
        return impossible or self.path.rose(value)

    def _accept(self, point, value, gradient, squares):
        """Go on from a point; why the search ends there, or None."""
        path, self.residual = self.path, self.objective.residual.copy()
        self.tried = False
        if self.wide:
            self.metric.renew(squares)
        elif self.metric is None and not self._renew():
            path.stand(point, value, gradient)
            return "rounding"
        last, goal = path.decrement, self.tol * abs(value)
        decrement = path.accept(point, value, gradient, self.metric)
        if decrement > max(goal, POOR * last):
            self._turn()
        if self.alpha == 0 and value < SEPARABLE and self.objective.separated():
            return "separable"
        return self._confirm(value, goal) if path.decrement <= goal else None

    def _confirm(self, value, goal):
        """Why the search ends where the metric says that nothing is left; None where
        the curvature at this very point denies it."""
        path, objective, residual = self.path, self.objective, self.residual
        if self.wide:
            present = decrement_along(objective, residual, path.gradient, path.step)
            if present > goal:
                path.stretch(present / path.decrement)
                return None
            path.decrement = max(path.decrement, present)
            return "tol"
        present = decrement_at(objective, residual, path.gradient, path.step, self.tol)
        spared = max(goal, SPARED * abs(value))
        if self.alpha == 0 and endless(objective, residual, path.point, spared):
            return "separable"
        if present is None:
            metric, present, step, ahead, blurred = step_past(
                objective, residual, path.point, path.gradient, spared
            )
            present = min(max(present, ahead), abs(value))
            if present > goal and self.n_denied < MAX_DENIED:
                self.n_denied += 1
                self.metric, self.renewed = metric, True
                path.turn(step)
                return None
            if blurred and hidden_entries(objective.rows, self.frame):
                path.decrement = abs(value)  # no loss is negative; more is not known
                return "rounding"
        path.decrement = max(path.decrement, present)
        return "tol"

    def _retreat(self):
        """Take a better or a shorter step; why there is none, or None."""
        path = self.path
        found = path.point is not None and (self._turn() or path.shorten())
        return None if found else "rounding"

    def _turn(self):
        """Step in the metric of the best point; false if there is no newer one."""
        renewed = self._renew()
        if renewed:
            self.path.turn(self.metric.solve(self.path.gradient))
        return renewed

    def _renew(self):
        """Make the metric that of the best point; false if it is, or is not finite."""
        if self.wide or self.tried:
            return False
        self.tried = True
        metric = self.objective.metric(self.residual)
        if metric is not None:
            self.metric, self.renewed = metric, True
        return metric is not None


def wide(rows):
    """Whether there are too many columns for a curvature."""
    return rows.n_columns >= NEWTON
