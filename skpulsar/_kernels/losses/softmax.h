// SPDX-License-Identifier: BSD-3-Clause
// The softmax cross-entropy of the logits x_1 .. x_K of a row whose class is y.
//
//   loss      log(exp(x_1) + ... + exp(x_K)) - x_y
//   gradient  d/dx_k = p_k - [k = y],  p_k = exp(x_k) / (exp(x_1) + ... + exp(x_K))
//
// Both are evaluated from e_k = exp(x_k - x_top) <= 1, where x_top is the largest logit,
// in forms that neither overflow nor cancel:
//
//   loss  (x_top - x_y) + log1p(sum of e_k, k not the top)
//   gradient for k = y:  -(sum of e_k, k not y) / (sum of e_k)
//
// Sums over the classes carry their rounding errors.  Loops run over rows, so that no bit
// depends on the width of a register.
#ifndef SKPULSAR_SOFTMAX_H
#define SKPULSAR_SOFTMAX_H
#include "losses/logistic.h"

// exp(x - top) for x <= top.  The rounding of x - top alone would cost many ulp.
static inline double exp_difference(double x, double top) {
  double a = top - x, of_x = top - a, low, e = exp_minus(a, &low);
  double rounded = a < 750 ? (top - (a + of_x)) + (of_x - x) : 0;
  return e + (low - e * rounded);
}

// Adds e to s + *low and returns the new s.  Both s and e are positive.
static inline double add_carried(double s, double e, double *low) {
  double t = s + e, of_e = t - s;
  *low += (s - (t - of_e)) + (e - of_e);
  return t;
}

// The largest logit of every row of a block, and the sum 1 + rest + low of exponentials
typedef struct {
  double top[LOSS_ROWS], rest[LOSS_ROWS], low[LOSS_ROWS];
} softmax_t;

// The error of rounding 1 + rest + low to s
static inline double rounded_off(double s, double rest, double low) {
  return (rest <= 1 ? rest - (s - 1) : 1 - (s - rest)) + low;
}

// log(1 + rest + low)
static inline double log_of_sum(double rest, double low) {
  double s = 1 + rest, s_low = rounded_off(s, rest, low);
  double near = log1p_unit(rest, s, (rest > SQRT2_MINUS_1 ? s_low : low) / s);
  return rest <= 1 ? near : natural_log(s) + s_low / s;
}

// (part + part_low) / (1 + rest + low)
static inline double share_of_sum(double part, double part_low, double rest, double low) {
  double s = 1 + rest, p = part / s;
  return p + (part_low - p * rounded_off(s, rest, low)) / s;
}

// Computes the exponentials e of the logits z of n <= LOSS_ROWS rows, and their sums.
// The logits of class k begin at k * stride.
static void softmax_sums(int64_t n_classes, int64_t stride, int64_t n,
                         const double *restrict z, double *restrict e,
                         softmax_t *restrict sums) {
  double met[LOSS_ROWS];
  for (int64_t i = 0; i < n; i++) {
    sums->top[i] = z[i];
    met[i] = sums->rest[i] = sums->low[i] = 0;
  }
  for (int64_t k = 1; k < n_classes; k++)
    for (int64_t i = 0; i < n; i++) {
      double x = z[k * stride + i];
      sums->top[i] = x > sums->top[i] ? x : sums->top[i];
    }
  for (int64_t k = 0; k < n_classes; k++)
    for (int64_t i = 0; i < n; i++) {
      double x = z[k * stride + i], exponential = exp_difference(x, sums->top[i]);
      int is_top = x == sums->top[i] && met[i] == 0;  // the first of several equal ones
      met[i] = is_top ? 1 : met[i];
      sums->rest[i] = add_carried(sums->rest[i], is_top ? 0 : exponential, sums->low + i);
      e[k * stride + i] = exponential;
    }
}

// Writes the losses to the place of the first class's logits, and the slopes to r.
APART static void softmax(int64_t n_classes, int64_t stride, int64_t n,
                          const double *restrict target, double *restrict z,
                          double *restrict r) {
  double others[LOSS_ROWS] = {0}, others_low[LOSS_ROWS] = {0}, at_target[LOSS_ROWS];
  softmax_t sums;
  for (int64_t i = 0; i < n; i++) at_target[i] = NAN;  // of a class that is none
  softmax_sums(n_classes, stride, n, z, r, &sums);
  for (int64_t k = 0; k < n_classes; k++)
    for (int64_t i = 0; i < n; i++) {
      int own = target[i] == k;
      at_target[i] = own ? z[k * stride + i] : at_target[i];
      others[i] = add_carried(others[i], own ? 0 : r[k * stride + i], others_low + i);
    }
  for (int64_t k = 0; k < n_classes; k++)
    for (int64_t i = 0; i < n; i++) {
      int own = target[i] == k;
      double part = own ? others[i] : r[k * stride + i], low = own ? others_low[i] : 0;
      double share = share_of_sum(part, low, sums.rest[i], sums.low[i]);
      r[k * stride + i] = own ? -share : share;
    }
  for (int64_t i = 0; i < n; i++)
    z[i] = (sums.top[i] - at_target[i]) + log_of_sum(sums.rest[i], sums.low[i]);
}

// Probabilities of the classes, or their logarithms, from logits in rows.  scratch holds
// 2 n_classes LOSS_ROWS doubles.
static void softmax_probabilities(int64_t n, int64_t n_classes, int logarithms,
                                  const double *restrict logits,
                                  double *restrict scratch, double *restrict result) {
  double *z = scratch, *e = scratch + n_classes * LOSS_ROWS;
  softmax_t sums;
  for (int64_t first = 0; first < n; first += LOSS_ROWS) {
    int64_t m = n - first < LOSS_ROWS ? n - first : LOSS_ROWS;
    const double *x = logits + first * n_classes;
    double *p = result + first * n_classes;
    for (int64_t k = 0; k < n_classes; k++)
      for (int64_t i = 0; i < m; i++) z[k * LOSS_ROWS + i] = x[i * n_classes + k];
    softmax_sums(n_classes, LOSS_ROWS, m, z, e, &sums);
    for (int64_t i = 0; i < m; i++) {
      double logarithm = logarithms ? log_of_sum(sums.rest[i], sums.low[i]) : 0;
      for (int64_t k = 0; k < n_classes; k++)
        p[i * n_classes + k] =
            logarithms ? -((sums.top[i] - x[i * n_classes + k]) + logarithm)
                       : share_of_sum(e[k * LOSS_ROWS + i], 0, sums.rest[i], sums.low[i]);
    }
  }
}
#endif
