// SPDX-License-Identifier: BSD-3-Clause
// Hidden units of type REAL, their derivatives, and dropout.  network.h includes this file
// once for each type.  Exponentials are double for both.
//
//   identity  y = z                       y' = 1
//   relu      y = max(z, 0)               y' = 1 for z > 0, else 0
//   logistic  y = 1 / (1 + exp(-z))       y' = e / (1 + e)^2,    e = exp(-|z|)
//   tanh      y = sign(z) (1 - e) / (1 + e)   y' = 4 e / (1 + e)^2,  e = exp(-2 |z|)

// Replaces the inputs z of n units by what they give, and writes its derivatives.
static void NAMED(activate)(int kind, int64_t n, REAL *restrict z, REAL *restrict slope) {
  switch (kind) {
    case IDENTITY:
      for (int64_t j = 0; j < n; j++) slope[j] = 1;
      return;
    case RELU:
      for (int64_t j = 0; j < n; j++) {
        REAL x = z[j];
        slope[j] = x > 0 ? 1 : 0;
        z[j] = x < 0 ? 0 : x;  // NaN passes, to be found in the loss
      }
      return;
    case SIGMOID:
      for (int64_t j = 0; j < n; j++) {
        double x = z[j], low, e = exp_minus(fabs(x), &low), inverse = 1 / (1 + e);
        z[j] = (REAL)((x < 0 ? e : 1) * inverse);
        slope[j] = (REAL)(e * inverse * inverse);
      }
      return;
    case TANH:
      for (int64_t j = 0; j < n; j++) {
        double x = z[j], low, e = exp_minus(2 * fabs(x), &low), inverse = 1 / (1 + e);
        double y = ((1 - e) - low) * inverse;
        z[j] = (REAL)(x < 0 ? -y : y);
        slope[j] = (REAL)(4 * e * inverse * inverse);
      }
  }
}

// Leaves a share of the n units of one row out, and enlarges the others.  Sixteen bits of
// a hash decide: of the layer's key, the visit of the row, and the unit.
static void NAMED(drop)(double share, uint64_t key, int64_t visit, int64_t n,
                        REAL *restrict y, REAL *restrict slope) {
  uint64_t threshold = (uint64_t)(share * 65536 + 0.5);
  REAL kept = (REAL)(65536.0 / (65536 - threshold));
  int64_t words = (n + 3) / 4;
  for (int64_t word = 0; word < words; word++) {
    uint64_t bits = hash(key, visit * words + word);
    for (int64_t j = 4 * word; j < n && j < 4 * word + 4; j++, bits >>= 16) {
      REAL factor = (bits & 65535) < threshold ? 0 : kept;
      y[j] *= factor, slope[j] *= factor;
    }
  }
}
