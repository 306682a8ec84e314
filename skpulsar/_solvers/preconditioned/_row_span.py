# SPDX-License-Identifier: BSD-3-Clause
"""More columns than rows: the minimum lies in the span of the rows."""

from dataclasses import replace
from functools import cached_property

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._memory import Rows
from skpulsar._solvers.quadratic._gram import gram
from skpulsar._solvers.quadratic._scaling import Scaling


class RowSpan:
    """The same problem in as many coordinates as there are rows.

    With a penalty on every column, the weights of the minimum are a sum of rows (the
    representer theorem: B. Scholkopf, R. Herbrich, A. J. Smola, COLT 2001). Let b_i be
    the rows in units in which the penalty is ``|u|^2 / 2``, and L the Cholesky factor
    of their products ``K_ij = b_i . b_j``. Then ``u = B' L'^-1 v`` has the logits
    ``L v`` and the penalty ``|v|^2 / 2``. So v are the weights of the rows of L.

    Parameters
    ----------
    full : SampleObjective
        The objective of all rows, which are dense and in memory.

    Attributes
    ----------
    objective : SampleObjective
        The objective as a function of v and the intercept.
    """

    def __init__(self, full):
        scaling, rows = full.scaling, full.rows
        self.full, n = full, rows.n_rows
        centred = rows.entries(np.arange(n)) - scaling.centre
        self.columns = np.ascontiguousarray(centred.T, np.float64)
        K = gram(self.columns, scaling.scale[:-1] ** 2 / scaling.penalty[:-1])
        self.factored = _core.factorise(np.ascontiguousarray(K), np.zeros(n))
        unit, factor = self.factored
        self.L = factor * unit[:, np.newaxis]
        self.transposed = np.ascontiguousarray(self.L.T)
        scale, penalty = np.ones(n + 1), np.ones(n + 1)
        if scaling.fit_intercept:
            penalty[-1] = 0
        else:
            scale[-1] = 0
        scaling = Scaling(
            np.zeros(n), scale, penalty, np.zeros(n), scaling.fit_intercept
        )
        rows = Rows(self.L, rows.targets(), rows.sample_weight())
        self.objective = type(full)(rows, scaling, full.total, full.loss)

    def minimum(self, minimise, point):
        """What ``minimise(objective, v)``, begun at a point, finds: a `Minimum` by all
        columns."""
        found = minimise(self.objective, self.to_span(point))
        inner = found.preconditioner
        whole = None if inner is None else SpanPreconditioner(self, inner)
        return replace(found, point=self.from_span(found.point), preconditioner=whole)

    def to_span(self, point):
        """v of a point; its part outside the span is lost."""
        inner = self.by_output(point).copy()
        inner[:, -1] = 0
        logits = np.atleast_2d(self.full.moved(inner.ravel()))
        found = [
            _product(self.transposed, _core.precondition(self.factored, output))
            for output in logits
        ]
        return np.column_stack((found, self.by_output(point)[:, -1])).ravel()

    def from_span(self, v):
        """The point of v."""
        v, scaling = v.reshape(-1, len(self.L) + 1), self.full.scaling
        found = [
            _product(
                self.columns,
                _core.precondition(self.factored, _product(self.L, output[:-1])),
            )
            for output in v
        ]
        found *= scaling.scale[:-1]
        found /= scaling.penalty[:-1]
        return np.column_stack((found, v[:, -1])).ravel()

    def gradient(self, gradient):
        """The gradient by v."""
        return self.to_span(self.by_penalty(gradient))

    def by_penalty(self, gradient):
        """A gradient divided by the penalty, which the intercept does not have."""
        step = self.by_output(gradient).copy()
        step[:, :-1] /= self.full.scaling.penalty[:-1]
        return step.ravel()

    def by_output(self, point):
        """A point, with a row for every output."""
        return point.reshape(-1, len(self.full.scaling.scale))


class SpanPreconditioner:
    """Newton's preconditioner in the span of the rows, the penalty outside it."""

    def __init__(self, span, newton):
        self.span, self.newton = span, newton

    def solve(self, gradient):
        span = self.span
        slope, step = span.gradient(gradient), span.by_penalty(gradient)
        inner = self.newton.solve(slope)
        for each, size in ((step, len(span.columns)), (slope, len(span.L))):
            each.reshape(-1, size + 1)[:, -1] = 0
        return step + span.from_span(inner - slope)

    def scaled(self, step, pair):
        return step

    @cached_property
    def packed(self):
        """As that of a `CholeskyPreconditioner` for many columns."""
        span, scaling = self.span, self.span.full.scaling
        squares, found = span.columns * span.columns, []
        for h in span.objective.row_curvatures():
            of_output = np.append(_product(squares, h), _core.total(h))
            found.append(np.sqrt(of_output * scaling.scale**2 + scaling.penalty))
        return (found[0] if len(found) == 1 else np.array(found)), None


def _product(matrix, vector):
    return _core.logits(matrix, 0, len(matrix), np.append(vector, 0.0))
