// SPDX-License-Identifier: BSD-3-Clause
// Losses and residuals of a block of logits whose targets are 0 or 1.
//
// With the margin m = (2 z - 1) x of a logit x:  loss log(1 + exp(-m)), residual
// |sigmoid(x) - z| = sigmoid(-m), both from e = exp(-|m|) without cancellation.  Where
// all rows weigh the same, log(1 + e) is taken of the product of a block's 1 + e: one
// logarithm for up to 256 rows, which differs from the sum by some 1e-16 a row.
#ifndef SKPULSAR_LINKS_H
#define SKPULSAR_LINKS_H
#include "cross_entropy.h"
#include "lanes.h"

enum { LINK_ROWS = 256 };  // 2^256 is the largest product

// Returns the sum of the losses; n <= LINK_ROWS; weight NULL: all 1.  r, the slope, is
// weight (sigmoid(x) - z).
APART static double link_block(int64_t n, const double *restrict logits,
                               const double *restrict target,
                               const double *restrict weight,
                               double *restrict residual, double *restrict r) {
  double e[LINK_ROWS], loss[LINK_ROWS], product[LANES], rest = 1;
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
#endif
