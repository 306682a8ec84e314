// SPDX-License-Identifier: BSD-3-Clause
// Half the squared error of a prediction x and a target z.
//
//   loss      l(x, z) = (x - z)^2 / 2
//   gradient  dl/dx   = x - z
#ifndef SKPULSAR_SQUARED_H
#define SKPULSAR_SQUARED_H
#include <math.h>

#include "losses/logistic.h"  // for LOSS_ROWS

// Replaces predictions x by losses, and targets r by slopes.
static inline void squared_points(int64_t n, double *restrict x, double *restrict r) {
  for (int64_t i = 0; i < n; i++) {
    r[i] = x[i] - r[i];
    x[i] = r[i] * r[i] / 2;
  }
}

// Returns the sum of the losses.  residual is |x - z|, and r is weight (x - z).  A NULL
// weight stands for ones.
static inline double squared_block(int64_t n, const double *restrict x,
                                   const double *restrict target,
                                   const double *restrict weight,
                                   double *restrict residual, double *restrict r) {
  double square[LOSS_ROWS];
  for (int64_t i = 0; i < n; i++) {
    double error = x[i] - target[i];
    residual[i] = fabs(error);
    r[i] = weight ? weight[i] * error : error;
    square[i] = r[i] * error;
  }
  return sum(n, square) / 2;
}
#endif
