// SPDX-License-Identifier: BSD-3-Clause
// Checks of the structure of a CSR matrix, before anything follows its indices.
//
// Pointers:  0  valid   -1  indptr does not start at 0
//           -2  indptr falls: place is the row   -3  indptr ends beyond the entries
// Columns: the first place where one is out of range; -1 if there is none
#ifndef SKPULSAR_STRUCTURE_H
#define SKPULSAR_STRUCTURE_H
#include <stdint.h>

#define MAX_int32_t INT32_MAX
#define MAX_int64_t INT64_MAX

#define DEFINE_STRUCTURE(INDEX)                                                        \
  static int csr_pointers_##INDEX(int64_t n_rows, int64_t n_stored,                    \
                                  const INDEX *start, int64_t *place) {                \
    if (start[0] != 0) return -1;                                                      \
    for (int64_t i = 0; i < n_rows; i++)                                               \
      if (start[i + 1] < start[i]) return *place = i, -2;                              \
    return start[n_rows] > n_stored ? -3 : 0;                                          \
  }                                                                                    \
  static int64_t csr_columns_##INDEX(int64_t n, int64_t n_columns,                     \
                                     const INDEX *column) {                            \
    INDEX last = n_columns > MAX_##INDEX ? MAX_##INDEX : (INDEX)(n_columns - 1);       \
    int strange = 0;                                                                   \
    int64_t place = 0;                                                                 \
    for (int64_t k = 0; k < n; k++) strange |= (column[k] < 0) | (column[k] > last);   \
    if (!strange) return -1;                                                           \
    while (column[place] >= 0 && column[place] <= last) ++place;                       \
    return place;                                                                      \
  }                                                                                    \
  /* Whether the columns of every row strictly ascend, in a valid structure */         \
  static int csr_ascends_##INDEX(int64_t n_rows, const INDEX *start,                   \
                                 const INDEX *column) {                                \
    int64_t falls = 0; /* without those from one row to the next */                    \
    for (int64_t k = (int64_t)start[0] + 1; k < start[n_rows]; k++)                    \
      falls += column[k] <= column[k - 1];                                             \
    for (int64_t i = 0; i < n_rows; i++)                                               \
      if (start[0] < start[i] && start[i] < start[i + 1])                              \
        falls -= column[start[i]] <= column[start[i] - 1];                             \
    return !falls;                                                                     \
  }
DEFINE_STRUCTURE(int32_t)
DEFINE_STRUCTURE(int64_t)

// For indices that are int64 if `wide`, else int32
static inline int csr_pointers(int wide, int64_t n_rows, int64_t n_stored,
                               const void *start, int64_t *place) {
  return wide ? csr_pointers_int64_t(n_rows, n_stored, start, place)
              : csr_pointers_int32_t(n_rows, n_stored, start, place);
}

static inline int64_t csr_columns(int wide, int64_t n, int64_t n_columns,
                                  const void *column) {
  return wide ? csr_columns_int64_t(n, n_columns, column)
              : csr_columns_int32_t(n, n_columns, column);
}

static inline int csr_ascends(int wide, int64_t n_rows, const void *start,
                              const void *column) {
  return wide ? csr_ascends_int64_t(n_rows, start, column)
              : csr_ascends_int32_t(n_rows, start, column);
}
#endif
