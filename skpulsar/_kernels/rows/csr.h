// SPDX-License-Identifier: BSD-3-Clause
// CSR rows with values of type REAL and indices of type INDEX.  rows.h includes this file
// once for each pair.  Rows are read in place.  The contribution of the centre is the
// same for every row, and the caller adds it.
#define JOIN(name, real, index) name##_##real##_##index
#define NAMED(name, real, index) JOIN(name, real, index)
#define CSR_ROWS const REAL *x, const INDEX *column, const INDEX *start

// Asks for the first entries of a row, which is read soon.
static inline void NAMED(prefetch, REAL, INDEX)(CSR_ROWS, int64_t row) {
#ifdef __GNUC__
  __builtin_prefetch(x + start[row]);
  __builtin_prefetch(x + start[row] + LINE / sizeof(REAL));
  __builtin_prefetch(column + start[row]);
#endif
}

// logits = constant + sum of x_j weights_j
static void NAMED(logits, REAL, INDEX)(CSR_ROWS, int64_t first, const int64_t *order,
                                       int64_t n, const double *weights,
                                       double constant, double *restrict logits) {
  for (int64_t i = 0; i < n; i++) {
    int64_t row = order ? order[i] : first + i;
    int64_t k = start[row], end = start[row + 1];
    if (order && i + AHEAD < n)
      NAMED(prefetch, REAL, INDEX)(x, column, start, order[i + AHEAD]);
    double even = constant, odd = 0;
    for (; k + 2 <= end; k += 2) {
      even += x[k] * weights[column[k]];
      odd += x[k + 1] * weights[column[k + 1]];
    }
    if (k < end) even += x[k] * weights[column[k]];
    logits[i] = even + odd;
  }
}

// sums_j += r x_j
static void NAMED(add, REAL, INDEX)(CSR_ROWS, int64_t first, const int64_t *order,
                                    int64_t n, const double *r,
                                    double *restrict sums) {
  for (int64_t i = 0; i < n; i++) {
    int64_t row = order ? order[i] : first + i;
    for (int64_t k = start[row]; k < start[row + 1]; k++) sums[column[k]] += x[k] * r[i];
  }
}

// sums_j += r x_j^2
static void NAMED(add_squares, REAL, INDEX)(CSR_ROWS, int64_t first,
                                            const int64_t *order, int64_t n,
                                            const double *r, double *restrict sums) {
  for (int64_t i = 0; i < n; i++) {
    int64_t row = order ? order[i] : first + i;
    for (int64_t k = start[row]; k < start[row + 1]; k++) {
      double a = x[k];
      sums[column[k]] += r[i] * (a * a);
    }
  }
}

// Adds the sum of h a a', a = (scale x, intercept), to the lower half of G, by pairs of
// stored entries.  The columns of a row ascend, the intercept is scaled, and `scaled` has
// room for a row.
static void NAMED(add_pairs, REAL, INDEX)(CSR_ROWS, int64_t first, const int64_t *order,
                                          int64_t n, int64_t size, double intercept,
                                          const double *scale, const double *h,
                                          double *restrict scaled, double *restrict G) {
  double *last = G + (size - 1) * size;
  for (int64_t i = 0; i < n; i++) {
    int64_t row = order ? order[i] : first + i, begin = start[row];
    int64_t stored = start[row + 1] - begin;
    for (int64_t p = 0; p < stored; p++)
      scaled[p] = x[begin + p] * scale[column[begin + p]];
    for (int64_t p = 0; p < stored; p++) {
      double t = h[i] * scaled[p], *restrict line = G + column[begin + p] * size;
      for (int64_t q = 0; q <= p; q++) line[column[begin + q]] += t * scaled[q];
      last[column[begin + p]] += t * intercept;
    }
    last[size - 1] += h[i] * intercept * intercept;
  }
}

// Adds weight, weight (x - shift) and weight (x - shift)^2 of the stored entries.
static void NAMED(add_moments, REAL, INDEX)(CSR_ROWS, int64_t first,
                                            const int64_t *order, int64_t n,
                                            const double *weight, const double *shift,
                                            double *stored, double *m1, double *m2) {
  for (int64_t i = 0; i < n; i++) {
    int64_t row = order ? order[i] : first + i;
    for (int64_t k = start[row]; k < start[row + 1]; k++) {
      int64_t j = column[k];
      double a = x[k] - shift[j];
      stored[j] += weight[i];
      m1[j] += weight[i] * a;
      m2[j] += weight[i] * (a * a);
    }
  }
}

// norms = sum of precision_j (x_j - centre_j)^2, where `constant` is that of a row of
// zeros.  The stored columns' part of it is summed in the same order, so that a full row
// subtracts exactly all of it.
static void NAMED(norms, REAL, INDEX)(CSR_ROWS, int64_t first, const int64_t *order,
                                      int64_t n, const double *centre,
                                      const double *precision, double constant,
                                      double *restrict norms) {
  for (int64_t i = 0; i < n; i++) {
    int64_t row = order ? order[i] : first + i;
    double norm = 0, stored = 0;
    for (int64_t k = start[row]; k < start[row + 1]; k++) {
      double p = precision[column[k]], c = centre[column[k]], a = x[k] - c;
      norm += p * (a * a);
      stored += p * (c * c);
    }
    norms[i] = norm + (constant > stored ? constant - stored : 0);
  }
}
// Copies at most `most` entries of a row from its entry `from` on, and their columns;
// returns their number.
static int64_t NAMED(copy_entries, REAL, INDEX)(CSR_ROWS, int64_t row, int64_t from,
                                                int64_t most, double *restrict values,
                                                int64_t *restrict columns) {
  int64_t begin = start[row] + from, n = start[row + 1] - begin;
  n = n < most ? n : most;
  for (int64_t k = 0; k < n; k++) {
    values[k] = x[begin + k];
    columns[k] = column[begin + k];
  }
  return n;
}

// The same, scaled
static int64_t NAMED(scaled_entries, REAL, INDEX)(CSR_ROWS, const double *restrict scale,
                                                  int64_t row, int64_t from, int64_t most,
                                                  double *restrict scaled,
                                                  int64_t *restrict columns) {
  int64_t begin = start[row] + from, n = start[row + 1] - begin;
  n = n < most ? n : most;
  for (int64_t k = 0; k < n; k++) {
    int64_t j = column[begin + k];
    scaled[k] = x[begin + k] * scale[j];
    columns[k] = j;
  }
  return n;
}
#undef CSR_ROWS
#undef NAMED
#undef JOIN
