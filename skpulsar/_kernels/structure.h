// SPDX-License-Identifier: BSD-3-Clause
// The structure of a CSR matrix, looked at before anything follows its indices.
//
//  0  sound, columns of every row strictly ascending
//  1  sound, columns not ascending or repeated
// -1  indptr does not start at 0      -2  indptr falls: place is the row
// -3  indptr ends beyond the entries  -4  a column out of range: place is the entry
#ifndef SKPULSAR_STRUCTURE_H
#define SKPULSAR_STRUCTURE_H
#include <stdint.h>

#define DEFINE_STRUCTURE(INDEX)                                                     \
  static int csr_structure_##INDEX(int64_t n_rows, int64_t n_columns,               \
                                   int64_t n_stored, const INDEX *start,            \
                                   const INDEX *column, int64_t *place) {           \
    int code = 0;                                                                   \
    if (start[0] != 0) return -1;                                                   \
    for (int64_t i = 0; i < n_rows; i++)                                            \
      if (start[i + 1] < start[i]) return *place = i, -2;                           \
    if (start[n_rows] > n_stored) return -3;                                        \
    for (int64_t i = 0; i < n_rows; i++)                                            \
      for (int64_t k = start[i]; k < start[i + 1]; k++) {                           \
        if (column[k] < 0 || column[k] >= n_columns) return *place = k, -4;         \
        if (k > start[i] && column[k] <= column[k - 1]) code = 1;                   \
      }                                                                             \
    return code;                                                                    \
  }
DEFINE_STRUCTURE(int32_t)
DEFINE_STRUCTURE(int64_t)
#endif
