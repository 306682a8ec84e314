// SPDX-License-Identifier: BSD-3-Clause
// Sums in eight fixed lanes, which give the same bits for every width of a register.
#ifndef SKPULSAR_LANES_H
#define SKPULSAR_LANES_H
#include <stdint.h>

enum { LANES = 8 };

// A register of doubles, for loops that the compiler does not vectorise well by itself.
// Every result has the same bits for every width.
#if defined __AVX512F__
enum { WIDTH = 8 };
#elif defined __AVX__
enum { WIDTH = 4 };
#elif defined __GNUC__
enum { WIDTH = 2 };
#else
enum { WIDTH = 1 };
#endif
#ifdef __GNUC__
typedef double lanes_t __attribute__((vector_size(8 * WIDTH), aligned(8), may_alias));
#else
typedef double lanes_t;
#endif

#ifdef __GNUC__
typedef float singles_t __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
static inline lanes_t load_lanes_float(const float *x) {
  return __builtin_convertvector(*(const singles_t *)x, lanes_t);
}
#else
static inline lanes_t load_lanes_float(const float *x) { return *x; }
#endif
static inline lanes_t load_lanes_double(const double *x) { return *(const lanes_t *)x; }

// Marks what has to be compiled anew for every constant that it is called with.
#ifdef __GNUC__
#define ALWAYS_INLINE __attribute__((always_inline)) inline
#else
#define ALWAYS_INLINE inline
#endif

// Marks loops over rows: inlined into their caller they may lose what restrict promises.
#ifdef __GNUC__
#define APART __attribute__((noinline))
#else
#define APART
#endif

static inline double join_lanes(const double *s) {
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

// The sum of a, of any length
static inline double sum(int64_t n, const double *restrict a) {
  double s[LANES] = {0}, rest = 0;
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int lane = 0; lane < LANES; lane++) s[lane] += a[i + lane];
  for (; i < n; i++) rest += a[i];
  return join_lanes(s) + rest;
}

// The sum of a b, of any length
static inline double dot(int64_t n, const double *restrict a, const double *restrict b) {
  double s[LANES] = {0}, rest = 0;
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int lane = 0; lane < LANES; lane++) s[lane] += a[i + lane] * b[i + lane];
  for (; i < n; i++) rest += a[i] * b[i];
  return join_lanes(s) + rest;
}

// Whether all of a are finite, since 0 times anything else is NaN
static inline int all_finite(int64_t n, const double *restrict a) {
  double s[LANES] = {0}, rest = 0;
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int lane = 0; lane < LANES; lane++) s[lane] += a[i + lane] * 0;
  for (; i < n; i++) rest += a[i] * 0;
  return join_lanes(s) + rest == 0;
}
#endif
