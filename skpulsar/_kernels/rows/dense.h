// SPDX-License-Identifier: BSD-3-Clause
// Dense rows of type REAL.  rows.h includes this file once for each type.
//
// Minibatches copy a block of rows into the L1 cache, as doubles minus their centre,
// followed by the intercept's constant and zeros up to full lanes, and compute logits and
// sums from the copy (block.h).  Full passes read most rows in place.
#define JOIN(name, type) name##_##type
#define NAMED(name, type) JOIN(name, type)

static void NAMED(load, REAL)(const REAL *X, int64_t n_columns, const frame_t *frame,
                              int64_t first, const int64_t *order, int64_t n,
                              int64_t width, double *restrict block) {
  const double *restrict centre = frame->centre;
  for (int64_t i = 0; i < n; i++) {
    const REAL *restrict x = X + (order ? order[i] : first + i) * n_columns;
    double *restrict a = block + i * width;
    int64_t j = 0;
#ifdef __GNUC__
    if (order && i + AHEAD < n)
      for (int64_t at = 0; at < n_columns; at += LINE / (int64_t)sizeof(REAL))
        __builtin_prefetch(X + order[i + AHEAD] * n_columns + at);
#endif
    for (; j < n_columns; j++) a[j] = x[j] - centre[j];
    for (a[j++] = frame->intercept; j < width; j++) a[j] = 0;
  }
}

// Fills the block of columns.h: entry j * COLUMN_ROWS + i is column j of row i, minus its
// centre.
APART static void NAMED(load_columns, REAL)(const REAL *restrict X, int64_t n_columns,
                                            const double *restrict centre, int64_t first,
                                            const int64_t *order, int64_t n,
                                            double *restrict block) {
  for (int64_t j = 0; j < n_columns; j++) {
    double *restrict column = block + j * COLUMN_ROWS;
    double c = centre[j];
    if (order)
      for (int64_t i = 0; i < n; i++) column[i] = X[order[i] * n_columns + j] - c;
    else
      for (int64_t i = 0; i < n; i++) column[i] = X[(first + i) * n_columns + j] - c;
  }
}

// x . w + b of one row.  The bits are those of a block, whose rows end with 1 and zeros.
static inline double NAMED(plain_logit, REAL)(int64_t n_columns, const REAL *restrict x,
                                              const double *restrict weights) {
  int64_t full = n_columns / LANES * LANES, rest = n_columns - full;
  double s[LANES] = {0};
  for (int64_t j = 0; j < full; j += LANES)
    for (int lane = 0; lane < LANES; lane++) s[lane] += weights[j + lane] * x[j + lane];
  for (int lane = 0; lane < LANES; lane++) {
    double last = lane < rest ? weights[full + lane] * x[full + lane] : 0;
    s[lane] += lane == rest ? weights[n_columns] : last;
  }
  return join_lanes(s);
}

// logits = x . w + b, of rows in place
static void NAMED(plain_logits, REAL)(const REAL *X, int64_t n_columns, int64_t first,
                                      const int64_t *order, int64_t n,
                                      const double *restrict weights,
                                      double *restrict logits) {
  for (int64_t i = 0; i < n; i++) {
    const REAL *x = X + (order ? order[i] : first + i) * n_columns;
    logits[i] = NAMED(plain_logit, REAL)(n_columns, x, weights);
  }
}

// For full passes, which read the rows in place
#define ROW(i) (X + (order ? order[i] : first + (i)) * n_columns)

// logits = (x - centre) . w + constant, of one output
APART static void NAMED(framed_logits, REAL)(const REAL *X, int64_t n_columns,
                                             const double *restrict centre, int64_t first,
                                             const int64_t *order, int64_t n,
                                             const double *restrict weights,
                                             double constant, double *restrict logits) {
  int64_t full = n_columns / LANES * LANES;
  for (int64_t i = 0; i < n; i++) {
    const REAL *restrict x = ROW(i);
    double s[LANES] = {0}, rest = constant;
    for (int64_t j = 0; j < full; j += LANES)
      for (int lane = 0; lane < LANES; lane++)
        s[lane] += weights[j + lane] * (x[j + lane] - centre[j + lane]);
    for (int64_t j = full; j < n_columns; j++) rest += weights[j] * (x[j] - centre[j]);
    logits[i] = join_lanes(s) + rest;
  }
}

