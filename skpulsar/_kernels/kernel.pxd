# SPDX-License-Identifier: BSD-3-Clause
"""What the binding uses of the C headers."""

from libc.stdint cimport int64_t, uint64_t


cdef extern from "kernel.h" nogil:
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
    ctypedef struct dataset_t:
        const rows_t *rows
        const frame_t *frame
        const int64_t *order
        const double *target
        const double *weight
        int64_t target_step, weight_step, n, leaf, first, stop, cost
        watch_t *watch
        int loss
    ctypedef struct grid_t:
        const int64_t *bounds
        int64_t n_groups, n_models, width
        const double *scale
        const double *weights
        const double *factor
        const int64_t *seen
        int64_t n_seen
        double *residual
        int loss, gradient
    ctypedef struct coordinates_t:
        const double *scale
        const double *penalty
        const double *tie
    ctypedef struct problem_t:
        const double *start
        double *anchor
        double total, share, tolerance
        int64_t most
    ctypedef struct minimum_t:
        double value, first, decrement
        double *gradient
        double *unit
        double *factor
        int64_t n_passes
    ctypedef struct optimizer_t:
        int tag, nesterov
        double beta_1, beta_2, epsilon
    ctypedef struct params_t:
        double *weights
        double *m
        double *v
        double *powers
        double *average
        double *n_averaged
        double *sums
    ctypedef struct plan_t:
        const int64_t *order
        const int64_t *bounds
        const double *rates
        int64_t n_rows, n_batches, average_from
    ctypedef struct network_t:
        const int64_t *sizes
        int64_t depth, block
        int activation, single
        const double *scale
        const double *middle
        const double *unit
        const double *dropout
        uint64_t key
        int64_t visits
        double alpha
        void *weights
        void *m
        void *v
        void *sums
        double *powers
    ctypedef struct kernel_t:
        const char *level
        const char *const *losses
        const char *const *optimizers
        const char *const *units
        int64_t (*width)(int64_t) noexcept nogil
        double (*total)(int64_t, const double *) noexcept nogil
        double (*dot)(int64_t, const double *, const double *) noexcept nogil
        int (*finite)(int64_t, const double *) noexcept nogil
        void (*class_totals)(int64_t, const double *, const double *,
                             double *) noexcept nogil
        void (*cross_entropies)(int64_t, const double *, const double *, double *,
                                double *) noexcept nogil
        void (*probabilities)(int64_t, int, const double *, double *) noexcept nogil
        void (*softmax)(int64_t, int64_t, int, const double *, double *,
                        double *) noexcept nogil
        void (*logits)(const rows_t *, int64_t, int64_t, const int64_t *, int64_t,
                       const double *, double *) noexcept nogil
        void (*norms)(const rows_t *, int64_t, const int64_t *, int64_t,
                      const double *, const double *, double *) noexcept nogil
        int (*is_coupled)(int) noexcept nogil
        int64_t (*minibatch_scratch)(const dataset_t *, int64_t) noexcept nogil
        int64_t (*minibatches)(const dataset_t *, const coordinates_t *,
                               const optimizer_t *, const plan_t *, int64_t,
                               params_t *, double *, double *) noexcept nogil
        int64_t (*network_size)(const network_t *, int64_t) noexcept nogil
        int64_t (*network_scratch)(const network_t *, int) noexcept nogil
        int64_t (*raw_scratch)(const network_t *) noexcept nogil
        double (*show_layer)(const network_t *, int64_t, const double *, double *,
                             double *) noexcept nogil
        void (*take_layer)(const network_t *, int64_t, const double *, double *,
                           double *) noexcept nogil
        int64_t (*train_network)(const dataset_t *, const network_t *,
                                 const optimizer_t *, const plan_t *, double *,
                                 double *) noexcept nogil
        int (*network_logits)(const dataset_t *, const network_t *, int64_t, int64_t,
                              double *, double *) noexcept nogil
        int64_t (*moments_scratch)(const dataset_t *) noexcept nogil
        int (*moments)(const dataset_t *, const double *, double *, double *,
                       double *) noexcept nogil
        int64_t (*objective_width)(int64_t, int) noexcept nogil
        int64_t (*objective_scratch)(const dataset_t *, int64_t, int) noexcept nogil
        int (*objective)(const dataset_t *, int64_t, int, const double *, double *,
                         double *, double *) noexcept nogil
        int64_t (*grid_width)(int64_t, int) noexcept nogil
        int64_t (*grid_scratch)(const dataset_t *, const grid_t *, int) noexcept nogil
        int (*grid)(const dataset_t *, const grid_t *, int, double *,
                    double *) noexcept nogil
        int (*grid_logits)(const dataset_t *, const grid_t *, double *,
                           double *) noexcept nogil
        int64_t (*curvature_scratch)(const rows_t *, int64_t) noexcept nogil
        int (*curvature)(const dataset_t *, const double *, const double *, int64_t,
                         int64_t, double *, double *) noexcept nogil
        int64_t (*products_scratch)(const dataset_t *, int64_t) noexcept nogil
        int (*products)(const dataset_t *, int64_t, const double *, double *,
                        double *) noexcept nogil
        int (*factorise)(int64_t, const double *, const double *, watch_t *, double *,
                         double *) noexcept nogil
        void (*precondition)(int64_t, const double *, const double *, const double *,
                             double *) noexcept nogil
        int64_t (*newton_scratch)(const dataset_t *) noexcept nogil
        int (*newton)(const dataset_t *, const coordinates_t *, const problem_t *,
                      double *, double *, double *, minimum_t *) noexcept nogil
        double (*expected)(int64_t, const double *, double, const double *,
                           double) noexcept nogil
        int64_t (*draw)(int64_t, const int64_t *, int64_t, const double *, double,
                        const double *, double, uint64_t, int64_t, int64_t *,
                        double *) noexcept nogil
        void (*stack_columns)(bint, int64_t, int64_t, int64_t, const void *,
                              void *) noexcept nogil
        int64_t (*shuffled)(int64_t, int, const uint64_t *, int64_t, int64_t,
                            int64_t *) noexcept nogil
    int DEFINITE, INTERRUPTED
    int kernels_at_hand(const kernel_t **kernels)

cdef extern from "training/orders.h":
    int KEY_WORDS_ "KEY_WORDS"

cdef extern from "arithmetic/lanes.h":
    int LANES

cdef extern from "losses/logistic.h":
    int LOSS_ROWS

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
    int pointers_of "csr_pointers"(int, int64_t, int64_t, const void *, int64_t *)
    int64_t columns_of "csr_columns"(int, int64_t, int64_t, const void *)
    int ascends_in "csr_ascends"(int, int64_t, const void *, const void *)
