// SPDX-License-Identifier: BSD-3-Clause
// Importance sampling: row i is selected with probability
//
//   pi_i = min(1, c (residual_i + floor) norm_i),   and then weighs 1 / pi_i.
//
// It is selected if a uniform hash of (key, i) is below pi_i, so that the sample does not
// depend on how the rows are divided.
#ifndef SKPULSAR_IMPORTANCE_H
#define SKPULSAR_IMPORTANCE_H
#include "arithmetic/hash.h"

// A uniform number in [0, 1)
static inline double hashed_uniform(uint64_t key, int64_t row) {
  return (double)(int64_t)(hash(key, (uint64_t)row) >> 11) * 0x1p-53;
}

// The sum of the probabilities
static double expected(int64_t n, const double *residual, double floor,
                       const double *norms, double c) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) {
    double p = c * (residual[i] + floor) * norms[i];
    sum += p < 1 ? p : 1;
  }
  return sum;
}

// Selects from n rows, which have these places among all or, for NULL, those from `first`
// on, in their order, and gives their weights; at most `room` of them.
static int64_t draw(int64_t first, const int64_t *places, int64_t n,
                    const double *residual, double floor, const double *norms, double c,
                    uint64_t key, int64_t room, int64_t *order, double *weight) {
  int64_t count = 0;
  for (int64_t i = 0; i < n && count < room; i++) {
    double p = c * (residual[i] + floor) * norms[i];
    int64_t place = places ? places[i] : first + i;
    order[count] = place;
    weight[count] = p < 1 ? 1 / p : 1;
    count += hashed_uniform(key, place) < p;
  }
  return count;
}
#endif
