// SPDX-License-Identifier: BSD-3-Clause
// Cholesky's factor of a small matrix, without LAPACK: its bits follow the CPU.
#ifndef SKPULSAR_CHOLESKY_H
#define SKPULSAR_CHOLESKY_H
#include <math.h>
#include <string.h>

#include "kernel.h"
#include "lanes.h"

// Lower half of G in place, row by row
static int cholesky(int64_t size, watch_t *watch, double *G) {
  for (int64_t i = 0; i < size; i++) {
    double *row = G + i * size;
    for (int64_t j = 0; j < i; j++)
      row[j] = (row[j] - dot(j, row, G + j * size)) / G[j * size + j];
    double pivot = row[i] - dot(i, row, row);
    if (!(pivot > 0)) return INDEFINITE;
    row[i] = sqrt(pivot);
    if (must_stop(watch, i * i / 2)) return INTERRUPTED;
  }
  return DEFINITE;
}

// x = G^-1 x, from the factor in the lower half
static void cholesky_solve(int64_t size, const double *G, double *restrict x) {
  for (int64_t i = 0; i < size; i++)
    x[i] = (x[i] - dot(i, G + i * size, x)) / G[i * size + i];
  for (int64_t i = size; i-- > 0;) {
    const double *restrict row = G + i * size;
    double t = x[i] /= row[i];
    for (int64_t j = 0; j < i; j++) x[j] -= t * row[j];
  }
}

// Factor of G + diag(penalty) in units of its own diagonal, which `unit` receives, and
// raised until it is positive definite.  INDEFINITE: G is not finite.
static int factorise(int64_t size, const double *G, const double *penalty,
                     watch_t *watch, double *restrict unit, double *restrict factor) {
  for (int64_t i = 0; i < size; i++) {
    double square = G[i * size + i] + penalty[i];
    if (!(square < INFINITY)) return INDEFINITE;
    unit[i] = sqrt(square > 1e-300 ? square : 1e-300);
  }
  for (double raise = 1e-14; raise <= 1; raise *= 100) {
    for (int64_t i = 0; i < size; i++) {
      for (int64_t j = 0; j < i; j++)
        factor[i * size + j] = G[i * size + j] / unit[j] / unit[i];
      factor[i * size + i] = 1 + raise;
    }
    int answer = cholesky(size, watch, factor);
    if (answer != INDEFINITE) return answer;
  }
  return INDEFINITE;
}

// step = (G + diag(penalty))^-1 gradient
static void metric_solve(int64_t size, const double *factor, const double *restrict unit,
                         const double *restrict gradient, double *restrict step) {
  for (int64_t j = 0; j < size; j++) step[j] = gradient[j] / unit[j];
  cholesky_solve(size, factor, step);
  for (int64_t j = 0; j < size; j++) step[j] /= unit[j];
}
#endif
