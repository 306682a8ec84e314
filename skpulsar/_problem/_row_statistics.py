# SPDX-License-Identifier: BSD-3-Clause
"""What passes over rows in memory tell of their columns, targets and weights."""

from functools import cached_property, partial

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._entries import extremes, largest_entry, row_of
from skpulsar._problem._models import Linear
from skpulsar._problem._moments import Moments
from skpulsar._problem._orders import EveryRow
from skpulsar._problem._pairwise_sum import LEAF, tree_sum, tree_sums
from skpulsar._problem._row_norms import RowNorms
from skpulsar._problem._threads import threads

CACHE_LINE = 8  # Reading one column of a row loads about this many.
LEAF_ENTRIES = 4_000_000  # More entries would keep Ctrl-C waiting.


class RowStatistics:
    """The statistics of `Rows`, whose parameters it has. Those of columns are sums in
    leaves, joined pairwise."""

    chunked = False

    def __init__(self, matrix, target, weight=None, index=None, order=None):
        self._matrix = matrix
        self._target = target
        self._weight = weight
        self._index = index
        self.n_rows = target.shape[-1] if index is None else len(index)
        self.is_part, self.sparse = index is not None, isinstance(matrix, tuple)
        self.n_columns = matrix[3] if self.sparse else matrix.shape[1]
        self.dtype = (matrix[0] if self.sparse else matrix).dtype
        self.n_targets = len(target) if target.ndim == 2 else 0
        self.weighs_outputs = weight is not None and weight.ndim == 2
        self.entries_per_row, self.leaf = self.n_columns, LEAF
        if self.sparse:
            self.entries_per_row = self.n_stored() / max(self.n_rows, 1)
            self.leaf = leaf_of(self.n_rows, self.n_columns, self.entries_per_row)
        self.order = EveryRow((self.n_rows,)) if order is None else order
        if weight is None:  # There is nothing to pick or to average.
            self._used_weight = self._shared_weight = None

    def moments(self):
        """Weighted mean and variance of every column.

        Raises
        ------
        ValueError
            If the squares of a column overflow.
        """
        return self.moments_about(self._heaviest_row())

    def moments_about(self, shift):
        """Moments by sums of deviations from a shift."""
        weight = self._shared_weight
        total = self.n_rows if weight is None else self.total()
        return moments_of(self, shift, total, self.column_sums(shift, weight))

    def moments_and_norms(self, shift, precision, draw=None):
        """The same and, from the same pass over dense rows, every row's sum of
        ``precision (x - shift)^2``, as `RowNorms`."""
        sums, norms = self.column_sums_and_norms(shift, precision)
        total = self.n_rows if self._weight is None else self.total()
        return moments_of(self, shift, total, sums), norms

    def column_sums_and_norms(self, shift, precision):
        """The sums of `column_sums` by the rows' own weights, of dense rows, and their
        norms."""
        norms = np.empty(self.n_rows)
        read = self._deviations(shift, self._shared_weight).moments
        sums = self.add_up(partial(read, precision, norms), 2 * self.n_columns)
        return sums, RowNorms(norms)

    def column_sums(self, shift, weight):
        """Sums of ``weight (x - shift)`` and ``weight (x - shift)^2``. Weights may have
        any sign."""
        read = self._deviations(shift, weight).moments
        return self.add_up(read, (2 + self.sparse) * self.n_columns)

    def sums(self, shift):
        """Weighted sums of ``(x - shift, 1)``."""
        sums, _ = self.column_sums(shift, self._shared_weight)
        return np.append(sums, self.total())

    def total(self):
        """The sum of the weights; in the mean, if every output has its own."""
        weight = self._shared_weight
        return self.n_rows if weight is None else threads().sum(_core.total, weight)

    def class_totals(self, n_classes):
        """The sum of the weights of every class."""
        target, weight = self._used_target, self._used_weight
        if n_classes == 2:
            return _core.class_totals(target, weight)
        classes = (target == k for k in range(n_classes))
        if weight is None:
            return np.array([np.count_nonzero(own) for own in classes], dtype=float)
        return np.array([_core.total(weight[own]) for own in classes])

    def target_sum(self):
        """The weighted sum of the targets."""
        target, weight = self._used_target, self._used_weight
        if weight is None:
            return threads().sum(_core.total, target)
        return threads().sum(_core.dot, weight, target)

    def target_squares(self, mean):
        """The weighted sum of ``(target - mean)^2``."""
        errors, weight = self._used_target - mean, self._used_weight
        weighted = errors if weight is None else weight * errors
        return threads().sum(_core.dot, weighted, errors)

    def norms(self, centre, precision):
        """The sum of ``precision (x - centre)^2`` for every row, as an array."""
        norms, live = np.empty(self.n_rows), np.flatnonzero(precision)
        few = not self.sparse and CACHE_LINE * len(live) < self.n_columns

        def of_leaf(start, stop, index, rows, weight):
            if few:
                part = np.ascontiguousarray(self._matrix[rows][:, live])
                norms[start:stop] = _core.norms(
                    part, 0, len(part), centre[live], precision[live]
                )
                return
            norms[start:stop] = _core.norms(
                self._matrix, start, stop - start, centre, precision, index
            )

        self._by_leaf(of_leaf)
        return norms

    def leverages(self, centre, precision, begun=None):
        """Every row's weight times ``1 + sum of precision (x - centre)^2``, as
        `RowNorms`. The sums add to those that `moments_and_norms` has begun."""
        if begun is None:
            norms = self.norms(centre, precision)
        else:
            norms = begun.values
            if precision.any():
                norms += self.norms(centre, precision)
        norms += 1
        if self._weight is not None:
            norms *= self._used_weight
        return RowNorms(norms)

    def extremes(self, target):
        """The smallest and the largest entry of every column in one class."""
        of_class = self._target == target
        if self._index is not None:
            used = np.zeros(len(of_class), bool)
            used[self._index] = True
            of_class &= used
        return extremes(self._matrix, of_class)

    def largest(self):
        """Column and value of the entry that is largest in magnitude."""
        return largest_entry(self._matrix, self._index)

    def smoothness(self, centre, scale):
        """Mean and maximum of ``weight |(scale (x - centre), 1)|^2``, over the outputs
        the largest; the mean counts a row as often as an epoch visits it."""

        def of_leaf(start, stop, index, rows, weight):
            norms = _core.norms(
                self._matrix, start, stop - start, centre, scale * scale, index
            )
            norms = weight * (norms + 1)
            visits = np.atleast_2d(self._visits(rows, norms))
            return np.array([_core.total(output) for output in visits]), norms.max()

        sums, largest = zip(*self._by_leaf(of_leaf), strict=True)
        return tree_sum(sums).max() / self.n_rows, max(largest)

    def objective(self, weights, loss, penalty):
        """Mean of the weighted losses plus the penalty, at weights of shape (n_outputs,
        n_columns + 1)."""
        return self.mean_loss(Linear(weights), loss) + penalty.of(weights)

    def mean_loss(self, model, loss):
        """Mean of the weighted losses of a model. A row counts as often as an epoch
        visits it."""

        def of_leaf(start, stop, index, rows, weight):
            logits = model.logits(self._matrix, start, stop - start, index)
            logits, target = np.ascontiguousarray(logits.T), of_rows(self._target, rows)
            if weight.ndim == 1:
                values = weight * loss.evaluate(logits, target)
            else:  # Every output has its own, and a target of its own.
                each = map(loss.evaluate, logits[:, np.newaxis], target)
                values = sum(w * value for w, value in zip(weight, each, strict=True))
            return _core.total(self._visits(rows, values))

        return tree_sum(self._by_leaf(of_leaf)) / self.n_rows

    def targets(self):
        """Target of every row used."""
        return self._used_target

    def sample_weight(self):
        """Weight of every row used; None stands for ones."""
        return self._used_weight

    def add_up(self, read, n_sums):
        """The sums of a pass, so many, ``read(first=..., stop=...)`` being those of a
        part."""
        parts = threads().parts(self.n_rows, self.leaf, self.entries_per_row, n_sums)
        if len(parts) == 1:
            return read()
        found = threads().map(lambda first, stop: read(first=first, stop=stop), parts)
        return tree_sums(found)

    def by_part(self, work):
        """A list of what ``work(first, stop)`` returns for parts of the rows."""
        parts = threads().parts(self.n_rows, self.leaf, self.entries_per_row)
        return threads().map(work, parts)

    def _deviations(self, shift, weight):
        """The kernel's view of these rows for sums of deviations from a shift."""
        rows = self._matrix, None, weight, self._index
        return _core.Dataset(*rows, centre=shift, leaf=self.leaf)

    @cached_property
    def _used_target(self):
        if self._index is None:
            return self._target
        return self._target.take(self._index, axis=-1)

    @cached_property
    def _used_weight(self):
        if self._index is None or self._weight is None:
            return self._weight
        return self._weight.take(self._index, axis=-1)

    @cached_property
    def _shared_weight(self):
        """Weight of every row used; the mean over outputs that have their own."""
        weight = self._used_weight
        return weight.mean(axis=0) if self.weighs_outputs else weight

    def _heaviest_row(self):
        """The row of the largest weight: a shift by which no column sum cancels."""
        weight = self._shared_weight
        place = 0 if weight is None else int(weight.argmax())
        return row_of(self._matrix, self.order_of(place))

    def n_stored(self):
        """Number of entries that the CSR rows used store."""
        indptr = self._matrix[2]
        if self._index is None:
            return int(indptr[-1])
        return int(np.diff(indptr)[self._index].sum(dtype=np.int64))

    def _by_leaf(self, work):
        """A list of what work returns for every leaf, given its ends, index or None,
        selection and weights."""
        leaf = LEAF
        while leaf > 1 and leaf * self.entries_per_row > LEAF_ENTRIES:
            leaf //= 2
        ones = np.ones(min(leaf, self.n_rows))

        def of_leaf(start):
            stop = min(start + leaf, self.n_rows)
            index = None if self._index is None else self._index[start:stop]
            rows = slice(start, stop) if index is None else index
            weight = self._weight
            weight = ones[: stop - start] if weight is None else of_rows(weight, rows)
            return work(start, stop, index, rows, weight)

        def of_part(first, last):
            return [of_leaf(start) for start in range(first, last, leaf)]

        parts = threads().parts(self.n_rows, leaf, self.entries_per_row)
        return [each for part in threads().map(of_part, parts) for each in part]

    def _visits(self, rows, values):
        """Values times how often an epoch visits their row, relative to the mean."""
        frequency = self.order.frequency
        if frequency is None:
            return values
        return values * frequency[self._target[rows].astype(np.intp)]


def leaf_of(n_rows, n_columns, entries_per_row):
    """How many rows a leaf has: of few entries a row more, else the sums of a leaf cost
    more than its rows."""
    leaf = LEAF
    while leaf < min(n_rows, n_columns / (entries_per_row + 1)):
        leaf *= 2
    return leaf


def moments_of(rows, shift, total, sums):
    """Moments of rows of a total weight, by sums of their weighted deviations from a
    shift and of the squares of these.

    Raises
    ------
    ValueError
        If the squares of a column overflow.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        first, second = np.array(sums) / total
        variance = np.maximum(second - first * first, 0)
        moments = Moments(rows.n_rows, shift + first, variance)
        square = moments.square()
    if not np.isfinite(square).all():
        column, value = rows.largest()
        raise ValueError(
            f"Column {column} of X is too large to be squared: it holds {value:.3g}. "
            "Divide it by its size, for instance with a MaxAbsScaler."
        )
    return moments


def of_rows(values, rows):
    """Values of some rows, a slice or an array of numbers; outputs are contiguous."""
    return values[..., rows] if isinstance(rows, slice) else values.take(rows, axis=-1)
