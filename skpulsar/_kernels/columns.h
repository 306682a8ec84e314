// SPDX-License-Identifier: BSD-3-Clause
// A block of dense rows in the cache, for full readings.
//
// Rows of few columns are kept column by column, COLUMN_ROWS entries each, so that
// every loop runs over rows and fills the registers; others as in block.h.
#ifndef SKPULSAR_COLUMNS_H
#define SKPULSAR_COLUMNS_H
#include "block.h"
#include "rows.h"

enum { FEW_COLUMNS = 16, SWEEP_DOUBLES = 32768 };

// Rows that a reading takes at a time.  They are read twice, for their logits and for
// their sums, and stay in the L2 cache; with fewer the links' loops are too short.
static inline int64_t sweep_rows(const rows_t *rows) {
  int64_t d = rows->n_columns;
  if (rows->indices || d < FEW_COLUMNS) return COLUMN_ROWS;
  int64_t n = SWEEP_DOUBLES / d / 32 * 32;
  return n < 32 ? 32 : n > MAX_BLOCK_ROWS ? MAX_BLOCK_ROWS : n;
}

static inline int64_t sweep_doubles(const rows_t *rows) {
  if (rows->indices) return 0;
  return sweep_rows(rows) * block_width(rows->n_columns);
}

static void sweep_load(const rows_t *rows, const frame_t *frame, int64_t first,
                       const int64_t *order, int64_t n, double *block) {
  int64_t d = rows->n_columns;
  if (d < FEW_COLUMNS)
    DENSE(load_columns, rows, d, frame->centre, first, order, n, block);
  else
    DENSE(load, rows, d, frame, first, order, n, block_width(d), block);
}

static void sweep_logits(int64_t d, int64_t n, const frame_t *frame,
                         const double *restrict block, const double *restrict weights,
                         double *restrict logits) {
  if (d >= FEW_COLUMNS) {
    block_logits(block_width(d), n, block, weights, logits);
    return;
  }
  for (int64_t i = 0; i < n; i++) logits[i] = frame->intercept * weights[d];
  for (int64_t j = 0; j < d; j++)
    for (int64_t i = 0; i < n; i++) logits[i] += weights[j] * block[j * COLUMN_ROWS + i];
}

// sums += block' r
static void sweep_add(int64_t d, int64_t n, const frame_t *frame,
                      const double *restrict block, const double *restrict r,
                      double *restrict sums) {
  if (d >= FEW_COLUMNS) {
    block_add(block_width(d), n, block, r, sums);
    return;
  }
  for (int64_t j = 0; j < d; j++) sums[j] += dot(n, r, block + j * COLUMN_ROWS);
  sums[d] += frame->intercept * sum(n, r);
}

// sums += (block * block)' r
static void sweep_add_squares(int64_t d, int64_t n, const frame_t *frame,
                              const double *restrict block, const double *restrict r,
                              double *restrict sums) {
  if (d >= FEW_COLUMNS) {
    block_add_squares(block_width(d), n, block, r, sums);
    return;
  }
  for (int64_t j = 0; j < d; j++) {
    const double *column = block + j * COLUMN_ROWS;
    double squares[COLUMN_ROWS];
    for (int64_t i = 0; i < n; i++) squares[i] = column[i] * column[i];
    sums[j] += dot(n, r, squares);
  }
  sums[d] += frame->intercept * sum(n, r);
}

// norms = sum of precision_j a_j^2; precision is padded, the intercept's 0
static void sweep_norms(int64_t d, int64_t n, const double *restrict block,
                        const double *restrict precision, double *restrict norms) {
  if (d >= FEW_COLUMNS) {
    int64_t width = block_width(d);
    for (int64_t i = 0; i < n; i++)
      norms[i] = dot_square(width, precision, block + i * width);
    return;
  }
  for (int64_t i = 0; i < n; i++) norms[i] = 0;
  for (int64_t j = 0; j < d; j++)
    for (int64_t i = 0; i < n; i++) {
      double a = block[j * COLUMN_ROWS + i];
      norms[i] += precision[j] * (a * a);
    }
}
#endif
