# SPDX-License-Identifier: BSD-3-Clause
"""Rows of X, dense or CSR."""

import numpy as np
from scipy.sparse import csr_array


def dense(matrix):
    """All rows as an array of doubles."""
    if isinstance(matrix, tuple):
        data, indices, indptr, n_columns = matrix
        rows = csr_array((data, indices, indptr), (len(indptr) - 1, n_columns))
        matrix = rows.toarray()
    return matrix.astype(np.float64)


def rows_of(matrix, order, first=0, n=None):
    """The rows that `order` names, or n, by default all, from row `first` on."""
    stop = None if n is None else first + n
    return dense(matrix)[slice(first, stop) if order is None else order]


def logits(matrix, first, n, weights, order=None, out=None):
    """x . w + b for n rows x; weights = (w, b), or several of them in rows. Written to
    `out`, if any."""
    x = rows_of(matrix, order, first, n)
    result = x @ weights[..., :-1].T + weights[..., -1]
    if out is None:
        return result
    out[:] = result
    return out


def norms(matrix, first, n, centre, precision, order=None):
    """``sum over columns of precision (x - centre)^2`` for n rows."""
    return (rows_of(matrix, order, first, n) - centre) ** 2 @ precision


def stack_columns(columns, first, stop, out):
    """Write rows first to stop of some columns into an array."""
    for place, column in enumerate(columns):
        out[:, place] = column[first:stop]


def csr_pointers(indptr, n_rows, n_stored):
    """A code for the pointers of a CSR matrix, and the place where they fail.

    0: sound; -1: indptr does not begin with 0; -2: it falls, at row `place`; -3: it
    ends beyond the `n_stored` entries.
    """
    if indptr[0] != 0:
        return -1, 0
    falls = np.flatnonzero(indptr[1:] < indptr[:-1])
    if len(falls):
        return -2, int(falls[0])
    if indptr[-1] > n_stored:
        return -3, 0
    return 0, 0


def csr_columns(indices, n_columns):
    """The place of the first column that is out of range, or -1."""
    outside = np.flatnonzero((indices < 0) | (indices >= n_columns))
    return int(outside[0]) if len(outside) else -1


def csr_ascends(indptr, indices):
    """Whether the columns of every row ascend, none twice, in a sound structure."""
    columns = indices[: indptr[-1]]
    row = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    descends = (columns[1:] <= columns[:-1]) & (row[1:] == row[:-1])
    return not descends.any()
