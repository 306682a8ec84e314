// SPDX-License-Identifier: BSD-3-Clause
// A block of rows of type REAL, read for many models.  grid.h includes this file once for
// each type.

typedef struct {
  double *loaded;          // some rows, as they are loaded
  REAL *rows;              // those of the block; NULL if they are CSR
  REAL *logits;            // of the models, then slopes
  REAL *weights;           // of the models
  REAL *sums;              // of the slopes, over some rows
  REAL *rest, *product;    // of the losses of some rows, by model
} NAMED(grid_block);

static int64_t NAMED(grid_block_size)(const dataset_t *data, const grid_t *grid) {
  int64_t size = data->rows->n_columns + 1;
  int64_t rows = data->rows->indices ? 0 : GRID_ROWS * size;
  return (GRID_ROWS + 2 * size + 2) * grid->width + rows;
}

// Divides the memory and copies the weights of the models, padded with zeros, out of
// those of `n_weights`.
static NAMED(grid_block) NAMED(grid_open)(const dataset_t *data, const grid_t *grid,
                                          const int64_t *models, int64_t n_weights,
                                          double *loaded, REAL *scratch) {
  int64_t size = data->rows->n_columns + 1, width = grid->width;
  NAMED(grid_block) block = {.loaded = loaded, .logits = scratch};
  block.weights = block.logits + GRID_ROWS * width;
  block.sums = block.weights + size * width;
  block.rest = block.sums + size * width;
  block.product = block.rest + width;
  block.rows = data->rows->indices ? 0 : block.product + width;
  memset(block.weights, 0, size * width * sizeof(REAL));
  for (int64_t j = 0; j < size; j++)
    for (int64_t m = 0; m < grid->n_models; m++)
      block.weights[j * width + m] = (REAL)grid->weights[j * n_weights + models[m]];
  return block;
}

// Copies the n rows from place `first` on, scaled.
static void NAMED(grid_load)(const dataset_t *data, const grid_t *grid, int64_t first,
                             int64_t n, const NAMED(grid_block) *block) {
  const rows_t *rows = data->rows;
  int64_t d = rows->n_columns, width = block_width(d), most = block_rows(d);
  REAL *restrict a = block->rows;
  for (int64_t done = 0, some; done < n; done += some) {
    const int64_t *order = data->order ? data->order + first + done : 0;
    some = n - done < most ? n - done : most;
    DENSE(load, rows, d, data->frame, first + done, order, some, width, block->loaded);
    for (int64_t i = 0; i < some; i++, a += d + 1)
      for (int64_t j = 0; j <= d; j++)
        a[j] = (REAL)(block->loaded[i * width + j] * grid->scale[j]);
  }
}

// z += a w of the entries of a row, `across` registers of models at a time
#ifdef __GNUC__
__attribute__((always_inline))
#endif
static inline void NAMED(grid_strip)(const int across, const grid_entries *some,
                                     const REAL *weights, int64_t width, REAL *z) {
  NAMED(register_t) sums[GRID_ACROSS];
  UNROLLED for (int v = 0; v < across; v++) sums[v] = ((NAMED(register_t) *)z)[v];
  for (int64_t k = 0; k < some->n; k++) {
    const REAL *w = weights + some->columns[k] * width;
    REAL a = (REAL)some->scaled[k];
    UNROLLED for (int v = 0; v < across; v++)
      sums[v] += a * ((const NAMED(register_t) *)w)[v];
  }
  UNROLLED for (int v = 0; v < across; v++) ((NAMED(register_t) *)z)[v] = sums[v];
}

// The logits of one CSR row
static void NAMED(grid_csr_logits)(const dataset_t *data, const grid_t *grid,
                                   int64_t row, const NAMED(grid_block) *block,
                                   REAL *restrict z) {
  int64_t d = data->rows->n_columns, width = grid->width;
  int64_t one = sizeof(NAMED(register_t)) / sizeof(REAL);
  REAL last = (REAL)(data->frame->intercept * grid->scale[d]);
  grid_entries some;
  for (int64_t m = 0; m < width; m++) z[m] = last * block->weights[d * width + m];
  for (int64_t from = 0;; from += some.n) {
    grid_copy(data->rows, grid->scale, row, from, &some);
    int64_t m = 0;
    for (; m + GRID_ACROSS * one <= width; m += GRID_ACROSS * one)
      NAMED(grid_strip)(GRID_ACROSS, &some, block->weights + m, width, z + m);
    for (; m < width; m += one)
      NAMED(grid_strip)(1, &some, block->weights + m, width, z + m);
    if (some.n < GRID_ENTRIES) return;
  }
}

