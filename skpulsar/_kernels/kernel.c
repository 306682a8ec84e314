// SPDX-License-Identifier: BSD-3-Clause
// The kernel for one level of the instruction set; see kernel.h.
#include "kernel.h"

#include "arithmetic/vector_sums.h"
#include "networks/network.h"
#include "training/importance.h"
#include "training/minibatch.h"
#include "training/newton.h"
#include "training/orders.h"
#include "rows/stack.h"
#include "passes/grid.h"
#include "passes/predict.h"
#include "passes/moments.h"
#include "passes/products.h"

static void cross_entropies(int64_t n, const double *restrict logits,
                            const double *restrict targets, double *restrict loss,
                            double *restrict gradient) {
  for (int64_t i = 0; i < n; i++) {
    logistic_t one = logistic(logits[i], targets[i]);
    loss[i] = one.loss;
    gradient[i] = one.gradient;
  }
}

static void probabilities(int64_t n, int logarithms, const double *restrict logits,
                          double *restrict result) {
  for (int64_t i = 0; i < n; i++) {
    logistic_t no = logistic(logits[i], 0), yes = logistic(logits[i], 1);
    result[2 * i] = logarithms ? 0 - no.loss : -yes.gradient;
    result[2 * i + 1] = logarithms ? 0 - yes.loss : no.gradient;
  }
}

#define TEXT(level) #level
#define TEXT_OF(level) TEXT(level)
#define JOINED(level) kernel_##level
#define KERNEL(level) JOINED(level)

const kernel_t KERNEL(LEVEL) = {
    .level = TEXT_OF(LEVEL),
    .losses = LOSS_NAMES,
    .optimizers = OPTIMIZER_NAMES,
    .units = UNIT_NAMES,
    .width = block_width,
    .total = vector_total,
    .dot = vector_dot,
    .finite = all_finite,
    .class_totals = vector_class_totals,
    .cross_entropies = cross_entropies,
    .probabilities = probabilities,
    .softmax = softmax_probabilities,
    .logits = read_logits,
    .norms = read_norms,
    .is_coupled = is_coupled,
    .minibatch_scratch = minibatch_scratch,
    .minibatches = run_minibatches,
    .network_size = network_size,
    .network_scratch = network_scratch,
    .raw_scratch = raw_scratch,
    .show_layer = show_layer,
    .take_layer = take_layer,
    .train_network = train_network,
    .network_logits = read_network_logits,
    .moments_scratch = moments_scratch,
    .moments = read_moments,
    .objective_width = objective_width,
    .objective_scratch = objective_scratch,
    .objective = read_objective,
    .grid_width = grid_width,
    .grid_scratch = grid_scratch,
    .grid = read_grid,
    .grid_logits = read_grid_logits,
    .curvature_scratch = curvature_scratch,
    .curvature = read_curvature,
    .products_scratch = products_scratch,
    .products = read_products,
    .factorise = factorise,
    .precondition = precondition,
    .newton_scratch = newton_scratch,
    .newton = newton,
    .expected = expected,
    .draw = draw,
    .stack_columns = stack_columns,
    .shuffled = shuffled,
};
