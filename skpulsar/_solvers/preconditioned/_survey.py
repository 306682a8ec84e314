# SPDX-License-Identifier: BSD-3-Clause
"""What the first look at the rows tells, and the fits that it leads to."""

from skpulsar._problem._importance_sampling import FirstDraw
from skpulsar._solvers.preconditioned._cost_model import CostModel
from skpulsar._solvers.preconditioned._fit import PreconditionedFit
from skpulsar._solvers.preconditioned._summed_fit import SummedFit
from skpulsar._solvers.preconditioned._summed_squares import SummedSquares
from skpulsar._solvers.quadratic._column_statistics import ColumnStatistics
from skpulsar._solvers.quadratic._gap_estimate import attainable


class Survey:
    """What all outputs of the same rows and weights have in common.

    Parameters
    ----------
    solver, rows, seed : Preconditioned, RowSource, int
        The solver, the rows, and the seed of the draws.

    Attributes
    ----------
    rows : RowSource
        The rows; a dense copy may have taken their place.

    statistics, cost : ColumnStatistics, CostModel
        Of the rows.

    summed : SummedSquares or None
        What squared error is by sums over the rows, where it pays to form these.
    """

    def __init__(self, solver, rows, seed):
        self.solver, self.seed, quadratic = solver, seed, solver.loss.quadratic
        rows = rows.dense_where_full()
        cost = CostModel(rows, quadratic)
        if cost.dense and cost.takes_all(cost.m):
            rows = rows.in_memory().dense()
            cost = CostModel(rows, quadratic)
        self.rows, self.cost, self.summed = rows, cost, None
        if quadratic and cost.summed:
            self.summed = SummedSquares.of_rows(rows, solver.loss)
        moments = None if self.summed is None else self.summed.moments
        drawn = moments is None and cost.subsampled and not cost.takes_all(cost.m)
        draw = None
        if drawn:
            draw = FirstDraw(cost.m, seed, solver.loss, solver.fit_intercept)
        self.statistics = ColumnStatistics(
            rows, solver.penalty, solver.fit_intercept, drawn, moments, draw
        )

    def fit(self, rows, k=0):
        """The fit of output k, whose rows are given: by the sums, if these tell enough
        of it, else by a search."""
        solver, statistics = self.solver, self.statistics
        if self.summed is not None:
            tol = attainable(solver.tol)
            solved = self.summed.of_output(k).solve(statistics.scaling, tol)
            if solved is not None:
                fit = SummedFit(solver, statistics, solved)
                if fit.holds:
                    return fit
        return PreconditionedFit(solver, rows, self.seed, statistics, self.cost)