// Adds the slopes of one CSR row times its entries to the sums.
static void NAMED(grid_csr_add)(const dataset_t *data, const grid_t *grid, int64_t row,
                                const NAMED(grid_block) *block, const REAL *restrict r) {
  int64_t d = data->rows->n_columns, width = grid->width;
  REAL last = (REAL)(data->frame->intercept * grid->scale[d]);
  REAL *restrict sums = block->sums + d * width;
  grid_entries some;
  for (int64_t m = 0; m < width; m++) sums[m] += last * r[m];
  for (int64_t from = 0;; from += some.n) {
    grid_copy(data->rows, grid->scale, row, from, &some);
    for (int64_t k = 0; k < some.n; k++) {
      REAL a = (REAL)some.scaled[k];
      REAL *restrict own = block->sums + some.columns[k] * width;
      for (int64_t m = 0; m < width; m++) own[m] += a * r[m];
    }
    if (some.n < GRID_ENTRIES) return;
  }
}

// Takes the loss of one logit, and replaces it by its slope if that is wanted.  With the
// margin m and e = exp(-|m|), the loss is log(1 + e), and -m if that is positive.  Factors
// 1 + e are collected in a product; what is lost where they are rounded is added to the
// rest of the loss, roughly where no slope needs the quotient.
static ALWAYS_INLINE void NAMED(grid_logit)(const int slope, REAL sign, REAL *logit,
                                            REAL *rest, REAL *product) {
  REAL margin = sign * *logit, size = (REAL)fabs(margin);
  REAL e = NAMED(exp_minus)(size), one = 1 + e, lost = e - (one - 1);
  if (slope) {
    REAL inverse = 1 / one;
    lost *= inverse;
    *logit = -sign * ((margin > 0 ? e : 1) * inverse);
  }
  *rest += (margin < 0 ? size : 0) + lost;
  *product *= one;
}

// The same of n <= FACTORS rows, whose logarithms are one: four rows at a time, for which
// the sums are loaded once.
static ALWAYS_INLINE void NAMED(grid_head)(const int slopes, int64_t n, int64_t width,
                                           double weight, const double *restrict target,
                                           REAL *restrict z, REAL *restrict product,
                                           REAL *restrict rest, double *restrict loss) {
  int64_t i = 0;
  for (int64_t m = 0; m < width; m++) product[m] = 1, rest[m] = 0;
  for (; i + 4 <= n; i += 4) {
    REAL *restrict a = z + i * width, *restrict b = a + width;
    REAL *restrict c = b + width, *restrict d = c + width, sign[4];
    for (int k = 0; k < 4; k++) sign[k] = (REAL)(2 * target[i + k] - 1);
    for (int64_t m = 0; m < width; m++) {
      REAL sum = rest[m], factor = product[m];
      NAMED(grid_logit)(slopes, sign[0], &a[m], &sum, &factor);
      NAMED(grid_logit)(slopes, sign[1], &b[m], &sum, &factor);
      NAMED(grid_logit)(slopes, sign[2], &c[m], &sum, &factor);
      NAMED(grid_logit)(slopes, sign[3], &d[m], &sum, &factor);
      rest[m] = sum, product[m] = factor;
    }
  }
  for (; i < n; i++) {
    REAL sign = (REAL)(2 * target[i] - 1), *restrict a = z + i * width;
    for (int64_t m = 0; m < width; m++)
      NAMED(grid_logit)(slopes, sign, &a[m], &rest[m], &product[m]);
  }
  for (int64_t m = 0; m < width; m++)
    loss[m] += weight * (natural_log(product[m]) + rest[m]);
}

APART static void NAMED(grid_both)(int64_t n, int64_t width, double weight,
                                   const double *restrict target, REAL *restrict z,
                                   REAL *restrict product, REAL *restrict rest,
                                   double *restrict loss) {
  NAMED(grid_head)(1, n, width, weight, target, z, product, rest, loss);
}

APART static void NAMED(grid_losses)(int64_t n, int64_t width, double weight,
                                     const double *restrict target, REAL *restrict z,
                                     REAL *restrict product, REAL *restrict rest,
                                     double *restrict loss) {
  NAMED(grid_head)(0, n, width, weight, target, z, product, rest, loss);
}

// Replaces the logits of n rows by their slopes times the weights, if there are any.
APART static void NAMED(grid_slopes)(int64_t n, int64_t width,
                                     const double *restrict weight,
                                     const double *restrict target, REAL *restrict z) {
  for (int64_t i = 0; i < n; i++, z += width) {
    REAL sign = (REAL)(2 * target[i] - 1), factor = weight ? (REAL)weight[i] : 1;
    factor *= -sign;
    for (int64_t m = 0; m < width; m++) {
      REAL margin = sign * z[m], e = NAMED(exp_minus)((REAL)fabs(margin));
      z[m] = factor * ((margin > 0 ? e : 1) * (1 / (1 + e)));
    }
  }
}

