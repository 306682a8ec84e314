# SPDX-License-Identifier: BSD-3-Clause
"""The compiled module: checks of shapes and types, and calls into the C headers. What
orders, bounds and indices of CSR rows point at is trusted.

A matrix is a C-contiguous array ``(n_rows, n_columns)`` or, for CSR rows, the tuple
``(data, indices, indptr, n_columns)``. A `Dataset` binds one to targets and weights.
Other records are tuples of what `kernel.h` names: coordinates are ``(scale, penalty,
tie)``, an optimizer is ``(name, nesterov, beta_1, beta_2, epsilon)``, a preconditioner
is ``(unit, factor)``, and minibatches change ``(weights, m, v, powers, average,
n_averaged, sums)``. Arrays that are only read may be read-only. Every pass releases the
GIL; none draws random numbers or knows a schedule. `_core.pyi` has the types, and
`reference` has the same functions in NumPy.
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


cdef int _tag(dict tags, kind, name) except -1:
    if name not in tags:
        raise ValueError(f"{name!r} is no {kind}: there are {', '.join(tags)}")
    return tags[name]


def use_level(str level):
    """Switch to the kernel of another instruction set of LEVELS, which gives the same
    bits. Tests use this to show it; no other thread may train meanwhile."""
    global _kernel
    _kernel = _at_hand[LEVELS.index(level)]


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


cdef int64_t _n_rows(matrix) except -1:
    return len(matrix[2]) - 1 if isinstance(matrix, tuple) else len(matrix)


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


def log(double x):
    """The natural logarithm of a positive number, with the same bits everywhere."""
    if not x > 0:
        raise ValueError(f"{x} has no logarithm")
    return natural_log(x) if x < INFINITY else x


def total(const double[::1] array):
    """The sum, with the same bits everywhere."""
    if array.shape[0] == 0:
        return 0.0
    return _kernel.sum(array.shape[0], &array[0])


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
            _kernel.sum_classes(n, &target[0], w, &sums[0])
    return result


def probabilities(const double[::1] logits, bint logarithms=False):
    """sigmoid(-logit) and sigmoid(logit), or their logarithms, of shape (n, 2)."""
    cdef int64_t n = logits.shape[0]
    result = np.empty((n, 2))
    cdef double[:, ::1] p = result
    if n:
        with nogil:
            _kernel.probabilities(n, logarithms, &logits[0], &p[0, 0])
    return result


def softmax(const double[:, ::1] logits not None, bint logarithms=False):
    """Probabilities of the classes, or their logarithms, of shape (n, n_classes)."""
    cdef int64_t n = logits.shape[0], n_classes = logits.shape[1]
    result = np.empty((n, n_classes))
    cdef double[:, ::1] p = result
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


cdef int _asked() noexcept nogil:
    with gil:
        return check_signals()


cdef const double *_doubles(const double[::1] array, int64_t n) except? NULL:
    """Address of an array of n entries, or NULL for None."""
    if array is None:
        return NULL
    if array.shape[0] != n:
        raise ValueError(f"an array has {array.shape[0]} entries instead of {n}")
    return &array[0] if n else <const double *>8  # Nothing is read from it; not NULL.


cdef class Dataset:
    """Rows with targets and weights, as passes read them. It keeps their arrays alive.

    Targets and weights are by place in `order`, of shape (n,), or (n_outputs, n) if
    every output has its own. A row is (x - centre, 1), where 0 replaces the 1 without
    an intercept.
    """
    cdef rows_t rows
    cdef frame_t frame
    cdef dataset_t data
    cdef watch_t watch
    cdef int64_t n_targets, n_weights  # outputs with their own; 0: all share one array
    cdef object kept

    def __cinit__(self, matrix, target, weight, const int64_t[::1] order=None, *,
                  const double[::1] centre, bint fit_intercept=True, int64_t leaf=1,
                  str loss="logistic"):
        csr = isinstance(matrix, tuple)
        cdef int64_t n_rows = _n_rows(matrix)
        cdef int64_t n = n_rows if order is None else order.shape[0]
        if n == 0 or leaf < 1 or centre is None:
            raise ValueError("no rows, no leaf or no centre")
        self.kept = matrix, target, weight, order, centre
        self.rows = _rows(matrix)
        self.watch = watch_t(_asked, 0)
        self.frame = frame_t(_doubles(centre, self.rows.n_columns), fit_intercept)
        self.data = dataset_t(&self.rows, &self.frame, _order(order, n), NULL, NULL,
                              0, 0, n, min(leaf, n), 10, &self.watch,
                              _tag(LOSSES, "loss", loss))
        self.data.target = _by_output(target, n, &self.n_targets)
        self.data.weight = _by_output(weight, n, &self.n_weights)
        self.data.target_step = n if self.n_targets else 0
        self.data.weight_step = n if self.n_weights else 0
        if csr:
            self.data.cost += len(matrix[0]) // max(n_rows, 1)
        else:
            self.data.cost += self.rows.n_columns

    cdef int check(self, int64_t n_outputs) except -1:
        """Refuse to train so many outputs if targets or weights are those of others."""
        cdef bint coupled = _kernel.is_coupled(self.data.loss)
        if self.data.target == NULL or n_outputs < 1:
            raise ValueError("there is no target, or no output")
        if self.n_targets not in (0, n_outputs) or self.n_weights not in (0, n_outputs):
            raise ValueError("there are targets or weights of more or fewer outputs")
        if coupled and (self.n_targets or self.n_weights):
            raise ValueError("coupled outputs share their targets and weights")
        return 0

    cdef int check_shared(self) except -1:
        """Refuse weights of several outputs."""
        if self.n_weights:
            raise ValueError("every output has weights of its own")
        return 0

    def moments(self, const double[::1] precision=None,
                const double[::1] norms=None):
        """Column sums of weight (x - centre) and weight (x - centre)^2; norms, if
        given, receives every row's sum of precision (x - centre)^2, of dense rows."""
        cdef dataset_t *data = &self.data
        cdef int64_t d = data.rows.n_columns, width = _kernel.width(d)
        cdef const double *each = _doubles(precision, d)
        cdef double *q = <double *>_doubles(norms, data.n)
        self.check_shared()
        if q != NULL and (data.rows.indices != NULL or each == NULL):
            raise ValueError("norms have no precision, or are those of CSR rows")
        cdef double[::1] scratch = _aligned(_kernel.moments_scratch(data))
        result = np.empty(3 * width)
        cdef double[::1] sums = result
        cdef int ended
        with nogil:
            ended = _kernel.moments(data, each, &scratch[0], q, &sums[0])
        if not ended:
            pending_error()
        return result[:d], result[width:width + d]

    def objective(self, weights, residual, bint diagonal=False):
        """One full pass: sums of the weighted losses and their gradient, and of the
        diagonal of the curvature or None; `residual` receives |p - target|. Weights are
        those of (x - centre, 1), of shape (n_outputs, n_columns + 1), and so are the
        results, or of one output and flat. Coupled outputs have one loss."""
        cdef dataset_t *data = &self.data
        cdef int64_t d = data.rows.n_columns, n_outputs = weights.size // (d + 1)
        cdef int64_t behind = _kernel.width(d)
        cdef int64_t width = _kernel.objective_width(d, diagonal)
        cdef double[::1] r = residual.reshape(-1)
        if weights.shape[weights.ndim - 1] != d + 1 or r.shape[0] != n_outputs * data.n:
            raise ValueError("weights or residual has another length")
        if not residual.flags.c_contiguous:
            raise ValueError("residual is not C-contiguous")
        self.check(n_outputs)
        cdef double[::1] w = padded(weights, d).reshape(-1)
        cdef double[::1] scratch = _aligned(
            _kernel.objective_scratch(data, n_outputs, diagonal))
        result = np.empty(n_outputs * width)
        cdef double[::1] sums = result
        cdef int ended
        with nogil:
            ended = _kernel.objective(data, n_outputs, diagonal, &w[0], &scratch[0],
                                      &r[0], &sums[0])
        if not ended:
            pending_error()
        if weights.ndim == 2:
            result = result.reshape(n_outputs, width)
        squares = None
        if diagonal:
            squares = result[..., behind + LANES:behind + LANES + d + 1].copy()
        loss = result[..., behind]
        if weights.ndim == 2 and _kernel.is_coupled(data.loss):
            loss = loss[0]
        return loss, result[..., :d + 1].copy(), squares

    def curvature(self, const double[::1] h not None,
                  const double[::1] scale not None):
        """sum of h a a', a = scale (x - centre, 1): the lower half, zeros elsewhere."""
        cdef dataset_t *data = &self.data
        cdef int64_t size = data.rows.n_columns + 1
        cdef double[::1] scratch = _aligned(_kernel.curvature_scratch(data.rows))
        result = np.zeros((size, size))
        cdef double[:, ::1] G = result
        cdef const double *each = _doubles(h, data.n)
        cdef const double *units = _doubles(scale, size)
        cdef int ended
        with nogil:
            ended = _kernel.curvature(data, units, each, &scratch[0], &G[0, 0])
        if not ended:
            pending_error()
        return result

    def newton(self, coordinates, start, *, double total, double share,
               double tolerance, int64_t most, anchor=None):
        """The minimum over given rows by damped Newton steps; see newton.h.

        Returns (point, value, gradient, first decrement, last decrement,
        preconditioner or None, residuals, number of passes)."""
        cdef dataset_t *data = &self.data
        cdef int64_t size = data.rows.n_columns + 1
        cdef coordinates_t scaled = _coordinates(coordinates, size)
        cdef double[::1] scratch = _aligned(_kernel.newton_scratch(data))
        point, gradient = np.empty(size), np.zeros(size)
        unit, factor = np.ones(size), np.zeros((size, size))
        residual = np.empty(data.n)
        cdef double[::1] u = point, g = gradient, units = unit, r = residual
        cdef double[:, ::1] f = factor
        linear = None if anchor is None else np.array(anchor)
        cdef problem_t problem = problem_t(_doubles(start, size),
                                           <double *>_doubles(linear, size), total,
                                           share, tolerance, most)
        cdef minimum_t found = minimum_t(0, 0, 0, &g[0], &units[0], &f[0, 0], 0)
        if start is None or _kernel.is_coupled(data.loss):
            raise ValueError("no start, or a loss that couples outputs")
        self.check(1)
        cdef int answer
        with nogil:
            answer = _kernel.newton(data, &scaled, &problem, &scratch[0], &r[0], &u[0],
                                    &found)
        if answer == INTERRUPTED:
            pending_error()
        preconditioner = (unit, factor) if answer == DEFINITE else None
        return (point, found.value, gradient, found.first, found.decrement,
                preconditioner, residual, found.n_passes)

    def minibatches(self, coordinates, optimizer, params,
                    const int64_t[::1] order not None,
                    const int64_t[::1] bounds not None,
                    const double[::1] rates not None, int64_t average_from):
        """Steps over the rows in `order`; see minibatch.h. Returns how many batches are
        done, and the sum of the losses.

        The dataset has no order of its own. Params change; all but powers and
        n_averaged have a row for every output."""
        cdef dataset_t *data = &self.data
        cdef int64_t d = data.rows.n_columns, n_batches = rates.shape[0], done
        cdef double value = 0
        cdef int64_t n_outputs = len(params[0])
        cdef params_t changed = _params(params, n_outputs, d)
        if (bounds.shape[0] != n_batches + 1 or order.shape[0] == 0
                or data.order != NULL):
            raise ValueError("rates and bounds do not fit, or there are no rows, or "
                             "twice an order")
        self.check(n_outputs)
        cdef coordinates_t scaled = _coordinates(coordinates, d + 1)
        name, nesterov, beta_1, beta_2, epsilon = optimizer
        cdef int tag = _tag(OPTIMIZERS, "optimizer", name)
        cdef optimizer_t rule = optimizer_t(tag, nesterov, beta_1, beta_2, epsilon)
        cdef plan_t plan = plan_t(&order[0], &bounds[0], NULL, order.shape[0],
                                  n_batches, average_from)
        if n_batches:
            plan.rates = &rates[0]
        cdef double[::1] scratch = _aligned(_kernel.minibatch_scratch(data, n_outputs))
        with nogil:
            done = _kernel.minibatches(data, &scaled, &rule, &plan, n_outputs, &changed,
                                       &scratch[0], &value)
        return done, value


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


