// SPDX-License-Identifier: BSD-3-Clause
// One full reading:  sum of weight_i l(a_i . w, target_i)  and its gradient, the
// residual |p_i - target_i| of every row, and, if asked for, the diagonal of the
// curvature, sum of weight_i p_i (1 - p_i) a_i^2.
//
// A vector of sums is (gradient, padded; loss, padded; diagonal, padded, if any).
#ifndef SKPULSAR_OBJECTIVE_H
#define SKPULSAR_OBJECTIVE_H
#include "rows/block.h"
#include "losses/losses.h"
#include "passes/pass.h"
#include "arithmetic/pairwise_sum.h"

static inline int64_t objective_width(int64_t n_columns, int diagonal) {
  return block_width(n_columns) * (diagonal ? 2 : 1) + LANES;
}

static void objective_block(const sample_t *sample, int64_t first, int64_t n,
                            int diagonal, const double *weights, double *scratch,
                            double *residual, double *sums) {
  const double *weight = sample->weight ? sample->weight + first : 0;
  int64_t width = block_width(sample->rows->n_columns);
  double z[LOSS_ROWS], r[LOSS_ROWS], h[LOSS_ROWS];
  sweep_t sweep = sweep_open(sample, first, n, scratch);
  residual += first;
  sweep_logits(&sweep, weights, z);
  const double *target = sample->target + first;
  sums[width] += loss_block(sample->loss, n, z, target, weight, residual, r);
  if (diagonal) loss_curvature(sample->loss, n, residual, weight, h);
  sweep_add(&sweep, r, diagonal ? h : 0, sums, sums + width + LANES);
}

static int64_t objective_scratch(const sample_t *sample, int diagonal) {
  return sweep_doubles(sample->rows) +
         tree_depth(sample->n, sample->leaf) *
             objective_width(sample->rows->n_columns, diagonal);
}

// All rows; false if interrupted.  weights: padded
static int read_objective(const sample_t *sample, int diagonal, const double *weights,
                          double *scratch, double *residual, double *sums) {
  int64_t step = sweep_rows(sample->rows);
  double *block = scratch, *stack = block + sweep_doubles(sample->rows);
  tree_t tree = {stack, objective_width(sample->rows->n_columns, diagonal), 0, 0};
  for (int64_t leaf = 0; leaf < sample->n; leaf += sample->leaf) {
    int64_t end = leaf + sample->leaf < sample->n ? leaf + sample->leaf : sample->n;
    double *open = tree_open(&tree);
    for (int64_t i = leaf; i < end; i += step) {
      int64_t n = end - i < step ? end - i : step;
      objective_block(sample, i, n, diagonal, weights, block, residual, open);
      if (must_stop(sample->watch, n * sample->cost)) return 0;
    }
    tree_close(&tree);
  }
  tree_total(&tree, sums);
  return 1;
}
#endif