// The mean size of the slopes of some models, for n rows
static void NAMED(grid_residual)(int64_t n, const grid_t *grid, const REAL *slopes,
                                 double *restrict residual) {
  for (int64_t i = 0; i < n; i++, slopes += grid->width) {
    double sum = 0;
    for (int64_t k = 0; k < grid->n_seen; k++) sum += fabs((double)slopes[grid->seen[k]]);
    residual[i] = sum / (double)grid->n_seen;
  }
}

static void NAMED(grid_weigh)(int64_t n, int64_t width, const double *restrict weight,
                              REAL *restrict slopes) {
  for (int64_t i = 0; i < n; i++)
    for (int64_t m = 0; m < width; m++) slopes[i * width + m] *= (REAL)weight[i];
}

// The logits of the n rows from place `first` on
static void NAMED(grid_logits)(const dataset_t *data, const grid_t *grid, int64_t first,
                               int64_t n, const NAMED(grid_block) *block) {
  int64_t size = data->rows->n_columns + 1, width = grid->width;
  const int64_t *order = data->order ? data->order + first : 0;
  NAMED(matrix_t) z = {block->logits, width, 1}, w = {block->weights, width, 1};
  if (block->rows) {
    NAMED(grid_load)(data, grid, first, n, block);
    NAMED(multiply)(REPLACE, n, width, size, (NAMED(matrix_t)){block->rows, size, 1}, w,
                    z);
    return;
  }
  for (int64_t i = 0; i < n; i++) {
    if (order && i + AHEAD < n) CSR(prefetch, data->rows, order[i + AHEAD]);
    NAMED(grid_csr_logits)(data, grid, order ? order[i] : first + i, block,
                           z.at + i * width);
  }
}

// Adds the sums over the n rows from place `first` on, but for those of CSR rows in the
// block's sums.
static void NAMED(grid_rows)(const dataset_t *data, const grid_t *grid, int64_t first,
                             int64_t n, const NAMED(grid_block) *block, double *loss) {
  int64_t size = data->rows->n_columns + 1, width = grid->width;
  const double *target = data->target + first;
  const double *weight = data->weight ? data->weight + first : 0;
  const int64_t *order = data->order ? data->order + first : 0;
  NAMED(matrix_t) z = {block->logits, width, 1}, columns = {block->rows, 1, size};
  NAMED(grid_logits)(data, grid, first, n, block);
  int64_t step = weight ? 1 : FACTORS;  // rows of one weight share their logarithms
  for (int64_t i = 0; i < n && grid->loss; i += step)
    (grid->gradient ? NAMED(grid_both) : NAMED(grid_losses))(
        n - i < step ? n - i : step, width, weight ? weight[i] : 1, target + i,
        z.at + i * width, block->product, block->rest, loss);
  if (!grid->gradient) return;
  if (!grid->loss) NAMED(grid_slopes)(n, width, weight, target, z.at);
  if (grid->residual) NAMED(grid_residual)(n, grid, z.at, grid->residual + first);
  if (weight && grid->loss) NAMED(grid_weigh)(n, width, weight, z.at);
  if (block->rows) {
    NAMED(multiply)(ADD, size, width, n, columns, z,
                    (NAMED(matrix_t)){block->sums, width, 1});
    return;
  }
  for (int64_t i = 0; i < n; i++)
    NAMED(grid_csr_add)(data, grid, order ? order[i] : first + i, block,
                        z.at + i * width);
}

// Adds the sums over a leaf of n rows; returns false if interrupted.
static int NAMED(grid_leaf)(const dataset_t *data, const grid_t *grid, int64_t first,
                            int64_t n, const NAMED(grid_block) *block, double *sums) {
  int64_t width = grid->width, entries = (data->rows->n_columns + 1) * width;
  double *restrict gradient = sums + width;
  memset(block->sums, 0, entries * sizeof(REAL));
  for (int64_t end = first + n, some; first < end; first += some) {
    some = end - first < GRID_ROWS ? end - first : GRID_ROWS;
    NAMED(grid_rows)(data, grid, first, some, block, sums);
    if (must_stop(data->watch, some * data->cost * width / 8)) return 0;
    if (!grid->gradient || (!block->rows && first + some < end)) continue;
    for (int64_t j = 0; j < entries; j++) gradient[j] += block->sums[j];
    memset(block->sums, 0, entries * sizeof(REAL));
  }
  return 1;
}
