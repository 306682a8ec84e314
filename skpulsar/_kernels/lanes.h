// SPDX-License-Identifier: BSD-3-Clause
// Sums in eight fixed lanes: the same bits whatever the registers of the machine hold.
#ifndef SKPULSAR_LANES_H
#define SKPULSAR_LANES_H
#include <stdint.h>

enum { LANES = 8 };

static inline double join_lanes(const double *s) {
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

// sum of a; any length
static inline double sum(int64_t n, const double *restrict a) {
  double s[LANES] = {0}, rest = 0;
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int lane = 0; lane < LANES; lane++) s[lane] += a[i + lane];
  for (; i < n; i++) rest += a[i];
  return join_lanes(s) + rest;
}

// sum of a b; n is a multiple of LANES
static inline double dot(int64_t n, const double *restrict a, const double *restrict b) {
  double s[LANES] = {0};
  for (int64_t j = 0; j < n; j += LANES)
    for (int lane = 0; lane < LANES; lane++) s[lane] += a[j + lane] * b[j + lane];
  return join_lanes(s);
}

// sum of a b^2; n is a multiple of LANES
static inline double dot_square(int64_t n, const double *restrict a,
                                const double *restrict b) {
  double s[LANES] = {0};
  for (int64_t j = 0; j < n; j += LANES)
    for (int lane = 0; lane < LANES; lane++)
      s[lane] += a[j + lane] * (b[j + lane] * b[j + lane]);
  return join_lanes(s);
}
#endif
