# SPDX-License-Identifier: BSD-3-Clause
"""Which columns of a table are features, which one the target and which one weights."""

from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from skpulsar._problem._packed_rows import (
    n_bytes,
    packed_rows,
    refuse_not_finite,
    stacked,
)


class Part(NamedTuple):
    """Some consecutive rows of a table.

    Parameters
    ----------
    first : int
        The number of the first of them in the table.

    batch : Batch or None
        What packs their features; None where no column was read.

    target, weight : ndarray or None
        Targets as they are given, and sample weights.
    """

    first: int
    batch: Any
    target: np.ndarray
    weight: np.ndarray | None

    @property
    def where(self):
        """Where they were read, for messages."""
        return self.batch.where if self.batch is not None else "y"


@dataclass(frozen=True)
class TableColumns:
    """A table, whose targets and weights are columns of it or arrays as long.

    Parameters
    ----------
    table : Table
        What is read.

    features : tuple
        Columns of it.

    target : str, int, ndarray or None
        A column, or an array of shape (n_rows,); None: it is not read.

    weight : str, int, ndarray or None
        The same of the sample weights.

    first : int
        The row at which arrays begin.
    """

    table: Any
    features: tuple
    target: Any
    weight: Any = None
    first: int = 0

    def read(self, features=True, start=0, stop=None):
        """Yield rows from `start` up to `stop` or the last as `Part` objects; without
        their features, only the other columns are read."""
        wanted = self.names(features)
        if not wanted:
            if self.table.n_rows is not None:
                yield Part(0, None, self.target, self.weight)
                return
            wanted = self.table.columns[:1]  # The reading tells where parts begin.
        first = start
        with closing(self.table.read(wanted, start, stop)) as batches:
            for batch in batches:
                rows = slice(first - self.first, first - self.first + batch.n_rows)
                target, weight = (
                    given[rows] if isinstance(given, np.ndarray) else
                    None if given is None else batch.column(given)
                    for given in (self.target, self.weight)
                )  # fmt: skip
                if batch.n_rows:
                    yield Part(first, batch, target, weight)
                first += batch.n_rows
        if start == 0 and stop is None:
            self._check_length(first)

    def names(self, features=True):
        """The columns that are read, with the features or without."""
        given = [
            each
            for each in (self.target, self.weight)
            if not (each is None or isinstance(each, np.ndarray))
        ]
        return tuple(dict.fromkeys((*(self.features if features else ()), *given)))

    def between(self, row, stop):
        """The same, with arrays of some rows only; None: up to the last."""
        target, weight = (
            given[row - self.first : None if stop is None else stop - self.first]
            if isinstance(given, np.ndarray) else given
            for given in (self.target, self.weight)
        )  # fmt: skip
        return replace(self, target=target, weight=weight, first=row)

    @property
    def n_bytes_given(self):
        """How large arrays of targets and weights are, of a row."""
        given = self.target, self.weight
        return sum(a.itemsize for a in given if isinstance(a, np.ndarray))

    def in_memory(self, most):
        """X, y and sample weights of all rows; None if X has more than `most` bytes."""
        if self.table.sparse:
            return self._csr_in_memory(most)
        row = len(self.features) * self.table.dtype(self.features).itemsize
        n_rows = most // row
        if self.table.n_rows is not None and self.table.n_rows > n_rows:
            return None
        with closing(self.portions(n_rows + 1)) as portions:
            X, *others = next(portions)
            fits = len(X) <= n_rows and next(portions, None) is None
        return (X, *others) if fits else None

    def _csr_in_memory(self, most):
        parts, left = [], most
        with closing(self._packed()) as packed:
            for part in packed:
                parts.append(part)
                left -= n_bytes(part[0])
                if left < 0:
                    return None
        return _cut(parts, 0, None)

    def portions(self, n_rows):
        """Yield X, y and sample weights of so many rows, or at the end of less; X has
        the names of its columns."""
        left, n_left = [], 0
        for part in self._packed():
            left.append(part)
            n_left += part[0].shape[0]
            while n_left >= n_rows:
                X, *others = _cut(left, 0, n_rows)
                yield named(self.features, X), *others
                left, n_left = [_cut(left, n_rows, n_left)], n_left - n_rows
        if n_left:
            X, *others = _cut(left, 0, n_left)
            yield named(self.features, X), *others

    def check_finite(self):
        """Refuse features that are NaN or infinite.

        Raises
        ------
        ValueError
            That says where the first of them is.
        """
        for batch in self.table.read(self.features):
            X = packed_rows(batch, self.features, np.float64)
            refuse_not_finite(X, batch.where, self.features)

    def _packed(self):
        """Yield X, y and sample weights of consecutive rows."""
        dtype, part = self.table.dtype(self.features), None
        for part in self.read():
            X = packed_rows(part.batch, self.features, dtype)
            refuse_not_finite(X, part.where, self.features)
            yield X, part.target, part.weight
        if part is None:
            raise ValueError("The table has no rows.")

    def _check_length(self, n_rows):
        for name, given in (("y", self.target), ("sample_weight", self.weight)):
            if isinstance(given, np.ndarray) and len(given) + self.first != n_rows:
                raise ValueError(
                    f"{name} has {len(given)} entries, but the table has {n_rows} rows."
                )


def named(features, X):
    """X with the names of its columns, if these have any."""
    if not isinstance(features[0], str):
        return X
    import pyarrow as pa  # It has read the names.

    columns = map(np.ascontiguousarray, X.T)
    return pa.table(dict(zip(features, columns, strict=True)))


def _cut(parts, first, stop):
    """Some rows of several parts together: arrays or None of each kind."""
    kinds = zip(*parts, strict=True)
    return tuple(
        None if kind[0] is None else stacked(kind)[first:stop] for kind in kinds
    )
