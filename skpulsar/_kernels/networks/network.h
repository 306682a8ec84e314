// SPDX-License-Identifier: BSD-3-Clause
// Networks of layers:  F(W) = mean of weight_i l(logits of row i, target_i)
//   + alpha / 2 sum of w^2, without the biases.
//
// A row enters as scale (x - centre).  Weights and what flows through the layers are
// float or double, losses and rates are double.  No BLAS: the products of product.h give
// the same bits on every CPU.
#ifndef SKPULSAR_NETWORK_H
#define SKPULSAR_NETWORK_H
#include "arithmetic/hash.h"
#include "arithmetic/matrices.h"
#include "arithmetic/subnormals.h"
#include "networks/raw.h"
#include "training/minibatch.h"

enum { IDENTITY, RELU, SIGMOID, TANH };
static const char *const UNIT_NAMES[] = {"identity", "relu", "logistic", "tanh", 0};

enum { STRIP_ROWS = 12, LOADED_ROWS = 32, ENTRIES = 256 };

// Rows on their way through the layers
typedef struct {
  const rows_t *rows;
  const frame_t *frame;
  const int64_t *order;  // of these rows, or NULL: they follow row `first`
  int64_t first, n;
  int64_t visit;  // number of the first row's, by which units are dropped; -1: none is
} rows_block_t;

// One step of an optimizer: its rate, and what makes sums over the batch means
typedef struct {
  const optimizer_t *rule;
  double rate, share;
} step_t;

static step_t next_step(const network_t *network, const optimizer_t *rule,
                        const plan_t *plan, int64_t b) {
  step_t step = {rule, plan->rates[b], 1.0 / (plan->bounds[b + 1] - plan->bounds[b])};
  step.rate = corrected_rate(rule, step.rate, network->powers);
  return step;
}

// The next n bytes of the scratch, which begins at a cache line; its size if that is NULL
static inline void *reserve(char *scratch, int64_t *used, int64_t n) {
  char *here = scratch ? scratch + *used : 0;
  *used += (n + 63) / 64 * 64;
  return here;
}

#define JOIN(name, type) name##_##type
#define JOINED_TO(name, type) JOIN(name, type)
#define NAMED(name) JOINED_TO(name, REAL)
#define SCALED(x) (x)
#define REAL double
#define ROOT sqrt
#include "networks/units.h"
#include "networks/workspace.h"
#include "networks/sparse.h"
#include "networks/layers.h"
#include "training/steps.h"
#include "networks/steps.h"
#undef ROOT
#undef REAL
#define REAL float
#define ROOT sqrtf
#include "networks/units.h"
#include "networks/workspace.h"
#include "networks/sparse.h"
#include "networks/layers.h"
#include "training/steps.h"
#include "networks/steps.h"
#undef ROOT
#undef REAL
#undef SCALED
#undef NAMED
#undef JOINED_TO
#undef JOIN

#define NETWORK(function, network, ...) \
  ((network)->single ? function##_float(__VA_ARGS__) : function##_double(__VA_ARGS__))

static int64_t network_size(const network_t *network, int64_t depth) {
  return NETWORK(place, network, network->sizes, depth);
}

static int64_t network_scratch(const network_t *network, int csr) {
  workspace_t_double work;
  workspace_t_float single;
  return network->single ? arrange_float(network, csr, 0, &single)
                         : arrange_double(network, csr, 0, &work);
}

// Runs all batches of the plan, whose rows are visited from network->visits on.  Sums
// stay as those of minibatch.h do.  Adds to *loss; returns n_batches, the number of a
// batch after which the loss or a weight was not finite, or -1 if interrupted.
static int64_t train_network(const dataset_t *data, const network_t *network,
                             const optimizer_t *rule, const plan_t *plan,
                             double *scratch, double *loss) {
  return NETWORK(run_network, network, data, network, rule, plan, scratch, loss);
}

// Takes the weights of layer l from those of columns and outputs as they are, which
// change.
static void take_layer(const network_t *network, int64_t l, const double *centre,
                       double *scratch, double *layer) {
  of_raw(network, l, centre, scratch, layer);
  NETWORK(set_layer, network, network, l, layer);
}

// Writes the weights of layer l as such ones, and goes on from these.  Returns the sum of
// their squares, without the biases, before that.
static double show_layer(const network_t *network, int64_t l, const double *centre,
                         double *scratch, double *layer) {
  int64_t in = network->sizes[l], out = network->sizes[l + 1];
  double *copy = scratch + centring_size(network);
  NETWORK(get_layer, network, network, l, layer);
  double squares = dot(in * out, layer, layer);
  if (!has_units(network, l)) return squares;
  to_raw(network, l, centre, scratch, layer);
  memcpy(copy, layer, (in + 1) * out * sizeof *layer);
  take_layer(network, l, centre, scratch, copy);
  return squares;
}

// Doubles that both need
static int64_t raw_scratch(const network_t *network) {
  int64_t most = 0;
  for (int64_t l = 0; l < network->depth; l++) {
    int64_t size = (network->sizes[l] + 1) * network->sizes[l + 1];
    if (has_units(network, l) && size > most) most = size;
  }
  return centring_size(network) + most;
}

// Returns false if interrupted.
static int read_network_logits(const dataset_t *data, const network_t *network,
                               int64_t first, int64_t n, double *scratch,
                               double *logits) {
  return NETWORK(network_logits, network, data, network, first, n, scratch, logits);
}
#endif
