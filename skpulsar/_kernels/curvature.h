// SPDX-License-Identifier: BSD-3-Clause
// The curvature of given rows,  G = sum of h_i a_i a_i',  a = (x - centre, intercept),
// in scaled columns: its lower half.
//
// Dense rows: 64 at a time, packed so that TILE_ROWS x TILE_COLUMNS sums stay in
// registers.  Each entry of G is summed over the rows of a panel in order, then added,
// whatever the width of a register.
#ifndef SKPULSAR_CURVATURE_H
#define SKPULSAR_CURVATURE_H
#include "block.h"
#include "rows.h"

enum { PANEL = 64, TILE_ROWS = 4, TILE_COLUMNS = 2 * WIDTH, TILE_MOST = 16 };

static inline int64_t curvature_width(int64_t n_columns) {
  return (n_columns + TILE_MOST) / TILE_MOST * TILE_MOST;
}

// Doubles of scratch: two packed panels, a block of rows, and the padded sums
static inline int64_t curvature_scratch(const rows_t *rows) {
  int64_t width = curvature_width(rows->n_columns);
  if (rows->indices) return rows->n_columns + 1;
  return (2 * PANEL + width) * width + PANEL * block_width(rows->n_columns);
}

// panel: a, in groups of `tile` columns, each row after row
static void pack(int64_t n, int64_t d, int64_t tile, const double *restrict rows,
                 const double *restrict scale, const double *restrict h,
                 double *restrict panel) {
  int64_t width = block_width(d);
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j <= d; j++) {
      double a = rows[i * width + j] * scale[j];
      panel[j / tile * tile * PANEL + i * tile + j % tile] = h ? h[i] * a : a;
    }
}

static inline void add_tile(int64_t n, const double *restrict a,
                            const double *restrict b, double *restrict sums,
                            int64_t width) {
  lanes_t t[TILE_ROWS][2];
  memset(t, 0, sizeof t);
  for (int64_t i = 0; i < n; i++, a += TILE_COLUMNS, b += TILE_ROWS) {
    lanes_t left = *(const lanes_t *)a, right = *(const lanes_t *)(a + WIDTH);
    for (int row = 0; row < TILE_ROWS; row++) {
      t[row][0] += b[row] * left;
      t[row][1] += b[row] * right;
    }
  }
  for (int row = 0; row < TILE_ROWS; row++) {
    lanes_t *at = (lanes_t *)(sums + row * width);
    at[0] += t[row][0];
    at[1] += t[row][1];
  }
}

static int curvature_dense(const sample_t *sample, const double *scale, const double *h,
                           double *scratch, double *G) {
  int64_t d = sample->rows->n_columns, size = d + 1, width = curvature_width(d);
  double *a = scratch, *b = a + PANEL * width, *sums = b + PANEL * width;
  double *rows = sums + width * width;
  memset(scratch, 0, (2 * PANEL + width) * width * sizeof *scratch);
  for (int64_t first = 0; first < sample->n; first += PANEL) {
    int64_t n = sample->n - first < PANEL ? sample->n - first : PANEL;
    const int64_t *order = sample->order ? sample->order + first : 0;
    DENSE(load, sample->rows, d, sample->frame, first, order, n, block_width(d), rows);
    pack(n, d, TILE_COLUMNS, rows, scale, 0, a);
    pack(n, d, TILE_ROWS, rows, scale, h + first, b);
    for (int64_t i = 0; i < size; i += TILE_ROWS)
      for (int64_t j = 0; j < i + TILE_ROWS; j += TILE_COLUMNS)
        add_tile(n, a + j * PANEL, b + i * PANEL, sums + i * width + j, width);
    if (must_stop(sample->watch, n * (size + size * size / 16))) return 0;
  }
  for (int64_t i = 0; i < size; i++)
    memcpy(G + i * size, sums + i * width, (i + 1) * sizeof *G);
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
