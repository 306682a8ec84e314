# SPDX-License-Identifier: BSD-3-Clause
"""The rule by which a cut-off is chosen."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rule:
    """At most one constraint; without one the cut-off is a logit of 0.

    Parameters
    ----------
    max_fpr, min_recall, min_precision : float in (0, 1), or None

    budget_share : float or None
        The share of all candidates that can be followed up.
    """

    max_fpr: float | None = None
    min_recall: float | None = None
    min_precision: float | None = None
    budget_share: float | None = None

    def __str__(self):
        if self.max_fpr is not None:
            return f"most recall with a false-positive rate of at most {self.max_fpr:g}"
        if self.min_recall is not None:
            return f"most precision with a recall of at least {self.min_recall:g}"
        if self.min_precision is not None:
            return f"most recall with a precision of at least {self.min_precision:g}"
        if self.budget_share is not None:
            return f"a budget of {100 * self.budget_share:.3g}% of all candidates"
        return "the more probable class"

    def choose(self, curve):
        """The `Cutoff` of some `Cutoffs`.

        Raises
        ------
        ValueError
            If there is none that meets the constraint.
        """
        if self.max_fpr is not None:
            return curve.best(self._recall_of_few_false)
        if self.min_recall is not None:
            return curve.best("precision", min_recall=self.min_recall)
        if self.min_precision is not None:
            return curve.best("recall", min_precision=self.min_precision)
        if self.budget_share is not None:
            return curve.at_budget(self._budget(int(curve.tp[-1] + curve.fp[-1])))
        return curve.at(0.0)

    def _recall_of_few_false(self, curve):
        """The recall of cut-offs that keep the false-positive rate; -1 of others."""
        met = curve.fp <= self.max_fpr * curve.fp[-1]
        return np.where(met, curve.recall, -1.0)

    def _budget(self, n_rows):
        # Rounding may make less of 200 / 900 * 900 than 200.
        budget = math.floor(self.budget_share * n_rows * (1 + 1e-12))
        if budget < 1:
            raise ValueError(
                f"--budget: it is {100 * self.budget_share:.3g}% of all candidates, "
                f"less than one of {n_rows:,}: give a larger one, or more rows"
            )
        return budget
