// SPDX-License-Identifier: BSD-3-Clause
// The losses by their tags, which _problem/_losses.py passes down.
#ifndef SKPULSAR_LOSSES_H
#define SKPULSAR_LOSSES_H
#include <math.h>

#include "losses/logistic.h"

// Of n logits x and targets r: their losses in the place of x, their slopes in that of r
static inline void loss_points(int loss, int64_t n, double *restrict x,
                               double *restrict r) {
  switch (loss) {
    case LOGISTIC:
      for (int64_t i = 0; i < n; i++) {
        logistic_t one = logistic(x[i], r[i]);
        x[i] = one.loss;
        r[i] = one.gradient;
      }
      return;
  }
  for (int64_t i = 0; i < n; i++) x[i] = r[i] = NAN;
}

// Of n <= LOSS_ROWS rows: the sum of their losses, their residuals, weight times slope
static inline double loss_block(int loss, int64_t n, const double *logits,
                                const double *target, const double *weight,
                                double *residual, double *r) {
  switch (loss) {
    case LOGISTIC:
      return logistic_block(n, logits, target, weight, residual, r);
  }
  return NAN;
}

// Their curvature, from the residuals
static inline void loss_curvature(int loss, int64_t n, const double *residual,
                                  const double *weight, double *curvature) {
  switch (loss) {
    case LOGISTIC:
      logistic_curvature(n, residual, weight, curvature);
  }
}
#endif
