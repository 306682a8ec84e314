// SPDX-License-Identifier: BSD-3-Clause
// Sums over vectors as long as the data, by leaves of a fixed size that are joined as
// siblings of a binary tree (pairwise_sum.h): those of whole subtrees can be computed
// apart.
#ifndef SKPULSAR_VECTOR_SUMS_H
#define SKPULSAR_VECTOR_SUMS_H
#include "arithmetic/lanes.h"
#include "arithmetic/pairwise_sum.h"

enum { VECTOR_LEAF = 4096, MAX_DEPTH = 64 };

static inline int64_t vector_leaf(int64_t n, int64_t first) {
  return n - first < VECTOR_LEAF ? n - first : VECTOR_LEAF;
}

// The sum of a
static double vector_total(int64_t n, const double *a) {
  double stack[MAX_DEPTH], total = 0;
  tree_t tree = {stack, 1, 0, 0};
  for (int64_t first = 0; first < n; first += VECTOR_LEAF) {
    *tree_open(&tree) = sum(vector_leaf(n, first), a + first);
    tree_close(&tree);
  }
  if (n) tree_total(&tree, &total);
  return total;
}

// The sum of a b
static double vector_dot(int64_t n, const double *a, const double *b) {
  double stack[MAX_DEPTH], total = 0;
  tree_t tree = {stack, 1, 0, 0};
  for (int64_t first = 0; first < n; first += VECTOR_LEAF) {
    *tree_open(&tree) = dot(vector_leaf(n, first), a + first, b + first);
    tree_close(&tree);
  }
  if (n) tree_total(&tree, &total);
  return total;
}

// sums[0] and sums[1] are the sums of the weights (1 for NULL) where target is 0 and 1.
static void vector_class_totals(int64_t n, const double *restrict target,
                                const double *restrict weight, double *restrict sums) {
  double stack[2 * MAX_DEPTH];
  tree_t tree = {stack, 2, 0, 0};
  for (int64_t first = 0; first < n; first += VECTOR_LEAF) {
    double zero[LANES] = {0}, one[LANES] = {0}, *leaf = tree_open(&tree);
    int64_t last = first + vector_leaf(n, first);
    for (int64_t i = first; i < last; i += LANES)
      for (int64_t j = 0; j < LANES && i + j < last; j++) {
        double w = weight ? weight[i + j] : 1;
        zero[j] += w * (1 - target[i + j]);
        one[j] += w * target[i + j];
      }
    leaf[0] = join_lanes(zero);
    leaf[1] = join_lanes(one);
    tree_close(&tree);
  }
  if (n) tree_total(&tree, sums);
}
#endif
