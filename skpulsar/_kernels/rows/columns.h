// SPDX-License-Identifier: BSD-3-Clause
// Rows of fewer columns than lanes, for full passes.  A block of them is stored column by
// column, COLUMN_ROWS entries each, so that every loop runs over rows and fills the
// registers.
#ifndef SKPULSAR_COLUMNS_H
#define SKPULSAR_COLUMNS_H
#include "rows/rows.h"

enum { FEW_COLUMNS = LANES };

static void columns_logits(int64_t d, int64_t n, const double *restrict block,
                           const double *restrict weights, double constant,
                           double *restrict logits) {
  for (int64_t i = 0; i < n; i++) logits[i] = constant;
  for (int64_t j = 0; j < d; j++)
    for (int64_t i = 0; i < n; i++) logits[i] += weights[j] * block[j * COLUMN_ROWS + i];
}

// norms = sum of precision_j a_j^2
static void columns_norms(int64_t d, int64_t n, const double *restrict block,
                          const double *restrict precision, double *restrict norms) {
  for (int64_t i = 0; i < n; i++) norms[i] = 0;
  for (int64_t j = 0; j < d; j++)
    for (int64_t i = 0; i < n; i++) {
      double a = block[j * COLUMN_ROWS + i];
      norms[i] += precision[j] * (a * a);
    }
}

// sums += block' r
static void columns_add(int64_t d, int64_t n, const double *restrict block,
                        const double *restrict r, double *restrict sums) {
  for (int64_t j = 0; j < d; j++) sums[j] += dot(n, r, block + j * COLUMN_ROWS);
}

// squares += (block * block)' h
static void columns_add_squares(int64_t d, int64_t n, const double *restrict block,
                                const double *restrict h, double *restrict squares) {
  for (int64_t j = 0; j < d; j++) {
    const double *column = block + j * COLUMN_ROWS;
    double square[COLUMN_ROWS];
    for (int64_t i = 0; i < n; i++) square[i] = column[i] * column[i];
    squares[j] += dot(n, h, square);
  }
}
#endif
