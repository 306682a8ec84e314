# SPDX-License-Identifier: BSD-3-Clause
"""Rows that are drawn once for all models."""

from skpulsar._problem._importance_sampling import draw_key
from skpulsar._solvers.many._grouped_rows import GroupedRows

MIN_ROWS, MAX_ROWS = 4096, 8192  # A draw has so many, if those a column are fewer:
ROWS_A_COLUMN, ROWS_A_SPARSE_COLUMN = 8, 64
ALL = 0.7  # A draw of more than this share of the rows takes them all.


class Draws:
    """Draws of rows, by the size of their residuals in several models times leverage.

    Parameters
    ----------
    problem : Problem
        The rows and the models.

    seed : int
        That of the draws.

    Attributes
    ----------
    m : int
        Rows of the next draw.
    """

    def __init__(self, problem, seed):
        self.problem, self.seed, self.n_draws = problem, seed, 0
        rows, scaling = problem.rows, problem.scaling
        each = ROWS_A_SPARSE_COLUMN if rows.sparse else ROWS_A_COLUMN
        least = min(max(rows.n_rows // 16, MIN_ROWS), MAX_ROWS)
        self.m = min(rows.n_rows, max(each * (rows.n_columns + 1), least))
        self.passes = rows.full_pass(
            scaling.centre, scaling.fit_intercept, problem.loss
        )
        self.weight = problem.grid.class_factor[:, -1].mean(axis=0)  # of each class

    @property
    def takes_all(self):
        """Whether the next draw would be most of the rows, and so takes all."""
        return self.m >= ALL * self.problem.rows.n_rows

    def grow(self):
        """Twice as many rows from now on."""
        self.m = min(self.problem.rows.n_rows, 2 * self.m)

    def predict_mean(self, mean):
        """Draw by the residuals of a model that predicts the same for all rows."""
        self.passes.predict_mean(mean)
        self.passes.residual *= self.weight[self.problem.group % 2]

    def watch(self, models):
        """What a reading of all rows is to call, for draws by the mean residual of some
        of its models."""
        residual = self.passes.residual
        residual[:] = 0.0

        def see(g, first, of_models):
            share = self.weight[g % 2] / len(models)
            for i in models:
                if first <= i < first + len(of_models):
                    residual[self.problem.groups.places(g)] += (
                        share * of_models[i - first]
                    )

        return see

    def draw(self):
        """`GroupedRows` of about m rows, weighted back."""
        problem = self.problem
        norms, key = problem.statistics.norms(), draw_key(self.seed, self.n_draws)
        self.n_draws += 1
        places, weight = self.passes.draw(norms, self.m, key)
        drawn = problem.rows.take(places, weight)
        if drawn.sparse and _is_dense(drawn):
            drawn = drawn.dense()
        return GroupedRows(
            drawn, problem.group[places], len(problem.groups.total), problem.scaling,
            problem.loss,
        )  # fmt: skip


def _is_dense(rows):
    """Whether products of all columns cost less than those of the stored entries."""
    return (rows.n_columns + 1) ** 2 / 16 < rows.entries_per_row**2 / 2