cdef coordinates_t _coordinates(coordinates, int64_t size) except *:
    scale, penalty, tie = coordinates
    if scale is None or penalty is None:
        raise ValueError("no scale or no penalty")
    return coordinates_t(_doubles(scale, size), _doubles(penalty, size),
                         _doubles(tie, size))


cdef params_t _params(params, int64_t n_outputs, int64_t d) except *:
    cdef double[:, ::1] weights, m, v, average, sums
    cdef double[::1] powers, n_averaged
    row, padded_row = (n_outputs, d + 1), (n_outputs, _kernel.width(d))
    shapes = [row, row, row, (2,), row, (1,), padded_row]
    if [array.shape for array in params] != shapes:
        raise ValueError("params have not n_columns + 1 entries for every output")
    weights, m, v, powers, average, n_averaged, sums = params
    return params_t(&weights[0, 0], &m[0, 0], &v[0, 0], &powers[0], &average[0, 0],
                    &n_averaged[0], &sums[0, 0])


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


def dot(const double[::1] a, const double[::1] b):
    """The sum of products, with the same bits everywhere."""
    if a.shape[0] != b.shape[0]:
        raise ValueError("a and b differ in length")
    return _kernel.dot(a.shape[0], &a[0], &b[0]) if a.shape[0] else 0.0


