// SPDX-License-Identifier: BSD-3-Clause
// The kernel's own exp, log and powers.  They use neither libm nor branches, so that
// every CPU gives the same bits and a loop over rows vectorises.
#ifndef SKPULSAR_ELEMENTARY_H
#define SKPULSAR_ELEMENTARY_H
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#if FLT_EVAL_METHOD != 0
#error "skpulsar needs arithmetic in double, not in x87 registers: -msse2 -mfpmath=sse"
#endif

#define LOG2_E 0x1.71547652b82fep+0
#define LN2_HI 0x1.62e42fee00000p-1  // 21 trailing zeros: n * LN2_HI is exact
#define LN2_LO 0x1.a39ef35793c76p-33
#define SQRT2_MINUS_1 0x1.a827999fcef32p-2
#define ROUND 0x1.8p52  // adding it leaves the nearest integer in the low bits

// 2^n for an integer n in [-1022, 1023]
static inline double power_of_two(double n) {
  double biased = n + (ROUND + 1023);
  uint64_t bits;
  memcpy(&bits, &biased, 8);
  bits <<= 52;
  memcpy(&biased, &bits, 8);
  return biased;
}

// exp(-a) = result + *low for a >= 0.  With |r| <= ln(2) / 2, exp(r) = 1 + t is a Taylor
// series to degree 13 (truncation below 2^-57); *low receives the rounding of 1 + t.
static inline double exp_minus(double a, double *low) {
  a = a > 750 ? 750 : a;  // exp(-750) is 0, and NaN passes
  double n = (ROUND - a * LOG2_E) - ROUND;
  double high = -a - n * LN2_HI, tail = n * LN2_LO, r = high - tail;
  double r_low = (high - r) - tail, r2 = r * r, r4 = r2 * r2;
  double p0 = 1 / 2. + r * (1 / 6.), p1 = 1 / 24. + r * (1 / 120.);
  double p2 = 1 / 720. + r * (1 / 5040.), p3 = 1 / 40320. + r * (1 / 362880.);
  double p4 = 1 / 3628800. + r * (1 / 39916800.);
  double p5 = 1 / 479001600. + r * (1 / 6227020800.);
  double q = (p0 + r2 * p1) + r4 * ((p2 + r2 * p3) + r4 * (p4 + r2 * p5));
  double t = r + (r2 * q + r_low), p = 1 + t;
  double half = (n * 0.5 + ROUND) - ROUND;  // two factors, since 2^n may be subnormal
  double f = power_of_two(half), g = power_of_two(n - half);
  *low = ((t - (p - 1)) * f) * g;
  return (p * f) * g;
}

// The same of floats, to some 1e-7: a Taylor series to degree 6.  a counts as 64 at most,
// which nothing that is added to it can tell from more, and no product is subnormal.
static inline float exp_minus_float(float a) {
  a = a > 64 ? 64 : a;  // NaN passes
  float shifted = 0x1.8p23f - a * 0x1.715476p+0f, n = shifted - 0x1.8p23f;
  float r = (-a - n * 0x1.62e400p-1f) - n * 0x1.7f7d1cp-20f;
  float p = 1 / 24.f + r * (1 / 120.f + r * (1 / 720.f));
  p = 1 + r * (1 + r * (1 / 2.f + r * (1 / 6.f + r * p)));
  uint32_t exponent, bits;  // that of p is raised by n, in the low bits of `shifted`
  memcpy(&exponent, &shifted, 4);
  memcpy(&bits, &p, 4);
  bits += exponent << 23;
  memcpy(&p, &bits, 4);
  return p;
}

// n log(2) + log(1 + f) + correction for |f| < 0.42, with u = f / (2 + f):
// log(1 + f) = f - (f^2/2 - u (f^2/2 + R)), R = 2/3 u^2 + 2/5 u^4 + ...
static inline double log_sum(double n, double f, double correction) {
  double u = f / (2 + f), z = u * u, z2 = z * z, z4 = z2 * z2, square = 0.5 * f * f;
  double p0 = 2 / 3. + z * (2 / 5.), p1 = 2 / 7. + z * (2 / 9.);
  double p2 = 2 / 11. + z * (2 / 13.), p3 = 2 / 15. + z * (2 / 17.);
  double p4 = 2 / 19. + z * (2 / 21.);
  double R = z * ((p0 + z2 * p1) + z4 * ((p2 + z2 * p3) + z4 * p4));
  double small = u * (square + R) + (correction + n * LN2_LO);
  return n * LN2_HI + (f - (square - small));
}

// log(1 + e) for e in [0, 1], given s = 1 + e rounded.  The correction is the rounding
// error of s and e, divided by s.
static inline double log1p_unit(double e, double s, double correction) {
  int halve = e > SQRT2_MINUS_1;
  return log_sum(halve ? 1 : 0, halve ? 0.5 * s - 1 : e, correction);
}

// log(x) for 0 < x < infinity.  NaN gives 710, so the caller must pass NaN on itself.
static inline double natural_log(double x) {
  int subnormal = x < DBL_MIN;
  uint64_t bits;
  x = subnormal ? x * 0x1p54 : x;
  memcpy(&bits, &x, 8);
  double n = (double)(int64_t)(bits >> 52) - (subnormal ? 1077 : 1023);
  bits = (bits & 0xfffffffffffffull) | 0x3ff0000000000000ull;
  memcpy(&x, &bits, 8);
  int halve = x > 1 + SQRT2_MINUS_1;
  return log_sum(halve ? n + 1 : n, halve ? 0.5 * x - 1 : x - 1, 0);
}

// t^-p for t >= 1 and p >= 0
static inline double inverse_power(double t, double p) {
  double low;
  return exp_minus(p * natural_log(t), &low);
}
#endif
