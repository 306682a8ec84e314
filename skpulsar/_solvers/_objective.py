# SPDX-License-Identifier: BSD-3-Clause
"""The objective over given rows, in the coordinates of a frame."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._solvers._metrics import Newton
from skpulsar._solvers._path import Path

NEWTON_STEPS, DESCENT_STEPS = 300, 20  # readings of a search for the minimum


class Objective:
    """``F(u) = sum of s_i l(a_i . u, z_i) / total + sum of penalty_j u_j^2 / 2``.

    Parameters
    ----------
    rows : Rows
        The rows.

    frame : Frame
        The coordinates.

    total : float
        What the sums are divided by.

    norms : ndarray of shape (n_rows,), or None
        Leverage of the rows, roughly.

    Attributes
    ----------
    residual : ndarray of shape (n_rows,)
        ``|p_i - z_i|`` at the point read last; the curvature of a row's loss is
        ``residual (1 - residual)``.

    n_read : int
        Rows read so far.
    """

    def __init__(self, rows, frame, total, norms=None):
        self.rows = rows
        self.norms = norms
        self.frame = frame
        self.total = total
        self.target, self.weight = rows.targets(), rows.weights()
        self.residual = np.empty(rows.n_rows)
        self.n_read = 0

    def sums(self, point, diagonal=False):
        """Sums of the weighted losses and of their gradient, per unscaled column; and
        of the diagonal of the curvature, or None."""
        rows, frame = self.rows, self.frame
        self.n_read += rows.n_rows
        return _core.objective(
            rows.matrix, self.target, self.weight, rows.index, frame.centre,
            point * frame.scale, self.residual, fit_intercept=frame.fit_intercept,
            leaf=rows.leaf, diagonal=diagonal,
        )  # fmt: skip

    def read(self, point, diagonal=False):
        """F and its gradient; and the diagonal of the curvature, or None."""
        scale = self.frame.scale
        loss, gradient, squares = self.sums(point, diagonal)
        slope = self.frame.penalty * point
        value = loss / self.total + _core.dot(slope, point) / 2
        if diagonal:
            squares = squares * scale * scale / self.total + self.frame.penalty
        return value, gradient * scale / self.total + slope, squares

    def separated(self):
        """Whether every row is on its side, at the point read last."""
        return self.residual.max() < 0.5

    def row(self, place):
        """a of one row."""
        return self.frame.scale * self.rows.row(place, self.frame.centre)

    def share_of_far_rows(self, step):
        """Of the curvature along a step at the point read last, the share of the rows
        that it moves by 1/2 or more."""
        rows, weights = self.rows, step * self.frame.scale
        weights[-1] -= _core.dot(weights[:-1], self.frame.centre)
        moved = _core.logits(rows.matrix, 0, rows.n_rows, weights, rows.index)
        curvature = self.residual * (1 - self.residual) * moved * moved
        if self.weight is not None:
            curvature *= self.weight
        far = np.where(np.abs(moved) >= 0.5, curvature, 0.0)
        return _core.total(far) / _core.total(curvature)

    def metric(self, residual=None, past=None):
        """Metric of the curvature at the point read last, or at that of given
        residuals, plus a given one; None if it is not finite."""
        residual = self.residual if residual is None else residual
        curvature = residual * (1 - residual) / self.total
        if self.weight is not None:
            curvature *= self.weight
        G = _core.curvature(
            self.rows.matrix, curvature, self.rows.index, self.frame.centre,
            self.frame.scale, fit_intercept=self.frame.fit_intercept,
        )  # fmt: skip
        if past is not None:
            G += past
        factored = _core.factorise(G, self.frame.penalty)
        return None if factored is None else Newton(factored)

    def newton(self, point, share, tolerance, anchor=None):
        """Minimise by damped Newton steps until the decrement is at most `share` of the
        first, or `tolerance` of F.

        With an `anchor`, F is given the linear part that makes its gradient at the
        starting point the anchor. Returns the point and its metric, or None.
        """
        rows, frame = self.rows, self.frame
        point, *_, factored, self.residual, n_readings = _core.newton(
            rows.matrix, self.target, self.weight, rows.index, frame.centre,
            frame.scale, frame.penalty, point, fit_intercept=frame.fit_intercept,
            leaf=rows.leaf, total=self.total, share=share, tolerance=tolerance,
            most=NEWTON_STEPS, linear=anchor, origin=point, anchored=anchor is not None,
        )  # fmt: skip
        self.n_read += n_readings * rows.n_rows
        return point, None if factored is None else Newton(factored)

    def descend(self, point, share, tolerance, anchor=None):
        """As `newton`, with the curvature at the start alone and quasi-Newton steps."""
        path, metric, goal, start = Path(), None, np.inf, point
        for _ in range(DESCENT_STEPS):
            value, gradient, _ = self.read(point)
            if metric is None:
                metric = self.metric()
                if metric is None:
                    return start, None
                if anchor is not None:
                    linear = anchor - gradient
            if anchor is not None:
                gradient = gradient + linear
                value += _core.dot(linear, point - start)
            if not path.rose(value):
                decrement = path.accept(point, value, gradient, metric)
                if goal == np.inf:
                    goal = share * decrement
                if decrement <= max(goal, tolerance * abs(value)):
                    break
            elif not path.shorten():
                break
            point = path.proposal()
        return path.point, metric
