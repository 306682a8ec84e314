# SPDX-License-Identifier: BSD-3-Clause
"""The compiled module: checks of shapes and types, and calls into the C headers.

A matrix is a C-contiguous array ``(n_rows, n_columns)`` or, for CSR rows, the tuple
``(data, indices, indptr, n_columns)``. Arrays marked IN may be read-only. Every
reading lets go of the GIL; none draws random numbers or knows a schedule.
`_core.pyi` has the types, `reference.py` the same functions in NumPy.
"""

from libc.math cimport INFINITY
from libc.stdint cimport int32_t, int64_t, uint64_t, uintptr_t

import numpy as np


cdef extern from "kernel.h" nogil:
    int LOGISTIC_ "LOGISTIC"
    int MOMENTUM_ "MOMENTUM"
    int ADAM_ "ADAM"
    ctypedef struct rows_t:
        const void *values
        const void *indices
        const void *indptr
        int64_t n_columns
        int single, wide
    ctypedef struct frame_t:
        const double *centre
        double intercept
    ctypedef struct watch_t:
        int (*asked)() noexcept nogil
        int64_t done
    ctypedef struct sample_t:
        const rows_t *rows
        const frame_t *frame
        const int64_t *order
        const double *target
        const double *weight
        int64_t n, leaf, cost
        watch_t *watch
        int loss
    ctypedef struct problem_t:
        const double *scale
        const double *penalty
        double *linear
        const double *origin
        const double *past
        const double *tie
        double total, share, tolerance
        int64_t most
        int anchored
    ctypedef struct minimum_t:
        double value, first, decrement
        double *gradient
        double *unit
        double *factor
        int64_t readings
    ctypedef struct optimizer_t:
        int tag, nesterov
        double beta_1, beta_2, epsilon
        const double *scale
        const double *penalty
    ctypedef struct params_t:
        double *weights
        double *m
        double *v
        double *powers
        double *average
        double *n_averaged
    ctypedef struct plan_t:
        const double *target
        const double *weight
        const int64_t *order
        const int64_t *bounds
        const double *rates
        int64_t n_rows, n_batches, average_from
        int loss
    ctypedef struct kernel_t:
        const char *level
        int64_t (*width)(int64_t) noexcept nogil
        int64_t (*scratch)(int64_t) noexcept nogil
        double (*sum)(int64_t, const double *) noexcept nogil
        void (*sum_classes)(int64_t, const double *, const double *,
                            double *) noexcept nogil
        void (*cross_entropies)(int64_t, const double *, const double *, double *,
                                double *) noexcept nogil
        void (*probabilities)(int64_t, int, const double *,
                              double *) noexcept nogil
        void (*logits)(const rows_t *, const frame_t *, int64_t, const int64_t *,
                       int64_t, const double *, double *, double *) noexcept nogil
        void (*norms)(const rows_t *, int64_t, const int64_t *, int64_t,
                      const double *, const double *, double *) noexcept nogil
        int64_t (*minibatches)(const rows_t *, const frame_t *, const optimizer_t *,
                               const plan_t *, params_t *, double *, double *, double *,
                               double *) noexcept nogil
        int64_t (*survey_scratch)(const sample_t *) noexcept nogil
        int (*survey)(const sample_t *, const double *, double *, double *,
                      double *) noexcept nogil
        int64_t (*objective_scratch)(const sample_t *, int) noexcept nogil
        int (*objective)(const sample_t *, int, const double *, double *, double *,
                         double *) noexcept nogil
        int64_t (*curvature_scratch)(const rows_t *) noexcept nogil
        int (*curvature)(const sample_t *, const double *, const double *, double *,
                         double *) noexcept nogil
        int (*factorise)(int64_t, const double *, const double *, watch_t *, double *,
                         double *) noexcept nogil
        void (*metric_solve)(int64_t, const double *, const double *, const double *,
                             double *) noexcept nogil
        int64_t (*newton_scratch)(const sample_t *) noexcept nogil
        int (*newton)(const sample_t *, const problem_t *, double *, double *, double *,
                      minimum_t *) noexcept nogil
        double (*dot)(int64_t, const double *, const double *) noexcept nogil
        double (*expected)(int64_t, int64_t, const double *, double, const double *,
                           double) noexcept nogil
        int64_t (*draw)(int64_t, const double *, double, const double *, double,
                        uint64_t, int64_t, int64_t *, double *) noexcept nogil
        int64_t (*shuffled)(int64_t, int, const uint64_t *, int64_t, int64_t,
                            int64_t *) noexcept nogil
    int DEFINITE, INDEFINITE, INTERRUPTED
    int kernels_at_hand(const kernel_t **kernels)

