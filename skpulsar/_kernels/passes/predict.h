// SPDX-License-Identifier: BSD-3-Clause
// Plain readings of rows: logits and row norms
#ifndef SKPULSAR_PREDICT_H
#define SKPULSAR_PREDICT_H
#include "rows/block.h"
#include "rows/rows.h"

// logits = sum of (x_j - centre_j) weights_j + intercept weights_d; weights are padded.
// frame may be NULL: no centre, an intercept.  scratch holds a block of dense rows
// seen in a frame, and keeps the last one.
static void read_logits(const rows_t *rows, const frame_t *frame, int64_t first,
                        const int64_t *order, int64_t n, const double *weights,
                        double *scratch, double *logits) {
  int64_t d = rows->n_columns, width = block_width(d), step = block_rows(d);
  if (rows->indices) {
    double constant = weights[d];
    if (frame) constant = frame->intercept * constant - dot(d, frame->centre, weights);
    CSR(logits, rows, first, order, n, weights, constant, logits);
    return;
  }
  if (!frame) {
    DENSE(plain_logits, rows, d, first, order, n, weights, logits);
    return;
  }
  for (int64_t i = 0; i < n; i += step) {
    int64_t m = n - i < step ? n - i : step;
    DENSE(load, rows, d, frame, first + i, order ? order + i : 0, m, width, scratch);
    block_logits(width, m, scratch, weights, logits + i);
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
