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