cdef extern from "training/orders.h":
    int KEY_WORDS_ "KEY_WORDS"

cdef extern from "arithmetic/lanes.h":
    int LANES

cdef extern from "arithmetic/elementary.h" nogil:
    double natural_log(double x)
    double inverse_power_of "inverse_power"(double t, double p)

cdef extern from *:
    """
    static int pending_error(void) { return -1; }
    """
    int pending_error() except -1  # the one that check_signals left
    int check_signals "PyErr_CheckSignals"()

cdef extern from "rows/structure.h" nogil:
    int structure32 "csr_structure_int32_t"(int64_t, int64_t, int64_t, const int32_t *,
                                            const int32_t *, int64_t *)
    int structure64 "csr_structure_int64_t"(int64_t, int64_t, int64_t, const int64_t *,
                                            const int64_t *, int64_t *)
    int ascends32 "csr_ascends_int32_t"(int64_t, const int32_t *, const int32_t *)
    int ascends64 "csr_ascends_int64_t"(int64_t, const int64_t *, const int64_t *)


KEY_WORDS = KEY_WORDS_  # of an order
LOGISTIC = LOGISTIC_  # tag of a loss
MOMENTUM, ADAM = MOMENTUM_, ADAM_  # tags of optimizers

cdef const kernel_t *_at_hand[3]
cdef int _n_at_hand = kernels_at_hand(_at_hand)
cdef const kernel_t *_kernel = _at_hand[0]

LEVELS = tuple(_at_hand[i].level.decode() for i in range(_n_at_hand))


def use_level(str level):
    """Go on with the kernel of another instruction set of LEVELS; its bits are the
    same. The tests' means to show that; not for use while another thread trains."""
    global _kernel
    _kernel = _at_hand[LEVELS.index(level)]


cdef const void *_start(array, dtype) except? NULL:
    """Where the data of a contiguous array lies; the caller keeps the array."""
    cdef const double[::1] doubles
    cdef const float[::1] floats
    cdef const int32_t[::1] narrow
    cdef const int64_t[::1] wide
    if array.size == 0:
        return <const void *>1  # nothing will be read; not NULL
    if dtype == np.float64:
        doubles = array
        return &doubles[0]
    if dtype == np.float32:
        floats = array
        return &floats[0]
    if dtype == np.int32:
        narrow = array
        return &narrow[0]
    wide = array
    return &wide[0]


cdef rows_t _rows(matrix) except *:
    cdef rows_t rows
    rows.indices = rows.indptr = NULL
    rows.wide = False
    if isinstance(matrix, tuple):
        values, indices, indptr, rows.n_columns = matrix
        if indices.dtype != indptr.dtype:
            raise TypeError("indices and indptr differ in dtype")
        rows.wide = indices.dtype == np.int64
        rows.indices = _start(indices, indices.dtype)
        rows.indptr = _start(indptr, indptr.dtype)
    else:
        values, rows.n_columns = matrix, matrix.shape[1]
        if not values.flags.c_contiguous:
            raise ValueError("a dense matrix must be C-contiguous")
    if values.dtype not in (np.float32, np.float64):
        raise TypeError("a matrix must be float32 or float64")
    rows.single = values.dtype == np.float32
    rows.values = _start(values.reshape(-1), values.dtype)
    return rows


cdef const int64_t *_order(const int64_t[::1] order, int64_t n) except? NULL:
    """order, or NULL for the rows as they lie."""
    if order is None or n == 0:
        return NULL
    if order.shape[0] != n:
        raise ValueError("order has another length than the rows asked for")
    return &order[0]


