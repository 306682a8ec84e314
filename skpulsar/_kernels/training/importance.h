// SPDX-License-Identifier: BSD-3-Clause
// A minibatch drawn by importance: row i joins with probability
//
//   pi_i = min(1, c (residual_i + floor) norm_i),   and then weighs 1 / pi_i.
//
// Its coin is a hash of (key, i): whoever looks at row i throws the same coin.
#ifndef SKPULSAR_IMPORTANCE_H
#define SKPULSAR_IMPORTANCE_H
#include "arithmetic/hash.h"

// In [0, 1)
static inline double coin(uint64_t key, int64_t row) {
  return (double)(int64_t)(hash(key, (uint64_t)row) >> 11) * 0x1p-53;
}

// Sum of the probabilities over every step-th row, times step
static double expected(int64_t n, int64_t step, const double *residual, double floor,
                       const double *norms, double c) {
  double sum = 0;
  for (int64_t i = 0; i < n; i += step) {
    double p = c * (residual[i] + floor) * norms[i];
    sum += p < 1 ? p : 1;
  }
  return sum * (double)step;
}

// Rows that join, in ascending order, and their weights; at most `room` of them
static int64_t draw(int64_t n, const double *residual, double floor, const double *norms,
                    double c, uint64_t key, int64_t room, int64_t *order,
                    double *weight) {
  int64_t count = 0;
  for (int64_t i = 0; i < n && count < room; i++) {
    double p = c * (residual[i] + floor) * norms[i];
    order[count] = i;
    weight[count] = p < 1 ? 1 / p : 1;
    count += coin(key, i) < p;
  }
  return count;
}
#endif
