# SPDX-License-Identifier: BSD-3-Clause
"""Features of a batch of a table as rows: an array, or a CSR array of SciPy."""

import numpy as np
from scipy.sparse import csr_array, issparse, vstack

from skpulsar._problem._matrix import check_structure


def packed_rows(batch, columns, dtype):
    """These columns of a `Batch`, of this type.

    Raises
    ------
    ValueError
        If CSR rows are malformed, naming where they were read.
    """
    if not batch.sparse:
        rows = np.empty((batch.n_rows, len(columns)), dtype)
        batch.pack(columns, 0, batch.n_rows, rows)
        return rows
    check_structure(batch.block, f"X in {batch.where}")
    rows = consecutive(csr_array(batch.block), batch.start, batch.start + batch.n_rows)
    if columns != tuple(range(rows.shape[1])):
        rows = rows[:, list(columns)]
    return rows.astype(dtype, copy=False)


def consecutive(rows, start, stop):
    """Some rows of a CSR array that follow each other, without a copy of entries."""
    if stop - start == rows.shape[0]:
        return rows
    indptr = rows.indptr[start : stop + 1]
    stored = slice(indptr[0], indptr[-1])
    arrays = rows.data[stored], rows.indices[stored], indptr - indptr[0]
    return csr_array(arrays, shape=(stop - start, rows.shape[1]))


def stacked(parts):
    """Rows of several arrays, or of several CSR arrays, one behind the other."""
    if len(parts) == 1:
        return parts[0]
    return vstack(parts, "csr") if issparse(parts[0]) else np.concatenate(parts)


def n_bytes(rows):
    """How much memory they take."""
    arrays = (rows.data, rows.indices, rows.indptr) if issparse(rows) else (rows,)
    return sum(array.nbytes for array in arrays)


def refuse_not_finite(X, where, names=None):
    """Refuse rows that hold NaN or infinity.

    Raises
    ------
    ValueError
        That says where the first entry of that kind is.
    """
    strange = np.argwhere(~np.isfinite(X.data if issparse(X) else X))
    if len(strange) == 0:
        return
    if issparse(X):
        place = strange[0, 0]
        row, column = np.searchsorted(X.indptr, place, "right") - 1, X.indices[place]
        value = X.data[place]
    else:
        row, column = strange[0]
        value = X[row, column]
    kind = "NaN" if np.isnan(value) else "infinity"
    name = int(column) if names is None else repr(names[column])
    raise ValueError(
        f"Input X contains {kind}: column {name!s:.60} in {where}, {row} rows behind "
        "the first read at once. Leave such rows out, or fill the values in."
    )
