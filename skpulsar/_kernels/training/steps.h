// SPDX-License-Identifier: BSD-3-Clause
// The rules of optimizers.h for numbers of type REAL.  A file that includes this one says
// by SCALED(x) how a step is scaled, and by NAMED what the functions are called.
static inline void NAMED(step_momentum)(int64_t size, const optimizer_t *rule,
                                        double rate_of_step, const double *restrict scale,
                                        const REAL *restrict g, REAL *restrict m,
                                        REAL *restrict w) {
  REAL momentum = (REAL)rule->beta_1, rate = (REAL)rate_of_step;
  int nesterov = rule->nesterov;
  for (int64_t j = 0; j < size; j++) {
    m[j] = momentum * m[j] - rate * g[j];
    w[j] += SCALED(nesterov ? momentum * m[j] - rate * g[j] : m[j]);
  }
}

static inline void NAMED(step_adam)(int64_t size, const optimizer_t *rule,
                                    double rate_of_step, const double *restrict scale,
                                    const REAL *restrict g, REAL *restrict m,
                                    REAL *restrict v, REAL *restrict w) {
  REAL b1 = (REAL)rule->beta_1, b2 = (REAL)rule->beta_2, epsilon = (REAL)rule->epsilon;
  REAL rest_1 = (REAL)(1 - rule->beta_1), rest_2 = (REAL)(1 - rule->beta_2);
  REAL rate = (REAL)rate_of_step;
  for (int64_t j = 0; j < size; j++) {
    m[j] = b1 * m[j] + rest_1 * g[j];
    v[j] = b2 * v[j] + rest_2 * (g[j] * g[j]);
    w[j] -= SCALED(rate * m[j] / (ROOT(v[j]) + epsilon));
  }
}