// The same of some rows and outputs at a time, whose sums stay in registers.  The bits
// are those of one.  The weights of the next output are `width` further, its logits
// `stride`.
ALWAYS_INLINE static void NAMED(logits_tile, REAL)(
    int rows, int outputs, const REAL *const *x, int64_t n_columns,
    const double *restrict centre, const double *restrict weights, int64_t width,
    double intercept, int64_t stride, double *restrict logits) {
  int64_t full = n_columns / LANES * LANES;
  lanes_t s[LOGIT_ROWS][LOGIT_OUTPUTS][LANES / WIDTH];
  for (int i = 0; i < rows; i++)
    for (int k = 0; k < outputs; k++)
      for (int part = 0; part < LANES / WIDTH; part++) s[i][k][part] = (lanes_t){0};
  for (int64_t j = 0; j < full; j += LANES)
    for (int part = 0; part < LANES / WIDTH; part++) {
      int64_t at = j + part * WIDTH;
      lanes_t middle = load_lanes_double(centre + at);
      for (int i = 0; i < rows; i++) {
        lanes_t a = NAMED(load_lanes, REAL)(x[i] + at) - middle;
        for (int k = 0; k < outputs; k++)
          s[i][k][part] += load_lanes_double(weights + k * width + at) * a;
      }
    }
  for (int i = 0; i < rows; i++)
    for (int k = 0; k < outputs; k++) {
      const double *w = weights + k * width;
      double sums[LANES], rest = intercept * w[n_columns];
      memcpy(sums, s[i][k], sizeof sums);
      for (int64_t j = full; j < n_columns; j++) rest += w[j] * (x[i][j] - centre[j]);
      logits[k * stride + i] = join_lanes(sums) + rest;
    }
}

APART static void NAMED(outputs_logits, REAL)(const REAL *X, int64_t n_columns,
                                              const frame_t *frame, int64_t first,
                                              const int64_t *order, int64_t n,
                                              int64_t n_outputs,
                                              const double *restrict weights,
                                              int64_t width, int64_t stride,
                                              double *restrict logits) {
#define LOGITS_TILE(rows, outputs)                                                   \
  NAMED(logits_tile, REAL)(rows, outputs, x, n_columns, frame->centre,               \
                           weights + k * width, width, frame->intercept, stride,     \
                           logits + k * stride + i)
  for (int64_t i = 0, rows; i < n; i += rows) {
    const REAL *x[LOGIT_ROWS];
    rows = n - i < LOGIT_ROWS ? 1 : LOGIT_ROWS;
    for (int64_t r = 0; r < rows; r++) x[r] = ROW(i + r);
    int64_t k = 0;
    for (; k + LOGIT_OUTPUTS <= n_outputs; k += LOGIT_OUTPUTS)
      if (rows == LOGIT_ROWS) LOGITS_TILE(LOGIT_ROWS, LOGIT_OUTPUTS);
      else LOGITS_TILE(1, LOGIT_OUTPUTS);
    for (; k < n_outputs; k++)
      if (rows == LOGIT_ROWS) LOGITS_TILE(LOGIT_ROWS, 1);
      else LOGITS_TILE(1, 1);
  }
#undef LOGITS_TILE
}

// norms = sum of precision (x - centre)^2
APART static void NAMED(framed_norms, REAL)(const REAL *X, int64_t n_columns,
                                            const double *restrict centre, int64_t first,
                                            const int64_t *order, int64_t n,
                                            const double *restrict precision,
                                            double *restrict norms) {
  int64_t full = n_columns / LANES * LANES;
  for (int64_t i = 0; i < n; i++) {
    const REAL *restrict x = ROW(i);
    double s[LANES] = {0}, rest = 0;
    for (int64_t j = 0; j < full; j += LANES)
      for (int lane = 0; lane < LANES; lane++) {
        double a = x[j + lane] - centre[j + lane];
        s[lane] += precision[j + lane] * (a * a);
      }
    for (int64_t j = full; j < n_columns; j++) {
      double a = x[j] - centre[j];
      rest += precision[j] * (a * a);
    }
    norms[i] = join_lanes(s) + rest;
  }
}

// sums += r (x - centre), four rows at a time, so that a sum is loaded once for all four
APART static void NAMED(framed_add, REAL)(const REAL *X, int64_t n_columns,
                                          const double *restrict centre, int64_t first,
                                          const int64_t *order, int64_t n,
                                          const double *restrict r,
                                          double *restrict sums) {
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const REAL *restrict a = ROW(i), *restrict b = ROW(i + 1);
    const REAL *restrict c = ROW(i + 2), *restrict e = ROW(i + 3);
    double p = r[i], q = r[i + 1], s = r[i + 2], t = r[i + 3];
    for (int64_t j = 0; j < n_columns; j++) {
      double m = centre[j];
      sums[j] += (p * (a[j] - m) + q * (b[j] - m)) + (s * (c[j] - m) + t * (e[j] - m));
    }
  }
  for (; i < n; i++) {
    const REAL *restrict a = ROW(i);
    for (int64_t j = 0; j < n_columns; j++) sums[j] += r[i] * (a[j] - centre[j]);
  }
}

