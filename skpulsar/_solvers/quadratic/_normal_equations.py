# SPDX-License-Identifier: BSD-3-Clause
"""All that squared error needs to know of rows: a quadratic, and its minimum."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._logits import move_intercept
from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.quadratic._minimise import QuasiNewton
from skpulsar._solvers.quadratic._preconditioners import CholeskyPreconditioner

MAX_EVALUATIONS = 20  # One step is exact; others repeat it where it was rounded.
HIDDEN = 1e-12  # A decrement of less than this share of F is rounding.
NOISE = 16 * EPSILON  # Products of a column have an error of this share of its square.


@dataclass(frozen=True)
class NormalEquations:
    """The mean loss of rows, for every output, about an anchor.

    It is a function of v, the weights of (x - origin, 1): ``loss + slope . (v - anchor)
    + (v - anchor) . curvature (v - anchor) / 2``.

    Parameters
    ----------
    origin : ndarray of shape (n_columns,)
        What the columns are centred by.

    anchor : ndarray of shape (n_outputs, n_columns + 1)
        The v at which loss and slope were taken.

    loss : ndarray of shape (n_outputs,)
        The mean losses at the anchor.

    slope : ndarray of shape (n_outputs, n_columns + 1)
        Their gradients there.

    curvature : ndarray of shape (n_columns + 1, n_columns + 1)
        The mean of the products of the columns, the same for all outputs.
    """

    origin: np.ndarray
    anchor: np.ndarray
    loss: np.ndarray
    slope: np.ndarray
    curvature: np.ndarray

    @classmethod
    def of_rows(cls, rows, loss, origin, anchor):
        """Those of some rows."""
        passes, total = rows.full_pass(origin, True, loss), rows.total()
        losses, slope, _ = passes.objective(anchor)
        weight = rows.sample_weight()
        h = np.ones(rows.n_rows) if weight is None else weight
        G = passes.gram(h, np.ones(len(origin) + 1)) / total
        curvature = np.tril(G) + np.tril(G, -1).T
        return cls(origin, anchor, losses / total, slope / total, curvature)

    @classmethod
    def summed(cls, rows, loss, origin, shift):
        """Those of dense rows, about constants, `shift` for each output, by one pass.
        They have all digits where columns and targets vary about origin and shift."""
        P, size = rows.full_pass(origin, True, loss).products(shift), len(origin) + 1
        P /= rows.total()
        anchor = np.zeros((len(shift), size))
        anchor[:, -1] = shift
        G, losses = P[:size, :size], P.diagonal()[size:] / 2
        curvature = np.tril(G) + np.tril(G, -1).T
        return cls(origin, anchor, losses, -P[size:, :size], curvature)

    @classmethod
    def of_fit(cls, summaries):
        """Those of the rows of a fit, as far as its `FitSummary` of every output tells;
        all of them have the rows in common."""
        first, curvature = summaries[0], summaries[0].curvature()
        weights = np.array([summary.weights for summary in summaries])
        return cls(
            first.centre,
            move_intercept(weights, first.centre),
            np.array([summary.loss for summary in summaries]),
            np.array([summary.slope for summary in summaries]),
            curvature if curvature.ndim == 2 else np.diag(curvature),
        )

    def of_output(self, k):
        """Those of one output."""
        each = {name: getattr(self, name)[[k]] for name in ("anchor", "loss", "slope")}
        return replace(self, **each)

    def at(self, anchor):
        """The same about another anchor."""
        loss, slope = self.read(anchor)
        return replace(self, anchor=anchor, loss=loss, slope=slope)

    def about(self, origin):
        """The same as functions of the weights of (x - origin, 1) for this origin."""
        away = origin - self.origin
        if not away.any():
            return self
        slope, G = self.slope.copy(), self.curvature.copy()
        slope[:, :-1] -= slope[:, -1:] * away
        G[:-1] -= away[:, np.newaxis] * G[-1]
        G[:, :-1] -= G[:, -1:] * away
        anchor = move_intercept(self.anchor, away)
        return NormalEquations(origin, anchor, self.loss, slope, G)

    def read(self, v):
        """The mean losses and their gradients."""
        away = v - self.anchor
        bent = self.bent(away)
        chords = self.slope + bent / 2
        gain = [_core.dot(*pair) for pair in zip(chords, away, strict=True)]
        return self.loss + gain, self.slope + bent

    def column_means(self):
        """Means of the columns and of their squares, from the origin."""
        return self.curvature[-1, :-1], self.curvature.diagonal()[:-1]

    def null_losses(self):
        """The least losses without weights, roughly."""
        null = self.anchor.copy()
        null[:, :-1] = 0
        loss, slope = self.read(null)
        return np.maximum(loss - slope[:, -1] ** 2 / 2, 0)

    def merge(self, other, share):
        """These rows and others, which have the same origin and anchor and this share
        of the weight."""
        mixed = (
            mine + (new - mine) * share
            for mine, new in (
                (self.loss, other.loss),
                (self.slope, other.slope),
                (self.curvature, other.curvature),
            )
        )
        return NormalEquations(self.origin, self.anchor, *mixed)

    def bent(self, away):
        """The curvature times one vector for each output."""
        size = len(self.curvature)
        weights = np.concatenate([away, np.zeros((len(away), 1))], axis=1)
        return np.ascontiguousarray(_core.logits(self.curvature, 0, size, weights).T)


class QuadraticObjective:
    """The objective of one output, in scaled columns.

    Parameters
    ----------
    equations : NormalEquations
        The mean loss; of this output alone.

    scaling : Scaling
        The coordinates.

    ridge : ndarray of shape (n_columns + 1,)
        What is added to the penalty of the scaling.
    """

    def __init__(self, equations, scaling, ridge):
        self.equations, self.scaling = equations, scaling
        self.penalty = scaling.penalty + ridge

    def read(self, point):
        """F and its gradient, and None."""
        scaling, equations = self.scaling, self.equations
        loss, slope = equations.read(self._weights(point))
        pull = self.penalty * point
        value = float(loss[0]) + _core.dot(pull, point) / 2
        return value, scaling.scaled_gradient(slope[0], equations.origin) + pull, None

    def loss_curvature(self, step):
        """The curvature of the mean loss alone, along a step."""
        weights = self._weights(step)
        return _core.dot(self.equations.bent(weights)[0], weights[0])

    def _weights(self, point):
        """Those of (x - origin, 1)."""
        v = point * self.scaling.scale
        v[-1] += _core.dot(self.equations.origin - self.scaling.centre, v[:-1])
        return v[np.newaxis]


class Solution(NamedTuple):
    """The minimum of one output.

    Parameters
    ----------
    weights : ndarray of shape (n_columns + 1,)
        Its weights.

    value, gap : float
        The objective, and an estimate of how far it is above the minimum, rounding
        included: columns that depend on each other have large weights that cancel.
    """

    weights: np.ndarray
    value: float
    gap: float


def solve(equations, scaling, start, tolerance):
    """The minimum of every output.

    Parameters
    ----------
    equations, scaling : NormalEquations, Scaling
        The mean losses, and the coordinates.

    start : ndarray of shape (n_outputs, n_columns + 1)
        Weights at which the search starts.

    tolerance : float
        The share of an objective that may be left.

    Returns
    -------
    solutions : list of Solution, or None
        None if the curvature is not finite.
    """
    G = scaling.scaled_curvature(equations.curvature, equations.origin)
    G, ridge = np.ascontiguousarray(G), np.zeros(len(G))
    factored = _core.factorise(G, scaling.penalty)
    if factored is None:
        return None
    bare = preconditioner = CholeskyPreconditioner(factored, scaling.tie)
    if factored[1].diagonal().min() ** 2 < 10 * NOISE * len(G):
        # Directions that the noise of the products hides need a curvature.
        ridge = NOISE * len(G) * bare.unit**2
        factored = _core.factorise(G, scaling.penalty + ridge)
        preconditioner = CholeskyPreconditioner(factored, scaling.tie)
    solutions = []
    for k, weights in enumerate(start):
        search = QuasiNewton(
            QuadraticObjective(equations.of_output(k), scaling, ridge),
            scaling.to_scaled(weights), 0.0, tolerance, None, lambda: preconditioner,
        )  # fmt: skip
        search.minimum(MAX_EVALUATIONS)
        if search.lbfgs.point is None:
            return None
        solutions.append(_solution(search.lbfgs, scaling, ridge, bare))
    return solutions


def _solution(lbfgs, scaling, ridge, bare):
    """What a search with a ridge has found, `bare` being the preconditioner without."""
    point, pull = lbfgs.point, ridge * lbfgs.point
    value = max(lbfgs.value - _core.dot(pull, point) / 2, 0.0)
    size = (bare.unit * point)[:-1]
    rounding = EPSILON * _core.dot(size, size)
    gradient = lbfgs.gradient - pull
    hidden = _core.dot(gradient, bare.solve(gradient)) / 2
    if ridge.any() and hidden > HIDDEN * value:
        hidden = (
            value  # How much a direction gains, without a known curvature, is open.
        )
    gap = min(max(lbfgs.decrement, hidden), value) + rounding
    return Solution(scaling.to_original(point), value, gap)
