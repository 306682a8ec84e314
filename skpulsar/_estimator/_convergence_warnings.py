# SPDX-License-Identifier: BSD-3-Clause
"""Endings of training that its user should hear of."""

import warnings
from math import isnan

from sklearn.exceptions import ConvergenceWarning

ROUNDED = 1e-8  # of the objective: a gap that rounding may leave unsaid
UNSAID = 1e-9  # the same where tol is None
CALLER = 4  # levels up: of `fit` or `partial_fit`, which call a method that warns here


def warn_of_end(stop_reason, gap, loss, tol):
    """Where psgd ended for another reason than its certificate."""
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
    elif stop_reason == "rounding" and not gap <= _unsaid(tol) * loss:
        why = (
            "Training stopped at rounding: no step lowers the objective any more, "
            f"though objective_gap_ is {gap:.3g}. Bring the columns to one size."
        )
    else:
        return
    warnings.warn(why, ConvergenceWarning, stacklevel=CALLER)


def warn_of_gap(gap, loss, tol, max_iter):
    """Where psgd came to max_iter before its certificate."""
    if tol is None and gap <= _unsaid(tol) * loss:
        return
    left = "no gap is known yet" if isnan(gap) else f"objective_gap_ is {gap:.3g}"
    warnings.warn(
        f"Training had not converged after max_iter={max_iter} epochs: {left}. Raise "
        "max_iter or tol.",
        ConvergenceWarning,
        stacklevel=CALLER,
    )


def warn_made_by_penalty(alpha, standardize):
    less = f"a smaller alpha than {alpha:.3g}"
    warnings.warn(
        "The penalty, and not the data, made this model: the objective fell by less "
        "than a tenth of what the same step would gain without it. Set "
        f"{less if standardize else 'standardize=True, or ' + less}.",
        UserWarning,
        stacklevel=CALLER,
    )


def _unsaid(tol):
    """The share of the objective below which a gap at rounding needs no warning."""
    return UNSAID if tol is None else max(ROUNDED, tol)


def warn_undone():
    warnings.warn(
        "Training did not lower the objective, so that the weights are zero, as at "
        "its start. Scale the features, or lower learning_rate_init.",
        ConvergenceWarning,
        stacklevel=CALLER,
    )


def warn_not_converged(max_iter):
    warnings.warn(
        f"Training had not converged after max_iter={max_iter} epochs. "
        "Raise max_iter or tol, or set tol=None to run just that many epochs.",
        ConvergenceWarning,
        stacklevel=CALLER,
    )
