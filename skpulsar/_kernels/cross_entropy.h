// SPDX-License-Identifier: BSD-3-Clause
// The sigmoid cross-entropy of one logit x and one target z in [0, 1].
//
//   loss      l(x, z) = max(x, 0) - x z + log(1 + exp(-|x|))
//   gradient  dl/dx   = sigmoid(x) - z
//
// Evaluated from e = exp(-|x|) <= 1 alone, in forms that neither overflow nor cancel:
//
//   x >= 0:  loss  x (1 - z) + log1p(e),   gradient  ((1 - z) - z e) / (1 + e)
//   x <  0:  loss      -x z  + log1p(e),   gradient  ((1 - z) e - z) / (1 + e)
//
// so l(x, z) = l(-x, 1 - z) and dl(x, z) = -dl(-x, 1 - z) bit for bit wherever 1 - z is
// exact, and sigmoid(x) is the gradient at z = 0.  Errors stay below 2 ulp, subnormal
// results included, because e is kept in two parts (e + e_lo, some 60 bits) and the
// rounding of 1 + e is put back.  Neither libm nor a branch is used: the same bits on
// every CPU, and a loop over rows vectorises.
#ifndef SKPULSAR_CROSS_ENTROPY_H
#define SKPULSAR_CROSS_ENTROPY_H
#include "elementary.h"

typedef struct {
  double loss, gradient;
} cross_entropy_t;

static inline cross_entropy_t cross_entropy(double x, double z) {
  double e_low, e = exp_minus(fabs(x), &e_low), s = 1 + e, inverse = 1 / s;
  double s_low = (e - (s - 1)) + e_low;  // 1 + exp(-|x|) = s + s_low
  int positive = x >= 0, halve = e > SQRT2_MINUS_1;
  double own = positive ? 1 - z : z;  // weight of |x| in the loss
  double numerator = positive ? (1 - z) - z * e : (1 - z) * e - z;
  double low = (positive ? -z : 1 - z) * e_low, q = numerator / s;
  cross_entropy_t result;
  // 0 * inf is a loss of 0 here: the limit at x = +-inf on the right side
  result.loss = (own == 0 ? 0 : own * fabs(x)) +
                log1p_unit(e, s, (halve ? s_low : e_low) * inverse);
  result.gradient = q + (low - q * s_low) * inverse;
  return result;
}
#endif
