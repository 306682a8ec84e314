# SPDX-License-Identifier: BSD-3-Clause
"""Rows of an array in memory, dense or CSR: a `RowSource`."""

import numpy as np
from scipy.sparse import csr_array

from skpulsar._kernels import _core
from skpulsar._problem._entries import (
    as_scipy,
    extremes,
    full_rows,
    largest_entry,
    row_of,
)
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._moments import Moments
from skpulsar._problem._orders import EveryRow
from skpulsar._problem._pairwise_sum import tree_sum

LEAF = 4096  # A partial sum has this many rows, or a half, a quarter, ... of it.
CACHE_LINE = 8  # Reading one column of a row loads about this many.
LEAF_ENTRIES = 4_000_000  # More entries would keep Ctrl-C waiting.


class Rows:
    """Rows with targets and weights.

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

    def __init__(self, matrix, target, weight=None, index=None, order=None):
        self._matrix = matrix
        self._target = target
        self._weight = weight
        self._index = index
        self.n_rows = target.shape[-1] if index is None else len(index)
        self.is_part, self.sparse = index is not None, isinstance(matrix, tuple)
        self.n_columns = matrix[3] if self.sparse else matrix.shape[1]
        self.entries_per_row = self.n_columns
        if self.sparse:
            self.entries_per_row = self._stored() / max(self.n_rows, 1)
        self.leaf = LEAF
        while self.leaf < min(self.n_rows, self.n_columns / (self.entries_per_row + 1)):
            self.leaf *= 2  # else the sums of a leaf cost more than its rows
        self.order = EveryRow((self.n_rows,)) if order is None else order

    def moments(self):
        """Weighted mean and variance of every column.

        Raises
        ------
        ValueError
            If the squares of a column overflow.
        """
        return self.moments_about(self._heaviest_row())

    def sums(self, shift):
        """Weighted sums of ``(x - shift, 1)``."""
        sums, _ = self.column_sums(shift, self._shared_weight())
        return np.append(sums, self.total())

    def total(self):
        """The sum of the weights; in the mean, if every output has its own."""
        weight = self._shared_weight()
        return self.n_rows if weight is None else _core.total(weight)

    def column_sums(self, shift, weight, precision=None, norms=None):
        """Sums of ``weight (x - shift)`` and ``weight (x - shift)^2``. Weights may have
        any sign; `moments_about` describes the other arguments."""
        rows = self._matrix, None, weight, self._index
        dataset = _core.Dataset(*rows, centre=shift, leaf=self.leaf)
        return dataset.moments(precision, norms)

    def moments_about(self, shift, precision=None, norms=None):
        """Moments by sums of deviations from a shift.

        If `norms`, an array, is given, the same pass writes every row's sum of
        ``precision (x - shift)^2`` to it. The rows must be dense.
        """
        weight = self._shared_weight()
        sums = self.column_sums(shift, weight, precision, norms)
        total = self.n_rows if weight is None else _core.total(weight)
        with np.errstate(over="ignore", invalid="ignore"):
            first, second = np.array(sums) / total
            variance = np.maximum(second - first * first, 0)
            moments = Moments(self.n_rows, shift + first, variance)
            square = moments.square()
        if not np.isfinite(square).all():
            column, value = self.largest()
            raise ValueError(
                f"Column {column} of X is too large to be squared: it holds "
                f"{value:.3g}. Divide it by its size, for instance with a MaxAbsScaler."
            )
        return moments

    def norms(self, centre, precision):
        """The sum of ``precision (x - centre)^2`` for every row."""
        norms, live = np.empty(self.n_rows), np.flatnonzero(precision)
        few = not self.sparse and CACHE_LINE * len(live) < self.n_columns
        for start, stop, index, rows, _ in self._leaves():
            if few:
                part = np.ascontiguousarray(self._matrix[rows][:, live])
                norms[start:stop] = _core.norms(
                    part, 0, len(part), centre[live], precision[live]
                )
                continue
            norms[start:stop] = _core.norms(
                self._matrix, start, stop - start, centre, precision, index
            )
        return norms

    def smoothness(self, centre, scale):
        """Mean and maximum of ``weight |(scale (x - centre), 1)|^2``, over the outputs
        the largest; the mean counts a row as often as an epoch visits it."""
        sums, largest = [], 0.0
        for start, stop, index, rows, weight in self._leaves():
            norms = _core.norms(
                self._matrix, start, stop - start, centre, scale * scale, index
            )
            norms = weight * (norms + 1)
            visits = np.atleast_2d(self._visits(rows, norms))
            sums.append(np.array([_core.total(output) for output in visits]))
            largest = max(largest, norms.max())
        return tree_sum(sums).max() / self.n_rows, largest

    def objective(self, weights, loss, penalty):
        """Mean of the weighted losses plus the penalty, at weights of shape (n_outputs,
        n_columns + 1). In the mean, a row counts as often as an epoch visits it."""
        losses = []
        for start, stop, index, rows, weight in self._leaves():
            logits = _core.logits(self._matrix, start, stop - start, weights, index)
            logits, target = np.ascontiguousarray(logits.T), of_rows(self._target, rows)
            if weight.ndim == 1:
                values = weight * loss.evaluate(logits, target)
            else:  # Every output has its own, and a target of its own.
                each = map(loss.evaluate, logits[:, np.newaxis], target)
                values = sum(w * value for w, value in zip(weight, each, strict=True))
            losses.append(_core.total(self._visits(rows, values)))
        return tree_sum(losses) / self.n_rows + penalty.of(weights)

    def dataset(self, centre, fit_intercept, loss):
        """The kernel's view of these rows, for full passes."""
        return _core.Dataset(
            self._matrix, self.targets(), self.sample_weight(), self._index,
            centre=centre, fit_intercept=fit_intercept, leaf=self.leaf, loss=loss.tag,
        )  # fmt: skip

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
        return _core.logits(self._matrix, 0, self.n_rows, weights, self._index)

    def entries(self, places):
        """A copy of some of the rows, as an array."""
        return self.take(places, None).dense()._matrix

    def sample_weight(self):
        """Weight of every row used; None stands for ones."""
        if self._index is None or self._weight is None:
            return self._weight
        return self._weight.take(self._index, axis=-1)

    def targets(self):
        """Target of every row used."""
        return (
            self._target
            if self._index is None
            else self._target.take(self._index, axis=-1)
        )

    def of_outputs(self, outputs):
        """The same rows, with the targets and weights of some outputs, or of one."""
        weight = self._weight
        if weight is not None and weight.ndim == 2:
            weight = weight[outputs]
        return Rows(
            self._matrix, self._target[outputs], weight, self._index, self.order
        )

    def append(self, other, buffer):
        """These rows, all of their matrix, and others of the same form behind them; and
        the buffer that holds them."""
        target = np.concatenate((self._target, other.targets()), axis=-1)
        weight = np.concatenate((self._weight, other.sample_weight()))
        matrix, buffer = buffer.join(self._matrix, other._matrix)
        return Rows(matrix, target, weight), buffer

    def dense_where_full(self):
        """The same rows, as an array if CSR rows store every entry."""
        if not self.sparse or self._stored() < self.n_rows * self.n_columns:
            return self
        matrix = full_rows(self._matrix, self._index)
        return Rows(matrix, self.targets(), self.sample_weight())

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
        return Rows(X.toarray(), self.targets(), self.sample_weight())

    def largest(self):
        """Column and value of the entry that is largest in magnitude."""
        return largest_entry(self._matrix, self._index)

    def at(self, places):
        """Some of the rows, with their weights, without a copy."""
        return Rows(self._matrix, self._target, self._weight, self.order_of(places))

    def weighing(self, weight):
        """The same rows with other weights, or None."""
        if self.is_part and weight is not None:
            return self.part(np.arange(self.n_rows), weight)
        return Rows(self._matrix, self._target, weight, self._index)

    def extremes(self, target):
        """The smallest and the largest entry of every column in one class."""
        of_class = self._target == target
        if self._index is not None:
            used = np.zeros(len(of_class), bool)
            used[self._index] = True
            of_class &= used
        return extremes(self._matrix, of_class)

    def _shared_weight(self):
        """Weight of every row used; the mean over outputs that have their own."""
        weight = self.sample_weight()
        if weight is None or weight.ndim == 1:
            return weight
        return weight.mean(axis=0)

    def _stored(self):
        """Number of entries that the CSR rows used store."""
        indptr = self._matrix[2]
        if self._index is None:
            return int(indptr[-1])
        return int(np.diff(indptr)[self._index].sum(dtype=np.int64))

    def _leaves(self):
        """Yield of every leaf its ends, index or None, selection and weights."""
        leaf = LEAF
        while leaf > 1 and leaf * self.entries_per_row > LEAF_ENTRIES:
            leaf //= 2
        ones = np.ones(min(leaf, self.n_rows))
        for start in range(0, self.n_rows, leaf):
            stop = min(start + leaf, self.n_rows)
            index = None if self._index is None else self._index[start:stop]
            rows = slice(start, stop) if index is None else index
            weight = self._weight
            weight = ones[: stop - start] if weight is None else of_rows(weight, rows)
            yield start, stop, index, rows, weight

    def _visits(self, rows, values):
        """Values times how often an epoch visits their row, relative to the mean."""
        frequency = self.order.frequency
        if frequency is None:
            return values
        return values * frequency[self._target[rows].astype(np.intp)]

    def _heaviest_row(self):
        """The row of the largest weight: a shift by which no column sum cancels."""
        weight = self._shared_weight()
        place = 0 if weight is None else int(weight.argmax())
        return row_of(self._matrix, self.order_of(place))


def of_rows(values, rows):
    """Values of some rows, a slice or an array of numbers; outputs are contiguous."""
    return values[..., rows] if isinstance(rows, slice) else values.take(rows, axis=-1)
