# SPDX-License-Identifier: BSD-3-Clause
"""Approximate curvatures of the softmax objective."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._importance_sampling import draw
from skpulsar._problem._losses import centred
from skpulsar._solvers.quadratic._preconditioners import (
    FLOOR,
    KEPT,
    LEFT,
    MAX_PACKED_COLUMNS,
    packed,
    root_of_diagonal,
)

EQUAL = 1e-12  # So nearly proportional, curvatures differ by rounding.
THINNED = 1.5  # Rows are drawn where there are so many times as many as are wanted.


@dataclass(frozen=True, eq=False)
class NewtonPreconditioner:
    """The curvature at the point that an objective read last.

    The last class is the reference, which takes the freedom out of the softmax: the
    unknowns are the points of the others, and a penalty R of all classes is
    ``R ([k = l] - 1 / n_classes)``.

    Parameters
    ----------
    shape : tuple of int
        Of points: the number of classes, and of columns and one.

    penalty : ndarray of shape (n_columns + 1,)
        R.

    factored : tuple of ndarray, or None
        The unit and the factor of the curvature; None if that is not finite.
    """

    shape: tuple[int, int]
    penalty: np.ndarray
    factored: tuple | None

    @classmethod
    def of(cls, objective):
        """That of the last point of a `SoftmaxObjective`."""
        n_classes, size = shape = objective.shape
        H, n = objective.joint_curvature(), (n_classes - 1) * size
        penalty = objective.scaling.penalty
        add_penalty(H, penalty)
        return cls(shape, penalty, _core.factorise(H.reshape(n, n), np.zeros(n)))

    def solve(self, gradient):
        step = np.zeros(self.shape)
        slope = gradient.reshape(self.shape)[:-1].ravel()
        step[:-1] = _core.precondition(self.factored, slope).reshape(-1, self.shape[1])
        return centred(step).ravel()

    def scaled(self, step, pair):
        return step

    @cached_property
    def packed(self):
        """What a `SoftmaxSummary` keeps: unit and factor, or, of many unknowns, the
        root of the diagonal of all classes and None."""
        unit, factor = self.factored
        if len(unit) <= MAX_PACKED_COLUMNS:
            return packed(self.factored)
        n_classes, size = self.shape
        others = root_of_diagonal(self.factored).reshape(-1, size)
        sums = (factor * unit[:, np.newaxis]).reshape(n_classes - 1, size, -1)
        last = np.sqrt([_core.total(row * row) for row in sum(sums)])
        squares = np.square(np.concatenate((others, [last])))
        return np.sqrt(squares + self.penalty / n_classes), None


def add_penalty(H, penalty, sign=1):
    """Add that of all classes to a curvature of all but one, in place."""
    n_classes, each = len(H) + 1, sign * penalty
    for k, row in enumerate(H):
        for other in range(len(H)):
            more = each * (1 - 1 / n_classes) if k == other else -each / n_classes
            row[:, other][np.diag_indices(len(penalty))] += more


class _Approximate:
    """What is not the curvature takes its unit of length from the last pair."""

    def scaled(self, step, pair):
        _, change, inverse = pair
        return step / (inverse * _core.dot(change, self.solve(change)))


@dataclass(frozen=True, eq=False)
class ClassPreconditioner(_Approximate):
    """A factor of every class, ``sum of s p_k (1 - p_k) a a'`` and the penalty, of few
    rows each.

    The sum of ``p_k (1 - p_k)`` over the classes is less than 1: most rows say nothing
    of most classes, so that the factors of all cost little more than one. Rows are
    drawn by their part in the trace: a column that few rows vary in keeps these.

    Parameters
    ----------
    shape : tuple of int
        Of points: the number of classes, and of columns and one.

    factors : list of tuple, or of None
        The unit and the factor of every class; None of one that is not finite.

    squares : ndarray of shape (n_classes, n_columns + 1)
        The diagonal of the curvature.
    """

    shape: tuple[int, int]
    factors: list
    squares: np.ndarray

    @classmethod
    def of(cls, objective, next_key, n_rows):
        """That of the last point of a `SoftmaxObjective`.

        `next_key`, a callable, gives the key of the coins of the next draw. Each factor
        is made of roughly `n_rows` rows.
        """
        shape, scaling = objective.shape, objective.scaling
        curvatures = objective.row_curvatures()
        shares, G = _shares(curvatures), None
        curvature_of = _Thinned(objective, next_key, n_rows)
        factors, squares = [], np.empty(shape)
        for k, h in enumerate(curvatures):
            if G is None or shares is None:
                G = curvature_of(h)
            H = G if shares is None else shares[k] * G
            if objective.discarded is not None:
                H = H + objective.discarded.block(k)
            squares[k] = H.diagonal() + scaling.penalty
            factors.append(_core.factorise(H, scaling.penalty))
        return cls(shape, factors, squares)

    @cached_property
    def packed(self):
        """Units and factors of all classes, or, if these are large, the roots of their
        diagonals and None."""
        n_classes, size = self.shape
        if n_classes * size * size > MAX_PACKED_COLUMNS**2:
            return np.array([root_of_diagonal(each) for each in self.factors]), None
        return tuple(map(np.array, zip(*map(packed, self.factors), strict=True)))

    def solve(self, gradient):
        slopes = zip(self.factors, gradient.reshape(self.shape), strict=True)
        return centred(np.array([_core.precondition(f, g) for f, g in slopes])).ravel()


class _Thinned:
    """``sum of h a a'``, of few rows that stand for those of an objective."""

    def __init__(self, objective, next_key, n_rows):
        rows, scaling = objective.rows, objective.scaling
        self.objective, self.next_key, self.n_rows = objective, next_key, n_rows
        self.drawn = rows.n_rows > THINNED * n_rows
        if self.drawn:
            self.norms = rows.norms(scaling.centre, scaling.scale[:-1] ** 2) + 1
            self.even = np.zeros(rows.n_rows)

    def __call__(self, h):
        objective, passes = self.objective, self.objective.passes
        scaling = objective.scaling
        if self.drawn and h.any():
            places, back = draw(
                self.even, h * self.norms, 1.0, self.n_rows, self.next_key()
            )
            h = h[places] * back
            passes = objective.rows.at(places).full_pass(
                scaling.centre, scaling.fit_intercept, objective.loss
            )
        return passes.gram(h, scaling.scale)


