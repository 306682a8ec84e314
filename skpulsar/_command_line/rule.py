# SPDX-License-Identifier: BSD-3-Clause
"""The rule by which a cut-off is chosen."""

import math
from dataclasses import dataclass

import numpy as np

WORDS = {
    None: "the more probable class",
    "max_fpr": "most recall with a false-positive rate of at most {0:g}",
    "min_recall": "most precision with a recall of at least {0:g}",
    "min_precision": "most recall with a precision of at least {0:g}",
    "budget": "a budget of {1:.3g}% of all candidates",
}
CONSTRAINTS = [name for name in WORDS if name]


@dataclass(frozen=True)
class Rule:
    """At most one constraint; without one the cut-off is a logit of 0.

    Parameters
    ----------
    constraint : {"max_fpr", "min_recall", "min_precision", "budget"} or None

    share : float in (0, 1)
        What it allows or asks for; of a budget, the share of all candidates.
    """

    constraint: str | None = None
    share: float = 0.0

    def __str__(self):
        return WORDS[self.constraint].format(self.share, 100 * self.share)

    def choose(self, curve):
        """The `Cutoff` of some `Cutoffs`.

        Raises
        ------
        ValueError
            If there is none that meets the constraint.
        """
        match self.constraint:
            case None:
                return curve.at(0.0)
            case "max_fpr":
                return curve.best(self._recall_of_few_false)
            case "min_recall":
                return curve.best("precision", min_recall=self.share)
            case "min_precision":
                return curve.best("recall", min_precision=self.share)
            case "budget":
                return curve.at_budget(self._budget(int(curve.tp[-1] + curve.fp[-1])))

    def _recall_of_few_false(self, curve):
        """The recall of cut-offs that keep the false-positive rate; -1 of others."""
        met = curve.fp <= self.share * curve.fp[-1]
        return np.where(met, curve.recall, -1.0)

    def _budget(self, n_rows):
        # Rounding may make less of 200 / 900 * 900 than 200.
        budget = math.floor(self.share * n_rows * (1 + 1e-12))
        if budget < 1:
            raise ValueError(
                f"--budget: it is {100 * self.share:.3g}% of all candidates, less than "
                f"one of {n_rows:,}: give a larger one, or more rows"
            )
        return budget
