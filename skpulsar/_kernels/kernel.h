// SPDX-License-Identifier: BSD-3-Clause
// The table of functions that the binding calls, one for every instruction set.
//
// kernel.c is compiled once for each level of x86-64 (elsewhere once), and the best level
// that the CPU can run is chosen when the module is imported.  All give the same bits.
#ifndef SKPULSAR_KERNEL_H
#define SKPULSAR_KERNEL_H
#include <stdint.h>

// X.  values are dense, n_rows x n_columns in C order, or the stored entries of CSR rows.
// indices and indptr are NULL if dense.  single means that values are float32, and wide
// that indices are int64.
typedef struct {
  const void *values, *indices, *indptr;
  int64_t n_columns;
  int single, wide;
} rows_t;

// A row x is used as a = (x - centre, intercept), where intercept is 1, or 0 for none.
typedef struct {
  const double *centre;  // (n_columns)
  double intercept;
} frame_t;

// Asks now and then whether to stop, since Ctrl-C would wait for the end of a call.
typedef struct {
  int (*asked)(void);
  int64_t done;  // entries read since it was asked last
} watch_t;

// Rows with targets and weights, as a pass reads them
typedef struct {
  const rows_t *rows;
  const frame_t *frame;
  const int64_t *order;           // row of X at every place; NULL if in order
  const double *target, *weight;  // by place; weight is NULL if all are 1
  int64_t target_step, weight_step;  // to the next output; 0 if outputs share them
  int64_t n, leaf;                // number of rows, and of rows in a partial sum
  int64_t first, stop;            // the places that a call reads: leaves of a subtree
  int64_t cost;                   // entries of a row, roughly
  watch_t *watch;
  int loss;  // see losses/losses.h
} dataset_t;

// Many models and groups of consecutive rows, over each of which they have their sums; see
// passes/grid.h
typedef struct {
  const int64_t *bounds;  // the rows of group g are bounds[g], ..., bounds[g + 1] - 1
  int64_t n_groups, n_models, width;  // width is n_models padded
  const double *scale;                // (n_columns + 1), the intercept's last
  const double *weights;              // (n_columns + 1, n_models)
  const double *factor;               // (n_groups, n_models) or NULL: 0 leaves sums out
  const int64_t *seen;                // the models whose mean residual is wanted
  int64_t n_seen;
  double *residual;  // that of every row, or NULL
  int loss, gradient;  // whether losses and gradients are wanted
} grid_t;

enum { WATCH = 4000000 };

static inline int must_stop(watch_t *watch, int64_t entries) {
  watch->done += entries;
  if (watch->done < WATCH) return 0;
  watch->done = 0;
  return watch->asked();
}

// The end of a leaf
static inline int64_t leaf_end(const dataset_t *data, int64_t leaf) {
  return leaf + data->leaf < data->stop ? leaf + data->leaf : data->stop;
}

// Points are weights divided by scale.
typedef struct {
  const double *scale, *penalty;  // (n_columns + 1), the intercept's last
  const double *tie;  // every point is orthogonal to it; its last entry is -1; or NULL
} coordinates_t;

// A minimum over given rows; see newton.h
typedef struct {
  const double *start;
  double *anchor;  // the gradient that f shall have at the start, or NULL
  double total, share, tolerance;
  int64_t most;  // maximum number of passes
} problem_t;

typedef struct {
  double value, first, decrement;
  double *gradient, *unit, *factor;
  int64_t n_passes;
} minimum_t;

enum { DEFINITE, INDEFINITE, INTERRUPTED };

typedef struct {
  int tag, nesterov;  // see training/optimizers.h
  double beta_1, beta_2, epsilon;  // momentum is beta_1
} optimizer_t;

// The arrays that steps change, with one output after the other
typedef struct {
  double *weights, *m, *v;       // (n_columns + 1), the intercept's is last
  double *powers;                // beta_1^t, beta_2^t, of all outputs
  double *average, *n_averaged;  // mean of the weights after a step; their number
  double *sums;                  // sums of an open batch, padded
} params_t;

typedef struct {
  const int64_t *order;   // rows in the order of use
  const int64_t *bounds;  // batch b has the places bounds[b] to bounds[b + 1]
  const double *rates;    // rate of every step
  int64_t n_rows, n_batches, average_from;
} plan_t;

// A network of layers; see networks/network.h.  Its arrays are float if it is single, else
// double, with every row padded to whole registers.
typedef struct {
  const int64_t *sizes;   // numbers of units, of depth + 1 layers, the columns first
  int64_t depth;
  int64_t block;          // most rows that are on their way together
  int activation, single;
  const double *scale;    // (n_columns)
  const double *middle, *unit;  // an output leaves as middle + unit z; NULL: as z
  const double *dropout;  // share of the units of every hidden layer that are left out
  uint64_t key;           // of the units that are
  int64_t visits;         // rows visited before
  double alpha;
  void *weights, *m, *v;  // in + 1 rows of `out` for every layer, the biases' are last
  void *sums;             // of an open batch
  double *powers;
} network_t;

