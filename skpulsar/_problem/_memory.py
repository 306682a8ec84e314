# SPDX-License-Identifier: BSD-3-Clause
"""Rows of an array in memory, dense or CSR: a `RowSource`, and a `Sample`."""

import numpy as np
from scipy.sparse import csr_array, vstack

from skpulsar._kernels import _core
from skpulsar._problem._entries import as_scipy, full_rows
from skpulsar._problem._full_pass import FullPass
from skpulsar._problem._matrix import check_structure, kernel_matrix
from skpulsar._problem._row_statistics import RowStatistics
from skpulsar._problem._softmax_pass import SoftmaxPass


class Rows(RowStatistics):
    """Rows with targets and weights: all that there are, or a sample of others.

    Parameters
    ----------
    matrix : ndarray of shape (n, n_columns), or tuple
        Dense rows in C order, or CSR rows (data, indices, indptr, n_columns); float32
        or float64. It is never copied.

    target : ndarray of shape (n,), float64, or (n_outputs, n)
        What the loss is of: 0 and 1, the number of a class, or any number.

    weight : ndarray of shape (n,), float64, or (n_outputs, n), or None
        Weight of every row, 1 in the mean; None stands for ones.

    index : ndarray of shape (n_rows,), int64, or None
        The rows to use; None stands for all rows.

    order : EveryRow or Sampled, or None
        In which order an epoch visits the rows, and how often; None: each once, as rows
        of one kind.
    """

    def stored(self):
        """The arguments that make equal rows."""
        return {
            "matrix": self._matrix,
            "target": self._target,
            "weight": self._weight,
            "index": self._index,
            "order": self.order,
        }

    @classmethod
    def of_stored(cls, matrix, target, **others):
        """Rows with these arguments, whose indices are checked: the kernel trusts them.

        Raises
        ------
        ValueError
            If an index is out of range.
        """
        rows, index = cls(matrix, target, **others), others.get("index")
        check_structure(as_scipy(matrix))
        n = len(matrix[2]) - 1 if rows.sparse else len(matrix)
        if target.shape[-1] != n:
            raise ValueError(f"{n} rows have {target.shape[-1]} targets")
        if index is not None and len(index) and not 0 <= index.min() <= index.max() < n:
            raise ValueError(f"an index is not among those of {n} rows")
        return rows

    def full_pass(self, centre, fit_intercept, loss):
        """What makes full passes over these rows, and keeps their residuals."""
        target, weight = self._used_target, self._used_weight
        dataset = _core.Dataset(
            self._matrix, target, weight, self._index,
            centre=centre, fit_intercept=fit_intercept, leaf=self.leaf, loss=loss.tag,
        )  # fmt: skip
        kind = SoftmaxPass if loss.coupled else FullPass
        return kind(dataset, self, target, weight, loss)

    def in_any_order(self, centre, fit_intercept, loss):
        """The kernel's view of all rows, for minibatches of rows by `order_of`."""
        return _core.Dataset(
            self._matrix, self._target, self._weight,
            centre=centre, fit_intercept=fit_intercept, loss=loss.tag,
        )  # fmt: skip

    def order_of(self, places):
        """Row numbers of the matrix for places among the rows used."""
        return places if self._index is None else self._index[places]

    def logits(self, weights):
        """``x . w + b`` of every row."""
        logits = np.empty((self.n_rows, *weights.shape[:-1]))

        def of_part(start, stop):
            order = None if self._index is None else self._index[start:stop]
            rows = self._matrix, start, stop - start
            _core.logits(*rows, weights, order, logits[start:stop])

        self.by_part(of_part)
        return logits

    def blocks(self, n_rows):
        """Yield some rows after the other: a slice of their places, and their entries
        as an array or CSR array."""
        X = as_scipy(self._matrix)
        for start in range(0, self.n_rows, n_rows):
            rows = slice(start, min(start + n_rows, self.n_rows))
            yield rows, X[rows if self._index is None else self._index[rows]]

    def entries(self, places):
        """A copy of some of the rows, as an array."""
        return self.take(places, None).dense()._matrix

    def outputs(self):
        """The same rows for every output alone."""
        if not self.n_targets:
            return [self]
        return [self.of_outputs(k) for k in range(self.n_targets)]

    def of_outputs(self, outputs):
        """The same rows, with the targets and weights of some outputs, or of one."""
        weight = self._weight
        if self.weighs_outputs:
            weight = weight[outputs]
        return Rows(
            self._matrix, self._target[outputs], weight, self._index, self.order
        )

    def of_class(self, k):
        """The rows of one class, with their weights, without a copy."""
        return self.at(np.flatnonzero(self._used_target == k))

    def at(self, places):
        """Some of the rows, with their weights, without a copy."""
        return Rows(self._matrix, self._target, self._weight, self.order_of(places))

    def part(self, places, weight):
        """Some of the rows, with other weights, without a copy."""
        order = self.order_of(places)
        weights = np.zeros(self._target.shape[-1])
        weights[order] = weight
        return Rows(self._matrix, self._target, weights, order)

    def take(self, places, weight):
        """A copy of some of the rows, with other weights."""
        order = self.order_of(places)
        matrix = as_scipy(self._matrix)[order]
        matrix = kernel_matrix(matrix) if self.sparse else matrix
        return Rows(matrix, self._target.take(order, axis=-1), weight)

    def copied(self, places):
        """A copy of some of the rows, with their weights."""
        weight = self._used_weight
        return self.take(places, weight if weight is None else weight[places])

    def in_memory(self):
        """All rows as a sample, whose arrays may be read: the same rows."""
        return self

    def weighing(self, weight):
        """The same rows with other weights, or None."""
        if self.is_part and weight is not None:
            return self.part(np.arange(self.n_rows), weight)
        return Rows(self._matrix, self._target, weight, self._index)

    def append(self, other, buffer):
        """These rows, all of their matrix, and others of the same form behind them; and
        the buffer that holds them."""
        target = np.concatenate((self._target, other.targets()), axis=-1)
        weight = np.concatenate((self._weight, other.sample_weight()))
        matrix, buffer = buffer.join(self._matrix, other._matrix)
        return Rows(matrix, target, weight), buffer

    def convert(self, other):
        """Other rows in the form of these, dense or CSR."""
        if not self.sparse:
            return other.dense()
        if other.sparse:
            return other
        matrix = kernel_matrix(csr_array(other._matrix))
        return Rows(matrix, other._target, other._weight, other._index)

    def dense(self):
        """The same rows as an array; CSR rows are copied into one."""
        if not self.sparse:
            return self
        X = as_scipy(self._matrix)
        X = X if self._index is None else X[self._index]
        return Rows(X.toarray(), self._used_target, self._used_weight)

    def dense_where_full(self):
        """The same rows, as an array if CSR rows store every entry."""
        if not self.sparse or self.n_stored() < self.n_rows * self.n_columns:
            return self
        matrix = full_rows(self._matrix, self._index)
        return Rows(matrix, self._used_target, self._used_weight)


def joined(parts):
    """All rows of several `Rows` of one form, one part behind the other; each uses all
    rows of its matrix."""
    matrices = [rows._matrix for rows in parts]
    if parts[0].sparse:
        matrix = kernel_matrix(vstack([as_scipy(each) for each in matrices], "csr"))
    else:
        matrix = np.concatenate(matrices)
    target = np.concatenate([rows.targets() for rows in parts], axis=-1)
    weights = [rows.sample_weight() for rows in parts]
    weight = None if weights[0] is None else np.concatenate(weights, axis=-1)
    return Rows(matrix, target, weight)
