// SPDX-License-Identifier: BSD-3-Clause
// Products of matrices of doubles and of floats, by the tiles of product.h.
#ifndef SKPULSAR_MATRICES_H
#define SKPULSAR_MATRICES_H
#include <stdint.h>

#include "arithmetic/lanes.h"

enum { CACHED_BYTES = 24576 };

// The largest tiles of a product fill 16 of the 32 registers of AVX-512, or 12 of 16.
// Wide ones have TALL rows, others MOST_ROWS.
#if defined __AVX512F__
enum { MOST_ROWS = 8, MOST_ACROSS = 4, TALL = 4 };
#else
enum { MOST_ROWS = 8, MOST_ACROSS = 2, TALL = 6 };
#endif

enum { ADD, REPLACE };  // what a product does with what is there

#ifdef __GNUC__
#define UNROLLED _Pragma("GCC unroll 8")
#else
#define UNROLLED
#endif

#define JOIN(name, type) name##_##type
#define JOINED_TO(name, type) JOIN(name, type)
#define NAMED(name) JOINED_TO(name, REAL)
#define REAL double
#include "arithmetic/product.h"
#undef REAL
#define REAL float
#include "arithmetic/product.h"
#undef REAL
#undef NAMED
#undef JOINED_TO
#undef JOIN
#endif
