// SPDX-License-Identifier: BSD-3-Clause
// A sweep takes some rows at a time and looks at them more than once: at rows
// of few columns as columns.h copies them, at others where they lie.
#ifndef SKPULSAR_PASS_H
#define SKPULSAR_PASS_H
#include "rows/columns.h"

enum { SWEEP_DOUBLES = 32768, SWEEP_ROWS = 128 };

typedef struct {
  const rows_t *rows;
  const frame_t *frame;
  const int64_t *order;  // of these rows, or NULL
  int64_t first, n;
  double *columns;  // NULL: the rows are read where they lie
} sweep_t;

// Rows at a time: they stay in the L2 cache; if they were fewer, the loops of losses.h
// would be too short
static inline int64_t sweep_rows(const rows_t *rows) {
  int64_t d = rows->n_columns;
  if (rows->indices || d < FEW_COLUMNS) return COLUMN_ROWS;
  int64_t n = SWEEP_DOUBLES / d / 32 * 32;
  return n < 32 ? 32 : n > SWEEP_ROWS ? SWEEP_ROWS : n;
}

static inline int64_t sweep_doubles(const rows_t *rows) {
  int few = !rows->indices && rows->n_columns < FEW_COLUMNS;
  return few ? COLUMN_ROWS * rows->n_columns : 0;
}

// The n rows from place `first` on
static sweep_t sweep_open(const sample_t *sample, int64_t first, int64_t n,
                          double *scratch) {
  const rows_t *rows = sample->rows;
  const int64_t *order = sample->order ? sample->order + first : 0;
  sweep_t sweep = {rows, sample->frame, order, first, n, 0};
  if (!rows->indices && rows->n_columns < FEW_COLUMNS) {
    sweep.columns = scratch;
    DENSE(load_columns, rows, rows->n_columns, sweep.frame->centre, first, order, n,
          scratch);
  }
  return sweep;
}

static void sweep_logits(const sweep_t *sweep, const double *weights, double *logits) {
  const rows_t *rows = sweep->rows;
  int64_t d = rows->n_columns, first = sweep->first, n = sweep->n;
  double constant = sweep->frame->intercept * weights[d];
  if (rows->indices)
    CSR(logits, rows, first, sweep->order, n, weights, constant, logits);
  else if (sweep->columns)
    columns_logits(d, n, sweep->columns, weights, constant, logits);
  else
    DENSE(framed_logits, rows, d, sweep->frame->centre, first, sweep->order, n, weights,
          constant, logits);
}

// Of dense rows: norms = sum of precision_j a_j^2
static void sweep_norms(const sweep_t *sweep, const double *precision, double *norms) {
  int64_t d = sweep->rows->n_columns;
  if (sweep->columns)
    columns_norms(d, sweep->n, sweep->columns, precision, norms);
  else
    DENSE(framed_norms, sweep->rows, d, sweep->frame->centre, sweep->first, sweep->order,
          sweep->n, precision, norms);
}

// sums += sum of r a; unless h is NULL, squares += sum of h a^2
static void sweep_add(const sweep_t *sweep, const double *r, const double *h,
                      double *sums, double *squares) {
  const rows_t *rows = sweep->rows;
  const double *centre = sweep->frame->centre, *columns = sweep->columns;
  int64_t d = rows->n_columns, first = sweep->first, n = sweep->n;
  if (rows->indices) {
    CSR(add, rows, first, sweep->order, n, r, sums);
    if (h) CSR(add_squares, rows, first, sweep->order, n, h, squares);
  } else if (columns) {
    columns_add(d, n, columns, r, sums);
    if (h) columns_add_squares(d, n, columns, h, squares);
  } else if (h) {
    DENSE(framed_add_both, rows, d, centre, first, sweep->order, n, r, h, sums, squares);
  } else {
    DENSE(framed_add, rows, d, centre, first, sweep->order, n, r, sums);
  }
  sums[d] += sweep->frame->intercept * sum(n, r);
  if (h) squares[d] += sweep->frame->intercept * sum(n, h);
}
#endif
