# SPDX-License-Identifier: BSD-3-Clause
"""The fits of several outputs that share nothing but their rows, in the same passes."""

from math import fsum

import numpy as np

from skpulsar._solvers.preconditioned._null_fit import NO_LOSS, NullFit
from skpulsar._solvers.preconditioned._survey import Survey


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
    fits : list of PreconditionedFit, SummedFit or NullFit
        One for every output. The latter two have ended.
    """

    def __init__(self, solver, rows, seed):
        survey, self.may_share = None, not rows.weighs_outputs
        if self.may_share:  # The columns look alike to all outputs.
            survey = Survey(solver, rows, seed)
            rows = survey.rows
        self.rows, self.fits = rows, []
        for k, output in enumerate(rows.outputs()):
            null = solver.loss.null_model(output, solver.fit_intercept)
            if solver.loss.binary and null.loss < NO_LOSS:
                fit = NullFit(null, rows.n_columns)
            elif survey is not None:
                fit = survey.fit(output, k)
            else:
                own = Survey(solver, output, seed)
                fit = own.fit(own.rows)
            self.fits.append(fit)
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
            if fit.stop_reason is None
        }

    def try_point(self, points):
        """Evaluate these points; return why the last search ended, or None. A reason
        that is not "tol" counts more."""
        for k, evaluated in zip(points, self._evaluate(points), strict=True):
            self.fits[k].receive(points[k], *evaluated)
        stop_reasons = [fit.stop_reason for fit in self.fits]
        if None in stop_reasons:
            return None
        others = [reason for reason in stop_reasons if reason != "tol"]
        return others[0] if others else "tol"

    def _evaluate(self, points):
        """What each of the fits wants to know of its point."""
        if not points:
            return []
        fits = [self.fits[k] for k in points]
        scaling = fits[0].scaling
        if not (self.may_share and all(fit.scaling is scaling for fit in fits)):
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
