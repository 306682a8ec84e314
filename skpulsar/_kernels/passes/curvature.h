// SPDX-License-Identifier: BSD-3-Clause
// The lower half of the curvature of given rows in scaled columns,
// G = sum of h_i a_i a_i',  a = (x - centre, intercept).  No h is negative.
//
// For dense rows, G = sum of b_i b_i' with b = sqrt(h) a: rows are packed once, a panel
// at a time, and G is computed tile by tile (tiles.h).  The tiles lie in the order of
// their use.
#ifndef SKPULSAR_CURVATURE_H
#define SKPULSAR_CURVATURE_H
#include <math.h>

#include "arithmetic/tiles.h"
#include "rows/block.h"
#include "rows/rows.h"

// Doubles of scratch for the start of a cache line, the packed panel, and the tiles of so
// many columns of G
static inline int64_t curvature_scratch(const rows_t *rows, int64_t n_columns) {
  int64_t width = block_width(rows->n_columns);
  if (rows->indices) return rows->n_columns + 1;
  return LANES + (PANEL + (n_columns + LANES - 1) / LANES * LANES) * width;
}

// Adds b b' of n rows to the lower half of the columns first, ..., stop - 1 of G, tile by
// tile.  Half of a tile is skipped if it is padding or above the diagonal.
static void add_panel(int64_t n, int64_t size, int64_t first, int64_t stop,
                      const double *panel, double *restrict tile) {
  for (int64_t j = first; j < stop; j += TILE_COLUMNS)
    for (int64_t i = j / TILE_ROWS * TILE_ROWS; i < size; i += TILE_ROWS, tile += TILE) {
      const double *left = panel + packed(i), *right = panel + packed(j);
      int64_t end = size < i + TILE_ROWS ? size : i + TILE_ROWS;
      int low = end <= i + TILE_ROWS / 2, narrow = end <= j + WIDTH;
      if (low && narrow) add_tile(TILE_ROWS / 2, 1, n, left, right, tile);
      else if (low) add_tile(TILE_ROWS / 2, ACROSS, n, left, right, tile);
      else if (narrow) add_tile(TILE_ROWS, 1, n, left, right, tile);
      else add_tile(TILE_ROWS, ACROSS, n, left, right, tile);
    }
}

// Copies the lower half of these columns of G out of their tiles.
static void from_tiles(int64_t size, int64_t first, int64_t stop, const double *tile,
                       double *G) {
  for (int64_t j = first; j < stop; j += TILE_COLUMNS)
    for (int64_t i = j / TILE_ROWS * TILE_ROWS; i < size; i += TILE_ROWS, tile += TILE)
      for (int64_t row = i; row < i + TILE_ROWS && row < size; row++)
        for (int64_t k = j; k < j + TILE_COLUMNS && k <= row && k < stop; k++)
          G[row * size + k] = tile[(row - i) * TILE_COLUMNS + k - j];
}

static int curvature_dense(const dataset_t *data, const double *scale, const double *h,
                           int64_t from, int64_t to, double *scratch, double *G) {
  const rows_t *rows = data->rows;
  int64_t d = rows->n_columns, size = d + 1;
  double *panel = (double *)(((uintptr_t)scratch + LINE - 1) / LINE * LINE);
  double *tile = panel + PANEL * block_width(d);
  memset(scratch, 0, curvature_scratch(rows, to - from) * sizeof *scratch);
  for (int64_t first = 0; first < data->n; first += PANEL) {
    int64_t left = data->n - first, n = left < PANEL ? left : PANEL;
    const int64_t *order = data->order ? data->order + first : 0;
    DENSE(pack, rows, d, data->frame, scale, first, order, n, left, h + first, panel);
    add_panel(n, size, from, to, panel, tile);
    if (must_stop(data->watch, n * (size + size * (to - from) / 16))) return 0;
  }
  from_tiles(size, from, to, tile, G);
  return 1;
}

// Computes the columns from, ..., to - 1 of the lower half of G, of which `from` begins a
// tile; of CSR rows all columns.  Returns false if interrupted.
static int read_curvature(const dataset_t *data, const double *scale, const double *h,
                          int64_t from, int64_t to, double *scratch, double *G) {
  const rows_t *rows = data->rows;
  int64_t size = rows->n_columns + 1;
  double intercept = data->frame->intercept * scale[size - 1];
  if (!rows->indices) return curvature_dense(data, scale, h, from, to, scratch, G);
  memset(G, 0, size * size * sizeof *G);
  for (int64_t first = 0; first < data->n; first += PANEL) {
    int64_t n = data->n - first < PANEL ? data->n - first : PANEL;
    const int64_t *order = data->order ? data->order + first : 0;
    CSR(add_pairs, rows, first, order, n, size, intercept, scale, h + first, scratch, G);
    if (must_stop(data->watch, n * data->cost * data->cost)) return 0;
  }
  return 1;
}
#endif
