// SPDX-License-Identifier: BSD-3-Clause
// Columns, each of which lies on its own, as rows.
#ifndef SKPULSAR_STACK_H
#define SKPULSAR_STACK_H
#include <stdint.h>

enum { STACKED_AT_ONCE = 64 };  // So many rows of some dozens of columns stay in cache.

#define STACK(type)                                                                  \
  static void stack_##type(int64_t first, int64_t stop, int64_t n_columns,           \
                          const type *const *columns, type *restrict out) {         \
    for (int64_t begin = first; begin < stop; begin += STACKED_AT_ONCE) {            \
      int64_t left = stop - begin, n = left < STACKED_AT_ONCE ? left : STACKED_AT_ONCE; \
      for (int64_t j = 0; j < n_columns; j++) {                                     \
        const type *column = columns[j] + begin;                                    \
        for (int64_t i = 0; i < n; i++) out[i * n_columns + j] = column[i];         \
      }                                                                             \
      out += n * n_columns;                                                         \
    }                                                                               \
  }

STACK(float)
STACK(double)

// Writes rows first to stop, of floats or doubles.
static void stack_columns(int single, int64_t first, int64_t stop, int64_t n_columns,
                 const void *columns, void *out) {
  if (single)
    stack_float(first, stop, n_columns, columns, out);
  else
    stack_double(first, stop, n_columns, columns, out);
}
#endif
