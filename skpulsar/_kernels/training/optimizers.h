// SPDX-License-Identifier: BSD-3-Clause
// The rules of a step, one function each, selected by the tag of the optimizer.
//
// The mean gradient g of a batch, with the penalty, is that in columns scaled by `scale`:
//
//   momentum b    m = b m - rate g          w += scale (b m - rate g)   Nesterov
//                                           w += scale m                otherwise
//   Adam          m = b1 m + (1 - b1) g     w -= scale rate' m / (sqrt(v) + epsilon)
//                 v = b2 v + (1 - b2) g^2   rate' = rate sqrt(1 - b2^t) / (1 - b1^t)
//
// Here g stands for scale * g: every column has its own rate, and the minimum stays.
#ifndef SKPULSAR_OPTIMIZERS_H
#define SKPULSAR_OPTIMIZERS_H
#include <math.h>

#include "arithmetic/lanes.h"
#include "kernel.h"

enum { MOMENTUM, ADAM };
static const char *const OPTIMIZER_NAMES[] = {"momentum", "adam", 0};

// g = scale (g / n + penalty w), without a penalty for the intercept
static inline void scale_gradient(int64_t d, int64_t n, const coordinates_t *coordinates,
                                  const double *restrict w, double *restrict g) {
  const double *restrict scale = coordinates->scale;
  const double *restrict penalty = coordinates->penalty;
  double share = 1.0 / n;
  for (int64_t j = 0; j < d; j++) g[j] = scale[j] * (g[j] * share + penalty[j] * w[j]);
  g[d] = scale[d] * (g[d] * share);
}

#define REAL double
#define ROOT sqrt
#define NAMED(name) name
#define SCALED(x) (scale[j] * (x))
#include "training/steps.h"
#undef SCALED
#undef NAMED
#undef ROOT
#undef REAL

// The rate of a step, for Adam with the correction of the biases of m and v
static double corrected_rate(const optimizer_t *rule, double rate, double *powers) {
  if (rule->tag != ADAM) return rate;
  powers[0] *= rule->beta_1;
  powers[1] *= rule->beta_2;
  return rate * sqrt(1 - powers[1]) / (1 - powers[0]);
}

// Steps every output with the sums of n rows, whose vectors are `width` long.  Returns
// false if a weight is no longer finite.
static int optimizer_step(const optimizer_t *rule, const coordinates_t *coordinates,
                          double rate, int64_t n, int64_t d, int64_t width,
                          int64_t n_outputs, params_t *params) {
  const double *scale = coordinates->scale;
  int64_t size = d + 1;
  rate = corrected_rate(rule, rate, params->powers);
  for (int64_t k = 0; k < n_outputs; k++) {
    double *w = params->weights + k * size, *g = params->sums + k * width;
    double *m = params->m + k * size, *v = params->v + k * size;
    scale_gradient(d, n, coordinates, w, g);
    switch (rule->tag) {
      case MOMENTUM: step_momentum(size, rule, rate, scale, g, m, w); break;
      case ADAM: step_adam(size, rule, rate, scale, g, m, v, w); break;
    }
  }
  return all_finite(n_outputs * size, params->weights);
}
#endif
