// SPDX-License-Identifier: BSD-3-Clause
// Subnormal numbers count as 0 between both calls.  A moment of Adam's that fades would
// otherwise become subnormal for good, and make every step several times slower.
#ifndef SKPULSAR_SUBNORMALS_H
#define SKPULSAR_SUBNORMALS_H
#include <stdint.h>

#if defined __SSE2__ || defined _M_X64
#include <immintrin.h>

enum { FLUSH_AND_ZERO = 0x8040 };  // results, and operands

static inline uint64_t flush_subnormals(void) {
  unsigned before = _mm_getcsr();
  _mm_setcsr(before | FLUSH_AND_ZERO);
  return before;
}

static inline void keep_subnormals(uint64_t before) { _mm_setcsr((unsigned)before); }
#elif defined __aarch64__ && defined __GNUC__
static inline uint64_t flush_subnormals(void) {
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" ::"r"(before | 1 << 24));
  return before;
}

static inline void keep_subnormals(uint64_t before) {
  __asm__ volatile("msr fpcr, %0" ::"r"(before));
}
#else
static inline uint64_t flush_subnormals(void) { return 0; }
static inline void keep_subnormals(uint64_t before) { (void)before; }
#endif
#endif
