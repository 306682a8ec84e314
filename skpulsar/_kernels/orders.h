// SPDX-License-Identifier: BSD-3-Clause
// A shuffled order as a rule: a keyed bijection, evaluated piece by piece, so that no
// array as long as the data is drawn or kept.
//
// Rounds of  x -> (x * odd + add) mod 2^bits,  x ^= x >> ceil(bits / 2)  permute
// 0 .. 2^bits - 1, since every step has an inverse; the order is that of the images
// below n, of which there is at least every second one.
#ifndef SKPULSAR_ORDERS_H
#define SKPULSAR_ORDERS_H
#include <stdint.h>

enum { ROUNDS = 6, KEY_WORDS = 2 * ROUNDS };

// Images of first .. last - 1 that are below n; returns how many.  order has room for
// last - first of them.
static int64_t shuffled(int64_t n, int bits, const uint64_t *key, int64_t first,
                        int64_t last, int64_t *order) {
  uint64_t mask = ((uint64_t)1 << bits) - 1;
  int shift = (bits + 1) / 2;
  int64_t count = 0;
  for (int64_t i = first; i < last; i++) {
    uint64_t x = (uint64_t)i;
    for (int round = 0; round < ROUNDS; round++) {
      x = (x * (key[2 * round] | 1) + key[2 * round + 1]) & mask;
      x ^= x >> shift;
    }
    order[count] = (int64_t)x;
    count += x < (uint64_t)n;
  }
  return count;
}
#endif