def expected(const double[::1] residual, double floor, const double[::1] norms,
             double c, int64_t step):
    """Expected number of rows that `draw` selects, from every step-th row."""
    cdef int64_t n = norms.shape[0]
    cdef const double *r = _doubles(residual, n)
    if step < 1:
        raise ValueError("step is below 1")
    return _kernel.expected(n, step, r, floor, &norms[0], c)


def draw(const double[::1] residual, double floor, const double[::1] norms, double c,
         uint64_t key, int64_t room):
    """Rows selected with probability min(1, c (residual + floor) norm), at most `room`
    of them, and their inverse probabilities."""
    cdef int64_t n = norms.shape[0], count
    order, weight = np.empty(max(room, 1), dtype=np.int64), np.empty(max(room, 1))
    cdef int64_t[::1] at = order
    cdef double[::1] w = weight
    cdef const double *r = _doubles(residual, n)
    with nogil:
        count = _kernel.draw(n, r, floor, &norms[0], c, key, room, &at[0], &w[0])
    return order[:count], weight[:count]


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


def csr_structure(indptr, indices, int64_t n_rows, int64_t n_columns, int64_t n_stored):
    """0 if the structure is valid, else a code of structure.h; and its place."""
    cdef int64_t place = 0
    cdef int code, wide = _wide(indptr, indices)
    cdef const void *start = _start(indptr)
    cdef const void *column = _start(indices)
    with nogil:
        code = structure_of(wide, n_rows, n_columns, n_stored, start, column, &place)
    return code, place


def csr_ascends(indptr, indices):
    """Whether the columns of every row strictly ascend. The structure must be valid."""
    cdef int64_t n_rows = len(indptr) - 1
    cdef int ascends, wide = _wide(indptr, indices)
    cdef const void *start = _start(indptr)
    cdef const void *column = _start(indices)
    with nogil:
        ascends = ascends_in(wide, n_rows, start, column)
    return bool(ascends)
