# SPDX-License-Identifier: BSD-3-Clause
# Rows with targets and weights, and the passes over them. Part of _core.pyx.

cdef class Dataset:
    """Rows with targets and weights, as passes read them. It keeps their arrays alive.

    Targets and weights are by place in `order`, of shape (n,), or (n_outputs, n) if
    every output has its own. A row is (x - centre, 1), where 0 replaces the 1 without
    an intercept. Passes may be given a part of the places, `first` to `stop`, which
    begins with a leaf, and several threads may read parts at the same time.
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
                              0, 0, n, min(leaf, n), 0, n, 10, &self.watch,
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

    cdef dataset_t part(self, int64_t first, int64_t stop, watch_t *watch) except *:
        """The places from `first` to `stop`, or to the last for -1, for one call, which
        may be one of several at a time."""
        cdef dataset_t data = self.data
        if stop < 0:
            stop = data.n
        if not 0 <= first < stop <= data.n or first % data.leaf:
            raise ValueError("a part is empty, begins within a leaf, or ends too late")
        data.first, data.stop, data.watch = first, stop, watch
        return data

    cdef int check_shared(self) except -1:
        """Refuse weights of several outputs."""
        if self.n_weights:
            raise ValueError("every output has weights of its own")
        return 0

    def moments(self, const double[::1] precision=None, const double[::1] norms=None,
                *, int64_t first=0, int64_t stop=-1):
        """Column sums of weight (x - centre) and weight (x - centre)^2; norms, if
        given, receives every row's sum of precision (x - centre)^2, of dense rows."""
        cdef watch_t watch = watch_t(_asked, 0)
        cdef dataset_t data = self.part(first, stop, &watch)
        cdef int64_t d = data.rows.n_columns, width = _kernel.width(d)
        cdef const double *each = _doubles(precision, d)
        cdef double *q = <double *>_doubles(norms, data.n)
        self.check_shared()
        if q != NULL and (data.rows.indices != NULL or each == NULL):
            raise ValueError("norms have no precision, or are those of CSR rows")
        cdef double[::1] scratch = _aligned(_kernel.moments_scratch(&data))
        result = np.empty(3 * width)
        cdef double[::1] sums = result
        cdef int ended
        with nogil:
            ended = _kernel.moments(&data, each, &scratch[0], q, &sums[0])
        if not ended:
            pending_error()
        return result[:d], result[width:width + d]

    def objective(self, weights, residual, bint diagonal=False, *, int64_t first=0,
                  int64_t stop=-1):
        """One full pass: sums of the weighted losses and their gradient, and of the
        diagonal of the curvature or None; `residual` receives |p - target|. Weights are
        those of (x - centre, 1), of shape (n_outputs, n_columns + 1), and so are the
        results, or of one output and flat. Coupled outputs have one loss."""
        cdef watch_t watch = watch_t(_asked, 0)
        cdef dataset_t data = self.part(first, stop, &watch)
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
            _kernel.objective_scratch(&data, n_outputs, diagonal))
        result = np.empty(n_outputs * width)
        cdef double[::1] sums = result
        cdef int ended
        with nogil:
            ended = _kernel.objective(&data, n_outputs, diagonal, &w[0], &scratch[0],
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

    def grid(self, const double[:, ::1] weights not None, scale,
             const int64_t[::1] bounds not None, factor=None,
             const int64_t[::1] seen=None, residual=None, bint single=False,
             sums="both"):
        """One reading of many models: sums of the logistic losses, and their gradient,
        over the groups of rows bounds[g], ..., bounds[g + 1] - 1.

        Weights are those of scale (x - centre, 1), of shape (n_columns + 1, n_models).
        Returns arrays of shape (n_groups, n_models) and (n_groups, n_columns + 1,
        n_models). `factor`, of the former shape, is what sums are to be multiplied by:
        those that it is 0 for are left out, and 0. `residual` receives the mean of
        |p - target| over the models that `seen` names. If `single`, rows are rounded to
        float32, and sums over a block of these. `sums` is "both", "losses" or
        "gradients", which are computed alone, faster; the other is None."""
        cdef dataset_t *data = &self.data
        cdef int64_t size = data.rows.n_columns + 1, n_models = weights.shape[1]
        cdef int64_t width = _kernel.grid_width(n_models, single), g
        cdef int64_t n_groups = bounds.shape[0] - 1
        cdef bint loss = sums in ("both", "losses")
        cdef bint gradient = sums in ("both", "gradients")
        self.check(1)
        if weights.shape[0] != size or n_models < 1 or n_groups < 1 or scale is None:
            raise ValueError("weights have another shape, or there are no groups")
        if bounds[0] != 0 or bounds[n_groups] != data.n:
            raise ValueError("the groups are not all rows")
        for g in range(n_groups):
            if bounds[g + 1] < bounds[g]:
                raise ValueError("a group ends before it begins")
        if not loss and not gradient:
            raise ValueError(f"no sums are called {sums!r}")
        if (seen is None) != (residual is None) or not (
                seen is None or loss and gradient):
            raise ValueError("a residual is that of models that are seen, by both")
        if factor is not None:
            factor = factor.reshape(-1)
        cdef grid_t grid = grid_t(&bounds[0], n_groups, n_models, width,
                                  _doubles(scale, size), &weights[0, 0],
                                  _doubles(factor, n_groups * n_models), NULL, 0,
                                  <double *>_doubles(residual, data.n), loss, gradient)
        if seen is not None:
            if seen.shape[0] == 0 or min(seen) < 0 or max(seen) >= n_models:
                raise ValueError("a model that is seen is not among the models")
            grid.seen, grid.n_seen = &seen[0], seen.shape[0]
        cdef double[::1] scratch = _aligned(_kernel.grid_scratch(data, &grid, single))
        result = np.empty((n_groups, size + 1 if gradient else 1, width))
        cdef double[:, :, ::1] found = result
        cdef int ended
        with nogil:
            ended = _kernel.grid(data, &grid, single, &scratch[0], &found[0, 0, 0])
        if not ended:
            pending_error()
        return (result[:, 0, :n_models] if loss else None,
                result[:, 1:, :n_models] if gradient else None)

    def grid_logits(self, const double[:, ::1] weights not None, scale):
        """The logits of many models, of shape (n_models, n). Weights are as `grid` has
        them."""
        cdef dataset_t *data = &self.data
        cdef int64_t size = data.rows.n_columns + 1, n_models = weights.shape[1]
        if weights.shape[0] != size or n_models < 1 or scale is None:
            raise ValueError("weights have another shape, or there is no scale")
        cdef int64_t width = _kernel.grid_width(n_models, False)
        cdef grid_t grid = grid_t(NULL, 0, n_models, width, _doubles(scale, size),
                                  &weights[0, 0], NULL, NULL, 0,
                                  NULL, False, False)
        cdef double[::1] scratch = _aligned(_kernel.grid_scratch(data, &grid, False))
        result = np.empty((n_models, data.n))
        cdef double[:, ::1] logits = result
        cdef int ended
        with nogil:
            ended = _kernel.grid_logits(data, &grid, &scratch[0], &logits[0, 0])
        if not ended:
            pending_error()
        return result

    def curvature(self, const double[::1] h not None, const double[::1] scale not None,
                  *, out=None, int64_t first=0, int64_t stop=-1):
        """sum of h a a', a = scale (x - centre, 1): the lower half, zeros elsewhere. Of
        dense rows, the columns from `first`, a multiple of LANES, to `stop` alone are
        written to `out`, if given."""
        cdef watch_t watch = watch_t(_asked, 0)
        cdef dataset_t data = self.part(0, -1, &watch)
        cdef int64_t size = data.rows.n_columns + 1
        if stop < 0:
            stop = size
        if not 0 <= first < stop <= size or first % LANES:
            raise ValueError("there are no such columns, or a tile begins before them")
        if data.rows.indices != NULL and stop - first < size:
            raise ValueError("of CSR rows all columns are computed")
        cdef double[::1] scratch = _aligned(
            _kernel.curvature_scratch(data.rows, stop - first))
        result = np.zeros((size, size)) if out is None else out
        cdef double[:, ::1] G = result
        if not G.shape[0] == G.shape[1] == size:
            raise ValueError("out has another shape")
        cdef const double *each = _doubles(h, data.n)
        cdef const double *units = _doubles(scale, size)
        cdef int ended
        with nogil:
            ended = _kernel.curvature(&data, units, each, first, stop, &scratch[0],
                                      &G[0, 0])
        if not ended:
            pending_error()
        return result

    def products(self, const double[::1] shift not None, *, int64_t first=0,
                 int64_t stop=-1):
        """sum of weight b b', b = (x - centre, 1, targets - shift): the lower half,
        zeros elsewhere. The rows are dense; `shift` has an entry for every output."""
        cdef watch_t watch = watch_t(_asked, 0)
        cdef dataset_t data = self.part(first, stop, &watch)
        cdef int64_t n_outputs = shift.shape[0]
        cdef int64_t size = data.rows.n_columns + 1 + n_outputs
        self.check(n_outputs)
        self.check_shared()
        if data.rows.indices != NULL or n_outputs > max(self.n_targets, 1):
            raise ValueError("the rows are CSR, or have fewer targets")
        cdef double[::1] scratch = _aligned(_kernel.products_scratch(&data, n_outputs))
        result = np.zeros((size, size))
        cdef double[:, ::1] P = result
        cdef int ended
        with nogil:
            ended = _kernel.products(&data, n_outputs, &shift[0], &scratch[0],
                                     &P[0, 0])
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
    for array, shape in zip(params, shapes, strict=True):
        if array.shape != shape:
            raise ValueError("params have not n_columns + 1 entries for every output")
    weights, m, v, powers, average, n_averaged, sums = params
    return params_t(&weights[0, 0], &m[0, 0], &v[0, 0], &powers[0], &average[0, 0],
                    &n_averaged[0], &sums[0, 0])
