// SPDX-License-Identifier: BSD-3-Clause
// A block of dense rows in the cache: n rows of `width` doubles, a multiple of LANES.
#ifndef SKPULSAR_BLOCK_H
#define SKPULSAR_BLOCK_H
#include "arithmetic/lanes.h"

enum { BLOCK_DOUBLES = 4096, MAX_BLOCK_ROWS = 128 };

static inline int64_t block_width(int64_t n_columns) {
  return (n_columns + LANES) / LANES * LANES;  // one column more for the intercept
}

static inline int64_t block_rows(int64_t n_columns) {
  int64_t rows = BLOCK_DOUBLES / block_width(n_columns) / 4 * 4;
  return rows < 4 ? 4 : rows > MAX_BLOCK_ROWS ? MAX_BLOCK_ROWS : rows;
}

static inline void block_logits(int64_t width, int64_t n, const double *block,
                                const double *weights, double *restrict logits) {
  for (int64_t i = 0; i < n; i++) logits[i] = dot(width, weights, block + i * width);
}

// sums += block' r, four rows at a time, so that a sum is loaded once for all four
static inline void block_add(int64_t width, int64_t n, const double *restrict block,
                             const double *restrict r, double *restrict sums) {
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const double *a = block + i * width, *b = a + width, *c = b + width, *e = c + width;
    double p = r[i], q = r[i + 1], s = r[i + 2], t = r[i + 3];
    for (int64_t j = 0; j < width; j++)
      sums[j] += (p * a[j] + q * b[j]) + (s * c[j] + t * e[j]);
  }
  for (; i < n; i++)
    for (int64_t j = 0; j < width; j++) sums[j] += r[i] * block[i * width + j];
}
#endif
