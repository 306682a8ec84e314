# SPDX-License-Identifier: BSD-3-Clause
"""The search for a minimum: evaluate a point, accept or reject it, go on."""

from abc import ABC, abstractmethod

from skpulsar._kernels import _core
from skpulsar._solvers.quadratic._lbfgs import LBFGS
from skpulsar._solvers.quadratic._sample_objective import Minimum

MAX_DESCENT_STEPS = 20  # A descent evaluates its rows so often at most.


class Search(ABC):
    """A descent from point to better point by preconditioned L-BFGS steps.

    Parameters
    ----------
    tie : ndarray of shape (n_columns + 1,), or None
        That of the `Scaling`.

    Attributes
    ----------
    lbfgs : LBFGS
        The best point so far, and the step from it.

    preconditioner : object with methods `solve` and `scaled`, or None
        What makes a step of a gradient; None before a curvature is known.
    """

    def __init__(self, tie):
        self.lbfgs, self.preconditioner = LBFGS(tie), None

    def run(self, point, max_evaluations):
        """Search from a point; return why the search ended."""
        for _ in range(max_evaluations):
            stop_reason = self.try_point(point)
            if stop_reason is not None:
                return stop_reason
            point = self.lbfgs.next_point()
        return "limit"

    def try_point(self, point):
        """Evaluate a point and accept or reject it; return why the search ends, or
        None."""
        return self.receive(point, *self.evaluate(point))

    def receive(self, point, value, gradient, squares):
        """Accept or reject a point that was evaluated; return why the search ends, or
        None."""
        if self.is_worse(value):
            return self.reject()
        return self.accept(point, value, gradient, squares)

    @abstractmethod
    def evaluate(self, point):
        """Return value and gradient at a point, and the diagonal of the curvature or
        None."""

    @abstractmethod
    def accept(self, point, value, gradient, squares):
        """Go on from a point; return why the search ends there, or None."""

    def is_worse(self, value):
        """Whether a point of this value is to be rejected."""
        return self.lbfgs.increased(value)

    def reject(self):
        """Go on from the best point, by a shorter step; return why the search ends, or
        None."""
        return None if self.lbfgs.backtrack() else "rounding"


class AnchoredSearch(Search):
    """A search over the rows of one objective, whose gradient can be corrected.

    Parameters
    ----------
    objective : SampleObjective or SoftmaxSampleObjective
        What is minimised.

    start : ndarray
        The first point.

    anchor : ndarray or None
        The gradient of all rows at the start, which that of the objective is made by a
        linear term.
    """

    def __init__(self, objective, start, anchor):
        super().__init__(objective.scaling.tie)
        self.objective, self.start, self.anchor = objective, start, anchor
        self.linear = self.stop_reason = None

    def evaluate(self, point):
        value, gradient, _ = self.objective.read(point)
        if self.anchor is None:
            return value, gradient, None
        if self.linear is None:
            self.linear = self.anchor - gradient
        value += _core.dot(self.linear, point - self.start)
        return value, gradient + self.linear, None

    def minimum(self, max_evaluations):
        """Search from the start; return the `Minimum` that was found."""
        self.stop_reason, lbfgs = self.run(self.start, max_evaluations), self.lbfgs
        if lbfgs.point is None:
            return Minimum(self.start, None, None, None)
        return Minimum(
            lbfgs.point, self.preconditioner, lbfgs.gradient, lbfgs.step, lbfgs.pairs
        )


class QuasiNewton(AnchoredSearch):
    """A search by L-BFGS steps with one preconditioner.

    Parameters
    ----------
    objective, start, anchor
        See `AnchoredSearch`.

    share, tolerance : float
        See `SampleObjective.newton`.

    make_preconditioner : callable
        What returns the preconditioner, or None, once the start was evaluated.
    """

    def __init__(self, objective, start, share, tolerance, anchor, make_preconditioner):
        super().__init__(objective, start, anchor)
        self.share, self.tolerance, self.goal = share, tolerance, None
        self.make_preconditioner = make_preconditioner

    def accept(self, point, value, gradient, _):
        if self.preconditioner is None:
            self.preconditioner = self.make_preconditioner()
            if self.preconditioner is None:
                return "rounding"
        decrement = self.lbfgs.accept(point, value, gradient, self.preconditioner)
        if self.goal is None:
            self.goal = self.share * decrement
        goal = max(self.goal, self.tolerance * abs(value))
        return "tol" if decrement <= goal else None


def descend(objective, point, share, tolerance, anchor=None):
    """As `SampleObjective.newton`, with the curvature at the start alone and L-BFGS
    steps."""
    search = QuasiNewton(
        objective, point, share, tolerance, anchor, objective.preconditioner
    )
    return search.minimum(MAX_DESCENT_STEPS)
