# SPDX-License-Identifier: BSD-3-Clause
"""The compiled module: checks of shapes and types, and calls into the C headers; `dots`
alone, whose arrays may have any strides, sums for itself. What orders, bounds and
indices of CSR rows point at is trusted.

A matrix is a C-contiguous array ``(n_rows, n_columns)`` or, for CSR rows, the tuple
``(data, indices, indptr, n_columns)``. A `Dataset` binds one to targets and weights.
Other records are tuples of what `kernel.h` names: coordinates are ``(scale, penalty,
tie)``, an optimizer is ``(name, nesterov, beta_1, beta_2, epsilon)``, a preconditioner
is ``(unit, factor)``, and minibatches change ``(weights, m, v, powers, average,
n_averaged, sums)``. Arrays that are only read may be read-only. Every pass releases the
GIL; none draws random numbers or knows a schedule. `_core.pyi` has the types, and
`reference` has the same functions in NumPy. `arrays.pxi`, `dataset.pxi` and
`network.pxi` are parts of this file.

There are no list comprehensions: where their list cannot grow, Cython 3.3 releases the
new entry twice. And an array whose address is kept is itself kept: `np.asarray` of a
memoryview may be a copy where memory is short.
"""

from libc.math cimport INFINITY
from libc.stdint cimport int64_t, uint64_t, uintptr_t

from skpulsar._kernels.kernel cimport *

import numpy as np


KEY_WORDS = KEY_WORDS_  # The key of an order has this many words.

cdef const kernel_t *_at_hand[3]
cdef int _n_at_hand = kernels_at_hand(_at_hand)
cdef const kernel_t *_kernel = _at_hand[0]

LEVELS = tuple(_at_hand[i].level.decode() for i in range(_n_at_hand))


cdef dict _tags(const char *const *names):
    """Tags by name, from an array of names that ends with NULL."""
    cdef int tag = 0
    tags = {}
    while names[tag] != NULL:
        tags[names[tag].decode()] = tag
        tag += 1
    return tags


LOSSES = _tags(_kernel.losses)
OPTIMIZERS = _tags(_kernel.optimizers)
ACTIVATIONS = _tags(_kernel.units)


cdef int _tag(dict tags, kind, name) except -1:
    if name not in tags:
        raise ValueError(f"{name!r} is no {kind}: there are {', '.join(tags)}")
    return tags[name]


def use_level(str level):
    """Switch to the kernel of another instruction set of LEVELS, which gives the same
    bits. Tests use this to show it; no other thread may train meanwhile."""
    global _kernel
    _kernel = _at_hand[LEVELS.index(level)]


cdef int _asked() noexcept nogil:
    with gil:
        return check_signals()


include "arrays.pxi"
include "dataset.pxi"
include "network.pxi"


def log(double x):
    """The natural logarithm of a positive number, with the same bits everywhere."""
    if not x > 0:
        raise ValueError(f"{x} has no logarithm")
    return natural_log(x) if x < INFINITY else x


def total(const double[::1] array):
    """The sum, with the same bits everywhere."""
    if array.shape[0] == 0:
        return 0.0
    cdef double result
    with nogil:
        result = _kernel.total(array.shape[0], &array[0])
    return result


def cross_entropy(const double[::1] logits, const double[::1] targets):
    """Loss and gradient of every logit."""
    cdef int64_t n = logits.shape[0]
    if targets.shape[0] != n:
        raise ValueError("logits and targets differ in length")
    loss, gradient = np.empty(n), np.empty(n)
    cdef double[::1] each = loss, slope = gradient
    if n:
        with nogil:
            _kernel.cross_entropies(n, &logits[0], &targets[0], &each[0],
                                    &slope[0])
    return loss, gradient


def class_totals(const double[::1] target, const double[::1] weight=None):
    """Sums of the weights (1 for None) where target is 0 and where it is 1."""
    cdef int64_t n = target.shape[0]
    cdef const double *w = NULL
    result = np.zeros(2)
    cdef double[::1] sums = result
    if weight is not None:
        if weight.shape[0] != n:
            raise ValueError("target and weight differ in length")
        w = &weight[0] if n else NULL
    if n:
        with nogil:
            _kernel.class_totals(n, &target[0], w, &sums[0])
    return result


def probabilities(const double[::1] logits, bint logarithms=False, out=None):
    """sigmoid(-logit) and sigmoid(logit), or their logarithms, of shape (n, 2). The
    result is written to `out`, if given."""
    cdef int64_t n = logits.shape[0]
    result = np.empty((n, 2)) if out is None else out
    cdef double[:, ::1] p = result
    if p.shape[0] != n or p.shape[1] != 2:
        raise ValueError("out has another shape")
    if n:
        with nogil:
            _kernel.probabilities(n, logarithms, &logits[0], &p[0, 0])
    return result


