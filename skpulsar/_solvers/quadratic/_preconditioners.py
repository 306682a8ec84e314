# SPDX-License-Identifier: BSD-3-Clause
"""Approximations of the curvature whose inverses turn a gradient into a step."""

from functools import cached_property

import numpy as np

from skpulsar._kernels import _core

MAX_PACKED_COLUMNS = 1024  # A fitted model has room for a curvature of so many: 2 MB.
SINGULAR = 1e-6  # A pivot of unit rows that is below this is mostly what was added.
LEFT = 0.01  # Centring leaves this share of a column's curvature at least.
KEPT = 1e-3  # A column keeps this share of its first curvature at least.
FLOOR = 1e-150  # A curvature counts as this at least: its inverse is finite.


class CholeskyPreconditioner:
    """The curvature of some rows and the penalty, as a Cholesky factor.

    With a tie, steps are orthogonal to it (J. Nocedal, S. J. Wright, Numerical
    Optimization, section 16.2).

    Parameters
    ----------
    factored : tuple of ndarray
        The root of the curvature's diagonal, and the factor in units of it.

    tie : ndarray of shape (n_columns + 1,), or None
        That of the `Scaling`.
    """

    def __init__(self, factored, tie=None):
        self.factored, self.tie = factored, tie

    @property
    def unit(self):
        """The root of the curvature's diagonal."""
        return self.factored[0]

    @property
    def singular(self):
        """Whether the factor is mostly what it was raised by, in some direction."""
        return self.factored[1].diagonal().min() < SINGULAR

    def solve(self, gradient):
        if self.tie is not None:
            return _tied(self._solve, gradient, self.tie, self._across)
        return self._solve(gradient)

    def _solve(self, gradient):
        return _core.precondition(self.factored, gradient)

    @cached_property
    def _across(self):
        return self._solve(self.tie)

    def scaled(self, step, pair):
        return step

    @cached_property
    def packed(self):
        """What a `FitSummary` keeps: unit and factor, or, of many columns, the root of
        the diagonal and None."""
        if len(self.unit) > MAX_PACKED_COLUMNS + 1:
            return root_of_diagonal(self.factored), None
        return packed(self.factored)


def packed(factored):
    """The unit of a factor, and its lower half, row by row, as float32."""
    unit, factor = factored
    return unit, factor[np.tri(len(unit), dtype=bool)].astype(np.float32)


def root_of_diagonal(factored):
    """The root of the diagonal of the matrix that was factorised."""
    unit, factor = factored
    rows = factor * factor
    return unit * np.sqrt([_core.total(row) for row in rows])


class DiagonalPreconditioner:
    """The diagonal of the curvature at the newest point, for data of many columns.

    The intercept is taken at the mean row, which has the effect of centring the columns
    without making sparse ones dense. Without an intercept all rows share the mean row:
    this direction has as much curvature as all columns together, which is added to the
    diagonal.
    """

    def __init__(self, scaling):
        self.mean = mean = scaling.mean
        self.fit_intercept, self.tie = scaling.fit_intercept, scaling.tie
        self.rest = np.maximum(LEFT, 1 - mean * mean)
        self.squares = self.floor = None

    def renew(self, squares):
        """Take the diagonal at a new point. A column keeps a share of its first
        curvature: where all its rows are far on their side, steps along it would have
        no bound otherwise."""
        if self.floor is None:
            self.floor = np.maximum(KEPT * squares, FLOOR)
        self.squares = np.maximum(squares, self.floor)

    @property
    def packed(self):
        return np.sqrt(self.squares), None

    def solve(self, gradient):
        if not self.fit_intercept:
            return self._solve_without_intercept(gradient)
        if self.tie is not None:
            across = self._solve(self.tie)
            return _tied(self._solve, gradient, self.tie, across)
        return self._solve(gradient)

    def _solve(self, gradient):
        step = gradient.copy()
        step[:-1] -= self.mean * gradient[-1]
        step /= self.squares
        step[:-1] /= self.rest
        step[-1] -= _core.dot(self.mean, step[:-1])
        return step

    def _solve_without_intercept(self, gradient):
        """The step, by the formula of Sherman and Morrison if the mean row is long."""
        mean, squares = self.mean, self.squares[:-1]
        length = _core.dot(mean, mean)
        if not length > 1:
            return np.append(gradient[:-1] / squares, 0.0)
        common = _core.dot(mean, squares * mean) / (length * length)
        step = gradient[:-1] / (squares * self.rest)
        along = mean / (squares * self.rest)
        bent = 1 / common + _core.dot(mean, along)
        return np.append(step - _core.dot(mean, step) / bent * along, 0.0)

    def scaled(self, step, pair):
        """The step, made as long as the last pair suggests."""
        _, change, inverse = pair
        return step / (inverse * _core.dot(change, self.solve(change)))


def _tied(solve, gradient, tie, across):
    """The step that is orthogonal to a tie, `across` being what `solve` makes of the
    tie. The tie's part of the gradient changes nothing but rounding."""
    step = solve(gradient - _core.dot(tie, gradient) / _core.dot(tie, tie) * tie)
    return step - _core.dot(tie, step) / _core.dot(tie, across) * across
