# SPDX-License-Identifier: BSD-3-Clause
"""The search for all models of a grid, reading by reading."""

from skpulsar._problem._losses import Logistic
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.many._draws import Draws, first_draw, takes_all
from skpulsar._solvers.many._exact_search import ExactSearch
from skpulsar._solvers.many._problem import Problem
from skpulsar._solvers.many._shared_search import SharedSearch
from skpulsar._solvers.quadratic._column_statistics import ColumnStatistics

MAX_COLUMNS = 1024  # Curvatures of more would take too much memory.


def are_shared(rows):
    """Whether `train` is made for such rows. Models of more columns than it has room
    for curvatures of, or than there are rows, are better fitted one by one."""
    return rows.n_columns <= min(MAX_COLUMNS, rows.n_rows)


def train(rows, fold, grid, *, fit_intercept, tol, max_iter, seed):
    """Train all models of a grid in the same readings of the rows.

    Parameters
    ----------
    rows : Rows
        The rows, whose targets are 0 and 1, with their sample weights.

    fold : ndarray of shape (n_rows,), int
        The fold, from 0 to K - 1, that holds a row out.

    grid : Grid
        The models.

    fit_intercept : bool
        Whether they have an intercept.

    tol : float or None
        What every model may be above its minimum, as a share of it; None: rounding.

    max_iter : int
        How often the rows are read at most, which is twice at least.

    seed : int
        That of the draws.

    Yields
    ------
    models : Models
        After every reading once all models have weights; the last is final.

    Raises
    ------
    ValueError
        If a fold leaves no rows of one class, or if a column is too large to be
        squared.
    """
    rows = rows.dense_where_full()
    yield from _search(rows, fold, grid, fit_intercept, tol, seed).run(max_iter)


def _search(rows, fold, grid, fit_intercept, tol, seed):
    """The search that suits the rows."""
    drawn = not takes_all(first_draw(rows), rows)
    statistics = ColumnStatistics(rows, Penalty(0.0), fit_intercept, drawn)
    problem = Problem(rows, fold, grid, statistics.scaling, Logistic(), fit_intercept)
    if not drawn or problem.scaling.tie is not None:
        return ExactSearch(problem)
    return SharedSearch(problem, Draws(problem, statistics.norms(), seed), tol)
