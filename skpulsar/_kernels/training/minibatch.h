// SPDX-License-Identifier: BSD-3-Clause
// Minibatch steps on  F(W) = mean of weight_i l(W a_i, target_i)
//   + sum of penalty_j w_kj^2 / 2.
//
// Every batch goes forward, from rows to the logits of all outputs; through the head of
// losses.h, to losses and slopes; and backward, to the gradients of all outputs.  Steps
// are those of optimizers.h.
#ifndef SKPULSAR_MINIBATCH_H
#define SKPULSAR_MINIBATCH_H
#include <string.h>

#include "losses/losses.h"
#include "rows/block.h"
#include "rows/rows.h"
#include "training/optimizers.h"

_Static_assert((int)MAX_BLOCK_ROWS <= (int)LOSS_ROWS, "a block is what a loss takes");

// Some rows of a batch: their logits, later losses, and their slopes, MAX_BLOCK_ROWS for
// every output, with a block of dense rows
typedef struct {
  double *weights;  // padded, of all outputs
  double *block, *z, *r;
  double *slopes;  // sums of the slopes over a batch, for every output
} batch_t;

static int64_t minibatch_scratch(const dataset_t *data, int64_t n_outputs) {
  int64_t d = data->rows->n_columns, width = block_width(d);
  return block_rows(d) * width + n_outputs * (width + 2 * MAX_BLOCK_ROWS + 1);
}

static batch_t batch_arrays(int64_t d, int64_t n_outputs, double *scratch) {
  batch_t batch;
  batch.weights = scratch;
  batch.block = batch.weights + n_outputs * block_width(d);
  batch.z = batch.block + block_rows(d) * block_width(d);
  batch.r = batch.z + n_outputs * MAX_BLOCK_ROWS;
  batch.slopes = batch.r + n_outputs * MAX_BLOCK_ROWS;
  return batch;
}

static void batch_forward(const dataset_t *data, const int64_t *at, int64_t n,
                          int64_t n_outputs, batch_t *batch) {
  const rows_t *rows = data->rows;
  const frame_t *frame = data->frame;
  int64_t d = rows->n_columns, width = block_width(d);
  if (!rows->indices) DENSE(load, rows, d, frame, 0, at, n, width, batch->block);
  for (int64_t k = 0; k < n_outputs; k++) {
    const double *weights = batch->weights + k * width;
    double *z = batch->z + k * MAX_BLOCK_ROWS;
    if (rows->indices) {
      double constant = frame->intercept * weights[d] - dot(d, frame->centre, weights);
      CSR(logits, rows, 0, at, n, weights, constant, z);
    } else {
      block_logits(width, n, batch->block, weights, z);
    }
  }
}

// Returns the weighted sum of the losses
static double batch_head(const dataset_t *data, const int64_t *at, int64_t n,
                         int64_t n_outputs, batch_t *batch) {
  int64_t stride = MAX_BLOCK_ROWS;
  int coupled = is_coupled(data->loss);
  double loss = 0;
  for (int64_t k = 0; k < (coupled ? 1 : n_outputs); k++) {
    const double *target = data->target + k * data->target_step;
    for (int64_t i = 0; i < n; i++) batch->r[k * stride + i] = target[at[i]];
  }
  head_points(data->loss, n_outputs, stride, n, batch->z, batch->r);
  for (int64_t k = 0; k < n_outputs; k++) {
    double *z = batch->z + k * stride, *r = batch->r + k * stride;
    int has_loss = k == 0 || !coupled;
    if (data->weight) {
      const double *weight = data->weight + k * data->weight_step;
      if (has_loss)
        for (int64_t i = 0; i < n; i++) z[i] *= weight[at[i]];
      for (int64_t i = 0; i < n; i++) r[i] *= weight[at[i]];
    }
    if (has_loss) loss += sum(n, z);
  }
  return loss;
}

