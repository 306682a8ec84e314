// SPDX-License-Identifier: BSD-3-Clause
// The statistics pass over the rows, which computes column moments about a shift and, on
// request, the norm of every row in given units.
//
// A vector of sums is (weight (x - shift), padded; weight (x - shift)^2, padded).  For
// CSR rows (weight of the stored entries, padded) follows.
#ifndef SKPULSAR_MOMENTS_H
#define SKPULSAR_MOMENTS_H
#include "rows/block.h"
#include "passes/pass.h"
#include "arithmetic/pairwise_sum.h"

static inline int64_t moments_width(const rows_t *rows) {
  return block_width(rows->n_columns) * (rows->indices ? 3 : 2);
}

static void moments_block(const dataset_t *data, int64_t first, int64_t n,
                         const double *weight, const double *precision, double *scratch,
                         double *norms, double *sums) {
  const rows_t *rows = data->rows;
  int64_t width = block_width(rows->n_columns);
  span_t span = span_open(data, first, n, scratch);
  if (rows->indices) {
    CSR(add_moments, rows, first, span.order, n, weight, data->frame->centre,
        sums + 2 * width, sums, sums + width);
    return;
  }
  if (norms) span_norms(&span, precision, norms + first);
  span_add(&span, weight, weight, sums, sums + width);
}

// Adds the zeros that a leaf of CSR rows does not store to its sums.  `total` is summed
// in the order of the stored entries' weights, so that full columns have exactly none.
static void moments_zeros(int64_t d, double total, const double *shift, double *sums) {
  int64_t width = block_width(d);
  double *first = sums, *second = sums + width, *stored = sums + 2 * width;
  for (int64_t j = 0; j < d; j++) {
    double zeros = total - stored[j];
    if (!zeros) continue;  // shift^2 may be infinite
    first[j] -= zeros * shift[j];
    second[j] += zeros * (shift[j] * shift[j]);
  }
}

static int64_t moments_scratch(const dataset_t *data) {
  return span_doubles(data->rows) +
         tree_depth(data->stop - data->first, data->leaf) * moments_width(data->rows);
}

// Reads all rows; returns false if interrupted.  The frame's centre is the shift, and its
// intercept is 0.
static int read_moments(const dataset_t *data, const double *precision, double *scratch,
                       double *norms, double *sums) {
  int64_t step = span_rows(data->rows), d = data->rows->n_columns;
  double ones[COLUMN_ROWS], *block = scratch;
  tree_t tree = {block + span_doubles(data->rows), moments_width(data->rows), 0, 0};
  for (int64_t i = 0; i < COLUMN_ROWS; i++) ones[i] = 1;
  for (int64_t leaf = data->first; leaf < data->stop; leaf += data->leaf) {
    int64_t end = leaf_end(data, leaf);
    double *open = tree_open(&tree), total = 0;
    for (int64_t i = leaf; i < end; i += step) {
      int64_t n = end - i < step ? end - i : step;
      const double *weight = data->weight ? data->weight + i : ones;
      moments_block(data, i, n, weight, precision, block, norms, open);
      for (int64_t k = 0; k < n; k++) total += weight[k];
      if (must_stop(data->watch, n * data->cost)) return 0;
    }
    if (data->rows->indices) moments_zeros(d, total, data->frame->centre, open);
    tree_close(&tree);
  }
  tree_total(&tree, sums);
  return 1;
}
#endif
