// SPDX-License-Identifier: BSD-3-Clause
// The minimum over given rows, by damped Newton steps:
//
//   f(u) = sum of weight_i l(a_i . u, target_i) / total + sum of penalty_j u_j^2 / 2
//          + linear . (u - start),   a = scale (x - centre, 1)
//
// If there is an anchor, linear makes it the gradient of f at the start; else it is 0.
// All steps are one call, since for a few thousand rows the interpreter would cost more
// than the rows.
#ifndef SKPULSAR_NEWTON_H
#define SKPULSAR_NEWTON_H
#include "arithmetic/cholesky.h"
#include "passes/curvature.h"
#include "passes/objective.h"

// As in _solvers/quadratic/_lbfgs.py:
#define MIN_STEP_SIZE 1e-13  // a step that raised f is quartered down to this share
#define RISE_TOLERANCE 1e-13  // a rise of f by less than this share may be rounding

typedef struct {
  double *point, *gradient, *step, *v, *across;  // (size)
  double *weights, *sums, *h;           // padded; of a pass; (n)
  double *pass, *panels, *G;            // scratch; curvature (size, size)
} newton_t;

static inline double *take(double **scratch, int64_t n) {
  double *start = *scratch;
  *scratch += n;
  return start;
}

static inline int64_t newton_scratch(const dataset_t *data) {
  const rows_t *rows = data->rows;
  int64_t size = rows->n_columns + 1, width = objective_width(rows->n_columns, 0);
  return 5 * size + 2 * width + data->n + objective_scratch(data, 1, 0) +
         curvature_scratch(rows, size) + size * size;
}

static newton_t newton_arrays(const dataset_t *data, double *scratch) {
  const rows_t *rows = data->rows;
  int64_t size = rows->n_columns + 1, width = objective_width(rows->n_columns, 0);
  newton_t at;
  at.point = take(&scratch, size);
  at.gradient = take(&scratch, size);
  at.step = take(&scratch, size);
  at.v = take(&scratch, size);
  at.across = take(&scratch, size);
  at.weights = take(&scratch, width);
  at.sums = take(&scratch, width);
  at.h = take(&scratch, data->n);
  at.pass = take(&scratch, objective_scratch(data, 1, 0));
  at.panels = take(&scratch, curvature_scratch(rows, size));
  at.G = take(&scratch, size * size);
  return at;
}

// Computes f and its gradient at u, without the linear part; false if interrupted.
static int newton_read(const dataset_t *data, const coordinates_t *coordinates,
                       double total, const double *u, newton_t *at, double *residual,
                       double *f) {
  const double *scale = coordinates->scale;
  int64_t d = data->rows->n_columns;
  memset(at->weights, 0, block_width(d) * sizeof *at->weights);
  for (int64_t j = 0; j <= d; j++) at->weights[j] = u[j] * scale[j];
  if (!read_objective(data, 1, 0, at->weights, at->pass, residual, at->sums)) return 0;
  *f = at->sums[block_width(d)] / total;
  for (int64_t j = 0; j <= d; j++) {
    double penalty = coordinates->penalty[j] * u[j];
    at->gradient[j] = at->sums[j] * scale[j] / total + penalty;
    *f += penalty * u[j] / 2;
  }
  return 1;
}

// Factorises the curvature at the point evaluated last.
static int newton_factor(const dataset_t *data, const coordinates_t *coordinates,
                         double total, const double *residual, newton_t *at,
                         double *unit, double *factor) {
  int64_t size = data->rows->n_columns + 1;
  for (int64_t i = 0; i < data->n; i += LOSS_ROWS) {
    int64_t n = data->n - i < LOSS_ROWS ? data->n - i : LOSS_ROWS;
    const double *weight = data->weight ? data->weight + i : 0;
    loss_curvature(data->loss, n, residual + i, weight, at->h + i);
  }
  if (!read_curvature(data, coordinates->scale, at->h, 0, size, at->panels, at->G))
    return INTERRUPTED;
  for (int64_t i = 0; i < size; i++)
    for (int64_t j = 0; j <= i; j++) at->G[i * size + j] /= total;
  return factorise(size, at->G, coordinates->penalty, data->watch, unit, factor);
}

// Computes the preconditioned step; if there is a tie, the step orthogonal to it.  The
// part of the gradient along the tie then affects rounding only, and is removed.
static void newton_step(int64_t size, const double *tie, const minimum_t *found,
                        newton_t *at) {
  const double *slope = at->gradient;
  if (tie) {
    double share = dot(size, tie, slope) / dot(size, tie, tie);
    for (int64_t j = 0; j < size; j++) at->across[j] = slope[j] - share * tie[j];
    slope = at->across;
  }
  precondition(size, found->factor, found->unit, slope, at->step);
  if (!tie) return;
  precondition(size, found->factor, found->unit, tie, at->across);
  double share = dot(size, tie, at->step) / dot(size, tie, at->across);
  for (int64_t j = 0; j < size; j++) at->step[j] -= share * at->across[j];
}

// Searches from the start until the decrement is at most share times the first one, or
// tolerance times f.  u is the best point, and `found` has its gradient and factor.
static int newton(const dataset_t *data, const coordinates_t *coordinates,
                  const problem_t *problem, double *scratch, double *residual, double *u,
                  minimum_t *found) {
  int64_t size = data->rows->n_columns + 1;
  const double *tie = coordinates->tie, *start = problem->start;
  double *linear = problem->anchor, total = problem->total;
  newton_t at = newton_arrays(data, scratch);
  double share = 1, f, last = INFINITY;
  memcpy(at.point, start, size * sizeof *u);
  memcpy(u, start, size * sizeof *u);
  found->value = found->first = INFINITY;
  for (found->n_passes = 0; found->n_passes < problem->most;) {
    if (!newton_read(data, coordinates, total, at.point, &at, residual, &f))
      return INTERRUPTED;
    if (found->n_passes++ == 0 && linear)
      for (int64_t j = 0; j < size; j++) linear[j] -= at.gradient[j];
    if (linear) {
      for (int64_t j = 0; j < size; j++) {
        at.v[j] = at.point[j] - start[j];
        at.gradient[j] += linear[j];
      }
      f += dot(size, linear, at.v);
      if (f < 0) break;  // the linear part is sampling noise: the true f is not negative
    }
    if (!(f <= found->value + RISE_TOLERANCE * fabs(found->value))) {  // or f is NaN
      if (share < MIN_STEP_SIZE || found->n_passes == 1) break;
      share *= .25;
    } else {
      memcpy(u, at.point, size * sizeof *u);
      memcpy(found->gradient, at.gradient, size * sizeof *u);
      found->value = f;
      int answer = newton_factor(data, coordinates, total, residual, &at, found->unit,
                                 found->factor);
      if (answer != DEFINITE) return answer;
      newton_step(size, tie, found, &at);
      found->decrement = dot(size, at.gradient, at.step) / 2;
      if (found->first == INFINITY) found->first = found->decrement;
      double goal = fmax(problem->share * found->first, problem->tolerance * fabs(f));
      int rounding = found->decrement > last / 4 && last < RISE_TOLERANCE * fabs(f);
      if (found->decrement <= goal || rounding) break;
      last = found->decrement;
      share = 1;
    }
    for (int64_t j = 0; j < size; j++) at.point[j] = u[j] - share * at.step[j];
    if (tie) at.point[size - 1] = dot(size - 1, tie, at.point);
  }
  return found->value < INFINITY ? DEFINITE : INDEFINITE;
}
#endif
