// SPDX-License-Identifier: BSD-3-Clause
// A sweep takes rows a block at a time and looks at each block more than once: at rows
// of few columns as columns.h copies them, at others where they lie.
#ifndef SKPULSAR_SWEEP_H
#define SKPULSAR_SWEEP_H
#include "columns.h"

enum { SWEEP_DOUBLES = 32768, SWEEP_ROWS = 128 };

typedef struct {
  const rows_t *rows;
  const frame_t *frame;
  const int64_t *order;  // of these rows, or NULL
  int64_t first, n;
  double *columns;  // NULL: the rows are read where they lie
} block_t;

// Rows of a block: they stay in the L2 cache; if they were fewer, the loops of links.h
// would be too short
static inline int64_t sweep_rows(const rows_t *rows) {
  int64_t d = rows->n_columns;
  if (rows->indices || d < FEW_COLUMNS) return COLUMN_ROWS;
  int64_t n = SWEEP_DOUBLES / d / 32 * 32;
  return n < 32 ? 32 : n > SWEEP_ROWS ? SWEEP_ROWS : n;
}

static inline int64_t sweep_doubles(const rows_t *rows) {
  return rows->indices ? 0 : COLUMN_ROWS * FEW_COLUMNS;
}

// The n rows from place `first` on
static block_t sweep_open(const sample_t *sample, int64_t first, int64_t n,
                          double *scratch) {
  const rows_t *rows = sample->rows;
  const int64_t *order = sample->order ? sample->order + first : 0;
  block_t block = {rows, sample->frame, order, first, n, 0};
  if (!rows->indices && rows->n_columns < FEW_COLUMNS) {
    block.columns = scratch;
    DENSE(load_columns, rows, rows->n_columns, block.frame->centre, first, order, n,
          scratch);
  }
  return block;
}

static void sweep_logits(const block_t *block, const double *weights, double *logits) {
  const rows_t *rows = block->rows;
  int64_t d = rows->n_columns, first = block->first, n = block->n;
  double constant = block->frame->intercept * weights[d];
  if (rows->indices)
    CSR(logits, rows, first, block->order, n, weights, constant, logits);
  else if (block->columns)
    columns_logits(d, n, block->columns, weights, constant, logits);
  else
    DENSE(framed_logits, rows, d, block->frame->centre, first, block->order, n, weights,
          constant, logits);
}

// Of dense rows: norms = sum of precision_j a_j^2
static void sweep_norms(const block_t *block, const double *precision, double *norms) {
  int64_t d = block->rows->n_columns;
  if (block->columns)
    columns_norms(d, block->n, block->columns, precision, norms);
  else
    DENSE(framed_norms, block->rows, d, block->frame->centre, block->first, block->order,
          block->n, precision, norms);
}

// sums += sum of r a; unless h is NULL, squares += sum of h a^2
static void sweep_add(const block_t *block, const double *r, const double *h,
                      double *sums, double *squares) {
  const rows_t *rows = block->rows;
  const double *centre = block->frame->centre, *columns = block->columns;
  int64_t d = rows->n_columns, first = block->first, n = block->n;
  if (rows->indices) {
    CSR(add, rows, first, block->order, n, r, sums);
    if (h) CSR(add_squares, rows, first, block->order, n, h, squares);
  } else if (columns) {
    columns_add(d, n, columns, r, sums);
    if (h) columns_add_squares(d, n, columns, h, squares);
  } else if (h) {
    DENSE(framed_add_both, rows, d, centre, first, block->order, n, r, h, sums, squares);
  } else {
    DENSE(framed_add, rows, d, centre, first, block->order, n, r, sums);
  }
  sums[d] += block->frame->intercept * sum(n, r);
  if (h) squares[d] += block->frame->intercept * sum(n, h);
}
#endif
