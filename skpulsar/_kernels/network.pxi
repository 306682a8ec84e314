# SPDX-License-Identifier: BSD-3-Clause
# Networks of layers: their steps and their logits. Part of _core.pyx.

cdef int64_t BLOCK = 256  # More rows of inputs and gradients would leave the cache.


cdef class Network:
    """Layers of units, with what an optimizer keeps of their weights.

    Weights are arrays of shape (units below + 1, units), the biases last, for every
    layer, all float32 or all float64, by which the arithmetic goes; or the biases are
    apart from them. So are m and v, which begin with zeros if they are None. A row
    enters as scale (x - centre), where the centre is the dataset's. An output leaves as
    middle + unit z in the weights that `raw` gives and `take` is given, and as z else.
    The arrays are copied.
    """
    cdef const kernel_t *kernel  # by whose registers rows are padded
    cdef network_t network
    cdef readonly object powers
    cdef object sizes, scale, middle, unit, dropout, scratch
    cdef dict views
    cdef tuple given  # m and v, until they are needed

    def __cinit__(self, weights, m=None, v=None, powers=(1.0, 1.0), *, biases=None,
                  str activation="relu", scale=None, middle=None, unit=None,
                  dropout=None, double alpha=0, uint64_t key=0):
        self.kernel = _kernel
        self.sizes = _sizes_of(weights, biases is None)
        self.powers = np.array(powers, dtype=np.float64)
        cdef const int64_t[::1] sizes = self.sizes
        cdef int64_t depth = sizes.shape[0] - 1
        cdef double[::1] both = self.powers
        dtype = weights[0].dtype
        if dtype not in (np.float32, np.float64) or both.shape[0] != 2:
            raise TypeError("weights must be float32 or float64, and powers be two")
        if (middle is None) != (unit is None):
            raise ValueError("outputs have a middle and a unit, or neither")
        self.scale = np.ones(sizes[0]) if scale is None else scale
        self.middle, self.unit, self.scratch = middle, unit, np.empty(0)
        self.dropout = np.zeros(depth - 1) if dropout is None else dropout
        cdef int unit_tag = _tag(ACTIVATIONS, "unit", activation)
        self.network = network_t(&sizes[0], depth, 0, unit_tag,
                                 dtype == np.float32, _doubles(self.scale, sizes[0]),
                                 _doubles(middle, sizes[depth]),
                                 _doubles(unit, sizes[depth]),
                                 _doubles(self.dropout, depth - 1), key, 0, alpha, NULL,
                                 NULL, NULL, NULL, &both[0])
        self.views = {}
        self.network.weights = self._copied("weights", weights, biases)
        self.given = m, v

    cdef void *_copied(self, str name, layers, biases=None) except NULL:
        """Padded memory for arrays of all layers, one behind the other, with a copy of
        these, or zeros; `views` keeps it."""
        cdef int64_t layer, begin, end
        dtype = np.float32 if self.network.single else np.float64
        size = self.kernel.network_size(&self.network, self.network.depth)
        buffer = _aligned(size * dtype().itemsize // 8).view(dtype)
        views = []
        for layer in range(self.network.depth):
            begin = self.kernel.network_size(&self.network, layer)
            end = self.kernel.network_size(&self.network, layer + 1)
            rows = buffer[begin:end].reshape(self.sizes[layer] + 1, -1)
            views.append(rows[:, :self.sizes[layer + 1]])
            rows[:, 0 if layers is None else self.sizes[layer + 1]:] = 0
        if biases is not None:
            for view, given, bias in zip(views, layers, biases, strict=True):
                _put(view[:-1], given, dtype)
                _put(view[-1], bias, dtype)
        elif layers is not None:
            for view, given in zip(views, layers, strict=True):
                _put(view, given, dtype)
        self.views[name] = views
        return <void *>_start(buffer)

    def layers(self, str name):
        """A copy of the "weights" of all layers or, after training, of "m" or "v"."""
        copies = []
        for view in self.views[name]:
            copies.append(view.copy())
        return tuple(copies)

    def raw(self, Dataset dataset not None):
        """Weights of all layers for columns and outputs as they are, float64; the sum
        of the squares of those in the network's units, without the biases; and whether
        all are finite. The network goes on as one that has taken them."""
        cdef const int64_t *sizes = self.network.sizes
        cdef int64_t layer, rows, units, size = 0, place = 0
        cdef double squares = 0
        self._check_columns(dataset)
        cdef double[::1] scratch = self._memory(self.kernel.raw_scratch(&self.network))
        for layer in range(self.network.depth):
            size += (sizes[layer] + 1) * sizes[layer + 1]
        flat, layers = np.empty(size), []
        cdef double[::1] weights = flat
        for layer in range(self.network.depth):
            rows, units = sizes[layer] + 1, sizes[layer + 1]
            squares += self.kernel.show_layer(&self.network, layer,
                                              dataset.frame.centre, &scratch[0],
                                              &weights[place])
            layers.append(flat[place:place + rows * units].reshape(rows, units))
            place += rows * units
        finite = self.kernel.finite(place, &weights[0])
        return tuple(layers), squares, bool(finite)

    def take(self, layers, Dataset dataset not None, scale=None):
        """Take such weights: what they are in the network's units, or in those of
        another scale and this dataset's centre."""
        cdef int64_t layer
        cdef double[:, ::1] weights
        cdef network_t network = self.network
        self._check_columns(dataset)
        if scale is not None:
            network.scale = _doubles(scale, self.sizes[0])
        cdef double[::1] scratch = self._memory(self.kernel.raw_scratch(&self.network))
        for layer, (view, given) in enumerate(zip(self.views["weights"], layers,
                                                  strict=True)):
            if view.shape != given.shape:
                raise ValueError("these weights are not those of the network's layers")
            weights = np.array(given, dtype=np.float64, order="C")
            self.kernel.take_layer(&network, layer, dataset.frame.centre, &scratch[0],
                                   &weights[0, 0])

    def train(self, Dataset dataset not None, optimizer,
              const int64_t[::1] order not None, const int64_t[::1] bounds not None,
              const double[::1] rates not None, int64_t visits):
        """Steps over the rows in `order`, which are visited after `visits` others; see
        network.h. Returns how many batches are done, and the sum of the losses."""
        cdef dataset_t *data = &dataset.data
        cdef int64_t n_batches = rates.shape[0], done
        cdef double value = 0
        if (bounds.shape[0] != n_batches + 1 or order.shape[0] == 0
                or data.order != NULL):
            raise ValueError("rates and bounds do not fit, or there are no rows, or "
                             "twice an order")
        dataset.check(self.sizes[self.network.depth])
        self._check_columns(dataset)
        name, nesterov, beta_1, beta_2, epsilon = optimizer
        cdef int tag = _tag(OPTIMIZERS, "optimizer", name)
        cdef optimizer_t rule = optimizer_t(tag, nesterov, beta_1, beta_2, epsilon)
        cdef plan_t plan = plan_t(&order[0], &bounds[0], NULL, order.shape[0],
                                  n_batches, n_batches)
        if n_batches:
            plan.rates = &rates[0]
        if self.network.sums == NULL:
            self.network.m = self._copied("m", self.given[0])
            self.network.v = self._copied("v", self.given[1])
            self.network.sums = self._copied("sums", None)
        self.network.visits = visits
        cdef int64_t b, largest = order.shape[0] - bounds[n_batches]
        for b in range(n_batches):
            largest = max(largest, bounds[b + 1] - bounds[b])
        cdef double[::1] scratch = self._memory(self._needed(dataset, largest))
        with nogil:
            done = self.kernel.train_network(data, &self.network, &rule, &plan,
                                             &scratch[0], &value)
        if done < 0:
            pending_error()
        return done, value

    def logits(self, Dataset dataset not None, int64_t first, int64_t n, out=None):
        """Logits of n rows of a dataset, from place `first` on, of shape (n,
        n_outputs). They are written to `out`, if given."""
        cdef int64_t n_outputs = self.sizes[self.network.depth]
        result = np.empty((n, n_outputs)) if out is None else out
        cdef double[:, ::1] z = result
        cdef int ended = True
        self._check_columns(dataset)
        if z.shape[0] != n or z.shape[1] != n_outputs:
            raise ValueError("out has another shape")
        if not 0 <= first <= dataset.data.n - n:
            raise ValueError(f"rows {first} to {first + n} are not in the dataset")
        cdef double[::1] scratch = _aligned(self._needed(dataset, n))
        if n:
            with nogil:
                ended = self.kernel.network_logits(&dataset.data, &self.network, first,
                                                   n, &scratch[0], &z[0, 0])
        if not ended:
            pending_error()
        return result

    cdef int64_t _needed(self, Dataset dataset, int64_t largest) except -1:
        """Doubles of scratch for batches of at most so many rows."""
        self.network.block = max(1, min(largest, BLOCK))
        return self.kernel.network_scratch(&self.network, dataset.rows.indices != NULL)

    def _memory(self, int64_t n):
        """At least n doubles, the same from call to call."""
        if len(self.scratch) < n:
            self.scratch = _aligned(n)
        return self.scratch

    def _check_columns(self, Dataset dataset):
        if dataset.rows.n_columns != self.sizes[0]:
            raise ValueError("the network is for rows of more or fewer columns")


def _put(place, array, dtype):
    """Copy an array of this shape and dtype."""
    if place.shape != array.shape or array.dtype != dtype:
        raise ValueError("biases, m or v are not as the weights are")
    place[:] = array


def _sizes_of(weights, bint with_biases):
    """Numbers of units of all layers, the columns first."""
    below = len(weights[0]) - with_biases
    sizes = [below]
    for layer in weights:
        if layer.ndim != 2 or len(layer) != below + with_biases or layer.shape[1] == 0:
            raise ValueError("the weights of a layer do not fit those of the one below")
        if layer.dtype != weights[0].dtype:
            raise TypeError("the weights of all layers must have one dtype")
        below = layer.shape[1]
        sizes.append(below)
    return np.array(sizes, dtype=np.int64)
