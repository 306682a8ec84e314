# SPDX-License-Identifier: BSD-3-Clause
"""The coordinates in which curvature is measured, whatever the units of the columns."""

import numpy as np

from skpulsar._problem._column_scale import column_scale

# Blocks of rows stay in the cache, unless there are so many columns that reading the
# matrix by which they are multiplied costs more.
ENTRIES_AT_ONCE, LEAST_ROWS = 2**16, 256


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
        self.rows, self.loss, self.fit_intercept = rows, loss, fit_intercept
        self.centre = np.zeros(rows.n_columns)
        if fit_intercept:
            self.centre = moments.centre(rows.sparse)
        scale = column_scale(moments, penalty, self.centre, fit_intercept)
        self.scale = np.append(scale, float(fit_intercept))
        self.moments = moments
        self.penalises_deviations = penalty.is_of_deviations and penalty.alpha > 0
        self.penalty = np.append(penalty.curvature(scale), 0.0)
        self._dataset = rows.full_pass(self.centre, fit_intercept, loss).dataset

    def passes(self, weight):
        """Full passes over all rows by other weights."""
        return self.rows.weighing(weight).full_pass(
            self.centre, self.fit_intercept, self.loss
        )

    def products(self, weight):
        """``sum of weight a a'``, from one pass; no weight is negative."""
        lower = self._dataset.curvature(np.ascontiguousarray(weight), self.scale)
        return lower + np.tril(lower, -1).T

    def sums(self, weight):
        """``sum of weight a``; weights may have any sign."""
        weight = np.ascontiguousarray(weight)
        sums, _ = self.rows.column_sums(self.centre, weight)
        return self.scale * np.append(sums, weight.sum())

    def blocks(self):
        """The rows a, block by block.

        Yields
        ------
        rows : slice
            Places of the rows.

        block : Block
        """
        n_rows = max(LEAST_ROWS, ENTRIES_AT_ONCE // len(self.scale))
        for rows, entries in self.rows.blocks(n_rows):
            yield rows, Block(self, entries)

    def scaled(self, weights):
        """The penalised weights in these coordinates; 0 for the intercept."""
        inverse = np.zeros(len(self.scale))
        np.divide(1.0, self.scale, out=inverse, where=self.scale > 0)
        inverse[-1] = 0.0
        return weights * inverse

    def about_centre(self, weights):
        """Weights as those of ``(x - centre, 1)``."""
        moved = weights.copy()
        moved[..., -1] += weights[..., :-1] @ self.centre
        return moved

    def to_weights(self):
        """The matrix that takes changes of u to changes of the weights."""
        matrix = np.diag(self.scale)
        matrix[-1, :-1] = -self.centre * self.scale[:-1]
        return matrix


class Block:
    """Some rows of a design, which are multiplied by matrices.

    Parameters
    ----------
    design : Design
        The design.

    entries : ndarray or csr_array of shape (n_rows, n_columns)
        The columns x of the rows.
    """

    def __init__(self, design, entries):
        self._design, self._entries = design, entries

    def products(self, matrix):
        """``a matrix`` for every row a; of shape (n_rows, matrix.shape[1])."""
        scaled = self._design.scale[:, np.newaxis] * matrix
        if self._design.rows.sparse:  # Their centre is 0.
            return self._entries @ scaled[:-1] + scaled[-1]
        return (self._entries - self._design.centre) @ scaled[:-1] + scaled[-1]

    def squared_deviations(self, matrix):
        """``d matrix`` for every row, where d are the squares of how many deviations
        its columns are from their means; the matrix has a row for every column."""
        mean, x = self._design.moments.mean, self._entries
        scaled = self._precision()[:, np.newaxis] * matrix
        if not self._design.rows.sparse:
            return (x - mean) ** 2 @ scaled
        about_zero = x.astype(np.float64).power(2) @ scaled
        about_zero -= x @ (2 * mean[:, np.newaxis] * scaled)
        return about_zero + mean**2 @ scaled

    def largest_squared_deviation(self):
        """The largest of d for every row; of CSR rows among the entries stored."""
        mean, precision, x = self._design.moments.mean, self._precision(), self._entries
        if not self._design.rows.sparse:
            return ((x - mean) ** 2 * precision).max(axis=1)
        columns = x.indices
        squares = x.astype(np.float64)
        squares.data = (squares.data - mean[columns]) ** 2 * precision[columns]
        return squares.max(axis=1).toarray().ravel()

    def _precision(self):
        """One over the variance of every column; 0 for those that do not vary."""
        variance = self._design.moments.deviation() ** 2
        precision = np.zeros(len(variance))
        np.divide(1.0, variance, out=precision, where=variance > 0)
        return precision
