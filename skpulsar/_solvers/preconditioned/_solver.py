# SPDX-License-Identifier: BSD-3-Clause
"""Preconditioned SGD: one large minibatch, corrected and certified by full readings."""

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._state import Clocks
from skpulsar._solvers.preconditioned._fit import Descent
from skpulsar._solvers.quadratic._fit_summary import Summary
from skpulsar._training._history import Epoch


@dataclass(frozen=True)
class State(Clocks):
    """Clocks, why training ended, whether by the penalty alone, what a stream after
    this has to know of the rows, and, within a call, the working memory."""

    ended: str | None = None
    made_by_penalty: bool = False
    summary: Summary | None = None
    descent: object = None

    def at_rest(self):
        return replace(self, descent=None, summary=self.descent.summary())


@dataclass(frozen=True)
class Preconditioned:
    """The minimum by few full readings, with nothing to tune.

    A minibatch of a few thousand rows, drawn by residual times leverage, gives the
    estimate and the curvature; full readings correct it in that metric, by L-BFGS
    steps, until the Newton decrement is below `tol` times the objective. A new
    minibatch is drawn only where that is cheaper than going on. See docs/solver.md.
    """

    penalty: Penalty
    tol: float | None
    fit_intercept: bool
    warm: bool = False

    def meet(self, rows, state):
        """State with everything that the first look at the rows gives."""
        return State(**state.clocks(), descent=Descent(self, rows, state.seed))

    def patience(self, rows):
        """None: the certificate ends training, not a flat objective."""
        return None

    def advance(self, rows, weights, state):
        """One full reading, and what comes before it on sampled rows."""
        began = perf_counter()
        descent = state.descent
        sampled = descent.pilot.n_sampled
        point, share = descent.propose(weights[0]), descent.path.share
        ended = descent.read(point)
        best = descent.path.value
        epoch = Epoch(
            loss=descent.start_loss if best == np.inf else best,
            learning_rate=share,
            n_rows=rows.n_rows,
            seconds=perf_counter() - began,
            n_sampled=descent.pilot.n_sampled - sampled,
            objective_gap=descent.gap,
        )
        visits = rows.order.counts(0)
        state = state.after_epoch(
            1,
            rows.n_rows,
            visits,
            ended=ended,
            made_by_penalty=ended is not None and descent.made_by_penalty(),
        )
        return descent.weights()[np.newaxis], state, epoch
