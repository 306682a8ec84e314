// SPDX-License-Identifier: BSD-3-Clause
// Minibatch steps on  F(w) = mean of weight_i l(a_i . w, target_i)
//   + sum of penalty_j w_j^2 / 2.
//
// Steps are those of optimizers.h.
#ifndef SKPULSAR_MINIBATCH_H
#define SKPULSAR_MINIBATCH_H
#include <string.h>

#include "losses/losses.h"
#include "passes/predict.h"
#include "training/optimizers.h"

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

// All batches of the plan.  Rows behind the last bound are summed up and wait in
// `sums` for the next call, whose bounds[0] is then negative: a call can end anywhere.
// Adds to *loss; returns the number of the batch after which something was not finite,
// or n_batches.
static int64_t run_minibatches(const rows_t *rows, const frame_t *frame,
                               const optimizer_t *optimizer, const plan_t *plan,
                               params_t *params, double *padded, double *sums,
                               double *scratch, double *loss) {
  int64_t d = rows->n_columns, width = block_width(d), position = 0;
  for (int64_t b = 0; b <= plan->n_batches; b++) {
    int64_t stop = b < plan->n_batches ? plan->bounds[b + 1] : plan->n_rows;
    memcpy(padded, params->weights, (d + 1) * sizeof *padded);
    *loss += accumulate(rows, frame, plan, plan->order + position, stop - position,
                        padded, scratch, sums);
    position = stop;
    if (b == plan->n_batches) break;
    int64_t n = stop - plan->bounds[b];
    if (!optimizer_step(optimizer, plan->rates[b], n, d, sums, params) ||
        *loss * 0 != 0)
      return b;
    memset(sums, 0, width * sizeof *sums);
    if (b >= plan->average_from) {
      *params->n_averaged += 1;
      for (int64_t j = 0; j <= d; j++)
        params->average[j] += (params->weights[j] - params->average[j]) / *params->n_averaged;
    }
  }
  return plan->n_batches;
}
#endif
