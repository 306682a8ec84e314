# SPDX-License-Identifier: BSD-3-Clause
"""What the first look at the rows tells: statistics of their columns, and costs."""

from skpulsar._solvers.preconditioned._cost_model import CostModel
from skpulsar._solvers.preconditioned._summed_squares import SummedSquares
from skpulsar._solvers.quadratic._column_statistics import ColumnStatistics


def survey(solver, rows):
    """The `ColumnStatistics` of some rows, their `CostModel`, and `SummedSquares` or
    None. Dense copies may take the place of the rows."""
    rows, quadratic = rows.dense_where_full(), solver.loss.quadratic
    cost = CostModel(rows, quadratic)
    if cost.dense and cost.takes_all(cost.m):
        rows = rows.in_memory().dense()
        cost = CostModel(rows, quadratic)
    drawn = cost.subsampled and not cost.takes_all(cost.m)
    summed, given = None, (solver.penalty, solver.fit_intercept)
    if quadratic and cost.summed:
        summed = SummedSquares.of_rows(rows, solver.loss)
    if summed is None:
        return ColumnStatistics(rows, *given, drawn), cost, None
    return ColumnStatistics(rows, *given, False, summed.moments), cost, summed
