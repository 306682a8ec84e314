# SPDX-License-Identifier: BSD-3-Clause
"""How psgd ended, in sentences for its user."""

from math import isnan

from skpulsar._solvers._protocol import Explanation

ROUNDED = 1e-8  # of the objective: a gap that rounding may leave unsaid
UNSAID = 1e-9  # the same where tol is None


def explain_end(last, tol):
    """Explanations of an end for another reason than the estimate of the gap."""
    stop_reason, gap = last.state.stop_reason, last.epoch.objective_gap
    if stop_reason == "separable":
        why = (
            "The classes are separable and alpha=0, in some direction at least: the "
            "objective has no minimum, and weights could grow for ever. Set alpha to "
            "a positive number."
        )
    elif stop_reason == "limit":
        why = (
            "The search over the rows of this call was cut short; objective_gap_ "
            f"is {gap:.3g}. Raise tol, or bring the columns to one size."
        )
    elif stop_reason == "rounding" and not gap <= _unsaid(tol) * last.epoch.loss:
        why = (
            "Training stopped at rounding: no step lowers the objective any more, "
            f"though objective_gap_ is {gap:.3g}. Bring the columns to one size."
        )
    else:
        return []
    return [Explanation(why)]


def explain_gap(last, tol, max_iter):
    """Explanations of an end at `max_iter`."""
    gap = last.epoch.objective_gap
    if last.converged or (tol is None and gap <= _unsaid(tol) * last.epoch.loss):
        return []
    left = "no gap is known yet" if isnan(gap) else f"objective_gap_ is {gap:.3g}"
    return [
        Explanation(
            f"Training had not converged after max_iter={max_iter} epochs: {left}. "
            "Raise max_iter or tol."
        )
    ]


def explain_penalty(penalty):
    """Explanations of a model that the penalty made."""
    less = f"a smaller alpha than {penalty.alpha:.3g}"
    in_units_of_columns = isinstance(penalty.deviation, float)
    remedy = f"standardize=True, or {less}" if in_units_of_columns else less
    return [
        Explanation(
            "The penalty, and not the data, made this model: the objective fell by "
            "less than a tenth of what the same step would gain without it. Set "
            f"{remedy}.",
            of_convergence=False,
        )
    ]


def _unsaid(tol):
    """The share of the objective below which a gap at rounding needs no warning."""
    return UNSAID if tol is None else max(ROUNDED, tol)
