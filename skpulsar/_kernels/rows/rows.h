// SPDX-License-Identifier: BSD-3-Clause
// Rows of X: dense or CSR, float32 or float64, int32 or int64 indices.
//
// A row x is used as  a = (x - centre, intercept).  Rows are `first`, `first + 1`, ...
// or, if `order` is given, order[0], order[1], ...  Sums and logits are double.
#ifndef SKPULSAR_ROWS_H
#define SKPULSAR_ROWS_H
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "arithmetic/lanes.h"
#include "arithmetic/tiles.h"
#include "kernel.h"

enum { AHEAD = 8, LINE = 64 };  // rows in random order are prefetched so far ahead
enum { COLUMN_ROWS = 256 };     // rows of a block that is stored column by column

// Logits of so many rows and outputs at a time fill the registers.
enum { LOGIT_ROWS = WIDTH == 8 ? 4 : 2, LOGIT_OUTPUTS = WIDTH == 8 ? 5 : 2 };

// *sums += p[0] a + p[1] b + p[2] c + p[3] e, in the order of dense.h
static inline void add_four(const double *p, lanes_t a, lanes_t b, lanes_t c, lanes_t e,
                            double *sums) {
  *(lanes_t *)sums += (p[0] * a + p[1] * b) + (p[2] * c + p[3] * e);
}

// The same of a column, four rows at a time
static inline void add_by_four(int64_t n, const double *p, const double *a, double *sum) {
  int64_t i = 0;
  for (; i + 4 <= n; i += 4)
    *sum += (p[i] * a[i] + p[i + 1] * a[i + 1]) +
            (p[i + 2] * a[i + 2] + p[i + 3] * a[i + 3]);
  for (; i < n; i++) *sum += p[i] * a[i];
}

// The instances of csr.h and dense.h for the types of X
#define REAL double
#include "rows/dense.h"
#define INDEX int32_t
#include "rows/csr.h"
#undef INDEX
#define INDEX int64_t
#include "rows/csr.h"
#undef INDEX
#undef REAL
#define REAL float
#include "rows/dense.h"
#define INDEX int32_t
#include "rows/csr.h"
#undef INDEX
#define INDEX int64_t
#include "rows/csr.h"
#undef INDEX
#undef REAL

#define DENSE(function, rows, ...)                                       \
  ((rows)->single ? function##_float((rows)->values, __VA_ARGS__)        \
                  : function##_double((rows)->values, __VA_ARGS__))
#define CSR(function, rows, ...)                                                      \
  ((rows)->single ? (rows)->wide ? function##_float_int64_t CSR_ARGS(rows, __VA_ARGS__)  \
                                 : function##_float_int32_t CSR_ARGS(rows, __VA_ARGS__)  \
                  : (rows)->wide ? function##_double_int64_t CSR_ARGS(rows, __VA_ARGS__) \
                                 : function##_double_int32_t CSR_ARGS(rows, __VA_ARGS__))
#define CSR_ARGS(rows, ...) \
  ((rows)->values, (rows)->indices, (rows)->indptr, __VA_ARGS__)
#endif
