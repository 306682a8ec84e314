// SPDX-License-Identifier: BSD-3-Clause
// t^-p = exp(-p log t) for t >= 1 and p >= 0, from the kernel's own exp and log1p.
#ifndef SKPULSAR_POWERS_H
#define SKPULSAR_POWERS_H
#include "cross_entropy.h"

static double inverse_power(double t, double p) {
  int exponent;
  double fraction = frexp(t, &exponent) * 2 - 1, low;  // t = (1 + fraction) 2^(exponent - 1)
  double log_t = (exponent - 1) * (LN2_HI + LN2_LO) + log1p_unit(fraction, 1 + fraction, 0);
  return exp_minus(p * log_t, &low);
}
#endif