typedef struct {
  const char *level;
  const char *const *losses, *const *optimizers;  // names by tag; NULL is last
  const char *const *units;
  int64_t (*width)(int64_t n_columns);            // length of a padded vector
  double (*total)(int64_t n, const double *a);
  double (*dot)(int64_t n, const double *a, const double *b);
  int (*finite)(int64_t n, const double *a);
  void (*class_totals)(int64_t n, const double *target, const double *weight,
                       double *sums);
  void (*cross_entropies)(int64_t n, const double *logits, const double *targets,
                          double *loss, double *gradient);
  // The columns are sigmoid(-logit) and sigmoid(logit), or their logarithms.
  void (*probabilities)(int64_t n, int logarithms, const double *logits, double *result);
  // logits has rows of n_classes; scratch has 2 n_classes LOSS_ROWS doubles.
  void (*softmax)(int64_t n, int64_t n_classes, int logarithms, const double *logits,
                  double *scratch, double *result);
  void (*logits)(const rows_t *rows, int64_t n_outputs, int64_t first,
                 const int64_t *order, int64_t n, const double *weights,
                 double *logits);
  void (*norms)(const rows_t *rows, int64_t first, const int64_t *order, int64_t n,
                const double *centre, const double *precision, double *norms);
  int (*is_coupled)(int loss);
  int64_t (*minibatch_scratch)(const dataset_t *data, int64_t n_outputs);
  int64_t (*minibatches)(const dataset_t *data, const coordinates_t *coordinates,
                         const optimizer_t *optimizer, const plan_t *plan,
                         int64_t n_outputs, params_t *params, double *scratch,
                         double *loss);
  int64_t (*network_size)(const network_t *network, int64_t depth);
  int64_t (*network_scratch)(const network_t *network, int csr);
  int64_t (*raw_scratch)(const network_t *network);
  double (*show_layer)(const network_t *network, int64_t l, const double *centre,
                       double *scratch, double *layer);
  void (*take_layer)(const network_t *network, int64_t l, const double *centre,
                     double *scratch, double *layer);
  int64_t (*train_network)(const dataset_t *data, const network_t *network,
                           const optimizer_t *rule, const plan_t *plan, double *scratch,
                           double *loss);
  int (*network_logits)(const dataset_t *data, const network_t *network, int64_t first,
                        int64_t n, double *scratch, double *logits);
  // Passes, each with its own scratch, return false if interrupted.
  int64_t (*moments_scratch)(const dataset_t *data);
  int (*moments)(const dataset_t *data, const double *precision, double *scratch,
                 double *norms, double *sums);
  int64_t (*objective_width)(int64_t n_columns, int diagonal);
  int64_t (*objective_scratch)(const dataset_t *data, int64_t n_outputs, int diagonal);
  int (*objective)(const dataset_t *data, int64_t n_outputs, int diagonal,
                   const double *weights, double *scratch, double *residual,
                   double *sums);
  int64_t (*grid_width)(int64_t n_models, int single);
  int64_t (*grid_scratch)(const dataset_t *data, const grid_t *grid, int single);
  int (*grid)(const dataset_t *data, const grid_t *grid, int single, double *scratch,
              double *sums);
  int (*grid_logits)(const dataset_t *data, const grid_t *grid, double *scratch,
                     double *logits);
  int64_t (*curvature_scratch)(const rows_t *rows, int64_t n_columns);
  int (*curvature)(const dataset_t *data, const double *scale, const double *h,
                   int64_t from, int64_t to, double *scratch, double *G);
  int64_t (*products_scratch)(const dataset_t *data, int64_t n_outputs);
  int (*products)(const dataset_t *data, int64_t n_outputs, const double *shift,
                  double *scratch, double *P);
  int (*factorise)(int64_t size, const double *G, const double *penalty, watch_t *watch,
                   double *unit, double *factor);
  void (*precondition)(int64_t size, const double *factor, const double *unit,
                       const double *gradient, double *step);
  int64_t (*newton_scratch)(const dataset_t *data);
  int (*newton)(const dataset_t *data, const coordinates_t *coordinates,
                const problem_t *problem, double *scratch, double *residual, double *u,
                minimum_t *found);
  double (*expected)(int64_t n, const double *residual, double floor, const double *norms,
                     double c);
  int64_t (*draw)(int64_t first, const int64_t *places, int64_t n,
                  const double *residual, double floor, const double *norms, double c,
                  uint64_t key, int64_t room, int64_t *order, double *weight);
  void (*stack_columns)(int single, int64_t first, int64_t stop, int64_t n_columns,
               const void *columns, void *out);
  int64_t (*shuffled)(int64_t n, int bits, const uint64_t *key, int64_t first,
                      int64_t last, int64_t *order);
} kernel_t;

extern const kernel_t kernel_baseline;
#ifdef X86_64_LEVELS
extern const kernel_t kernel_v3, kernel_v4;
#endif

// Lists the kernels that this CPU can run, the best first; returns their number.
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
