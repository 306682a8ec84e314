// SPDX-License-Identifier: BSD-3-Clause
// A shuffled order as a keyed bijection, evaluated chunk by chunk, so that no array as
// long as the data is drawn or kept.
//
// Rounds of  x -> (x * odd + add) mod 2^bits,  x ^= x >> ceil(bits / 2)  permute
// 0 .. 2^bits - 1, since every step has an inverse.  The order consists of the images
// below n, which are at least half of all.  Another order begins at every multiple of
// 2^bits, which makes a cycle through ever new orders.
#ifndef SKPULSAR_ORDERS_H
#define SKPULSAR_ORDERS_H
#include "arithmetic/hash.h"

enum { ROUNDS = 6, KEY_WORDS = 2 * ROUNDS };

// The key of the order number `turn`: the words are hashed with it, unless it is 0.
static void key_of_turn(const uint64_t *key, uint64_t turn, uint64_t *own) {
  for (int word = 0; word < KEY_WORDS; word++)
    own[word] = turn ? hash(key[word], turn) : key[word];
}

// Writes the images of first .. last - 1 that are below n, and returns their number.
// order has room for last - first of them.
static int64_t shuffled(int64_t n, int bits, const uint64_t *key, int64_t first,
                        int64_t last, int64_t *order) {
  uint64_t mask = ((uint64_t)1 << bits) - 1, own[KEY_WORDS];
  int shift = (bits + 1) / 2;
  int64_t count = 0;
  while (first < last) {
    int64_t begin = first & (int64_t)mask, left = (int64_t)mask - begin + 1;
    int64_t end = begin + (last - first < left ? last - first : left);
    key_of_turn(key, (uint64_t)(first >> bits), own);
    for (int64_t i = begin; i < end; i++) {
      uint64_t x = (uint64_t)i;
      for (int round = 0; round < ROUNDS; round++) {
        x = (x * (own[2 * round] | 1) + own[2 * round + 1]) & mask;
        x ^= x >> shift;
      }
      order[count] = (int64_t)x;
      count += x < (uint64_t)n;
    }
    first += end - begin;
  }
  return count;
}
#endif
