# SPDX-License-Identifier: BSD-3-Clause
"""The coordinates in which curvature is measured, whatever the units of the columns."""

import numpy as np

from skpulsar._problem._column_scale import column_scale


class Design:
    """Rows seen as ``a = scale * (x - centre, 1)``, weights as ``u = w / scale``.

    Parameters
    ----------
    rows : Rows
        Rows of positive weight, with the weights by which they count.

    moments : Moments
        Those of the columns of these rows.

    penalty : Penalty
        The penalty of the objective.

    fit_intercept : bool
        Whether the model has an intercept. It takes up a centre.

    loss : Logistic, Softmax or Squared
        The loss of a row.
    """

    def __init__(self, rows, moments, penalty, fit_intercept, loss):
        self.rows, self.loss = rows, loss
        self.centre = np.zeros(rows.n_columns)
        if fit_intercept:
            self.centre = moments.centre(rows.sparse)
        scale = column_scale(moments, penalty, self.centre, fit_intercept)
        self.scale = np.append(scale, float(fit_intercept))
        self.penalty = np.append(penalty.curvature(scale), 0.0)
        self._dataset = rows.full_pass(self.centre, fit_intercept, loss).dataset

    def products(self, weight):
        """``sum of weight a a'``, from one pass; no weight is negative."""
        lower = self._dataset.curvature(np.ascontiguousarray(weight), self.scale)
        return lower + np.tril(lower, -1).T

    def sums(self, weight):
        """``sum of weight a``; weights may have any sign."""
        weight = np.ascontiguousarray(weight)
        sums, _ = self.rows.column_sums(self.centre, weight)
        return self.scale * np.append(sums, weight.sum())

    def scaled(self, weights):
        """The penalised weights in these coordinates; 0 for the intercept."""
        inverse = np.zeros(len(self.scale))
        np.divide(1.0, self.scale, out=inverse, where=self.scale > 0)
        inverse[-1] = 0.0
        return weights * inverse

    def to_weights(self):
        """The matrix that takes changes of u to changes of the weights."""
        matrix = np.diag(self.scale)
        matrix[-1, :-1] = -self.centre * self.scale[:-1]
        return matrix