def softmax(const double[:, ::1] logits not None, bint logarithms=False, out=None):
    """Probabilities of the classes, or their logarithms, of shape (n, n_classes). The
    result is written to `out`, if given."""
    cdef int64_t n = logits.shape[0], n_classes = logits.shape[1]
    result = np.empty((n, n_classes)) if out is None else out
    cdef double[:, ::1] p = result
    if p.shape[0] != n or p.shape[1] != n_classes:
        raise ValueError("out has another shape")
    cdef double[::1] scratch = _aligned(2 * n_classes * LOSS_ROWS)
    if n and n_classes:
        with nogil:
            _kernel.softmax(n, n_classes, logarithms, &logits[0, 0], &scratch[0],
                            &p[0, 0])
    return result


def logits(matrix, int64_t first, int64_t n, weights, const int64_t[::1] order=None,
           out=None):
    """x . w + b for n rows, from `first` on or in the order of `order`. Several weights
    in rows give the shape (n, n_outputs). The result is written to `out`, if given."""
    cdef rows_t rows = _rows(matrix)
    cdef int64_t n_outputs = 1
    shape = n
    if weights.ndim == 2:
        n_outputs = weights.shape[0]
        shape = n, n_outputs
    if weights.shape[weights.ndim - 1] != rows.n_columns + 1:
        raise ValueError("weights have another length")
    cdef double[::1] w = padded(weights, rows.n_columns).reshape(-1)
    result = np.empty(shape) if out is None else out
    cdef double[::1] z = result.reshape(-1)
    if z.shape[0] != n * n_outputs:
        raise ValueError("out has another length")
    cdef const int64_t *at = _order(order, n)
    _in_range(matrix, at, first, n)
    if n:
        with nogil:
            _kernel.logits(&rows, n_outputs, first, at, n, &w[0], &z[0])
    return result


def norms(matrix, int64_t first, int64_t n, const double[::1] centre,
          const double[::1] precision, const int64_t[::1] order=None):
    """The sum of precision (x - centre)^2 for each of n rows."""
    cdef rows_t rows = _rows(matrix)
    cdef const double *c = _doubles(centre, rows.n_columns)
    cdef const double *p = _doubles(precision, rows.n_columns)
    cdef const int64_t *at = _order(order, n)
    _in_range(matrix, at, first, n)
    result = np.empty(n)
    cdef double[::1] q = result
    if centre is None or precision is None:
        raise ValueError("no centre or no precision")
    if n:
        with nogil:
            _kernel.norms(&rows, first, at, n, c, p, &q[0])
    return result


def factorise(const double[:, ::1] G, const double[::1] penalty):
    """Preconditioner (unit, factor) of G + diag(penalty). The diagonal is raised until
    the matrix is positive definite. None if G is not finite."""
    cdef int64_t size = penalty.shape[0]
    cdef watch_t watch = watch_t(_asked, 0)
    if not G.shape[0] == G.shape[1] == size:
        raise ValueError("G and penalty do not fit")
    unit, factor = np.empty(size), np.zeros((size, size))
    cdef double[::1] u = unit
    cdef double[:, ::1] f = factor
    cdef int answer
    with nogil:
        answer = _kernel.factorise(size, &G[0, 0], &penalty[0], &watch, &u[0], &f[0, 0])
    if answer == INTERRUPTED:
        pending_error()
    return (unit, factor) if answer == DEFINITE else None


def precondition(preconditioner, const double[::1] gradient):
    """The gradient multiplied by the inverse of the matrix that was factorised."""
    cdef int64_t size = gradient.shape[0]
    cdef const double[::1] unit = preconditioner[0]
    cdef const double[:, ::1] factor = preconditioner[1]
    if not factor.shape[0] == factor.shape[1] == unit.shape[0] == size:
        raise ValueError("preconditioner and gradient do not fit")
    result = np.empty(size)
    cdef double[::1] step = result
    with nogil:
        _kernel.precondition(size, &factor[0, 0], &unit[0], &gradient[0], &step[0])
    return result


def precondition_each(preconditioners, const int64_t[::1] which not None,
                      const double[:, ::1] gradients not None):
    """The same of several gradients, in rows, by preconditioners (units, factors), in
    rows as well: the one that `which` names for each."""
    cdef int64_t size = gradients.shape[1], n = gradients.shape[0], i
    cdef const double[:, ::1] units = preconditioners[0]
    cdef const double[:, :, ::1] factors = preconditioners[1]
    if not factors.shape[1] == factors.shape[2] == units.shape[1] == size:
        raise ValueError("preconditioners and gradients do not fit")
    if not factors.shape[0] == units.shape[0] or which.shape[0] != n:
        raise ValueError("preconditioners or gradients are more or fewer than named")
    for i in range(n):
        if not 0 <= which[i] < units.shape[0]:
            raise ValueError("there is no such preconditioner")
    result = np.empty((n, size))
    cdef double[:, ::1] steps = result
    with nogil:
        for i in range(n):
            _kernel.precondition(size, &factors[which[i], 0, 0], &units[which[i], 0],
                                 &gradients[i, 0], &steps[i, 0])
    return result


def dot(const double[::1] a not None, const double[::1] b not None):
    """The sum of products, with the same bits everywhere."""
    if a.shape[0] != b.shape[0]:
        raise ValueError("a and b differ in length")
    if a.shape[0] == 0:
        return 0.0
    cdef double result
    with nogil:
        result = _kernel.dot(a.shape[0], &a[0], &b[0])
    return result


