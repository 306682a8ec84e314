# SPDX-License-Identifier: BSD-3-Clause
"""Subsamples of the rows of more than two classes, and their minima."""

from skpulsar._problem._importance_sampling import draw_key
from skpulsar._problem._moments import EPSILON
from skpulsar._solvers.preconditioned._row_span import RowSpan
from skpulsar._solvers.quadratic._lbfgs import RISE_TOLERANCE
from skpulsar._solvers.quadratic._minimise import AnchoredSearch, QuasiNewton
from skpulsar._solvers.quadratic._softmax_preconditioners import (
    ClassPreconditioner,
    NewtonPreconditioner,
)
from skpulsar._solvers.quadratic._softmax_sample_objective import SoftmaxSampleObjective
from skpulsar._solvers.quadratic._softmax_saturation import (
    saturates,
    step_past,
    suspect,
)

NOISE = 0.1  # A minimum of a subsample is sought to this share of its noise,
ANCHORED_NOISE = 0.1  # or of the first decrement, where its gradient was made exact.
MAX_NEWTON_STEPS, MAX_DESCENT_STEPS = 100, 60


class Newton(AnchoredSearch):
    """Damped Newton steps, each with the curvature at its point.

    Parameters
    ----------
    objective, start, anchor
        See `AnchoredSearch`.

    goal : tuple of two floats
        The decrement to reach, as shares of the first decrement and of the value.
    """

    def __init__(self, objective, start, goal, anchor):
        super().__init__(objective, start, anchor)
        self.goal, self.first = goal, None

    def accept(self, point, value, gradient, _):
        preconditioner = NewtonPreconditioner.of(self.objective)
        if preconditioner.factored is None:
            return "rounding"
        self.preconditioner, last = preconditioner, self.lbfgs.decrement
        self.lbfgs.pairs = []
        decrement = self.lbfgs.accept(point, value, gradient, preconditioner, far=True)
        self.first = decrement if self.first is None else self.first
        if decrement <= max(self.goal[0] * self.first, self.goal[1] * abs(value)):
            return "tol"
        if decrement > last / 4 and last < RISE_TOLERANCE * abs(value):
            return "rounding"
        return None


class SoftmaxSubsampler:
    """Subsamples of the rows, weighted back, or all rows; or, of more columns than
    rows, the span of the rows.

    Parameters
    ----------
    full : SoftmaxObjective
        The objective of all rows; draws are by the residuals that its passes keep, at
        the point evaluated last.

    statistics, cost : ColumnStatistics, SoftmaxCost
        Of the rows.

    seed : int
        Of the draws.

    Attributes
    ----------
    m : int
        Rows of the next subsample.

    n_sampled : int
        Rows read so far, apart from full passes.

    last : SoftmaxSampleObjective or None
        The subsample whose minimum was sought last.

    is_cut_short : bool
        Whether the last minimum of all rows took more steps than were granted. Rows
        saturate then: each step divides their loss by e, and the decrement sees nothing
        of what the others could gain behind them.
    """

    def __init__(self, full, statistics, cost, seed):
        self.full, self.statistics, self.cost = full, statistics, cost
        self.seed, self.m, self.n_draws, self.n_sampled = seed, cost.m, 0, 0
        self.last, self.is_cut_short = None, False
        self.span = None  # the problem in the span of the rows, once it is worth while

    @property
    def exact(self):
        """Whether the last minimum was sought over all rows, by Newton's method."""
        whole = self.last is not None and self.last.places is None
        return self.cost.newton and whole

    def grow(self):
        """Take twice as many rows from now on."""
        self.m = min(self.full.rows.n_rows, 2 * self.m)

    def next_key(self):
        """The key of the coins of the next draw."""
        self.n_draws += 1
        return draw_key(self.seed, self.n_draws - 1)

    def minimum(self, point, anchor=None, preconditioner=None):
        """The minimum of a new subsample.

        Parameters
        ----------
        point : ndarray
            Where to start.

        anchor : ndarray or None
            The gradient of all rows at the point, which that of the subsample is made.

        preconditioner : ClassPreconditioner or None
            What to use; None: what is made of the subsample at the point.

        Returns
        -------
        found : Minimum
        """
        if self.cost.in_span:
            return self._minimum_in_span(point)
        batch = self.last = self._draw()
        found = self._minimise(batch, point, anchor, preconditioner)
        self.n_sampled += batch.n_read
        return found

    def _minimum_in_span(self, point):
        self.span = self.span or RowSpan(self._all_rows())
        batch = self.last = self.span.objective
        before = batch.n_read
        found = self.span.minimum(self._newton, point)
        self.n_sampled += batch.n_read - before
        return found

    def step_past(self, lbfgs, tol, spared):
        """A step past rows that saturate along that of an `LBFGS`, by the rows drawn
        last, and what it gains; see `_softmax_saturation`."""
        batch, full = self.last, self.full
        batch.residual = full.passes.residuals(batch.places)
        if not saturates(batch, lbfgs.step, suspect(tol)):
            return lbfgs.step, lbfgs.decrement
        return step_past(full, batch, lbfgs.gradient, spared)

    def preconditioner(self, point):
        """The factors of all classes at a point, of the rows drawn last or of all."""
        batch = self._all_rows() if self.last is None else self.last
        if batch.places is None:
            batch.residual = self.full.passes.residuals()
        else:
            batch.read(point)
            self.n_sampled += batch.rows.n_rows
        return self._class_factors(batch)

    def _class_factors(self, batch):
        return ClassPreconditioner.of(batch, self.next_key, self.cost.class_rows)

    def _draw(self):
        if self.cost.takes_all(self.m):
            return self._all_rows()
        full = self.full
        norms, key = self.statistics.norms(), self.next_key()
        places, weight = full.passes.draw(norms, self.m, key)
        # Few passes over wide rows do not pay for a copy.
        take = full.rows.take if self.cost.newton else full.rows.part
        part = take(places, weight)
        return SoftmaxSampleObjective(part, full.scaling, full.total, full.loss, places)

    def _all_rows(self):
        full = self.full
        rows = full.rows.in_memory()
        return SoftmaxSampleObjective(rows, full.scaling, full.total, full.loss)

    def _minimise(self, batch, point, anchor, preconditioner):
        if self.cost.newton:
            return self._newton(batch, point, anchor)

        def make_preconditioner():
            return preconditioner or self._class_factors(batch)

        search = QuasiNewton(
            batch, point, ANCHORED_NOISE, 0.0, anchor, make_preconditioner
        )
        return search.minimum(MAX_DESCENT_STEPS)

    def _newton(self, batch, point, anchor=None):
        share = NOISE * len(point) / batch.rows.n_rows
        goal = (0.0, EPSILON**2) if self.exact else (share, 0.0)
        search = Newton(batch, point, goal, None if self.exact else anchor)
        found = search.minimum(MAX_NEWTON_STEPS)
        self.is_cut_short = self.exact and search.stop_reason == "limit"
        return found
