# SPDX-License-Identifier: BSD-3-Clause
"""Full passes over rows in memory, and the residuals that they leave there."""

from functools import partial
from itertools import pairwise

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._importance_sampling import draw
from skpulsar._problem._threads import threads

LANES = 8  # A part of a Gram begins at a multiple of so many columns.


class FullPass:
    """Full passes over rows of one output, or of several that share nothing else.

    It has the methods of `Passes` in `_source.py`. Of rows that are a sample, the
    attributes may be read as well.

    Parameters
    ----------
    dataset : Dataset
        The kernel's view of the rows.

    rows : Rows
        The rows.

    target, weight : ndarray; weight may be None
        Of every row.

    loss : Logistic or Squared
        The loss of a row.

    Attributes
    ----------
    residual : ndarray of shape (n_rows,) or (n_outputs, n_rows), or None
        ``|p_i - z_i|`` at the point of the last pass.
    """

    def __init__(self, dataset, rows, target, weight, loss):
        self.dataset, self.rows, self.loss = dataset, rows, loss
        self.target, self.weight, self.residual = target, weight, None

    def objective(self, weights, diagonal=False):
        """Sums of the weighted losses and of their gradient, and of the diagonal of the
        curvature or None, at weights of (x - centre, 1)."""
        if self.residual is None:
            self.residual = np.empty((*weights.shape[:-1], self.rows.n_rows))
        read = partial(self.dataset.objective, weights, self.residual, diagonal)
        return self.rows.add_up(read, (1 + diagonal) * weights.size)

    def products(self, shift):
        """Weighted sums of the products of (x - centre, 1, targets - shift), for dense
        rows: the lower half of a matrix."""

        def read(**part):
            return (self.dataset.products(shift, **part),)

        return self.rows.add_up(read, (self.rows.n_columns + len(shift)) ** 2)[0]

    def gram(self, h, scale):
        """``sum of h a a'``, a = scale (x - centre, 1): the lower half, zeros above.
        Its columns are divided between threads."""
        size = len(scale)
        parts = threads().parts(self.rows.n_rows, entries_per_row=size)
        if self.rows.sparse or len(parts) == 1:
            return self.dataset.curvature(h, scale)
        gram = np.zeros((size, size))

        def columns(first, stop):
            self.dataset.curvature(h, scale, out=gram, first=first, stop=stop)

        # Columns of equal parts of a triangle
        ends = size * (1 - np.sqrt(np.linspace(1, 0, threads().number + 1)))
        ends = {*(np.round(ends[1:-1] / LANES).astype(int) * LANES).tolist()} - {0}
        ends = [0, *sorted(end for end in ends if end < size), size]
        threads().map(columns, list(pairwise(ends)))
        return gram

    def predict_mean(self, mean):
        """Take the residuals of the model that predicts one mean for all rows."""
        self.residual = np.empty(self.target.shape)

        def of_part(first, stop):
            part = self.residual[..., first:stop]
            np.subtract(self.target[..., first:stop], mean, out=part)
            np.abs(part, out=part)

        self.rows.by_part(of_part)

    def follow(self, passes, k):
        """Take the residuals of an output of passes that several outputs share, from
        now on."""
        self.residual = passes.residual[k]

    def sizes(self):
        """The size of the residual of every row."""
        return self.residual

    def draw(self, norms, m, key):
        """About m rows by size of the residual times norm: their places in ascending
        order, and weights that make their sums unbiased. See `draw`."""
        sizes = self.sizes()
        floor = threads().sum(_core.total, sizes) / len(sizes) or 1.0
        places, back = draw(sizes, norms.values, floor, m, key)
        return places, back if self.weight is None else back * self.weight[places]

    def residuals(self, places=None):
        """A copy of the residuals of a sample; None: of all rows as a sample."""
        if places is None:
            return self.residual.copy()
        return self.residual.take(places, axis=-1)

    def separated(self):
        """Whether the prediction of every row is on its side."""
        return self.residual.max() < 0.5

    def margin_gains(self, weights):
        """The least and the largest increase of a margin when what these weights
        predict is subtracted."""
        gains = self.loss.margin_gains(self.target, self.rows.logits(weights))
        return gains.min(), gains.max()

    def curvature_along(self, weights, total):
        """The second derivative, by the length of a step of these weights, of the sum
        of the weighted losses over `total`."""
        moved = self.rows.logits(weights)
        bent = self.curvatures(self.residual, total) * moved
        return threads().sum(_core.dot, bent, moved)

    def curvatures(self, residual, total):
        """What every row of given residuals adds to that by its logit, as an array."""
        curvature = self.loss.curvature(residual) / total
        return curvature if self.weight is None else curvature * self.weight
