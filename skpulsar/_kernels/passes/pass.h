// SPDX-License-Identifier: BSD-3-Clause
// A pass reads a span of rows at a time, more than once: rows of few columns in the copy
// of columns.h, other rows in place.
#ifndef SKPULSAR_PASS_H
#define SKPULSAR_PASS_H
#include "rows/columns.h"

enum { PASS_DOUBLES = 32768, PASS_ROWS = 128 };

typedef struct {
  const rows_t *rows;
  const frame_t *frame;
  const int64_t *order;  // order of these rows, or NULL
  int64_t first, n;
  double *columns;  // NULL if the rows are read in place
} span_t;

// Rows of a span.  They fit the L2 cache; with fewer, the loops of losses.h would be too
// short.
static inline int64_t span_rows(const rows_t *rows) {
  int64_t d = rows->n_columns;
  if (rows->indices || d < FEW_COLUMNS) return COLUMN_ROWS;
  int64_t n = PASS_DOUBLES / d / 32 * 32;
  return n < 32 ? 32 : n > PASS_ROWS ? PASS_ROWS : n;
}

static inline int64_t span_doubles(const rows_t *rows) {
  int few = !rows->indices && rows->n_columns < FEW_COLUMNS;
  return few ? COLUMN_ROWS * rows->n_columns : 0;
}

// Opens the span of the n rows from place `first` on.
static span_t span_open(const dataset_t *data, int64_t first, int64_t n,
                          double *scratch) {
  const rows_t *rows = data->rows;
  const int64_t *order = data->order ? data->order + first : 0;
  span_t span = {rows, data->frame, order, first, n, 0};
  if (!rows->indices && rows->n_columns < FEW_COLUMNS) {
    span.columns = scratch;
    DENSE(load_columns, rows, rows->n_columns, span.frame->centre, first, order, n,
          scratch);
  }
  return span;
}

// The logits of one output
static void span_logits(const span_t *span, const double *weights, double *logits) {
  const rows_t *rows = span->rows;
  int64_t d = rows->n_columns, first = span->first, n = span->n;
  double constant = span->frame->intercept * weights[d];
  if (rows->indices)
    CSR(logits, rows, first, span->order, n, weights, constant, logits);
  else if (span->columns)
    columns_logits(d, n, span->columns, weights, constant, logits);
  else
    DENSE(framed_logits, rows, d, span->frame->centre, first, span->order, n, weights,
          constant, logits);
}

// Whether the entries of rows in place are best loaded for several outputs at once
static inline int span_has_tiles(const span_t *span, int64_t n_outputs) {
  return n_outputs > 1 && !span->rows->indices && !span->columns;
}

// The logits of all outputs, `stride` apart; their weights are `width` apart.
static void span_all_logits(const span_t *span, int64_t n_outputs, const double *weights,
                            int64_t width, int64_t stride, double *logits) {
  if (span_has_tiles(span, n_outputs))
    DENSE(outputs_logits, span->rows, span->rows->n_columns, span->frame, span->first,
          span->order, span->n, n_outputs, weights, width, stride, logits);
  else
    for (int64_t k = 0; k < n_outputs; k++)
      span_logits(span, weights + k * width, logits + k * stride);
}

// norms = sum of precision_j a_j^2, for dense rows
static void span_norms(const span_t *span, const double *precision, double *norms) {
  int64_t d = span->rows->n_columns;
  if (span->columns)
    columns_norms(d, span->n, span->columns, precision, norms);
  else
    DENSE(framed_norms, span->rows, d, span->frame->centre, span->first, span->order,
          span->n, precision, norms);
}

// sums += sum of r a and, unless h is NULL, squares += sum of h a^2
static void span_add(const span_t *span, const double *r, const double *h,
                      double *sums, double *squares) {
  const rows_t *rows = span->rows;
  const double *centre = span->frame->centre, *columns = span->columns;
  int64_t d = rows->n_columns, first = span->first, n = span->n;
  if (rows->indices) {
    CSR(add, rows, first, span->order, n, r, sums);
    if (h) CSR(add_squares, rows, first, span->order, n, h, squares);
  } else if (columns) {
    columns_add(d, n, columns, r, sums);
    if (h) columns_add_squares(d, n, columns, h, squares);
  } else if (h) {
    DENSE(framed_add_both, rows, d, centre, first, span->order, n, r, h, sums, squares);
  } else {
    DENSE(framed_add, rows, d, centre, first, span->order, n, r, sums);
  }
  sums[d] += span->frame->intercept * sum(n, r);
  if (h) squares[d] += span->frame->intercept * sum(n, h);
}

// The same of all outputs: their r and h are `stride` apart, their sums `step`.
static void span_add_all(const span_t *span, int64_t n_outputs, const double *r,
                         const double *h, int64_t stride, double *sums, double *squares,
                         int64_t step) {
  int64_t d = span->rows->n_columns;
  if (!span_has_tiles(span, n_outputs)) {
    for (int64_t k = 0; k < n_outputs; k++)
      span_add(span, r + k * stride, h ? h + k * stride : 0, sums + k * step,
               squares + k * step);
    return;
  }
  DENSE(outputs_add, span->rows, d, span->frame->centre, span->first, span->order,
        span->n, n_outputs, r, h, stride, sums, squares, step);
  for (int64_t k = 0; k < n_outputs; k++) {
    sums[k * step + d] += span->frame->intercept * sum(span->n, r + k * stride);
    if (h) squares[k * step + d] += span->frame->intercept * sum(span->n, h + k * stride);
  }
}
#endif
