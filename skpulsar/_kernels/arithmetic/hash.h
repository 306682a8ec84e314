// SPDX-License-Identifier: BSD-3-Clause
// The number at a place of a random stream, by SplitMix64 (Steele, Lea, Flood, OOPSLA
// 2014), whose state is a counter.
#ifndef SKPULSAR_HASH_H
#define SKPULSAR_HASH_H
#include <stdint.h>

static inline uint64_t hash(uint64_t key, uint64_t place) {
  uint64_t x = key + place * 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}
#endif
