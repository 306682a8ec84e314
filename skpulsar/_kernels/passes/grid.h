// SPDX-License-Identifier: BSD-3-Clause
// A reading of many models at once: for each of them the sum of weight_i l(a_i . u,
// target_i) over every group of rows, l being the logistic loss, and its gradient by u,
//
//   a = scale (x - centre, intercept)
//
// Models lie along the registers, so that their bits do not depend on the width of these.
// A block of rows is copied once for all models, as doubles or as floats; sums over a
// block are of that type, and sums over blocks are double.  A vector of sums is the
// losses of all models, padded, and after them one row of the gradients a column.  Models
// that a group counts nothing for are not among those that it is read for.
#ifndef SKPULSAR_GRID_H
#define SKPULSAR_GRID_H
#include "arithmetic/pairwise_sum.h"
#include "arithmetic/matrices.h"
#include "losses/logistic.h"
#include "rows/block.h"
#include "rows/rows.h"

enum { GRID_ROWS = 128, GRID_ENTRIES = 256, GRID_ACROSS = 4 };
enum { FACTORS = 64 };  // 2^64 is the largest product of a block of rows

static inline double exp_minus_double(double a) {
  double low;
  return exp_minus(a, &low);
}

// The stored entries of a CSR row, some at a time
typedef struct {
  int64_t columns[GRID_ENTRIES], n;
  double scaled[GRID_ENTRIES];
} grid_entries;

static void grid_copy(const rows_t *rows, const double *scale, int64_t row, int64_t from,
                      grid_entries *some) {
  some->n = CSR(scaled_entries, rows, scale, row, from, GRID_ENTRIES, some->scaled,
                some->columns);
}

#define JOIN(name, type) name##_##type
#define JOINED_TO(name, type) JOIN(name, type)
#define NAMED(name) JOINED_TO(name, REAL)
#define REAL double
#include "passes/grid_block.h"
#undef REAL
#define REAL float
#include "passes/grid_block.h"
#undef REAL
#undef NAMED
#undef JOINED_TO
#undef JOIN

// Models rounded up to full registers
static int64_t grid_width(int64_t n_models, int single) {
  int64_t across = single ? 2 * WIDTH : WIDTH;
  return (n_models + across - 1) / across * across;
}

// Doubles of the rows that are loaded at a time
static int64_t grid_loaded(const rows_t *rows) {
  return rows->indices ? 0 : block_rows(rows->n_columns) * block_width(rows->n_columns);
}

// Doubles of the numbers of models, in full cache lines
static int64_t grid_listed(const grid_t *grid) {
  return (grid->n_models + grid->n_seen + LANES - 1) / LANES * LANES;
}

static int64_t grid_scratch(const dataset_t *data, const grid_t *grid, int single) {
  int64_t depth = tree_depth(data->n, data->leaf) + 1, size = data->rows->n_columns + 1;
  int64_t stack = depth * (size + 1) * grid->width + grid_loaded(data->rows);
  return stack + grid_listed(grid) +
         (single ? grid_block_size_float(data, grid) / 2 + 1
                 : grid_block_size_double(data, grid));
}

// The models that a group is read for: those whose sums count, and those that are seen.
// Writes their numbers, and the places of the seen among them; returns how many they are.
static int64_t grid_choose(const grid_t *grid, int64_t g, int64_t *models,
                           int64_t *seen) {
  int64_t n = 0;
  for (int64_t m = 0; m < grid->n_models; m++) {
    int wanted = !grid->factor || grid->factor[g * grid->n_models + m] != 0;
    for (int64_t k = 0; k < grid->n_seen; k++)
      if (grid->seen[k] == m) wanted = 1, seen[k] = n;
    if (wanted) models[n++] = m;
  }
  return n;
}

// Reads one group; returns false if interrupted.
static int read_group(const dataset_t *data, const grid_t *grid, int single, int64_t g,
                      const grid_block_float *singles, const grid_block_double *doubles,
                      tree_t *tree) {
  tree->height = tree->count = 0;
  for (int64_t leaf = grid->bounds[g]; leaf < grid->bounds[g + 1]; leaf += data->leaf) {
    int64_t left = grid->bounds[g + 1] - leaf, n = left < data->leaf ? left : data->leaf;
    double *open = tree_open(tree);
    int ended = single ? grid_leaf_float(data, grid, leaf, n, singles, open)
                       : grid_leaf_double(data, grid, leaf, n, doubles, open);
    if (!ended) return 0;
    tree_close(tree);
  }
  return 1;
}

// Reads all groups: sums is (n_groups, n_columns + 2, width), or without gradients
// (n_groups, width).  Returns false if interrupted.
static int read_grid(const dataset_t *data, const grid_t *grid, int single,
                     double *scratch, double *sums) {
  int64_t n_sums = grid->gradient ? data->rows->n_columns + 2 : 1;
  int64_t most = n_sums * grid->width;
  double *own_sums = scratch, *stack = scratch + most;
  double *loaded = stack + tree_depth(data->n, data->leaf) * most;
  int64_t *models = (int64_t *)(loaded + grid_loaded(data->rows));
  int64_t *seen = models + grid->n_models;
  void *memory = models + grid_listed(grid);
  grid_block_float singles = {0};
  grid_block_double doubles = {0};
  grid_t own = *grid;  // what is read for one group
  own.seen = seen;
  memset(sums, 0, grid->n_groups * most * sizeof *sums);
  for (int64_t g = 0; g < grid->n_groups; g++, sums += most) {
    own.n_models = grid_choose(grid, g, models, seen);
    if (!own.n_models) continue;
    own.width = grid_width(own.n_models, single);
    tree_t tree = {stack, n_sums * own.width, 0, 0};
    if (single)
      singles = grid_open_float(data, &own, models, grid->n_models, loaded, memory);
    else
      doubles = grid_open_double(data, &own, models, grid->n_models, loaded, memory);
    if (!read_group(data, &own, single, g, &singles, &doubles, &tree)) return 0;
    if (!tree.height) continue;
    tree_total(&tree, own_sums);
    for (int64_t j = 0; j < n_sums; j++)
      for (int64_t m = 0; m < own.n_models; m++)
        sums[j * grid->width + models[m]] = own_sums[j * own.width + m];
  }
  return 1;
}

// The logits of all models, (n_models, n), in double.  Returns false if interrupted.
static int read_grid_logits(const dataset_t *data, const grid_t *grid, double *scratch,
                            double *logits) {
  double *loaded = scratch + grid_listed(grid);
  int64_t *models = (int64_t *)scratch, width = grid->width;
  for (int64_t m = 0; m < grid->n_models; m++) models[m] = m;
  grid_block_double block = grid_open_double(data, grid, models, grid->n_models, loaded,
                                             loaded + grid_loaded(data->rows));
  for (int64_t first = 0, some; first < data->n; first += some) {
    some = data->n - first < GRID_ROWS ? data->n - first : GRID_ROWS;
    grid_logits_double(data, grid, first, some, &block);
    for (int64_t m = 0; m < grid->n_models; m++)
      for (int64_t i = 0; i < some; i++)
        logits[m * data->n + first + i] = block.logits[i * width + m];
    if (must_stop(data->watch, some * data->cost * width / 8)) return 0;
  }
  return 1;
}
#endif
