// SPDX-License-Identifier: BSD-3-Clause
// The losses by their tags, and the head of a pass, which turns the logits of all outputs
// into losses and slopes.
//
// Outputs are either independent, each with its own targets, or coupled: the outputs of
// softmax share the target of a row, which is the number of its class, and the loss.
// The logits and slopes of output k begin at k * stride.
#ifndef SKPULSAR_LOSSES_H
#define SKPULSAR_LOSSES_H
#include <math.h>

#include "kernel.h"
#include "losses/logistic.h"
#include "losses/softmax.h"
#include "losses/squared.h"

enum { LOGISTIC, SQUARED, SOFTMAX };
static const char *const LOSS_NAMES[] = {"logistic", "squared", "softmax", 0};

static int is_coupled(int loss) { return loss == SOFTMAX; }

// Replaces n logits x by their losses, and their targets r by slopes.
static inline void loss_points(int loss, int64_t n, double *restrict x,
                               double *restrict r) {
  switch (loss) {
    case LOGISTIC:
      for (int64_t i = 0; i < n; i++) {
        logistic_t one = logistic(x[i], r[i]);
        x[i] = one.loss;
        r[i] = one.gradient;
      }
      return;
    case SQUARED:
      squared_points(n, x, r);
      return;
  }
  for (int64_t i = 0; i < n; i++) x[i] = r[i] = NAN;
}

// Returns the sum of the losses of n <= LOSS_ROWS rows.  r is weight times slope.
static inline double loss_block(int loss, int64_t n, const double *logits,
                                const double *target, const double *weight,
                                double *residual, double *r) {
  switch (loss) {
    case LOGISTIC:
      return logistic_block(n, logits, target, weight, residual, r);
    case SQUARED:
      return squared_block(n, logits, target, weight, residual, r);
  }
  return NAN;
}

// Weight times the second derivative by the logit of one output, from the residuals
static inline void loss_curvature(int loss, int64_t n, const double *residual,
                                  const double *weight, double *curvature) {
  switch (loss) {
    case LOGISTIC:
    case SOFTMAX:  // also p (1 - p)
      logistic_curvature(n, residual, weight, curvature);
      return;
    case SQUARED:
      for (int64_t i = 0; i < n; i++) curvature[i] = weight ? weight[i] : 1;
  }
}

// Replaces the logits z of n rows by losses and their targets r by slopes.  Coupled
// outputs have their loss in the place of the first output.
static void head_points(int loss, int64_t n_outputs, int64_t stride, int64_t n, double *z,
                        double *r) {
  if (is_coupled(loss)) {
    double target[LOSS_ROWS];
    memcpy(target, r, n * sizeof *r);
    softmax(n_outputs, stride, n, target, z, r);
    return;
  }
  for (int64_t k = 0; k < n_outputs; k++)
    loss_points(loss, n, z + k * stride, r + k * stride);
}

// Processes the n rows from place `first` on of a full pass.  The sums of the weighted
// losses are added to loss, loss + step, ... (to the first alone if outputs are coupled),
// and r is weight times slope.
static void head_block(const dataset_t *data, int64_t first, int64_t n, int64_t n_outputs,
                       double *z, double *residual, double *r, double *loss,
                       int64_t step) {
  const double *target = data->target + first;
  const double *weight = data->weight ? data->weight + first : 0;
  if (!is_coupled(data->loss)) {
    for (int64_t k = 0; k < n_outputs; k++)
      loss[k * step] += loss_block(
          data->loss, n, z + k * LOSS_ROWS, target + k * data->target_step,
          weight ? weight + k * data->weight_step : 0, residual + k * data->n + first,
          r + k * LOSS_ROWS);
    return;
  }
  softmax(n_outputs, LOSS_ROWS, n, target, z, r);
  *loss += weight ? dot(n, weight, z) : sum(n, z);
  for (int64_t k = 0; k < n_outputs; k++) {
    double *slope = r + k * LOSS_ROWS, *each = residual + k * data->n + first;
    for (int64_t i = 0; i < n; i++) each[i] = fabs(slope[i]);
    if (weight)
      for (int64_t i = 0; i < n; i++) slope[i] *= weight[i];
  }
}
#endif