def _shares(curvatures):
    """How many times the curvatures of the first class those of every class are; None
    where rows differ in this. In a null model they do not."""
    first = curvatures[0]
    totals = np.array([_core.total(h) for h in curvatures])
    if not totals[0] > 0:
        return None
    shares = totals / totals[0]
    same = all(
        np.allclose(h, share * first, rtol=EQUAL, atol=0)
        for h, share in zip(curvatures, shares, strict=True)
    )
    return shares if same else None


class ClassDiagonal(_Approximate):
    """The diagonal of the curvature of every class, for wide data; the intercepts are
    taken at the mean row."""

    def __init__(self, scaling):
        self.mean, self.fit_intercept = scaling.mean, scaling.fit_intercept
        self.rest = np.maximum(LEFT, 1 - self.mean * self.mean)
        self.squares = self.floor = None

    @property
    def packed(self):
        return np.sqrt(self.squares), None

    def renew(self, squares):
        """Take the diagonal of a new point."""
        if self.floor is None:
            self.floor = np.maximum(KEPT * squares, FLOOR)
        self.squares = np.maximum(squares, self.floor)

    def solve(self, gradient):
        step = gradient.reshape(self.squares.shape).copy()
        if self.fit_intercept:
            step[:, :-1] -= self.mean * step[:, -1:]
        step /= self.squares
        if self.fit_intercept:
            step[:, :-1] /= self.rest
            step[:, -1] -= [_core.dot(self.mean, row[:-1]) for row in step]
        return centred(step).ravel()
