// SPDX-License-Identifier: BSD-3-Clause
// The curvature of given rows,  G = sum of h_i a_i a_i',  a = (x - centre, intercept),
// in scaled columns: its lower half.  No h is negative.
//
// Dense rows: G = sum of b_i b_i', b = sqrt(h) a, so that rows are packed once, PANEL of
// them at a time: LANES columns together, row after row.  A tile of G is the product of
// two such strips and stays in registers meanwhile; the tiles lie in the order of their
// use.  Each entry is summed over the rows of a panel in order, then added, whatever the
// width of a register.
#ifndef SKPULSAR_CURVATURE_H
#define SKPULSAR_CURVATURE_H
#include <math.h>

#include "rows/block.h"
#include "rows/rows.h"

// A tile fills eight registers
enum { TILE_ROWS = WIDTH == 8 ? 8 : 4, ACROSS = 8 / TILE_ROWS };
enum { TILE_COLUMNS = ACROSS * WIDTH, TILE = TILE_ROWS * TILE_COLUMNS };

// Doubles of scratch: up to a cache line's start, the packed panel, and the tiles
static inline int64_t curvature_scratch(const rows_t *rows) {
  int64_t width = block_width(rows->n_columns);
  if (rows->indices) return rows->n_columns + 1;
  return LANES + (PANEL + width) * width;
}

// Where in the panel column j of the first row is; that of the next is LANES further
static inline int64_t packed(int64_t j) { return j / LANES * LANES * PANEL + j % LANES; }

// sums += left' right over n rows: of the tile's rows and registers across, the first
#ifdef __GNUC__
__attribute__((always_inline))
#endif
static inline void add_tile(int rows, int across, int64_t n, const double *restrict left,
                            const double *restrict right, double *restrict sums) {
  lanes_t t[TILE_ROWS][ACROSS];
  for (int row = 0; row < rows; row++)
    for (int k = 0; k < across; k++) t[row][k] = (lanes_t){0};
  for (int64_t i = 0; i < n; i++, left += LANES, right += LANES)
    for (int row = 0; row < rows; row++)
      for (int k = 0; k < across; k++)
        t[row][k] += left[row] * ((const lanes_t *)right)[k];
  for (int row = 0; row < rows; row++)
    for (int k = 0; k < across; k++)
      ((lanes_t *)sums)[row * ACROSS + k] += t[row][k];
}

// The lower half of G, tile by tile, += b b' of n rows; what a tile has of padding or
// above the diagonal is left out where that is half of it
static void add_panel(int64_t n, int64_t size, const double *panel,
                      double *restrict tile) {
  for (int64_t j = 0; j < size; j += TILE_COLUMNS)
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

static int curvature_dense(const sample_t *sample, const double *scale, const double *h,
                           double *scratch, double *G) {
  const rows_t *rows = sample->rows;
  int64_t d = rows->n_columns, size = d + 1;
  double *panel = (double *)(((uintptr_t)scratch + LINE - 1) / LINE * LINE);
  double *tile = panel + PANEL * block_width(d);
  memset(scratch, 0, curvature_scratch(rows) * sizeof *scratch);
  for (int64_t first = 0; first < sample->n; first += PANEL) {
    int64_t known = sample->n - first, n = known < PANEL ? known : PANEL;
    const int64_t *order = sample->order ? sample->order + first : 0;
    DENSE(pack, rows, d, sample->frame, scale, first, order, n, known, h + first, panel);
    add_panel(n, size, panel, tile);
    if (must_stop(sample->watch, n * (size + size * size / 16))) return 0;
  }
  for (int64_t j = 0; j < size; j += TILE_COLUMNS)
    for (int64_t i = j / TILE_ROWS * TILE_ROWS; i < size; i += TILE_ROWS, tile += TILE)
      for (int64_t row = i; row < i + TILE_ROWS && row < size; row++)
        for (int64_t k = j; k < j + TILE_COLUMNS && k <= row; k++)
          G[row * size + k] = tile[(row - i) * TILE_COLUMNS + k - j];
  return 1;
}

// False if interrupted
static int read_curvature(const sample_t *sample, const double *scale, const double *h,
                          double *scratch, double *G) {
  const rows_t *rows = sample->rows;
  int64_t size = rows->n_columns + 1;
  double intercept = sample->frame->intercept * scale[size - 1];
  if (!rows->indices) return curvature_dense(sample, scale, h, scratch, G);
  memset(G, 0, size * size * sizeof *G);
  for (int64_t first = 0; first < sample->n; first += PANEL) {
    int64_t n = sample->n - first < PANEL ? sample->n - first : PANEL;
    const int64_t *order = sample->order ? sample->order + first : 0;
    CSR(add_pairs, rows, first, order, n, size, intercept, scale, h + first, scratch, G);
    if (must_stop(sample->watch, n * sample->cost * sample->cost)) return 0;
  }
  return 1;
}
#endif