// The sums of several outputs, and their squares unless h is NULL, strip by strip of
// columns, for which the entries of four rows are loaded once.  The bits are those of one
// output.  The r and h of the next output are `stride` further, its sums `step`.
APART static void NAMED(outputs_add, REAL)(const REAL *X, int64_t n_columns,
                                           const double *restrict centre, int64_t first,
                                           const int64_t *order, int64_t n,
                                           int64_t n_outputs, const double *restrict r,
                                           const double *restrict h, int64_t stride,
                                           double *restrict sums,
                                           double *restrict squares, int64_t step) {
  int64_t last = n / 4 * 4, j = 0;
  for (; j + WIDTH <= n_columns; j += WIDTH) {
    lanes_t m = load_lanes_double(centre + j);
    for (int64_t i = 0; i < last; i += 4) {
      lanes_t a = NAMED(load_lanes, REAL)(ROW(i) + j) - m;
      lanes_t b = NAMED(load_lanes, REAL)(ROW(i + 1) + j) - m;
      lanes_t c = NAMED(load_lanes, REAL)(ROW(i + 2) + j) - m;
      lanes_t e = NAMED(load_lanes, REAL)(ROW(i + 3) + j) - m;
      for (int64_t k = 0; k < n_outputs; k++)
        add_four(r + k * stride + i, a, b, c, e, sums + k * step + j);
      if (h)
        for (int64_t k = 0; k < n_outputs; k++)
          add_four(h + k * stride + i, a * a, b * b, c * c, e * e,
                   squares + k * step + j);
    }
    for (int64_t i = last; i < n; i++) {
      lanes_t a = NAMED(load_lanes, REAL)(ROW(i) + j) - m;
      for (int64_t k = 0; k < n_outputs; k++) {
        *(lanes_t *)(sums + k * step + j) += r[k * stride + i] * a;
        if (h) *(lanes_t *)(squares + k * step + j) += h[k * stride + i] * (a * a);
      }
    }
  }
  for (; j < n_columns; j++)
    for (int64_t k = 0; k < n_outputs; k++) {
      double column[COLUMN_ROWS];
      for (int64_t i = 0; i < n; i++) column[i] = ROW(i)[j] - centre[j];
      add_by_four(n, r + k * stride, column, sums + k * step + j);
      if (!h) continue;
      for (int64_t i = 0; i < n; i++) column[i] *= column[i];
      add_by_four(n, h + k * stride, column, squares + k * step + j);
    }
}

// As framed_add, and squares += h (x - centre)^2
APART static void NAMED(framed_add_both, REAL)(const REAL *X, int64_t n_columns,
                                               const double *restrict centre,
                                               int64_t first, const int64_t *order,
                                               int64_t n, const double *r,
                                               const double *h, double *restrict sums,
                                               double *restrict squares) {
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const REAL *restrict a = ROW(i), *restrict b = ROW(i + 1);
    const REAL *restrict c = ROW(i + 2), *restrict e = ROW(i + 3);
    double p = r[i], q = r[i + 1], s = r[i + 2], t = r[i + 3];
    double P = h[i], Q = h[i + 1], S = h[i + 2], T = h[i + 3];
    for (int64_t j = 0; j < n_columns; j++) {
      double m = centre[j], f = a[j] - m, g = b[j] - m, k = c[j] - m, l = e[j] - m;
      sums[j] += (p * f + q * g) + (s * k + t * l);
      squares[j] += (P * (f * f) + Q * (g * g)) + (S * (k * k) + T * (l * l));
    }
  }
  for (; i < n; i++) {
    const REAL *restrict a = ROW(i);
    for (int64_t j = 0; j < n_columns; j++) {
      double f = a[j] - centre[j];
      sums[j] += r[i] * f;
      squares[j] += h[i] * (f * f);
    }
  }
}

// Fills a panel of tiles.h with scale (x - centre, intercept) sqrt(h) of n rows, in
// strips of LANES columns.  `order` has `left` entries: n, and those of later panels.
APART static void NAMED(pack, REAL)(const REAL *X, int64_t n_columns,
                                    const frame_t *frame, const double *restrict scale,
                                    int64_t first, const int64_t *order, int64_t n,
                                    int64_t left, const double *restrict h,
                                    double *restrict panel) {
  const double *restrict centre = frame->centre;
  for (int64_t i = 0; i < n; i++) {
    const REAL *restrict x = ROW(i);
    double *restrict b = panel + i * LANES, root = sqrt(h[i]);
    int64_t j = 0;
#ifdef __GNUC__
    if (order && i + AHEAD < left)
      for (int64_t at = 0; at < n_columns; at += LINE / (int64_t)sizeof(REAL))
        __builtin_prefetch(X + order[i + AHEAD] * n_columns + at);
#endif
    for (; j + LANES <= n_columns; j += LANES, b += PANEL * LANES)
      for (int lane = 0; lane < LANES; lane++)
        b[lane] = (x[j + lane] - centre[j + lane]) * scale[j + lane] * root;
    for (; j < n_columns; j++) *b++ = (x[j] - centre[j]) * scale[j] * root;
    *b = frame->intercept * scale[n_columns] * root;
  }
}
#undef ROW
#undef NAMED
#undef JOIN
