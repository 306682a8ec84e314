# SPDX-License-Identifier: BSD-3-Clause
"""The fits of several outputs that share nothing but their rows, in the same passes."""

from math import fsum

import numpy as np

from skpulsar._solvers.preconditioned._fit import PreconditionedFit
from skpulsar._solvers.preconditioned._null_fit import NO_LOSS, NullFit
from skpulsar._solvers.preconditioned._survey import survey


class IndependentFits:
    """A fit for every output, each to `tol` of its own objective.

    The outputs that still train are evaluated in one pass over the rows, as long as
    they see these in the same scaling. If every output has row weights of its own, they
    never do.

    Parameters
    ----------
    solver, rows, seed : Preconditioned, RowSource, int
        See `PreconditionedFit`; every row has a target for every output.

    Attributes
    ----------
    fits : list of PreconditionedFit or NullFit
        One for every output.

    stop_reasons : list of str or None
        Why each of them ended.
    """

    def __init__(self, solver, rows, seed):
        surveyed = summed = None
        if not rows.weighs_outputs:  # The columns look alike to all outputs.
            surveyed = survey(solver, rows)
            rows, summed = surveyed[0].rows, surveyed[2]
        self.rows, self.may_share = rows, surveyed is not None
        self.fits, self.stop_reasons = [], []
        for k, of_output in enumerate(rows.outputs()):
            null = solver.loss.null_model(of_output, solver.fit_intercept)
            settled = solver.loss.binary and null.loss < NO_LOSS
            if summed is not None:
                surveyed = *surveyed[:2], summed.of_output(k)
            self.stop_reasons.append("tol" if settled else None)
            self.fits.append(
                NullFit(null, rows.n_columns)
                if settled
                else PreconditionedFit(solver, of_output, seed, surveyed)
            )
        self.shared, self.passes = None, None  # outputs that share passes, and these

    @property
    def loss(self):
        return fsum(fit.loss for fit in self.fits)

    @property
    def gap(self):
        return fsum(fit.gap for fit in self.fits)

    @property
    def share(self):
        return min(fit.share for fit in self.fits)

    @property
    def n_sampled(self):
        return sum(fit.n_sampled for fit in self.fits)

    def weights(self):
        return np.concatenate([fit.weights() for fit in self.fits])

    def made_by_penalty(self):
        return any(fit.made_by_penalty() for fit in self.fits)

    def summary(self):
        """Those of all fits, or None if one is missing."""
        summaries = [fit.summary() for fit in self.fits]
        return None if None in summaries else summaries

    def propose(self, weights):
        """The next points to be evaluated, by output, of those that still train."""
        return {
            k: fit.propose(weights[[k]])
            for k, fit in enumerate(self.fits)
            if self.stop_reasons[k] is None
        }

    def try_point(self, points):
        """Evaluate these points; return why the last search ended, or None. A reason
        that is not "tol" counts more."""
        for k, evaluated in zip(points, self._evaluate(points), strict=True):
            self.stop_reasons[k] = self.fits[k].receive(points[k], *evaluated)
        if None in self.stop_reasons:
            return None
        others = [reason for reason in self.stop_reasons if reason != "tol"]
        return others[0] if others else "tol"

    def _evaluate(self, points):
        """What each of the fits wants to know of its point."""
        if not points:
            return []
        fits = [self.fits[k] for k in points]
        scaling = fits[0].scaling
        shares = self.may_share and all(
            fit.scaling is scaling and fit.exact is None for fit in fits
        )
        if not shares:
            return [
                fit.evaluate(points[k]) for k, fit in zip(points, fits, strict=True)
            ]
        self._share(tuple(points), fits)
        weights = np.array([point * scaling.scale for point in points.values()])
        diagonal = any(fit.wants_diagonal for fit in fits)
        loss, gradient, squares = self.passes.objective(weights, diagonal)
        for i, fit in enumerate(fits):
            fit.full.passes.follow(self.passes, i)
        return [
            fit.full.of_sums(
                point, loss[i], gradient[i], squares[i] if fit.wants_diagonal else None
            )
            for i, (fit, point) in enumerate(zip(fits, points.values(), strict=True))
        ]

    def _share(self, outputs, fits):
        """Let these fits share their passes."""
        if self.shared != outputs:
            self.shared, scaling = outputs, fits[0].scaling
            rows = self.rows.of_outputs(list(outputs))
            self.passes = rows.full_pass(
                scaling.centre, scaling.fit_intercept, fits[0].full.loss
            )
