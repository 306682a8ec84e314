// SPDX-License-Identifier: BSD-3-Clause
// Logits and norms of rows.
#ifndef SKPULSAR_PREDICT_H
#define SKPULSAR_PREDICT_H
#include "rows/block.h"
#include "rows/rows.h"

enum { PREDICT_ROWS = 128 };  // so many rows stay in the cache for all outputs

// logits = x . w + b of one output; weights are padded
static void output_logits(const rows_t *rows, int64_t first, const int64_t *order,
                          int64_t n, const double *weights, double *logits) {
  int64_t d = rows->n_columns;
  if (rows->indices) CSR(logits, rows, first, order, n, weights, weights[d], logits);
  else DENSE(plain_logits, rows, d, first, order, n, weights, logits);
}

// The logits of all outputs.  The weights of the outputs follow each other, and so do the
// logits of a row.
static void read_logits(const rows_t *rows, int64_t n_outputs, int64_t first,
                        const int64_t *order, int64_t n, const double *weights,
                        double *logits) {
  int64_t width = block_width(rows->n_columns);
  double own[PREDICT_ROWS];
  if (n_outputs == 1) {
    output_logits(rows, first, order, n, weights, logits);
    return;
  }
  for (int64_t i = 0; i < n; i += PREDICT_ROWS) {
    int64_t m = n - i < PREDICT_ROWS ? n - i : PREDICT_ROWS;
    for (int64_t k = 0; k < n_outputs; k++) {
      output_logits(rows, first + i, order ? order + i : 0, m, weights + k * width, own);
      for (int64_t j = 0; j < m; j++) logits[(i + j) * n_outputs + k] = own[j];
    }
  }
}

// norms = sum of precision_j (x_j - centre_j)^2
static void read_norms(const rows_t *rows, int64_t first, const int64_t *order, int64_t n,
                       const double *centre, const double *precision, double *norms) {
  int64_t d = rows->n_columns;
  if (!rows->indices) {
    DENSE(framed_norms, rows, d, centre, first, order, n, precision, norms);
    return;
  }
  double constant = 0;
  for (int64_t j = 0; j < d; j++) constant += precision[j] * (centre[j] * centre[j]);
  CSR(norms, rows, first, order, n, centre, precision, constant, norms);
}
#endif
