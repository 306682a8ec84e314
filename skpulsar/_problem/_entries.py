# SPDX-License-Identifier: BSD-3-Clause
"""Entries of a matrix as the kernel takes it: an array, or a tuple of CSR rows."""

import numpy as np
from scipy.sparse import csr_array


def as_scipy(matrix):
    """CSR rows as a SciPy array; an array is returned as it is."""
    if not isinstance(matrix, tuple):
        return matrix
    data, indices, indptr, n_columns = matrix
    return csr_array((data, indices, indptr), (len(indptr) - 1, n_columns))


def row_of(matrix, row):
    """One row, as float64."""
    if not isinstance(matrix, tuple):
        return matrix[row].astype(np.float64)
    data, indices, indptr, n_columns = matrix
    stored, dense = slice(indptr[row], indptr[row + 1]), np.zeros(n_columns)
    np.put(dense, indices[stored], data[stored])
    return dense


def full_rows(matrix, index):
    """CSR rows that store every entry, as an array: those of an index or, for None,
    all."""
    data, _, indptr, n_columns = matrix
    values = data[: indptr[-1]]
    if index is not None:
        place = np.arange(len(index) * n_columns)
        gap = indptr[index].astype(np.int64) - place[::n_columns]
        values = values.take(place + np.repeat(gap, n_columns))
    return values.reshape(-1, n_columns)


def largest_entry(matrix, index):
    """Column and value of the entry that is largest in magnitude, in the rows of an
    index or, for None, in all."""
    X = as_scipy(matrix)
    X = X if index is None else X[index]
    sparse = isinstance(matrix, tuple)
    columns = X.indices if sparse else np.arange(X.shape[1])
    values = X.data if sparse else X
    if values.size == 0:
        return 0, 0.0
    ends = np.argmax(values), np.argmin(values)
    place = max(ends, key=lambda k: abs(values.flat[k]))
    return int(columns[place % len(columns)]), float(values.flat[place])


def extremes(matrix, rows):
    """The smallest and the largest entry of every column, in the rows of a mask."""
    if isinstance(matrix, tuple):
        X = as_scipy(matrix)[np.flatnonzero(rows)]
        if X.shape[0] == 0:
            return np.full(X.shape[1], np.inf), np.full(X.shape[1], -np.inf)
        return X.min(axis=0).toarray().ravel(), X.max(axis=0).toarray().ravel()
    where = rows[:, np.newaxis]
    return (
        np.min(matrix, axis=0, where=where, initial=np.inf),
        np.max(matrix, axis=0, where=where, initial=-np.inf),
    )
