// SPDX-License-Identifier: BSD-3-Clause
// Rules of a step, one function each, selected by the tag of the optimizer.
//
// A batch's mean gradient g, penalty included, is taken in columns scaled by `scale`:
//
//   momentum b    m = b m - rate g          w += scale (b m - rate g)   Nesterov
//                                           w += scale m                otherwise
//   Adam          m = b1 m + (1 - b1) g     w -= scale rate' m / (sqrt(v) + epsilon)
//                 v = b2 v + (1 - b2) g^2   rate' = rate sqrt(1 - b2^t) / (1 - b1^t)
//
// with g standing for scale * g: a rate for every column, and the same minimum.
#ifndef SKPULSAR_OPTIMIZERS_H
#define SKPULSAR_OPTIMIZERS_H
#include <math.h>

#include "kernel.h"
#include "passes/predict.h"

// g = scale (g / n + penalty w), the intercept's without a penalty
static inline void scale_gradient(int64_t d, int64_t n, const optimizer_t *rule,
                                  const double *restrict w, double *restrict g) {
  const double *restrict scale = rule->scale, *restrict penalty = rule->penalty;
  double share = 1.0 / n;
  for (int64_t j = 0; j < d; j++) g[j] = scale[j] * (g[j] * share + penalty[j] * w[j]);
  g[d] = scale[d] * (g[d] * share);
}

static inline void step_momentum(int64_t size, const optimizer_t *rule, double rate,
                                 const double *restrict g, double *restrict m,
                                 double *restrict w) {
  const double *restrict scale = rule->scale;
  double momentum = rule->beta_1;
  int nesterov = rule->nesterov;
  for (int64_t j = 0; j < size; j++) {
    m[j] = momentum * m[j] - rate * g[j];
    w[j] += scale[j] * (nesterov ? momentum * m[j] - rate * g[j] : m[j]);
  }
}

static inline void step_adam(int64_t size, const optimizer_t *rule, double rate,
                             const double *restrict g, double *restrict m,
                             double *restrict v, double *restrict w) {
  const double *restrict scale = rule->scale;
  double b1 = rule->beta_1, b2 = rule->beta_2, epsilon = rule->epsilon;
  for (int64_t j = 0; j < size; j++) {
    m[j] = b1 * m[j] + (1 - b1) * g[j];
    v[j] = b2 * v[j] + (1 - b2) * (g[j] * g[j]);
    w[j] -= scale[j] * (rate * m[j] / (sqrt(v[j]) + epsilon));
  }
}

// One step with the sums of n rows; false if a weight is no longer finite
static int optimizer_step(const optimizer_t *rule, double rate, int64_t n, int64_t d,
                          double *sums, params_t *params) {
  scale_gradient(d, n, rule, params->weights, sums);
  if (rule->tag == ADAM) {
    params->powers[0] *= rule->beta_1;
    params->powers[1] *= rule->beta_2;
    rate = rate * sqrt(1 - params->powers[1]) / (1 - params->powers[0]);
    step_adam(d + 1, rule, rate, sums, params->m, params->v, params->weights);
  } else {
    step_momentum(d + 1, rule, rate, sums, params->m, params->weights);
  }
  return all_finite(d + 1, params->weights);
}
#endif
