// SPDX-License-Identifier: BSD-3-Clause
// The Cholesky factor of a small matrix.  LAPACK is not used, since its bits depend on
// the CPU.
#ifndef SKPULSAR_CHOLESKY_H
#define SKPULSAR_CHOLESKY_H
#include <math.h>
#include <string.h>

#include "kernel.h"
#include "arithmetic/lanes.h"

// s[r][c] = a[r] . b[c].  Every vector is read once for two products.
static inline void dots(int64_t n, const double *const a[2], const double *const b[2],
                        double s[2][2]) {
  enum { REGISTERS = LANES / WIDTH };
  lanes_t t[2][2][REGISTERS] = {0};
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < REGISTERS; k++)
      for (int r = 0; r < 2; r++)
        for (int c = 0; c < 2; c++) {
          const double *left = a[r] + i, *right = b[c] + i;
          t[r][c][k] += ((const lanes_t *)left)[k] * ((const lanes_t *)right)[k];
        }
  for (int r = 0; r < 2; r++)
    for (int c = 0; c < 2; c++) {
      double lanes[LANES], rest = 0;
      memcpy(lanes, t[r][c], sizeof lanes);
      for (int64_t k = i; k < n; k++) rest += a[r][k] * b[c][k];
      s[r][c] = join_lanes(lanes) + rest;
    }
}

// Replaces the lower half of G by its factor, two rows by two columns at a time.
static int cholesky(int64_t size, watch_t *watch, double *G) {
  double s[2][2];
  for (int64_t i = 0; i < size; i += 2) {
    int alone = i + 1 == size;  // the last row then stands for both
    double *above = G + i * size, *below = alone ? above : above + size;
    const double *const rows[] = {above, below};
    for (int64_t j = 0; j < i; j += 2) {
      const double *c = G + j * size, *e = c + size;
      dots(j, rows, (const double *const[]){c, e}, s);
      double p = (above[j] - s[0][0]) / c[j], q = (below[j] - s[1][0]) / c[j];
      double r = (above[j + 1] - s[0][1] - p * e[j]) / e[j + 1];
      double t = (below[j + 1] - s[1][1] - q * e[j]) / e[j + 1];
      above[j] = p, above[j + 1] = r;
      below[j] = q, below[j + 1] = t;
    }
    dots(i, rows, rows, s);
    double pivot = above[i] - s[0][0];
    if (!(pivot > 0)) return INDEFINITE;
    above[i] = sqrt(pivot);
    if (alone) break;
    below[i] = (below[i] - s[1][0]) / above[i];
    pivot = below[i + 1] - s[1][1] - below[i] * below[i];
    if (!(pivot > 0)) return INDEFINITE;
    below[i + 1] = sqrt(pivot);
    if (must_stop(watch, i * i)) return INTERRUPTED;
  }
  return DEFINITE;
}

// Computes x = G^-1 x from the factor in the lower half of G.
static void cholesky_solve(int64_t size, const double *G, double *restrict x) {
  for (int64_t i = 0; i < size; i++)
    x[i] = (x[i] - dot(i, G + i * size, x)) / G[i * size + i];
  for (int64_t i = size; i-- > 0;) {
    const double *restrict row = G + i * size;
    double t = x[i] /= row[i];
    for (int64_t j = 0; j < i; j++) x[j] -= t * row[j];
  }
}

// Factorises G + diag(penalty) in units of the root of its diagonal, which `unit`
// receives.  The diagonal is raised until the matrix is positive definite.  INDEFINITE
// means that G is not finite.
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

// Computes step = (G + diag(penalty))^-1 gradient.
static void precondition(int64_t size, const double *factor, const double *restrict unit,
                         const double *restrict gradient, double *restrict step) {
  for (int64_t j = 0; j < size; j++) step[j] = gradient[j] / unit[j];
  cholesky_solve(size, factor, step);
  for (int64_t j = 0; j < size; j++) step[j] /= unit[j];
}
#endif
