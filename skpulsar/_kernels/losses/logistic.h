// SPDX-License-Identifier: BSD-3-Clause
// The logistic loss, or sigmoid cross-entropy, of a logit x and a target z in [0, 1].
//
//   loss      l(x, z) = max(x, 0) - x z + log(1 + exp(-|x|))
//   gradient  dl/dx   = sigmoid(x) - z
//
// Both are evaluated from e = exp(-|x|) <= 1, in forms that neither overflow nor cancel:
//
//   x >= 0:  loss  x (1 - z) + log1p(e),   gradient  ((1 - z) - z e) / (1 + e)
//   x <  0:  loss      -x z  + log1p(e),   gradient  ((1 - z) e - z) / (1 + e)
//
// Hence l(x, z) = l(-x, 1 - z) and dl(x, z) = -dl(-x, 1 - z) bit for bit wherever 1 - z
// is exact, and sigmoid(x) is the gradient at z = 0.  Errors stay below 2 ulp, even in
// subnormal results, because e is kept in two parts (e + e_low, some 60 bits) and the
// rounding of 1 + e is corrected.
#ifndef SKPULSAR_LOGISTIC_H
#define SKPULSAR_LOGISTIC_H
#include "arithmetic/elementary.h"
#include "arithmetic/lanes.h"

typedef struct {
  double loss, gradient;
} logistic_t;

static inline logistic_t logistic(double x, double z) {
  double e_low, e = exp_minus(fabs(x), &e_low), s = 1 + e, inverse = 1 / s;
  double s_low = (e - (s - 1)) + e_low;  // 1 + exp(-|x|) = s + s_low
  int positive = x >= 0, halve = e > SQRT2_MINUS_1;
  double own = positive ? 1 - z : z;  // weight of |x| in the loss
  double numerator = positive ? (1 - z) - z * e : (1 - z) * e - z;
  double low = (positive ? -z : 1 - z) * e_low, q = numerator / s;
  logistic_t result;
  // 0 * inf counts as 0, the limit of the loss at x = +-inf on the right side.
  result.loss = (own == 0 ? 0 : own * fabs(x)) +
                log1p_unit(e, s, (halve ? s_low : e_low) * inverse);
  result.gradient = q + (low - q * s_low) * inverse;
  return result;
}

// Losses and residuals of a block of logits whose targets are 0 or 1.
//
// With the margin m = (2 z - 1) x of a logit x:  loss log(1 + exp(-m)), residual
// |sigmoid(x) - z| = sigmoid(-m), both from e = exp(-|m|) without cancellation.  If
// all rows weigh the same, one logarithm of the product of 1 + e over a block replaces
// up to 256 logarithms; it differs from their sum by some 1e-16 a row.
enum { LOSS_ROWS = 256 };  // 2^256 is the largest product

// Returns the sum of the losses of n <= LOSS_ROWS rows.  A NULL weight stands for ones.
// The slope r is weight (sigmoid(x) - z).
APART static double logistic_block(int64_t n, const double *restrict logits,
                               const double *restrict target,
                               const double *restrict weight,
                               double *restrict residual, double *restrict r) {
  double e[LOSS_ROWS], loss[LOSS_ROWS], product[LANES], rest = 1;
  for (int64_t i = 0; i < n; i++) {
    double sign = 2 * target[i] - 1, margin = sign * logits[i], low;
    e[i] = exp_minus(fabs(margin), &low);
    residual[i] = (margin > 0 ? e[i] : 1) / (1 + e[i]);
    r[i] = -sign * residual[i];
    loss[i] = margin > 0 ? 0 : -margin;
  }
  if (weight) {
    for (int64_t i = 0; i < n; i++) {
      loss[i] += log1p_unit(e[i], 1 + e[i], 0);
      r[i] *= weight[i];
    }
    return dot(n, weight, loss);
  }
  int64_t i = 0;
  for (int lane = 0; lane < LANES; lane++) product[lane] = 1;
  for (; i + LANES <= n; i += LANES)
    for (int lane = 0; lane < LANES; lane++) product[lane] *= 1 + e[i + lane];
  for (; i < n; i++) rest *= 1 + e[i];
  for (int lane = 0; lane < LANES; lane++) rest *= product[lane];
  return sum(n, loss) + natural_log(rest);
}

// curvature = weight residual (1 - residual)
APART static void logistic_curvature(int64_t n, const double *restrict residual,
                                     const double *restrict weight,
                                     double *restrict curvature) {
  for (int64_t i = 0; i < n; i++) curvature[i] = residual[i] * (1 - residual[i]);
  if (weight)
    for (int64_t i = 0; i < n; i++) curvature[i] *= weight[i];
}
#endif
