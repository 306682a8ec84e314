// SPDX-License-Identifier: BSD-3-Clause
// Minibatch steps on  F(w) = mean of weight_i l(a_i . w, target_i)
//   + sum of penalty_j w_j^2 / 2.
//
// A batch's mean gradient g, penalty included, is taken in columns scaled by `scale`:
//
//   momentum      v = m v - rate g          w += scale (m v - rate g)   Nesterov
//                                           w += scale v                otherwise
//   Adam          v = b1 v + (1 - b1) g     w -= scale rate' v / (sqrt(q) + epsilon)
//                 q = b2 q + (1 - b2) g^2   rate' = rate sqrt(1 - b2^t) / (1 - b1^t)
//
// with g standing for scale * g: a rate for every column, and the same minimum.
#ifndef SKPULSAR_MINIBATCH_H
#define SKPULSAR_MINIBATCH_H
#include <math.h>
#include <string.h>

#include "losses/losses.h"
#include "passes/predict.h"

// Adds the losses and the gradients of rows order[0] to order[n - 1]
static double accumulate(const rows_t *rows, const frame_t *frame, const plan_t *plan,
                         const int64_t *order, int64_t n, const double *weights,
                         double *scratch, double *gradient) {
  int64_t d = rows->n_columns, width = block_width(d), step = block_rows(d);
  double z[MAX_BLOCK_ROWS], r[MAX_BLOCK_ROWS], loss = 0, all = 0;
  if (rows->indices) step = MAX_BLOCK_ROWS;
  for (int64_t i = 0; i < n; i += step) {
    int64_t m = n - i < step ? n - i : step;
    const int64_t *at = order + i;
    read_logits(rows, frame, 0, at, m, weights, scratch, z);
    for (int64_t k = 0; k < m; k++) r[k] = plan->target[at[k]];
    loss_points(plan->loss, m, z, r);
    if (plan->weight)
      for (int64_t k = 0; k < m; k++) {
        z[k] *= plan->weight[at[k]];
        r[k] *= plan->weight[at[k]];
      }
    loss += sum(m, z);
    if (rows->indices) {
      CSR(add, rows, 0, at, m, r, gradient);
      all += sum(m, r);
    } else {
      block_add(width, m, scratch, r, gradient);
    }
  }
  if (rows->indices) {
    for (int64_t j = 0; j < d; j++) gradient[j] -= frame->centre[j] * all;
    gradient[d] += frame->intercept * all;
  }
  return loss;
}

// g = scale (g / n + penalty w), the intercept's without a penalty
static inline void scale_gradient(int64_t d, int64_t n, const rule_t *rule,
                                  const double *restrict w, double *restrict g) {
  const double *restrict scale = rule->scale, *restrict penalty = rule->penalty;
  double share = 1.0 / n;
  for (int64_t j = 0; j < d; j++) g[j] = scale[j] * (g[j] * share + penalty[j] * w[j]);
  g[d] = scale[d] * (g[d] * share);
}

static inline void step_momentum(int64_t size, const rule_t *rule, double rate,
                                 const double *restrict g, double *restrict v,
                                 double *restrict w) {
  const double *restrict scale = rule->scale;
  double momentum = rule->first;
  int nesterov = rule->nesterov;
  for (int64_t j = 0; j < size; j++) {
    v[j] = momentum * v[j] - rate * g[j];
    w[j] += scale[j] * (nesterov ? momentum * v[j] - rate * g[j] : v[j]);
  }
}

static inline void step_adam(int64_t size, const rule_t *rule, double rate,
                             const double *restrict g, double *restrict v,
                             double *restrict q, double *restrict w) {
  const double *restrict scale = rule->scale;
  double b1 = rule->first, b2 = rule->second, epsilon = rule->epsilon;
  for (int64_t j = 0; j < size; j++) {
    v[j] = b1 * v[j] + (1 - b1) * g[j];
    q[j] = b2 * q[j] + (1 - b2) * (g[j] * g[j]);
    w[j] -= scale[j] * (rate * v[j] / (sqrt(q[j]) + epsilon));
  }
}

// One step with the sums of n rows; false if a weight is no longer finite
static int advance(const rule_t *rule, double rate, int64_t n, int64_t d, double *sums,
                   unit_t *unit) {
  scale_gradient(d, n, rule, unit->weights, sums);
  if (rule->adam) {
    unit->powers[0] *= rule->first;
    unit->powers[1] *= rule->second;
    rate = rate * sqrt(1 - unit->powers[1]) / (1 - unit->powers[0]);
    step_adam(d + 1, rule, rate, sums, unit->first, unit->second, unit->weights);
  } else {
    step_momentum(d + 1, rule, rate, sums, unit->first, unit->weights);
  }
  return all_finite(d + 1, unit->weights);
}

// All batches of the plan.  Rows behind the last bound are summed up and wait in
// `sums` for the next call, whose bounds[0] is then negative: a call can end anywhere.
// Adds to *loss; returns the number of the batch after which something was not finite,
// or n_batches.
static int64_t run_minibatches(const rows_t *rows, const frame_t *frame,
                               const rule_t *rule, const plan_t *plan, unit_t *unit,
                               double *padded, double *sums, double *scratch,
                               double *loss) {
  int64_t d = rows->n_columns, width = block_width(d), position = 0;
  for (int64_t b = 0; b <= plan->n_batches; b++) {
    int64_t stop = b < plan->n_batches ? plan->bounds[b + 1] : plan->n_rows;
    memcpy(padded, unit->weights, (d + 1) * sizeof *padded);
    *loss += accumulate(rows, frame, plan, plan->order + position, stop - position,
                        padded, scratch, sums);
    position = stop;
    if (b == plan->n_batches) break;
    if (!advance(rule, plan->rates[b], stop - plan->bounds[b], d, sums, unit) ||
        *loss * 0 != 0)
      return b;
    memset(sums, 0, width * sizeof *sums);
    if (b >= plan->average_from) {
      *unit->n_averaged += 1;
      for (int64_t j = 0; j <= d; j++)
        unit->average[j] += (unit->weights[j] - unit->average[j]) / *unit->n_averaged;
    }
  }
  return plan->n_batches;
}
#endif