def _aligned(int64_t n):
    """n doubles from the start of a cache line on: wide stores that cross the border
    of two cost more than all else."""
    cdef double[::1] doubles = np.empty(n + 8)
    cdef int64_t past = (<uintptr_t>&doubles[0] // 8) % 8
    return np.asarray(doubles)[(8 - past) % 8:][:n]


def padded(array, int64_t n_columns):
    """A copy of array with zeros up to full lanes, as the readings want it."""
    wide = _aligned(_kernel.width(n_columns))
    wide[: len(array)] = array
    wide[len(array) :] = 0
    return wide


def log(double x):
    """The natural logarithm of a positive number, with the same bits everywhere."""
    if not x > 0:
        raise ValueError(f"{x} has no logarithm")
    return natural_log(x) if x < INFINITY else x


def total(const double[::1] array):
    """The sum, in an order that is the same everywhere."""
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
    """Sums of the weights (None: 1) where target is 0 and where it is 1."""
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


def logits(matrix, int64_t first, int64_t n, const double[::1] weights,
           const int64_t[::1] order=None, out=None):
    """x . w + b of n rows, from `first` on or as `order` names them; to `out`, if
    there is one."""
    cdef rows_t rows = _rows(matrix)
    cdef double[::1] w = padded(weights, rows.n_columns)
    result = np.empty(n) if out is None else out
    cdef double[::1] z = result
    if z.shape[0] != n or weights.shape[0] != rows.n_columns + 1:
        raise ValueError("out or weights has another length")
    cdef const int64_t *at = _order(order, n)
    if n:
        with nogil:
            _kernel.logits(&rows, NULL, first, at, n, &w[0], NULL, &z[0])
    return result


def norms(matrix, int64_t first, int64_t n, const double[::1] centre,
          const double[::1] precision, const int64_t[::1] order=None):
    """sum of precision (x - centre)^2 of n rows."""
    cdef rows_t rows = _rows(matrix)
    cdef const double *c = _doubles(centre, rows.n_columns)
    cdef const double *p = _doubles(precision, rows.n_columns)
    cdef const int64_t *at = _order(order, n)
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
    """array, or NULL for None; of n entries."""
    if array is None:
        return NULL
    if array.shape[0] != n:
        raise ValueError(f"an array has {array.shape[0]} entries instead of {n}")
    return &array[0] if n else <const double *>8  # nothing will be read; not NULL


cdef class _Sample:
    """What the full readings want to know of their rows; keeps them alive."""
    cdef rows_t rows
    cdef frame_t frame
    cdef sample_t sample
    cdef watch_t watch
    cdef object kept

    def __cinit__(self, matrix, const double[::1] target, const double[::1] weight,
                  const int64_t[::1] order, const double[::1] centre,
                  bint fit_intercept, int64_t leaf):
        csr = isinstance(matrix, tuple)
        cdef int64_t n_rows = len(matrix[2]) - 1 if csr else len(matrix)
        cdef int64_t n = n_rows if order is None else order.shape[0]
        self.kept = matrix, target, weight, order, centre
        self.rows = _rows(matrix)
        self.watch = watch_t(_asked, 0)
        self.frame = frame_t(_doubles(centre, self.rows.n_columns), fit_intercept)
        self.sample = sample_t(&self.rows, &self.frame, _order(order, n),
                               _doubles(target, n), _doubles(weight, n), n,
                               min(leaf, n), 10, &self.watch, LOGISTIC_)
        if csr:
            self.sample.cost += len(matrix[0]) // max(n_rows, 1)
        else:
            self.sample.cost += self.rows.n_columns
        if n == 0 or leaf < 1 or centre is None:
            raise ValueError("no rows, no leaf or no centre")


def survey(matrix, const double[::1] weight, const double[::1] shift,
           const int64_t[::1] order=None, *, int64_t leaf,
           const double[::1] precision=None, double[::1] norms=None):
    """Column sums of weight (x - shift) and weight (x - shift)^2; norms, if given,
    receives every row's sum of precision (x - shift)^2, of dense rows alone."""
    cdef _Sample s = _Sample(matrix, None, weight, order, shift, False, leaf)
    cdef int64_t d = s.rows.n_columns, width = _kernel.width(d)
    cdef const double *unit = _doubles(precision, d)
    cdef double[::1] scratch = _aligned(_kernel.survey_scratch(&s.sample))
    cdef double *q = NULL
    if norms is not None and isinstance(matrix, tuple):
        raise ValueError("norms of CSR rows are not a part of the sweep")
    if norms is not None and precision is None:
        raise ValueError("norms have no precision")
    if norms is not None:
        q = <double *>_doubles(norms, s.sample.n)
    result = np.empty(3 * width)
    cdef double[::1] sums = result
    cdef int ended
    with nogil:
        ended = _kernel.survey(&s.sample, unit, &scratch[0], q, &sums[0])
    if not ended:
        pending_error()
    return result[:d], result[width:width + d]


def objective(matrix, const double[::1] target, const double[::1] weight,
              const int64_t[::1] order, const double[::1] centre,
              const double[::1] weights, double[::1] residual, *, bint fit_intercept,
              int64_t leaf, bint diagonal=False, int loss=LOGISTIC_):
    """One full reading: sums of the weighted losses and their gradient, and of the
    diagonal of the curvature or None; `residual` receives |p - target|. Weights are
    those of (x - centre, 1)."""
    cdef _Sample s = _Sample(matrix, target, weight, order, centre, fit_intercept, leaf)
    cdef int64_t d = s.rows.n_columns, width = _kernel.width(d)
    s.sample.loss = loss
    if target is None or residual is None or weights.shape[0] != d + 1:
        raise ValueError("no target, no residual, or weights has another length")
    cdef double[::1] w = padded(weights, d)
    cdef double[::1] scratch = _aligned(
        _kernel.objective_scratch(&s.sample, diagonal))
    cdef double *r = <double *>_doubles(residual, s.sample.n)
    result = np.empty(2 * width + LANES)
    cdef double[::1] sums = result
    cdef int ended
    with nogil:
        ended = _kernel.objective(&s.sample, diagonal, &w[0], &scratch[0], r, &sums[0])
    if not ended:
        pending_error()
    squares = None
    if diagonal:
        squares = result[width + LANES:width + LANES + d + 1].copy()
    return result[width], result[:d + 1].copy(), squares


def curvature(matrix, const double[::1] h, const int64_t[::1] order,
              const double[::1] centre, const double[::1] scale, *,
              bint fit_intercept):
    """sum of h a a', a = scale (x - centre, 1): the lower half, zeros elsewhere."""
    cdef _Sample s = _Sample(matrix, None, None, order, centre, fit_intercept, 1)
    cdef int64_t size = s.rows.n_columns + 1
    cdef double[::1] scratch = _aligned(_kernel.curvature_scratch(&s.rows))
    result = np.zeros((size, size))
    cdef double[:, ::1] G = result
    cdef const double *each = _doubles(h, s.sample.n)
    cdef const double *units = _doubles(scale, size)
    cdef int ended
    with nogil:
        ended = _kernel.curvature(&s.sample, units, each, &scratch[0], &G[0, 0])
    if not ended:
        pending_error()
    return result


def factorise(const double[:, ::1] G, const double[::1] penalty):
    """Metric (unit, factor) of G + diag(penalty), raised until it is positive definite;
    None if G is not finite."""
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


def metric_solve(metric, const double[::1] gradient):
    """The step that `gradient` is in a metric (unit, factor)."""
    cdef int64_t size = gradient.shape[0]
    cdef const double[::1] unit = metric[0]
    cdef const double[:, ::1] factor = metric[1]
    if not factor.shape[0] == factor.shape[1] == unit.shape[0] == size:
        raise ValueError("metric and gradient do not fit")
    result = np.empty(size)
    cdef double[::1] step = result
    with nogil:
        _kernel.metric_solve(size, &factor[0, 0], &unit[0], &gradient[0], &step[0])
    return result


def newton(matrix, const double[::1] target, const double[::1] weight,
           const int64_t[::1] order, const double[::1] centre,
           const double[::1] scale, const double[::1] penalty,
           const double[::1] start, *, bint fit_intercept, int64_t leaf, double total,
           double share, double tolerance, int64_t most, linear=None, origin=None,
           const double[:, ::1] past=None, bint anchored=False,
           const double[::1] tie=None, int loss=LOGISTIC_):
    """The minimum over given rows by damped Newton steps; see newton.h.

    Returns (point, value, gradient, first and last decrement, metric or None,
    residuals, readings)."""
    cdef _Sample s = _Sample(matrix, target, weight, order, centre, fit_intercept, leaf)
    cdef int64_t size = s.rows.n_columns + 1
    cdef double[::1] scratch = _aligned(_kernel.newton_scratch(&s.sample))
    point, gradient = np.array(start), np.zeros(size)
    unit, factor = np.ones(size), np.zeros((size, size))
    residual = np.empty(s.sample.n)
    cdef double[::1] u = point, g = gradient, units = unit, r = residual
    cdef double[:, ::1] f = factor
    cdef problem_t problem = problem_t(
        _doubles(scale, size), _doubles(penalty, size), NULL, NULL, NULL,
        _doubles(tie, size), total, share, tolerance, most, anchored)
    cdef minimum_t found = minimum_t(0, 0, 0, &g[0], &units[0], &f[0, 0], 0)
    cdef double[::1] slope
    s.sample.loss = loss
    if u.shape[0] != size or target is None:
        raise ValueError("no target, or start has another length")
    if origin is None and linear is not None or anchored and linear is None:
        raise ValueError("a linear part has no origin, or an anchor no linear part")
    if linear is not None:
        slope = np.array(linear)
        problem.linear = <double *>_doubles(slope, size)
        problem.origin = _doubles(origin, size)
    if past is not None:
        if not past.shape[0] == past.shape[1] == size or linear is None:
            raise ValueError("past does not fit, or has no linear part")
        problem.past = &past[0, 0]
    cdef int answer
    with nogil:
        answer = _kernel.newton(&s.sample, &problem, &scratch[0], &r[0], &u[0], &found)
    if answer == INTERRUPTED:
        pending_error()
    metric = (unit, factor) if answer == DEFINITE else None
    return (point, found.value, gradient, found.first, found.decrement, metric,
            residual, found.readings)


def dot(const double[::1] a, const double[::1] b):
    """The sum of products, in an order that is the same everywhere."""
    if a.shape[0] != b.shape[0]:
        raise ValueError("a and b differ in length")
    return _kernel.dot(a.shape[0], &a[0], &b[0]) if a.shape[0] else 0.0


def expected(const double[::1] residual, double floor, const double[::1] norms,
             double c, int64_t step):
    """How many rows `draw` is to expect, judged by every step-th row."""
    cdef int64_t n = norms.shape[0]
    cdef const double *r = _doubles(residual, n)
    if step < 1:
        raise ValueError("step is below 1")
    return _kernel.expected(n, step, r, floor, &norms[0], c)


def draw(const double[::1] residual, double floor, const double[::1] norms, double c,
         uint64_t key, int64_t room):
    """Rows that join with probability min(1, c (residual + floor) norm), at most `room`
    of them, and their inverse probabilities."""
    cdef int64_t n = norms.shape[0], count
    order, weight = np.empty(max(room, 1), dtype=np.int64), np.empty(max(room, 1))
    cdef int64_t[::1] at = order
    cdef double[::1] w = weight
    cdef const double *r = _doubles(residual, n)
    with nogil:
        count = _kernel.draw(n, r, floor, &norms[0], c, key, room, &at[0], &w[0])
    return order[:count], weight[:count]


def minibatches(
    matrix, const double[::1] target, const double[::1] weight,  # IN; weight or None
    const int64_t[::1] order, const int64_t[::1] bounds,         # IN
    const double[::1] rates,                                     # IN
    const double[::1] centre, const double[::1] scale,           # IN
    double[::1] weights, double[::1] m, double[::1] v,           # INOUT
    double[::1] powers, double[::1] average,                     # INOUT
    double[::1] n_averaged, double[::1] sums,                    # INOUT
    *, const double[::1] penalty, optimizer,                     # IN
    bint fit_intercept, int64_t average_from, int loss=LOGISTIC_,
):
    """Steps over the rows in `order`; see minibatch.h. Returns (batches done, loss).

    `optimizer` is its tag, nesterov, beta_1, beta_2 and epsilon."""
    cdef rows_t rows = _rows(matrix)
    cdef int64_t d = rows.n_columns, n_batches = rates.shape[0], done
    cdef double value = 0
    if bounds.shape[0] != n_batches + 1:
        raise ValueError("rates and bounds do not fit")
    if not centre.shape[0] == penalty.shape[0] == d:
        raise ValueError("centre or penalty has not n_columns entries")
    if not (scale.shape[0] == weights.shape[0] == m.shape[0] == v.shape[0]
            == average.shape[0] == d + 1):
        raise ValueError("a vector has not n_columns + 1 entries")
    if sums.shape[0] != _kernel.width(d) or order.shape[0] == 0:
        raise ValueError("sums is not padded, or order is empty")
    cdef double[::1] scratch = _aligned(_kernel.scratch(d)), copy = padded((), d)
    cdef frame_t frame = frame_t(&centre[0], fit_intercept)
    tag, nesterov, beta_1, beta_2, epsilon = optimizer
    cdef optimizer_t rule = optimizer_t(tag, nesterov, beta_1, beta_2, epsilon,
                                        &scale[0], &penalty[0])
    cdef params_t params = params_t(&weights[0], &m[0], &v[0], &powers[0],
                                    &average[0], &n_averaged[0])
    cdef plan_t plan = plan_t(&target[0], NULL, &order[0], &bounds[0], NULL,
                              order.shape[0], n_batches, average_from, loss)
    if weight is not None:
        plan.weight = &weight[0]
    if n_batches:
        plan.rates = &rates[0]
    with nogil:
        done = _kernel.minibatches(&rows, &frame, &rule, &plan, &params, &copy[0],
                                   &sums[0], &scratch[0], &value)
    return done, value


def shuffled(int64_t n, int bits, const uint64_t[::1] key, int64_t first, int64_t last):
    """Images below n of first, ..., last - 1 under the permutation of 2^bits numbers
    that key gives: all 2^bits together are an order of 0, ..., n - 1, the next 2^bits
    another, and so on."""
    if key.shape[0] != KEY_WORDS_ or not 0 <= first <= last:
        raise ValueError("the key has another length, or first and last are no places")
    order = np.empty(max(last - first, 1), dtype=np.int64)
    cdef int64_t[::1] at = order
    cdef int64_t count
    with nogil:
        count = _kernel.shuffled(n, bits, &key[0], first, last, &at[0])
    return order[:count]


def inverse_power(const double[::1] t, double p):
    """t ** -p for t >= 1, p >= 0, the same bits everywhere."""
    result = np.empty(t.shape[0])
    cdef double[::1] r = result
    cdef int64_t i
    with nogil:
        for i in range(t.shape[0]):
            r[i] = inverse_power_of(t[i], p)
    return result


def csr_structure(indptr, indices, int64_t n_rows, int64_t n_columns, int64_t n_stored):
    """0 if the structure is sound, else a code of structure.h; and the place of it."""
    cdef int64_t place = 0
    cdef int code
    cdef bint wide = indices.dtype == np.int64
    cdef const void *start = _start(indptr, indices.dtype)
    cdef const void *column = _start(indices, indices.dtype)
    with nogil:
        if wide:
            code = structure64(n_rows, n_columns, n_stored, <const int64_t *>start,
                               <const int64_t *>column, &place)
        else:
            code = structure32(n_rows, n_columns, n_stored, <const int32_t *>start,
                               <const int32_t *>column, &place)
    return code, place


def csr_ascends(indptr, indices):
    """Whether the columns of every row ascend, none twice, in a sound structure."""
    cdef int64_t n_rows = len(indptr) - 1
    cdef bint wide = indices.dtype == np.int64
    cdef int ascends
    cdef const void *start = _start(indptr, indices.dtype)
    cdef const void *column = _start(indices, indices.dtype)
    with nogil:
        if wide:
            ascends = ascends64(n_rows, <const int64_t *>start, <const int64_t *>column)
        else:
            ascends = ascends32(n_rows, <const int32_t *>start, <const int32_t *>column)
    return bool(ascends)
