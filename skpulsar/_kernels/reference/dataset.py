# SPDX-License-Identifier: BSD-3-Clause
"""Rows bound to targets and weights."""

from typing import NamedTuple

import numpy as np

from skpulsar._kernels.reference import passes, training
from skpulsar._kernels.reference.losses import LOSSES
from skpulsar._kernels.reference.rows import rows_of


class Dataset(NamedTuple):
    """Rows with targets and weights, by place in `order`."""

    matrix: object
    target: object
    weight: object
    order: object = None
    centre: object = None
    fit_intercept: bool = True
    leaf: int = 1  # which sums are joined with which: it changes rounding alone
    loss: str = "logistic"

    def rows(self, sparse_centre=True):
        """a = (x - centre, 1), the last 0 without an intercept; without a centre if it
        is to leave CSR rows sparse."""
        x = rows_of(self.matrix, self.order)
        if sparse_centre or not isinstance(self.matrix, tuple):
            x = x - self.centre
        return np.column_stack([x, np.full(len(x), float(self.fit_intercept))])

    def part(self, first, stop):
        """The places from `first` to `stop`, or to the last for -1."""
        n = len(rows_of(self.matrix, self.order))
        places = slice(first, n if stop < 0 else stop)
        order = np.arange(n) if self.order is None else self.order
        target, weight = (
            None if each is None else each[..., places]
            for each in (self.target, self.weight)
        )
        return self._replace(order=order[places], target=target, weight=weight)

    def weights(self):
        """Weights by row, or 1."""
        return 1.0 if self.weight is None else self.weight

    def head(self, logits, at=slice(None)):
        """Weighted losses of some rows, of every output unless these are coupled, and
        slopes by every logit; logits are of shape (n_outputs, n)."""
        losses, slopes = LOSSES[self.loss](logits, self.target[..., at])
        s = 1.0 if self.weight is None else self.weight[..., at]
        return s * losses, s * slopes

    moments = passes.moments
    objective = passes.objective
    curvature = passes.curvature
    grid = passes.grid
    grid_logits = passes.grid_logits
    products = passes.products
    newton = training.newton
    minibatches = training.minibatches