def dots(const double[:, :] a not None, const double[:, :] b not None):
    """The sum of products of every column, row after row, with the same bits
    everywhere."""
    cdef Py_ssize_t i, j, n = a.shape[0], n_columns = a.shape[1]
    if b.shape[0] != n or b.shape[1] != n_columns:
        raise ValueError("a and b differ in shape")
    result = np.zeros(n_columns)
    cdef double[::1] sums = result
    with nogil:
        for i in range(n):
            for j in range(n_columns):
                sums[j] += a[i, j] * b[i, j]
    return result


def expected(const double[::1] residual, double floor, const double[::1] norms,
             double c):
    """Expected number of rows that `draw` selects."""
    cdef int64_t n = norms.shape[0]
    cdef const double *r = _doubles(residual, n)
    return _kernel.expected(n, r, floor, &norms[0], c)


def draw(const double[::1] residual, double floor, const double[::1] norms, double c,
         uint64_t key, int64_t room, int64_t first=0, const int64_t[::1] places=None):
    """Rows selected with probability min(1, c (residual + floor) norm), at most `room`
    of them, and their inverse probabilities. The first one given is row `first`, and
    those after it follow, or they have these places."""
    cdef int64_t n = norms.shape[0], count
    order, weight = np.empty(max(room, 1), dtype=np.int64), np.empty(max(room, 1))
    cdef int64_t[::1] at = order
    cdef double[::1] w = weight
    cdef const double *r = _doubles(residual, n), *q = _doubles(norms, n)
    cdef const int64_t *known = _order(places, n)
    with nogil:
        count = _kernel.draw(first, known, n, r, floor, q, c, key, room, &at[0], &w[0])
    return order[:count], weight[:count]


def stack_columns(columns, int64_t first, int64_t stop, out):
    """Write rows first to stop of some columns into an array, which has their dtype."""
    cdef rows_t rows = _rows(out)
    cdef int64_t n_columns = len(columns), j
    cdef uintptr_t[::1] starts = np.empty(max(n_columns, 1), np.uintp)
    if out.shape != (stop - first, n_columns) or first < 0 or not out.flags.writeable:
        raise ValueError("out has not the shape of the rows asked for, or is read-only")
    for j in range(n_columns):
        column = columns[j]
        if column.dtype != out.dtype or not column.flags.c_contiguous:
            raise TypeError("a column must be contiguous, of the dtype of out")
        if column.ndim != 1 or len(column) < stop:
            raise ValueError(f"a column has not {stop} rows")
        starts[j] = <uintptr_t>_start(column)
    with nogil:
        _kernel.stack_columns(rows.single, first, stop, n_columns,
                              <const void *>&starts[0], <void *>rows.values)


def shuffled(int64_t n, int bits, const uint64_t[::1] key, int64_t first, int64_t last):
    """Images below n of first, ..., last - 1 under a keyed permutation of 2^bits
    numbers. The images of the first 2^bits numbers are an order of 0, ..., n - 1, those
    of the next 2^bits another, and so on."""
    if key.shape[0] != KEY_WORDS_ or not 0 <= first <= last:
        raise ValueError("the key has another length, or first and last are no places")
    order = np.empty(max(last - first, 1), dtype=np.int64)
    cdef int64_t[::1] at = order
    cdef int64_t count
    with nogil:
        count = _kernel.shuffled(n, bits, &key[0], first, last, &at[0])
    return order[:count]


def inverse_power(const double[::1] t, double p):
    """t ** -p for t >= 1, p >= 0, with the same bits everywhere."""
    result = np.empty(t.shape[0])
    cdef double[::1] r = result
    cdef int64_t i
    with nogil:
        for i in range(t.shape[0]):
            r[i] = inverse_power_of(t[i], p)
    return result


def csr_pointers(indptr, int64_t n_rows, int64_t n_stored):
    """0 if the pointers are valid, else a code of structure.h; and its place."""
    cdef int64_t place = 0
    cdef int code, wide = _wide(indptr, indptr)
    cdef const void *start = _start(indptr)
    if len(indptr) != n_rows + 1:
        raise ValueError("indptr has another length")
    with nogil:
        code = pointers_of(wide, n_rows, n_stored, start, &place)
    return code, place


def csr_columns(indices, int64_t n_columns):
    """The place of the first column that is out of range, or -1."""
    cdef int64_t n = len(indices), place
    cdef int wide = _wide(indices, indices)
    cdef const void *column = _start(indices)
    with nogil:
        place = columns_of(wide, n, n_columns, column)
    return place


def csr_ascends(indptr, indices):
    """Whether the columns of every row strictly ascend. The structure must be valid."""
    cdef int64_t n_rows = len(indptr) - 1
    cdef int ascends, wide = _wide(indptr, indices)
    cdef const void *start = _start(indptr)
    cdef const void *column = _start(indices)
    with nogil:
        ascends = ascends_in(wide, n_rows, start, column)
    return bool(ascends)
