# SPDX-License-Identifier: BSD-3-Clause
"""X as the kernel reads it, and checks of its structure."""

import numpy as np
from scipy import sparse

from skpulsar._kernels import _core
from skpulsar._problem._threads import threads

AT_ONCE = 4_000_000  # Ctrl-C waits while the kernel checks this many entries.
ROW = 10  # A row costs as much time as this many entries, besides its own.
KERNEL = ("C_CONTIGUOUS", "ALIGNED")  # The kernel requires these of an array.

POINTERS = {
    -1: "indptr does not begin with 0",
    -2: "indptr falls at row {place}",
    -3: "indptr ends beyond the stored entries",
}


def check_structure(X, name="X"):
    """Refuse a sparse matrix whose indices point outside its arrays.

    scikit-learn and SciPy follow such indices unchecked, and crash the process. SciPy's
    own check_format(full_check=True) is no help: it looks at nothing where indptr ends
    at 0 or below, whatever stands before, and it assigns the arrays of the caller's X.
    """
    if not sparse.issparse(X) or X.ndim != 2:
        return
    find = {
        "csr": _fault_of_pointers,
        "csc": _fault_of_pointers,
        "bsr": _fault_of_pointers,
        "coo": _fault_of_coordinates,
        "dia": _fault_of_diagonals,
        "lil": _fault_of_lists,
    }.get(X.format)
    if find and (fault := find(X)):
        raise ValueError(
            f"{name} is not a {X.format.upper()} matrix: {fault}. Build it anew from "
            "its rows and columns, for instance with coo_array(...).tocsr()."
        )


def _fault_of_pointers(X):
    arrays = (X.indptr, X.indices)
    if not all(
        isinstance(a, np.ndarray) and a.ndim == 1 and a.dtype.kind in "iu"
        for a in arrays
    ):
        return "indptr and indices are not arrays of integers"
    n_rows, n_columns = X.shape
    if X.format == "bsr":
        n_rows, n_columns = n_rows // X.blocksize[0], n_columns // X.blocksize[1]
    if X.format == "csc":
        n_rows, n_columns = n_columns, n_rows
    indptr, indices = kernel_indices(X)
    n_stored = len(indices)
    data_fits = X.data.ndim == (3 if X.format == "bsr" else 1)
    if len(indptr) != n_rows + 1 or len(X.data) != n_stored or not data_fits:
        return "its arrays do not fit its shape"
    code, place = _core.csr_pointers(indptr, n_rows, n_stored)
    if code:
        return POINTERS[code].format(place=place)
    n_used = int(indptr[-1])  # What lies behind the rows is not looked at.

    def first_outside(start, stop):
        place = _core.csr_columns(indices[start:stop], n_columns)
        return n_used if place < 0 else start + place

    place = min(threads().map(first_outside, threads().parts(n_used)))
    if place < n_used:
        return f"the column index of stored entry {place} is out of range"
    return None


def _fault_of_coordinates(X):
    for coordinate, size in zip(X.coords, X.shape, strict=True):
        if len(coordinate) != len(X.data):
            return "its arrays do not fit each other"
        if len(coordinate) and not 0 <= coordinate.min() <= coordinate.max() < size:
            return "a coordinate is out of range"
    return None


def _fault_of_diagonals(X):
    return None if len(X.offsets) == len(X.data) else "its arrays do not fit each other"


def _fault_of_lists(X):
    for columns, values in zip(X.rows, X.data, strict=True):
        if len(columns) != len(values):
            return "its lists do not fit each other"
        if columns and not 0 <= min(columns) <= max(columns) < X.shape[1]:
            return "a column is out of range"
    return None


def row_blocks(matrix, n_entries):
    """Yield (start, stop) of blocks of rows that have at most `n_entries` entries.

    In CSR rows the stored entries count. A row with more entries is a block of its own.
    Every row counts `ROW` entries besides, since an empty row takes time as well.
    """
    sparse_rows = isinstance(matrix, tuple)
    indptr = matrix[2] if sparse_rows else None
    n_rows = len(indptr) - 1 if sparse_rows else len(matrix)
    each = ROW if sparse_rows else ROW + matrix.shape[1]
    start = 0
    while start < n_rows:
        stop = min(start + max(1, n_entries // each), n_rows)
        if sparse_rows and (last := int(indptr[start]) + n_entries) < indptr[stop]:
            after = np.searchsorted(indptr, indptr.dtype.type(last), side="right")
            stop = max(start + 1, int(after) - 1)
        yield start, stop
        start = stop


def saturated_logits(matrix, weights, rows):
    """Logits of rows whose sums overflowed, clipped to the range of a double."""
    scale = 2.0**-540  # No sum of products of two scaled numbers overflows.
    if isinstance(matrix, tuple):
        data, indices, indptr, n_columns = matrix
        shape = len(indptr) - 1, n_columns
        X = sparse.csr_array((data, indices, indptr), shape=shape)[rows]
        matrix = kernel_matrix(X.astype(np.float64) * scale)
    else:
        matrix = matrix[rows].astype(np.float64) * scale
    scaled = weights * scale
    scaled[-1] = 0
    logits = _core.logits(matrix, 0, len(rows), scaled)
    with np.errstate(over="ignore"):
        logits = logits / scale / scale + weights[-1]
    largest = np.finfo(np.float64).max
    return np.clip(logits, -largest, largest)


def kernel_indices(X):
    """indptr and indices of a CSR matrix, both int32 or both int64, contiguous."""
    narrow = X.indptr.dtype == X.indices.dtype == np.int32
    dtype = np.int32 if narrow else np.int64
    return tuple(np.require(a, dtype, KERNEL) for a in (X.indptr, X.indices))


def kernel_matrix(X):
    """X as the kernel reads it: a C-contiguous array, or a tuple for CSR."""
    if not sparse.issparse(X):
        return np.require(X, requirements=KERNEL)
    indptr, indices = kernel_indices(X)
    return np.require(X.data, requirements=KERNEL), indices, indptr, X.shape[1]


def sum_repeated(X):
    """X, or a copy with repeated entries summed, since moments need their squares.

    What becomes of a row does not depend on the others.
    """
    if sparse.issparse(X) and not _ascends(X):
        X = X.copy()
        X.has_sorted_indices = X.has_canonical_format = False
        X.sum_duplicates()
    return X


def _ascends(X):
    indptr, indices = kernel_indices(X)
    rows = max(1, int(AT_ONCE * X.shape[0] / max(len(indices), 1)))

    def ascends(start, stop):
        return _core.csr_ascends(indptr[start : stop + 1], indices)

    starts = range(0, X.shape[0], rows)
    parts = [(start, min(start + rows, X.shape[0])) for start in starts]
    return all(threads().map(ascends, parts))
