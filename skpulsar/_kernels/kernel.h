// SPDX-License-Identifier: BSD-3-Clause
// What the binding calls: one table of functions for every instruction set.
//
// kernel.c is compiled once for each level of x86-64 (elsewhere once), and the best that
// the CPU can run is chosen when the module is imported. All give the same bits.
#ifndef SKPULSAR_KERNEL_H
#define SKPULSAR_KERNEL_H
#include <stdint.h>

// X.  values: dense n_rows x n_columns in C order, or the stored entries of CSR rows;
// indices, indptr: NULL if dense.  single: values are float32; wide: indices are int64.
typedef struct {
  const void *values, *indices, *indptr;
  int64_t n_columns;
  int single, wide;
} rows_t;

// A row is seen as a = (x - centre, intercept); intercept is 1, or 0 for none
typedef struct {
  const double *centre;  // (n_columns)
  double intercept;
} frame_t;

// Asked now and then whether to stop, since Ctrl-C waits for the end of a call
typedef struct {
  int (*asked)(void);
  int64_t done;  // entries read since
} watch_t;

enum { LOGISTIC };  // losses; see losses/losses.h

// Rows of a full reading; target, weight: by place, weight NULL: all 1
typedef struct {
  const rows_t *rows;
  const frame_t *frame;
  const int64_t *order;  // row of X at every place; NULL: as they lie
  const double *target, *weight;
  int64_t n, leaf;      // rows; rows of a partial sum
  int64_t cost;         // entries of a row, roughly
  watch_t *watch;
  int loss;
} sample_t;

enum { WATCH = 4000000 };

static inline int must_stop(watch_t *watch, int64_t entries) {
  watch->done += entries;
  if (watch->done < WATCH) return 0;
  watch->done = 0;
  return watch->asked();
}

// A minimum over given rows; see newton.h
typedef struct {
  const double *scale, *penalty;  // (n_columns + 1), the intercept's last
  double *linear;                 // NULL: none; anchored: the gradient f is to have at u
  const double *origin, *past;    // past NULL: none
  const double *tie;  // NULL: none; what every point is orthogonal to, its last entry -1
  double total, share, tolerance;
  int64_t most;  // readings
  int anchored;
} problem_t;

typedef struct {
  double value, first, decrement;
  double *gradient, *unit, *factor;
  int64_t readings;
} minimum_t;

enum { DEFINITE, INDEFINITE, INTERRUPTED };

enum { MOMENTUM, ADAM };  // rules of a step; see optimizers.h

typedef struct {
  int tag, nesterov;
  double beta_1, beta_2, epsilon;  // momentum is beta_1
  const double *scale, *penalty;   // (n_columns + 1), (n_columns)
} optimizer_t;

typedef struct {
  double *weights, *m, *v;       // (n_columns + 1), intercept last; moments
  double *powers;                // beta_1^t, beta_2^t
  double *average, *n_averaged;  // mean of the weights after a step; of how many
} params_t;

typedef struct {
  const double *target, *weight;  // by row of X; weight may be NULL: all 1
  const int64_t *order;           // rows in the order of their use
  const int64_t *bounds;          // batch b: places bounds[b] to bounds[b + 1]
  const double *rates;            // of the steps
  int64_t n_rows, n_batches, average_from;
  int loss;
} plan_t;

typedef struct {
  const char *level;
  // Widths of the binding's buffers: padded vectors, and the scratch of a block
  int64_t (*width)(int64_t n_columns);
  int64_t (*scratch)(int64_t n_columns);
  double (*sum)(int64_t n, const double *a);
  void (*sum_classes)(int64_t n, const double *target, const double *weight,
                      double *sums);
  void (*cross_entropies)(int64_t n, const double *logits, const double *targets,
                          double *loss, double *gradient);
  // Columns: sigmoid(-logit) and sigmoid(logit), or their logarithms
  void (*probabilities)(int64_t n, int logarithms, const double *logits, double *result);
  void (*logits)(const rows_t *rows, const frame_t *frame, int64_t first,
                 const int64_t *order, int64_t n, const double *weights,
                 double *scratch, double *logits);
  void (*norms)(const rows_t *rows, int64_t first, const int64_t *order, int64_t n,
                const double *centre, const double *precision, double *norms);
  int64_t (*minibatches)(const rows_t *rows, const frame_t *frame,
                         const optimizer_t *optimizer, const plan_t *plan,
                         params_t *params, double *padded, double *sums,
                         double *scratch, double *loss);
  // Full readings, each with its own scratch; false: interrupted
  int64_t (*survey_scratch)(const sample_t *sample);
  int (*survey)(const sample_t *sample, const double *precision, double *scratch,
                double *norms, double *sums);
  int64_t (*objective_scratch)(const sample_t *sample, int diagonal);
  int (*objective)(const sample_t *sample, int diagonal, const double *weights,
                   double *scratch, double *residual, double *sums);
  int64_t (*curvature_scratch)(const rows_t *rows);
  int (*curvature)(const sample_t *sample, const double *scale, const double *h,
                   double *scratch, double *G);
  int (*factorise)(int64_t size, const double *G, const double *penalty, watch_t *watch,
                   double *unit, double *factor);
  void (*metric_solve)(int64_t size, const double *factor, const double *unit,
                       const double *gradient, double *step);
  int64_t (*newton_scratch)(const sample_t *sample);
  int (*newton)(const sample_t *sample, const problem_t *problem, double *scratch,
                double *residual, double *u, minimum_t *found);
  double (*dot)(int64_t n, const double *a, const double *b);
  double (*expected)(int64_t n, int64_t step, const double *residual, double floor,
                     const double *norms, double c);
  int64_t (*draw)(int64_t n, const double *residual, double floor, const double *norms,
                  double c, uint64_t key, int64_t room, int64_t *order, double *weight);
  int64_t (*shuffled)(int64_t n, int bits, const uint64_t *key, int64_t first,
                      int64_t last, int64_t *order);
} kernel_t;

extern const kernel_t kernel_baseline;
#ifdef X86_64_LEVELS
extern const kernel_t kernel_v3, kernel_v4;
#endif

// The kernels that this CPU can run, the best first; returns how many
static inline int kernels_at_hand(const kernel_t **kernels) {
  int n = 0;
#ifdef X86_64_LEVELS
  __builtin_cpu_init();
  int v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  int v4 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
  if (v3 && v4) kernels[n++] = &kernel_v4;
  if (v3) kernels[n++] = &kernel_v3;
#endif
  kernels[n++] = &kernel_baseline;
  return n;
}
#endif
