// SPDX-License-Identifier: BSD-3-Clause
// A full pass computes  sum of weight_i l(W a_i, target_i),  its gradient, the residual
// |p_i - target_i| of every row and output, and, on request, the diagonal of the
// curvature, which is the sum of weight_i p_i (1 - p_i) a_i^2 for the logistic loss.
//
// A block of rows goes forward, to the logits of all outputs; through the head of
// losses.h, to losses and slopes; and backward, to the gradients of all outputs.  A
// vector of sums is, for every output, (gradient, padded; loss, padded; diagonal, padded,
// if any).
#ifndef SKPULSAR_OBJECTIVE_H
#define SKPULSAR_OBJECTIVE_H
#include "arithmetic/pairwise_sum.h"
#include "losses/losses.h"
#include "passes/pass.h"
#include "rows/block.h"

_Static_assert((int)COLUMN_ROWS <= (int)LOSS_ROWS && (int)PASS_ROWS <= (int)LOSS_ROWS,
               "the rows of a pass are what a loss takes");

static int64_t objective_width(int64_t n_columns, int diagonal) {
  return block_width(n_columns) * (diagonal ? 2 : 1) + LANES;
}

// z has room for the logits and the slopes of a block.
static void objective_block(const dataset_t *data, int64_t first, int64_t n,
                            int64_t n_outputs, int diagonal, const double *weights,
                            double *scratch, double *z, double *residual,
                            double *sums) {
  int64_t d = data->rows->n_columns, width = block_width(d);
  int64_t step = objective_width(d, diagonal);
  double *r = z + n_outputs * LOSS_ROWS;
  span_t span = span_open(data, first, n, scratch);
  span_all_logits(&span, n_outputs, weights, width, LOSS_ROWS, z);
  head_block(data, first, n, n_outputs, z, residual, r, sums + width, step);
  double *h = diagonal ? z : 0;  // The losses are not needed any more.
  for (int64_t k = 0; h && k < n_outputs; k++) {
    const double *weight = data->weight ? data->weight + k * data->weight_step : 0;
    loss_curvature(data->loss, n, residual + k * data->n + first,
                   weight ? weight + first : 0, h + k * LOSS_ROWS);
  }
  span_add_all(&span, n_outputs, r, h, LOSS_ROWS, sums, sums + width + LANES, step);
}

static int64_t objective_scratch(const dataset_t *data, int64_t n_outputs, int diagonal) {
  int64_t width = n_outputs * objective_width(data->rows->n_columns, diagonal);
  return span_doubles(data->rows) + 2 * n_outputs * LOSS_ROWS +
         tree_depth(data->stop - data->first, data->leaf) * width;
}

// Reads all rows; returns false if interrupted.  weights are padded.
static int read_objective(const dataset_t *data, int64_t n_outputs, int diagonal,
                          const double *weights, double *scratch, double *residual,
                          double *sums) {
  int64_t step = span_rows(data->rows);
  double *block = scratch, *z = block + span_doubles(data->rows);
  double *stack = z + 2 * n_outputs * LOSS_ROWS;
  int64_t width = n_outputs * objective_width(data->rows->n_columns, diagonal);
  tree_t tree = {stack, width, 0, 0};
  for (int64_t leaf = data->first; leaf < data->stop; leaf += data->leaf) {
    int64_t end = leaf_end(data, leaf);
    double *open = tree_open(&tree);
    for (int64_t i = leaf; i < end; i += step) {
      int64_t n = end - i < step ? end - i : step;
      objective_block(data, i, n, n_outputs, diagonal, weights, block, z, residual, open);
      if (must_stop(data->watch, n * data->cost * n_outputs)) return 0;
    }
    tree_close(&tree);
  }
  tree_total(&tree, sums);
  return 1;
}
#endif
