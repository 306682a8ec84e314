# SPDX-License-Identifier: BSD-3-Clause
# Arrays and matrices as the kernel sees them: checks of their shapes and types, and the
# addresses of their data. Part of _core.pyx.

cdef const void *_start(array) except? NULL:
    """Address of the data of a contiguous array, which the caller keeps alive."""
    cdef const unsigned char[::1] data
    if array.size == 0:
        return <const void *>1  # Nothing is read from it, and NULL would be an error.
    data = array.reshape(-1).view(np.uint8)
    return &data[0]


cdef int _wide(indptr, indices) except -1:
    """Whether the indices of CSR rows are int64."""
    if indptr.dtype != indices.dtype or indices.dtype not in (np.int32, np.int64):
        raise TypeError("the dtype of indptr and indices must be int32, or int64")
    return indices.dtype == np.int64


cdef int64_t _n_rows(matrix) except -1:
    return len(matrix[2]) - 1 if isinstance(matrix, tuple) else len(matrix)


cdef rows_t _rows(matrix) except *:
    cdef rows_t rows
    rows.indices = rows.indptr = NULL
    rows.wide = False
    if isinstance(matrix, tuple):
        values, indices, indptr, rows.n_columns = matrix
        rows.wide = _wide(indptr, indices)
        if values.ndim != 1 or len(indices) != len(values) or len(indptr) == 0:
            raise ValueError("data, indices and indptr do not fit each other")
        rows.indices = _start(indices)
        rows.indptr = _start(indptr)
    else:
        values, rows.n_columns = matrix, matrix.shape[1]
        if not values.flags.c_contiguous or values.ndim != 2:
            raise ValueError("a dense matrix must be C-contiguous, of two dimensions")
    if values.dtype not in (np.float32, np.float64):
        raise TypeError("a matrix must be float32 or float64")
    rows.single = values.dtype == np.float32
    rows.values = _start(values)
    return rows


cdef const int64_t *_order(const int64_t[::1] order, int64_t n) except? NULL:
    """Address of `order`, or NULL for the rows in their own order."""
    if order is None or n == 0:
        return NULL
    if order.shape[0] != n:
        raise ValueError("order has another length than the rows asked for")
    return &order[0]


cdef int _in_range(matrix, const int64_t *order, int64_t first, int64_t n) except -1:
    """Refuse rows behind the last; those of an order are trusted."""
    cdef int64_t n_rows = _n_rows(matrix)
    if order == NULL and not 0 <= first <= n_rows - n:
        raise ValueError(f"rows {first} to {first + n} are not among {n_rows}")
    return 0


cdef const double *_doubles(const double[::1] array, int64_t n) except? NULL:
    """Address of an array of n entries, or NULL for None."""
    if array is None:
        return NULL
    if array.shape[0] != n:
        raise ValueError(f"an array has {array.shape[0]} entries instead of {n}")
    return &array[0] if n else <const double *>8  # Nothing is read from it; not NULL.


cdef const double *_by_output(array, int64_t n, int64_t *n_outputs) except? NULL:
    """The start of an array for all outputs, or for each, row by row; and how many rows
    there are, or 0."""
    cdef const double[:, ::1] rows
    n_outputs[0] = 0
    if array is None or array.ndim == 1:
        return _doubles(array, n)
    rows = array
    if rows.shape[0] == 0 or rows.shape[1] != n:
        raise ValueError(f"an array has not {n} entries for every output")
    n_outputs[0] = rows.shape[0]
    return &rows[0, 0]


def _aligned(int64_t n):
    """n doubles that begin at a cache line, since wide stores that cross the border of
    two lines cost more than all else."""
    wide = np.empty(n + 8)
    cdef double[::1] doubles = wide
    cdef int64_t skip = (8 - (<uintptr_t>&doubles[0] // 8) % 8) % 8
    return wide[skip:skip + n]


def padded(array, int64_t n_columns):
    """A copy of an array, or of each of its rows, padded with zeros to full lanes, as
    the passes require."""
    array = np.asarray(array)
    cdef int64_t width = _kernel.width(n_columns), n = array.shape[array.ndim - 1]
    wide = _aligned(width if array.ndim == 1 else len(array) * width)
    if array.ndim == 2:
        wide = wide.reshape(-1, width)
    wide[..., :n] = array
    wide[..., n:] = 0
    return wide
