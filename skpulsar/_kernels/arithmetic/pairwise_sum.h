// SPDX-License-Identifier: BSD-3-Clause
// Pairwise summation over fixed leaves of rows, joined as siblings of a binary tree.
//
// The sum of a chunk of the leaves is that of a subtree, so that the result does not
// depend on how chunks, threads or workers divide the rows.  The stack holds a vector
// for every finished subtree, and one for the open leaf on top.
#ifndef SKPULSAR_PAIRWISE_SUM_H
#define SKPULSAR_PAIRWISE_SUM_H
#include <stdint.h>
#include <string.h>

typedef struct {
  double *stack;  // (tree_depth(n, leaf), width)
  int64_t width, height, count;
} tree_t;

static inline int64_t tree_depth(int64_t n, int64_t leaf) {
  int64_t depth = 2;
  for (int64_t leaves = (n + leaf - 1) / leaf; leaves > 1; leaves = (leaves + 1) / 2)
    depth++;
  return depth;
}

static inline double *tree_open(tree_t *tree) {
  double *top = tree->stack + tree->height++ * tree->width;
  memset(top, 0, tree->width * sizeof *top);
  return top;
}

static inline void tree_join(tree_t *tree) {
  double *restrict right = tree->stack + --tree->height * tree->width;
  double *restrict left = right - tree->width;
  for (int64_t j = 0; j < tree->width; j++) left[j] += right[j];
}

static inline void tree_close(tree_t *tree) {
  for (int64_t count = ++tree->count; count % 2 == 0; count /= 2) tree_join(tree);
}

static inline void tree_total(tree_t *tree, double *total) {
  while (tree->height > 1) tree_join(tree);
  memcpy(total, tree->stack, tree->width * sizeof *total);
}
#endif
