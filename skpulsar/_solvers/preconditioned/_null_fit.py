# SPDX-License-Identifier: BSD-3-Clause
"""The fit of an output that needs no search."""

import numpy as np

NO_LOSS = 1e-300  # The loss of a null model that is right in every row is below this.


class NullFit:
    """The null model of a label that all rows have, or none: no weights lower its loss.

    It has the attributes and methods of a `PreconditionedFit` that has ended.

    Parameters
    ----------
    null : NullModel
        The null model.

    n_columns : int
        Number of columns.
    """

    gap, share, n_sampled, stop_reason = 0.0, 1.0, 0, "tol"

    def __init__(self, null, n_columns):
        self.loss = null.loss
        self.null_weights = np.append(np.zeros(n_columns), null.logit)

    def weights(self):
        return self.null_weights[np.newaxis]

    def made_by_penalty(self):
        return False

    def summary(self):
        return None
