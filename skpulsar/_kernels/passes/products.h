// SPDX-License-Identifier: BSD-3-Clause
// All that squared error knows of dense rows: the lower half of
//
//   P = sum of s_i b_i b_i',  b = (x - centre, intercept, z - shift),
//
// with z the targets of all outputs and s the weight of a row.  Rows are packed as for a curvature; the
// tiles of a leaf are summed first, and leaves by pairwise_sum.h.
#ifndef SKPULSAR_PRODUCTS_H
#define SKPULSAR_PRODUCTS_H
#include "arithmetic/pairwise_sum.h"
#include "passes/curvature.h"

// Doubles of all tiles, or more
static inline int64_t products_width(int64_t n_columns, int64_t n_outputs) {
  int64_t width = block_width(n_columns + n_outputs);
  return width * width;
}

// Doubles of scratch for the start of a cache line, the packed panel, ones and the tree
static int64_t products_scratch(const dataset_t *data, int64_t n_outputs) {
  int64_t d = data->rows->n_columns;
  int64_t depth = tree_depth(data->stop - data->first, data->leaf) + 1;
  return 2 * LANES + PANEL * block_width(d + n_outputs) + block_width(d) +
         depth * products_width(d, n_outputs);
}

// Returns false if interrupted.
static int read_products(const dataset_t *data, int64_t n_outputs, const double *shift,
                         double *scratch, double *P) {
  const rows_t *rows = data->rows;
  int64_t d = rows->n_columns, size = d + 1 + n_outputs;
  int64_t width = products_width(d, n_outputs), strips = block_width(d + n_outputs);
  double *panel = (double *)(((uintptr_t)scratch + LINE - 1) / LINE * LINE);
  double *ones = panel + PANEL * strips, even[PANEL];
  tree_t tree = {ones + block_width(d), width, 0, 0};
  memset(panel, 0, PANEL * strips * sizeof *panel);
  for (int64_t j = 0; j <= d; j++) ones[j] = 1;
  for (int64_t i = 0; i < PANEL; i++) even[i] = 1;
  for (int64_t leaf = data->first; leaf < data->stop; leaf += data->leaf) {
    int64_t end = leaf_end(data, leaf);
    double *open = tree_open(&tree);
    for (int64_t first = leaf; first < end; first += PANEL) {
      int64_t n = end - first < PANEL ? end - first : PANEL;
      const int64_t *order = data->order ? data->order + first : 0;
      const double *weight = data->weight ? data->weight + first : even;
      DENSE(pack, rows, d, data->frame, ones, first, order, n, data->n - first, weight,
            panel);
      for (int64_t k = 0; k < n_outputs; k++) {
        const double *target = data->target + k * data->target_step + first;
        double *column = panel + packed(d + 1 + k);
        for (int64_t i = 0; i < n; i++)
          column[i * LANES] = (target[i] - shift[k]) * sqrt(weight[i]);
      }
      add_panel(n, size, 0, size, panel, open);
      if (must_stop(data->watch, n * (size + size * size / 16))) return 0;
    }
    tree_close(&tree);
  }
  double *tile = tree.stack + tree_depth(data->stop - data->first, data->leaf) * width;
  tree_total(&tree, tile);
  from_tiles(size, 0, size, tile, P);
  return 1;
}
#endif
