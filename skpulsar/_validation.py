# SPDX-License-Identifier: BSD-3-Clause
"""What scikit-learn's validation leaves to us: weights, sparse structure, masks."""

import warnings
from numbers import Real

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_array

from skpulsar._kernels import _core

STRUCTURE = {
    -1: "indptr does not begin with 0",
    -2: "indptr falls at row {place}",
    -3: "indptr ends beyond the stored entries",
    -4: "the column index of stored entry {place} is out of range",
}


def check_weight(sample_weight, n_rows):
    """Sample weights as float64 of shape (n_rows,), or None if none are given."""
    if sample_weight is None:
        return None
    check_readable(sample_weight, "sample_weight")
    if isinstance(sample_weight, Real):
        sample_weight = np.full(n_rows, sample_weight)
    weight = check_array(
        sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight"
    )
    if weight.shape != (n_rows,):
        raise ValueError(
            f"sample_weight has shape {weight.shape}, but X has {n_rows} rows: give "
            "one weight a row, or a number."
        )
    if n_rows and weight.min() < 0:
        raise ValueError(
            f"sample_weight has a negative entry, {weight.min():.3g}, in row "
            f"{weight.argmin()}. Weights count rows: give 0 to leave a row out."
        )
    return weight


def check_readable(array, name):
    """Refuse what would be read as something else than it says.

    Masked values would be read as what lies under the mask, dates as numbers, and the
    indices of a malformed CSR matrix would be followed out of its arrays.
    """
    if isinstance(array, np.ma.MaskedArray) and np.ma.getmaskarray(array).any():
        raise ValueError(
            f"{name} has masked values, which would be read as if they were not. Fill "
            "them, for instance with a SimpleImputer, or drop their rows."
        )
    if name != "X":
        return
    is_table = len(getattr(array, "shape", ())) == 2 and hasattr(array, "dtypes")
    dtypes = array.dtypes if is_table else [getattr(array, "dtype", None)]
    for column, dtype in enumerate(dtypes):
        temporal = getattr(dtype, "is_temporal", None)  # polars
        if getattr(dtype, "kind", "-") in "mM" or (temporal and temporal()):
            raise TypeError(
                f"X holds dates or times, {dtype}, in column {column}. Turn them into "
                "numbers of a unit that you choose."
            )
    values = getattr(array, "data", None) if sparse.issparse(array) else array
    if getattr(getattr(values, "dtype", None), "kind", "-") in "iu" and values.size:
        largest = max(abs(int(values.max())), abs(int(values.min())))
        if largest > 2**53:
            warnings.warn(
                f"X holds integers up to {largest}; beyond 2**53 float64 cannot tell "
                "neighbours apart. Take the offset of their column away first.",
                UserWarning,
                stacklevel=5,
            )
    check_structure(array)


def check_structure(X):
    """Refuse sparse input whose indices lead out of its arrays.

    scikit-learn and SciPy follow them unseen, and crash the process.
    """
    if not sparse.issparse(X) or X.format not in ("csr", "csc", "bsr", "coo"):
        return
    if X.format == "coo":
        fault = _fault_of_coordinates(X)
    else:
        n_rows, n_columns = X.shape
        if X.format == "bsr":
            n_rows, n_columns = n_rows // X.blocksize[0], n_columns // X.blocksize[1]
        if X.format == "csc":
            n_rows, n_columns = n_columns, n_rows
        fault = _fault_of_pointers(X, n_rows, n_columns)
    if fault:
        raise ValueError(
            f"X is not a {X.format.upper()} matrix: {fault}. Build it anew from its "
            "rows and columns, for instance with coo_array(...).tocsr()."
        )


def _fault_of_pointers(X, n_rows, n_columns):
    indptr, indices = kernel_indices(X)
    if len(indptr) != n_rows + 1 or len(indices) != len(X.data):
        return "its arrays do not fit its shape"
    code, place = _core.csr_structure(indptr, indices, n_rows, n_columns, len(indices))
    return STRUCTURE[code].format(place=place) if code else None


def _fault_of_coordinates(X):
    for coordinate, size in zip(X.coords, X.shape, strict=True):
        if len(coordinate) != len(X.data):
            return "its arrays do not fit each other"
        if len(coordinate) and not 0 <= coordinate.min() <= coordinate.max() < size:
            return "a coordinate is out of range"
    return None


def saturated_logits(matrix, weights, rows):
    """Logits of rows whose sums overflowed, within the range of a double."""
    scale = 2.0**-540  # no sum of products of two scaled numbers overflows
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
    return tuple(np.ascontiguousarray(a, dtype=dtype) for a in (X.indptr, X.indices))


def kernel_matrix(X):
    """X as the kernel reads it: a C-contiguous array, or a tuple for CSR."""
    if not sparse.issparse(X):
        return X
    indptr, indices = kernel_indices(X)
    return np.ascontiguousarray(X.data), indices, indptr, X.shape[1]


def sum_repeated(X):
    """X, or a copy without repeated entries: one of these has no square of its own."""
    if sparse.issparse(X) and not _core.csr_ascends(*kernel_indices(X)):
        X = X.copy()
        X.sum_duplicates()
    return X
