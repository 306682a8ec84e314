// SPDX-License-Identifier: BSD-3-Clause
// The first sweep over the rows: column moments about a shift, and, if asked for, the
// norm of every row in given units.
//
// A vector of sums is (weight (x - shift), padded; weight (x - shift)^2, padded), for
// CSR rows with (weight of the stored entries, padded) behind it.
#ifndef SKPULSAR_MOMENTS_H
#define SKPULSAR_MOMENTS_H
#include "rows/block.h"
#include "passes/pass.h"
#include "arithmetic/pairwise_sum.h"

static inline int64_t survey_width(const rows_t *rows) {
  return block_width(rows->n_columns) * (rows->indices ? 3 : 2);
}

static void survey_block(const sample_t *sample, int64_t first, int64_t n,
                         const double *weight, const double *precision, double *scratch,
                         double *norms, double *sums) {
  const rows_t *rows = sample->rows;
  int64_t width = block_width(rows->n_columns);
  sweep_t sweep = sweep_open(sample, first, n, scratch);
  if (rows->indices) {
    CSR(add_moments, rows, first, sweep.order, n, weight, sample->frame->centre,
        sums + 2 * width, sums, sums + width);
    return;
  }
  if (norms) sweep_norms(&sweep, precision, norms + first);
  sweep_add(&sweep, weight, weight, sums, sums + width);
}

// What the zeros that a leaf of CSR rows does not store add to its sums.  `total` is
// summed as the stored entries' weights are: full columns then lack exactly nothing.
static void survey_zeros(int64_t d, double total, const double *shift, double *sums) {
  int64_t width = block_width(d);
  double *first = sums, *second = sums + width, *stored = sums + 2 * width;
  for (int64_t j = 0; j < d; j++) {
    double zeros = total - stored[j];
    if (!zeros) continue;  // the square may be infinite
    first[j] -= zeros * shift[j];
    second[j] += zeros * (shift[j] * shift[j]);
  }
}

static int64_t survey_scratch(const sample_t *sample) {
  return sweep_doubles(sample->rows) +
         tree_depth(sample->n, sample->leaf) * survey_width(sample->rows);
}

// All rows; false if interrupted.  The frame's centre is the shift, its intercept 0.
static int read_survey(const sample_t *sample, const double *precision, double *scratch,
                       double *norms, double *sums) {
  int64_t step = sweep_rows(sample->rows), d = sample->rows->n_columns;
  double ones[COLUMN_ROWS], *block = scratch;
  tree_t tree = {block + sweep_doubles(sample->rows), survey_width(sample->rows), 0, 0};
  for (int64_t i = 0; i < COLUMN_ROWS; i++) ones[i] = 1;
  for (int64_t leaf = 0; leaf < sample->n; leaf += sample->leaf) {
    int64_t end = leaf + sample->leaf < sample->n ? leaf + sample->leaf : sample->n;
    double *open = tree_open(&tree), total = 0;
    for (int64_t i = leaf; i < end; i += step) {
      int64_t n = end - i < step ? end - i : step;
      const double *weight = sample->weight ? sample->weight + i : ones;
      survey_block(sample, i, n, weight, precision, block, norms, open);
      for (int64_t k = 0; k < n; k++) total += weight[k];
      if (must_stop(sample->watch, n * sample->cost)) return 0;
    }
    if (sample->rows->indices) survey_zeros(d, total, sample->frame->centre, open);
    tree_close(&tree);
  }
  tree_total(&tree, sums);
  return 1;
}
#endif
