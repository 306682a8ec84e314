# SPDX-License-Identifier: BSD-3-Clause
"""Preconditioned SGD: one large subsample, corrected and certified by full passes."""

from dataclasses import dataclass, replace
from time import perf_counter
from typing import ClassVar

from skpulsar._problem._losses import Logistic
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers.preconditioned._independent_fits import IndependentFits
from skpulsar._solvers.preconditioned._softmax_fit import SoftmaxFit
from skpulsar._solvers.preconditioned._survey import Survey
from skpulsar._solvers.quadratic._explanations import (
    explain_end,
    explain_gap,
    explain_penalty,
)
from skpulsar._solvers.quadratic._fit_summary import FitSummary
from skpulsar._training._history import Epoch
from skpulsar._training._plateau import Plateau


@dataclass(frozen=True)
class PreconditionedState(SolverState):
    """What training hands on, besides the counters.

    Parameters
    ----------
    stop_reason : str or None
        Why training ended.

    made_by_penalty : bool
        Whether the penalty, and not the data, made the minimum.

    summary : FitSummary or None
        What a stream after the fit has to know of its rows.

    workspace : a fit, or None
        The working memory within a call.
    """

    stop_reason: str | None = None
    made_by_penalty: bool = False
    summary: FitSummary | None = None
    workspace: object = None

    def without_workspace(self):
        return replace(self, workspace=None, summary=self.workspace.summary())


@dataclass(frozen=True)
class Preconditioned:
    """The minimum by few full passes, with nothing to tune.

    A subsample of a few thousand rows, drawn by residual times leverage, gives a first
    point and a preconditioner. L-BFGS steps on full passes correct the point, until the
    Newton decrement is below `tol` times the objective. A new subsample is drawn only
    where that is cheaper than going on. See docs/solver.md.
    """

    finds_not_finite: ClassVar[bool] = True  # in rows that it reads anyway
    draws_classes: ClassVar[bool] = False  # shares of classes are weights of rows
    weighs_classes: ClassVar[bool] = False
    compares_with_start: ClassVar[bool] = False  # it keeps the best weights

    loss: Logistic
    penalty: Penalty
    tol: float | None
    fit_intercept: bool
    warm: bool = False
    n_iter_no_change: int = 5

    def init(self, rows, state):
        """State with everything that the first look at the rows gives."""
        if self.loss.coupled:
            workspace = SoftmaxFit(self, rows, state.seed)
        elif rows.n_targets:
            workspace = IndependentFits(self, rows, state.seed)
        else:
            survey = Survey(self, rows, state.seed)
            workspace = survey.fit(survey.rows)
        return PreconditionedState(**state.counters(), workspace=workspace)

    def stopping(self, rows, monitor):
        """None: the estimate of the gap ends training, not a flat objective; or the
        monitored score does, if that is sooner."""
        if monitor is None:
            return None
        relative = not monitor.greater_is_better
        return Plateau(self.tol, self.n_iter_no_change, relative)

    def explain(self, last, max_iter):
        """What kept the estimate of the gap from ending training, and whether the
        penalty made the model."""
        explanations = explain_end(last, self.tol)
        explanations += explain_gap(last, self.tol, max_iter)
        if last.state.made_by_penalty:
            explanations += explain_penalty(self.penalty)
        return explanations

    def step(self, rows, weights, state):
        """One full reading, and what comes before it on sampled rows."""
        began = perf_counter()
        workspace = state.workspace
        sampled = workspace.n_sampled
        point, share = workspace.propose(weights), workspace.share
        stop_reason = workspace.try_point(point)
        weights = workspace.weights()
        epoch = Epoch(
            loss=workspace.loss,
            penalty=self.penalty.of(weights),
            learning_rate=share,
            n_rows=rows.n_rows,
            seconds=perf_counter() - began,
            n_sampled=workspace.n_sampled - sampled,
            objective_gap=workspace.gap,
        )
        visits = rows.order.counts(0)
        state = state.after_epoch(
            1,
            rows.n_rows,
            visits,
            stop_reason=stop_reason,
            made_by_penalty=stop_reason is not None and workspace.made_by_penalty(),
        )
        return weights, state, epoch
