// SPDX-License-Identifier: BSD-3-Clause
// The product of matrices of type REAL.  matrices.h includes this file once for each type.
//
// Registers hold different sums, never parts of one, and every sum runs over its index in
// order.  Its bits depend neither on the width of a register nor on the tiles, nor on
// where a sum is left and gone on with.  The panels of tiles.h, which are packed, gain
// nothing where rows are as few as in a block of them.
#ifdef __GNUC__
typedef REAL NAMED(register_t)
    __attribute__((vector_size(8 * WIDTH), aligned(sizeof(REAL)), may_alias));
#define ACROSS_REGISTER (8 * WIDTH / (int64_t)sizeof(REAL))
#else
typedef REAL NAMED(register_t);
#define ACROSS_REGISTER 1
#endif

// Entry (i, j) is at[i * row + j * column]; column is 1 but for the left factor.
typedef struct {
  REAL *at;
  int64_t row, column;
} NAMED(matrix_t);

// c += a b, or c = a b, for `rows` rows and `across` registers of columns, with k terms
#ifdef __GNUC__
__attribute__((always_inline))
#endif
static inline void NAMED(add_product)(const int rows, const int across, int how,
                                      int64_t k, NAMED(matrix_t) a, NAMED(matrix_t) b,
                                      NAMED(matrix_t) c) {
  NAMED(register_t) sums[MOST_ROWS][MOST_ACROSS], right[MOST_ACROSS];
  UNROLLED for (int i = 0; i < rows; i++)
    UNROLLED for (int v = 0; v < across; v++)
      sums[i][v] = how == ADD
                       ? *(NAMED(register_t) *)(c.at + i * c.row + v * ACROSS_REGISTER)
                       : (NAMED(register_t)){0};
  for (int64_t j = 0; j < k; j++) {
    UNROLLED for (int v = 0; v < across; v++)
      right[v] = *(NAMED(register_t) *)(b.at + j * b.row + v * ACROSS_REGISTER);
    UNROLLED for (int i = 0; i < rows; i++) {
      REAL left = a.at[i * a.row + j * a.column];
      UNROLLED for (int v = 0; v < across; v++) sums[i][v] += left * right[v];
    }
  }
  UNROLLED for (int i = 0; i < rows; i++)
    UNROLLED for (int v = 0; v < across; v++)
      *(NAMED(register_t) *)(c.at + i * c.row + v * ACROSS_REGISTER) = sums[i][v];
}

// The same for any number of rows, in the largest tiles that the registers hold
#define TILE_OF(rows, across)                            \
  case 8 * (rows) + (across):                            \
    NAMED(add_product)(rows, across, how, k, a, b, c); \
    break;
static void NAMED(add_strip)(int64_t m, int across, int how, int64_t k, NAMED(matrix_t) a,
                             NAMED(matrix_t) b, NAMED(matrix_t) c) {
  int most = across <= MOST_ACROSS / 2 ? MOST_ROWS : TALL;
  while (m > 0) {
    int whole = m >= most && (most != TALL || m != TALL + 2);
    int rows = whole ? most : m >= 4 ? 4 : m >= 2 ? 2 : 1;
    switch (8 * rows + across) {
      TILE_OF(8, 1) TILE_OF(4, 1) TILE_OF(2, 1) TILE_OF(1, 1)
      TILE_OF(6, 2) TILE_OF(4, 2) TILE_OF(2, 2) TILE_OF(1, 2)
#if defined __AVX512F__
      TILE_OF(8, 2)
      TILE_OF(4, 3) TILE_OF(2, 3) TILE_OF(1, 3)
      TILE_OF(4, 4) TILE_OF(2, 4) TILE_OF(1, 4)
#endif
    }
    m -= rows, a.at += rows * a.row, c.at += rows * c.row;
  }
}
#undef TILE_OF

// c (m x n) += a (m x k) b (k x n), or c = a b; n full registers.  One part of b after
// the other stays in the L1 cache, while c waits in memory.
static void NAMED(multiply)(int how, int64_t m, int64_t n, int64_t k, NAMED(matrix_t) a,
                            NAMED(matrix_t) b, NAMED(matrix_t) c) {
  int64_t deep = CACHED_BYTES / (MOST_ACROSS * 8 * WIDTH), left = n / ACROSS_REGISTER;
  for (int64_t j = 0; j < k; j += deep) {
    NAMED(matrix_t) x = {a.at + j * a.column, a.row, a.column};
    int64_t terms = k - j < deep ? k - j : deep;
    for (int64_t done = 0, across; done < left; done += across) {
      int64_t half = (left - done + 1) / 2, at = done * ACROSS_REGISTER;
      across = left - done <= MOST_ACROSS ? left - done
               : half < MOST_ACROSS       ? half
                                          : MOST_ACROSS;
      NAMED(add_strip)(m, (int)across, j ? ADD : how, terms, x,
                       (NAMED(matrix_t)){b.at + j * b.row + at, b.row, 1},
                       (NAMED(matrix_t)){c.at + at, c.row, 1});
    }
  }
}
#undef ACROSS_REGISTER
