// SPDX-License-Identifier: BSD-3-Clause
// A shuffled order as a rule: a keyed bijection of 0 .. n - 1, evaluated where it is
// needed, so that no array as long as the data is drawn or kept.
//
// Rounds of x -> (x * odd + add) mod 2^k, x ^= x >> ceil(k / 2) permute 0 .. 2^k - 1
// (each step has an inverse); values of n or more are sent through again ("cycle
// walking", Black and Rogaway 2002), which leaves a bijection of 0 .. n - 1.
#ifndef SKPULSAR_ORDERS_H
#define SKPULSAR_ORDERS_H
#include <stdint.h>

enum { ROUNDS = 4 };

static void shuffled(int64_t n, const uint64_t *key, int64_t first, int64_t count,
                     int64_t *order) {
  int bits = 0;
  while (bits < 63 && ((int64_t)1 << bits) < n) bits++;
  uint64_t mask = ((uint64_t)1 << bits) - 1;
  int shift = (bits + 1) / 2;
  for (int64_t i = 0; i < count; i++) {
    uint64_t x = (uint64_t)(first + i);
    do {
      for (int round = 0; round < ROUNDS; round++) {
        x = (x * (key[2 * round] | 1) + key[2 * round + 1]) & mask;
        x ^= x >> shift;
      }
    } while (x >= (uint64_t)n);
    order[i] = (int64_t)x;
  }
}
#endif
