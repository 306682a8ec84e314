// SPDX-License-Identifier: BSD-3-Clause
// t^-p = exp(-p log t) for t >= 1 and p >= 0, from the kernel's own exp and log.
#ifndef SKPULSAR_POWERS_H
#define SKPULSAR_POWERS_H
#include "cross_entropy.h"

static double inverse_power(double t, double p) {
  double low;
  return exp_minus(p * natural_log(t), &low);
}
#endif
