# SPDX-License-Identifier: BSD-3-Clause
"""The fit of squared error whose minimum sums over the rows tell, without a search."""

import numpy as np

from skpulsar._solvers.preconditioned._penalty_share import made_by_penalty
from skpulsar._solvers.quadratic._fit_summary import FitSummary
from skpulsar._solvers.quadratic._gap_estimate import GapEstimate
from skpulsar._solvers.quadratic._lbfgs import LBFGS


class SummedFit:
    """The minimum of the sums, which is that of the rows.

    It has the attributes and methods of a `PreconditionedFit` that has ended.

    Parameters
    ----------
    solver, statistics : Preconditioned, ColumnStatistics
        The solver, and the moments and scaling of the rows.

    solved : Solved
        What `SummedSquares` tell.

    Attributes
    ----------
    holds : bool
        Whether the point is as near to its minimum as was asked.
    """

    share, n_sampled = 1.0, 0

    def __init__(self, solver, statistics, solved):
        self.solver, self.solved, self.lbfgs = solver, solved, LBFGS()
        self.moments, self.scaling = statistics.moments, statistics.scaling
        minimum = solved.minimum
        self.loss, gradient, _ = solved.objective.read(minimum)
        decrement = self.lbfgs.accept(
            minimum, self.loss, gradient, solved.preconditioner
        )
        estimate = GapEstimate(solver.tol, newton=True, diagonal=False)
        estimate.null_loss = solved.null.loss
        estimate.add(self.loss, decrement)
        self.holds = estimate.holds()
        self.gap = max(estimate.gap(), self.scaling.intercept_rounding(minimum))
        self.stop_reason = "tol" if self.gap <= estimate.goal() else "rounding"

    def propose(self, weights):
        """The minimum, whatever the weights are."""
        return self.solved.minimum

    def try_point(self, point):
        return self.stop_reason

    def weights(self):
        return self.scaling.to_original(self.solved.minimum)[np.newaxis]

    def made_by_penalty(self):
        solved, start = self.solved, np.zeros_like(self.solved.minimum)
        start[-1] = solved.null.logit
        by_chance = len(start) / self.moments.n_rows
        return made_by_penalty(
            self.lbfgs, start, solved.null.loss, self.scaling,
            solved.objective.loss_curvature, by_chance,
        )  # fmt: skip

    def summary(self):
        return FitSummary.at(
            self.lbfgs, self.solved.preconditioner, self.moments, self.scaling,
            self.solver,
        )  # fmt: skip
