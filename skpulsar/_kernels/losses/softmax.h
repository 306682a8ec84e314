// SPDX-License-Identifier: BSD-3-Clause
// The softmax cross-entropy of the logits x_1 .. x_K of a row whose class is y.
//
//   loss      log(exp(x_1) + ... + exp(x_K)) - x_y
//   gradient  d/dx_k = p_k - [k = y],  p_k = exp(x_k) / (exp(x_1) + ... + exp(x_K))
//
// Evaluated from e_k = exp(x_k - x_top) <= 1, x_top the largest logit, in forms that
// neither overflow nor cancel:
//
//   loss  (x_top - x_y) + log1p(sum of e_k, k not the top)
//   gradient for k = y:  -(sum of e_k, k not y) / (sum of e_k)
//
// Sums over the classes carry what they round off.  Loops run over rows: no bit depends
// on the registers of the machine.
#ifndef SKPULSAR_SOFTMAX_H
#define SKPULSAR_SOFTMAX_H
#include "losses/logistic.h"

// exp(x - top) for x <= top, which x - top, rounded, would miss by many ulp
static inline double exp_difference(double x, double top) {
  double a = top - x, of_x = top - a, low, e = exp_minus(a, &low);
  double rounded = a < 750 ? (top - (a + of_x)) + (of_x - x) : 0;
  return e + (low - e * rounded);
}

// s + *low += e; s is positive, so is e
static inline double add_carried(double s, double e, double *low) {
  double t = s + e, of_e = t - s;
  *low += (s - (t - of_e)) + (e - of_e);
  return t;
}

// What 1 + rest + low lacks where it is rounded to s
static inline double rounded_off(double s, double rest, double low) {
  return (rest <= 1 ? rest - (s - 1) : 1 - (s - rest)) + low;
}

// Of n <= LOSS_ROWS rows, logits z and slopes r of class k from k * stride on: the losses
// come in the place of the first class's logits
APART static void softmax(int64_t n_classes, int64_t stride, int64_t n,
                          const double *restrict target, double *restrict z,
                          double *restrict r) {
  double top[LOSS_ROWS], at_target[LOSS_ROWS], met[LOSS_ROWS];
  double rest[LOSS_ROWS], rest_low[LOSS_ROWS], others[LOSS_ROWS], others_low[LOSS_ROWS];
  for (int64_t i = 0; i < n; i++) {
    top[i] = z[i];
    at_target[i] = met[i] = rest[i] = rest_low[i] = others[i] = others_low[i] = 0;
  }
  for (int64_t k = 0; k < n_classes; k++)
    for (int64_t i = 0; i < n; i++) {
      double x = z[k * stride + i];
      top[i] = x > top[i] ? x : top[i];
      at_target[i] = target[i] == k ? x : at_target[i];
    }
  for (int64_t k = 0; k < n_classes; k++)
    for (int64_t i = 0; i < n; i++) {
      double x = z[k * stride + i], e = exp_difference(x, top[i]);
      int is_top = x == top[i] && met[i] == 0;  // the first of equals
      met[i] = is_top ? 1 : met[i];
      rest[i] = add_carried(rest[i], is_top ? 0 : e, rest_low + i);
      others[i] = add_carried(others[i], target[i] == k ? 0 : e, others_low + i);
      r[k * stride + i] = e;
    }
  for (int64_t k = 0; k < n_classes; k++)
    for (int64_t i = 0; i < n; i++) {
      int own = target[i] == k;
      double s = 1 + rest[i], s_low = rounded_off(s, rest[i], rest_low[i]);
      double part = own ? others[i] : r[k * stride + i], low = own ? others_low[i] : 0;
      double p = part / s, exact = p + (low - p * s_low) / s;
      r[k * stride + i] = own ? -exact : exact;
    }
  for (int64_t i = 0; i < n; i++) {
    double s = 1 + rest[i], s_low = rounded_off(s, rest[i], rest_low[i]);
    int halve = rest[i] > SQRT2_MINUS_1;
    double near = log1p_unit(rest[i], s, (halve ? s_low : rest_low[i]) / s);
    double far = natural_log(s) + s_low / s;
    z[i] = (top[i] - at_target[i]) + (rest[i] <= 1 ? near : far);
  }
}
#endif