static void batch_backward(const rows_t *rows, const int64_t *at, int64_t n,
                           int64_t n_outputs, batch_t *batch, double *gradients) {
  int64_t width = block_width(rows->n_columns);
  for (int64_t k = 0; k < n_outputs; k++) {
    const double *r = batch->r + k * MAX_BLOCK_ROWS;
    if (rows->indices) {
      CSR(add, rows, 0, at, n, r, gradients + k * width);
      batch->slopes[k] += sum(n, r);
    } else {
      block_add(width, n, batch->block, r, gradients + k * width);
    }
  }
}

// Adds the centre and the intercept, which every CSR row shares, to the gradients.
static void add_frame(const frame_t *frame, int64_t d, int64_t n_outputs,
                      const double *slopes, double *gradients) {
  for (int64_t k = 0; k < n_outputs; k++) {
    double *gradient = gradients + k * block_width(d);
    for (int64_t j = 0; j < d; j++) gradient[j] -= frame->centre[j] * slopes[k];
    gradient[d] += frame->intercept * slopes[k];
  }
}

// Adds the gradients of rows order[0] to order[n - 1]; returns the sum of their losses.
static double accumulate(const dataset_t *data, const int64_t *order, int64_t n,
                         int64_t n_outputs, batch_t *batch, double *gradients) {
  const rows_t *rows = data->rows;
  int64_t d = rows->n_columns, step = rows->indices ? MAX_BLOCK_ROWS : block_rows(d);
  double loss = 0;
  memset(batch->slopes, 0, n_outputs * sizeof *batch->slopes);
  for (int64_t i = 0; i < n; i += step) {
    int64_t m = n - i < step ? n - i : step;
    batch_forward(data, order + i, m, n_outputs, batch);
    loss += batch_head(data, order + i, m, n_outputs, batch);
    batch_backward(rows, order + i, m, n_outputs, batch, gradients);
  }
  if (rows->indices) add_frame(data->frame, d, n_outputs, batch->slopes, gradients);
  return loss;
}

static void average_weights(int64_t n, params_t *params) {
  double count = *params->n_averaged += 1;
  for (int64_t j = 0; j < n; j++)
    params->average[j] += (params->weights[j] - params->average[j]) / count;
}

// Runs all batches of the plan.  A call can end anywhere: the sums of the rows behind the
// last bound stay in params->sums for the next call, whose bounds[0] is then negative.
// Adds to *loss; returns n_batches, or the number of the batch after which a weight or
// the loss was not finite.
static int64_t run_minibatches(const dataset_t *data, const coordinates_t *coordinates,
                               const optimizer_t *optimizer, const plan_t *plan,
                               int64_t n_outputs, params_t *params, double *scratch,
                               double *loss) {
  int64_t d = data->rows->n_columns, width = block_width(d), size = d + 1, position = 0;
  batch_t batch = batch_arrays(d, n_outputs, scratch);
  memset(batch.weights, 0, n_outputs * width * sizeof *batch.weights);
  for (int64_t b = 0; b <= plan->n_batches; b++) {
    int64_t stop = b < plan->n_batches ? plan->bounds[b + 1] : plan->n_rows;
    for (int64_t k = 0; k < n_outputs; k++)
      memcpy(batch.weights + k * width, params->weights + k * size, size * sizeof(double));
    *loss += accumulate(data, plan->order + position, stop - position, n_outputs, &batch,
                        params->sums);
    position = stop;
    if (b == plan->n_batches) break;
    int64_t n = stop - plan->bounds[b];
    if (!optimizer_step(optimizer, coordinates, plan->rates[b], n, d, width, n_outputs,
                        params) ||
        *loss * 0 != 0)
      return b;
    memset(params->sums, 0, n_outputs * width * sizeof *params->sums);
    if (b >= plan->average_from) average_weights(n_outputs * size, params);
  }
  return plan->n_batches;
}
#endif
